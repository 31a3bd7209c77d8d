//! `register-fcm-token`: where FCM, and APNs for an iPhone, reach the device.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body;
use super::reply::{Refusal, success};
use crate::app::App;
use crate::domain::DevicePlatform;
use crate::services::devices::{self, Registration};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default, deserialize_with = "body::text")]
    token: Option<String>,
    #[serde(default, deserialize_with = "body::text")]
    voip_token: Option<String>,
    #[serde(default, deserialize_with = "body::text")]
    platform: Option<String>,
    #[serde(default, deserialize_with = "body::text")]
    pairing_token: Option<String>,
    #[serde(default)]
    device_info: DeviceInfo,
}

#[derive(Default, Deserialize)]
struct DeviceInfo {
    #[serde(default)]
    additional: Additional,
}

#[derive(Default, Deserialize)]
struct Additional {
    #[serde(default, deserialize_with = "body::text")]
    app_version: Option<String>,
}

/// `userId`, `relativeId` and `householdId` of the body prove nothing and are not read.
pub(super) async fn register_fcm_token(State(app): State<App>, bytes: Bytes) -> Result<Json<Value>, Refusal> {
    let request: Request = body::read(&bytes)?;
    let device = body::device(&app, request.pairing_token.as_deref()).await?;
    let token = request.token.ok_or(Refusal::bad_request("token is missing."))?;
    let platform = request.platform.as_deref().and_then(|platform| platform.parse().ok());
    let registration = |channel: &str, address: String| Registration {
        channel: channel.to_owned(),
        address,
        environment: String::new(),
        app_version: request.device_info.additional.app_version.clone(),
        platform,
    };
    // An iPhone's FCM token cannot wake it for a call: it rings by its VoIP token.
    if platform != Some(DevicePlatform::Ios) {
        devices::register_push_address(&app, &device, registration("fcm", token)).await?;
    }
    if let Some(voip_token) = request.voip_token {
        devices::register_push_address(&app, &device, registration("apns-voip", voip_token)).await?;
    }
    Ok(success(json!({})))
}
