//! `pair-claim`: six digits for the pairing token.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body;
use super::reply::{Refusal, success};
use crate::app::App;
use crate::services::pairings::{self, Claim};
use crate::web::address::ClientAddress;

#[derive(Deserialize)]
struct Request {
    #[serde(default, deserialize_with = "body::text")]
    pairing_code: Option<String>,
}

/// The platform is not known yet: the app says it when it registers its token.
pub(super) async fn pair_claim(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    bytes: Bytes,
) -> Result<Json<Value>, Refusal> {
    let request: Request = body::read(&bytes)?;
    let code = request.pairing_code.ok_or(Refusal::bad_request("pairing_code is missing."))?;
    let claim = Claim { code, platform: None, name: String::new(), address };
    let claimed = pairings::claim(&app, claim).await?;
    Ok(success(json!({
        "pairing_token": claimed.device_secret,
        "relative_name": claimed.callee_name,
        "household_id": claimed.family_id,
        "relative_id": claimed.callee_id,
    })))
}
