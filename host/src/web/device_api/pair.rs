//! Pairing: six digits for a device secret. It rings only after the family confirmed it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::domain::{DeviceId, DevicePlatform, DeviceState};
use crate::services::pairings::{self, Claim};
use crate::web::address::ClientAddress;
use crate::web::error::Problem;

#[derive(Deserialize)]
pub(super) struct PairRequest {
    code: String,
    platform: Option<DevicePlatform>,
    name: Option<String>,
}

#[derive(Serialize)]
pub(super) struct PairReply {
    device_id: DeviceId,
    /// Shown once; the device keeps it.
    device_secret: String,
    state: DeviceState,
    callee_name: String,
}

/// `POST /pair`
pub(super) async fn pair(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Json(request): Json<PairRequest>,
) -> Result<Json<PairReply>, Problem> {
    let claim =
        Claim { code: request.code, platform: request.platform, name: request.name.unwrap_or_default(), address };
    let claimed = pairings::claim(&app, claim).await?;
    Ok(Json(PairReply {
        device_id: claimed.device_id,
        device_secret: claimed.device_secret,
        state: DeviceState::Pending,
        callee_name: claimed.callee_name,
    }))
}
