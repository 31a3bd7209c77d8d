//! The fourth step: the times.

use super::super::form;
use super::super::frame::{Answer, Asked};
use super::super::schedule::{filled, inputs, preview, typed};
use super::reached;
use crate::services::ServiceError;
use crate::services::onboarding::Step;
use crate::services::schedules::{self, SlotInput};
use crate::theme::{OnboardingSchedulePage, SlotForm};

/// `GET /onboarding/schedule`
pub(in crate::web::pages) async fn show(asked: Asked) -> Answer {
    let state = match reached(&asked, Step::Schedule).await? {
        Ok(state) => state,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let callee = state.callee.ok_or(ServiceError::NotFound)?;
    let stored = schedules::list(&asked.app, asked.account()?, callee.id).await?;
    let proposed = if stored.is_empty() {
        schedules::default_slots(&asked.app)
    } else {
        stored.iter().map(SlotInput::from).collect()
    };
    let slots = filled(&asked, &proposed);
    let preview = preview(&asked, &slots, callee.id, &callee.zone).await.unwrap_or_default();
    let page =
        OnboardingSchedulePage { callee_name: callee.address_form, zone: callee.zone, slots, error: None, preview };
    asked.show(&page).await
}

/// `POST /onboarding/schedule`: `intent` is `preview` or `save`.
pub(in crate::web::pages) async fn save(asked: Asked) -> Answer {
    let state = match reached(&asked, Step::Schedule).await? {
        Ok(state) => state,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let callee = state.callee.ok_or(ServiceError::NotFound)?;
    let previewed = preview(&asked, &typed(&asked.form), callee.id, &callee.zone).await;
    let mut page = OnboardingSchedulePage {
        callee_name: callee.address_form,
        zone: callee.zone,
        slots: typed(&asked.form),
        error: None,
        preview: Vec::new(),
    };
    let error = match previewed {
        Ok(lines) if asked.form.get("intent") == "preview" => {
            page.preview = lines;
            return asked.show(&page).await;
        }
        Ok(_) => match schedules::save(&asked.app, asked.account()?, callee.id, &inputs(&page.slots)).await {
            Ok(_) => return Ok(asked.go("/onboarding")),
            Err(error) => error,
        },
        Err(error) => error,
    };
    let (_, code) = form::refused(error)?;
    page.error = SlotForm::blame(&mut page.slots, code);
    asked.show_refused(&page).await
}
