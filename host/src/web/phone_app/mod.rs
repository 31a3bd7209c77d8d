//! The existing phone app's calls, exactly as it makes them.
//!
//! The app is built for another server; it reaches us by changing only its base
//! URL. Its API key is a public constant and proves nothing: the credential is
//! `pairingToken` in the body, which is the device secret of our own API. It
//! takes 200 with `success: true` for success and anything else for failure,
//! and shows the string `error`. Behind each path stands the same service as
//! behind `/api/device/v1`.

mod body;
mod call_status;
mod device_call;
mod pair_claim;
mod register;
mod reply;
mod scheduled_calls;

use axum::Router;
use axum::routing::post;

use crate::app::App;

/// The routes below `/functions/v1`.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/pair-claim", post(pair_claim::pair_claim))
        .route("/register-fcm-token", post(register::register_fcm_token))
        .route("/update-device-call-status", post(call_status::update))
        // The same under the name of an unused constant in the app.
        .route("/updateCallStatus", post(call_status::update))
        .route("/check-scheduled-calls", post(scheduled_calls::check))
        .route("/elevenlabs-device-call", post(device_call::act))
}
