//! Onboarding: one path from a new account to the first call, a file for each step.
//!
//! A step that was done can be gone back to; one that is not due yet leads to the one that is.

pub(super) mod callee;
pub(super) mod family;
pub(super) mod method;
pub(super) mod pairing;
pub(super) mod ready;
pub(super) mod schedule;

use axum::response::Response;

use super::frame::{Answer, Asked};
use crate::services::ServiceError;
use crate::services::onboarding::{self, Onboarding, Step};

/// `GET /onboarding`: on to what is to be done next.
pub(in crate::web::pages) async fn resume(asked: Asked) -> Answer {
    let state = onboarding::state(&asked.app, asked.account()?).await?;
    Ok(asked.go(match state.step {
        Step::Family => "/onboarding/family",
        Step::Method => "/onboarding/method",
        Step::Callee => "/onboarding/callee",
        Step::Schedule => "/onboarding/schedule",
        Step::Pairing => "/onboarding/pairing",
        Step::Ready => "/onboarding/ready",
        Step::Done => "/dashboard",
    }))
}

/// Where the account stands, if it has come as far as `step`; else the way to where it is.
async fn reached(asked: &Asked, step: Step) -> Result<Result<Onboarding, Response>, ServiceError> {
    let state = onboarding::state(&asked.app, asked.account()?).await?;
    if state.step == Step::Done {
        return Ok(Err(asked.go("/dashboard")));
    }
    if state.step < step { Ok(Err(asked.go("/onboarding"))) } else { Ok(Ok(state)) }
}
