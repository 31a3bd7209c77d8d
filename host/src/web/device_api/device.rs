//! The device itself: how it can be reached, and how it is.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::AskingDevice;
use crate::app::App;
use crate::domain::{DeviceId, DeviceState};
use crate::services::devices::{self, Heartbeat, Registration};
use crate::services::web_push_key::public_key;
use crate::web::error::Problem;

#[derive(Serialize)]
pub(super) struct DeviceReply {
    device_id: DeviceId,
    state: DeviceState,
    /// The server's clock, UTC in milliseconds, so that a device with a wrong clock still refuses a late ring.
    now_ms: i64,
}

/// `GET /me`
pub(super) async fn me(State(app): State<App>, AskingDevice(device): AskingDevice) -> Json<DeviceReply> {
    Json(DeviceReply { device_id: device.id, state: device.state, now_ms: app.clock.now().millis() })
}

#[derive(Serialize)]
pub(super) struct WebPushKeyReply {
    /// In base64url. A subscription belongs to one key for good: a device that has one to another key makes a new one.
    application_server_key: String,
}

/// `GET /web-push-key`: to which key browsers and apps of UnifiedPush subscribe.
pub(super) async fn web_push_key(
    State(app): State<App>,
    AskingDevice(_): AskingDevice,
) -> Result<Json<WebPushKeyReply>, Problem> {
    Ok(Json(WebPushKeyReply { application_server_key: public_key(&app)?.to_owned() }))
}

#[derive(Deserialize)]
pub(super) struct RegisterRequest {
    channel: String,
    address: String,
    #[serde(default)]
    environment: String,
    app_version: Option<String>,
}

/// `POST /push-addresses`
pub(super) async fn register(
    State(app): State<App>,
    AskingDevice(device): AskingDevice,
    Json(request): Json<RegisterRequest>,
) -> Result<Json<DeviceReply>, Problem> {
    let registration = Registration {
        channel: request.channel,
        address: request.address,
        environment: request.environment,
        app_version: request.app_version,
        platform: device.platform,
    };
    devices::register_push_address(&app, &device, registration).await?;
    Ok(me(State(app), AskingDevice(device)).await)
}

#[derive(Deserialize)]
pub(super) struct HeartbeatRequest {
    battery_percent: Option<i32>,
    network: Option<String>,
    app_version: Option<String>,
}

/// `POST /heartbeat`
pub(super) async fn heartbeat(
    State(app): State<App>,
    AskingDevice(device): AskingDevice,
    Json(request): Json<HeartbeatRequest>,
) -> Result<Json<DeviceReply>, Problem> {
    let beat = Heartbeat {
        battery_percent: request.battery_percent,
        network: request.network,
        app_version: request.app_version,
    };
    devices::heartbeat(&app, &device, beat).await?;
    Ok(me(State(app), AskingDevice(device)).await)
}
