//! Reading the app's bodies: JSON, with members that may be missing, null or empty.

use axum::body::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::reply::Refusal;
use crate::app::App;
use crate::domain::AttemptId;
use crate::services::devices::{self, Device};

/// Reads a body whatever its `Content-Type` says.
pub(super) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::bad_request("The body is not the JSON that this call takes."))
}

/// A text that counts as missing when it is empty: the app sends `""` where it has nothing.
pub(super) fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// The device that a pairing token stands for.
pub(super) async fn device(app: &App, pairing_token: Option<&str>) -> Result<Device, Refusal> {
    let secret = pairing_token.ok_or(Refusal::NOT_PAIRED)?;
    Ok(devices::authenticate(app, secret).await?)
}

/// The app's `sessionId` is the id of the ring that it was sent.
pub(super) fn ring(session_id: Option<&str>) -> Result<AttemptId, Refusal> {
    let session_id = session_id.ok_or(Refusal::bad_request("sessionId is missing."))?;
    session_id.parse().map_err(|_| Refusal::bad_request("sessionId is not one of this server."))
}
