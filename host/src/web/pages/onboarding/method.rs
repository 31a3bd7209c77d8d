//! The second step: phone or app.

use super::super::frame::{Answer, Asked};
use super::reached;
use crate::domain::CallMethod;
use crate::services::ServiceError;
use crate::services::onboarding::{self, Step};
use crate::theme::{ErrorCode, Field, OnboardingMethodPage};

/// `GET /onboarding/method`
pub(in crate::web::pages) async fn show(asked: Asked) -> Answer {
    let state = match reached(&asked, Step::Method).await? {
        Ok(state) => state,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let chosen = state.family.and_then(|family| family.call_method);
    asked.show(&OnboardingMethodPage { method: Field::of(chosen.map_or("", CallMethod::as_str)) }).await
}

/// `POST /onboarding/method`: sends `method`.
pub(in crate::web::pages) async fn save(asked: Asked) -> Answer {
    let state = match reached(&asked, Step::Method).await? {
        Ok(state) => state,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let family = state.family.ok_or(ServiceError::NotFound)?;
    let Ok(method) = asked.form.get("method").parse::<CallMethod>() else {
        return asked.show_refused(&OnboardingMethodPage { method: Field::wrong("", ErrorCode::ChoiceNeeded) }).await;
    };
    onboarding::choose_method(&asked.app, asked.account()?, family.id, method).await?;
    Ok(asked.go("/onboarding/callee"))
}
