//! The first step: what the family is called, and on which clock the reader lives.

use super::super::form;
use super::super::frame::{Answer, Asked};
use super::reached;
use crate::services::accounts;
use crate::services::onboarding::{self, Step};
use crate::theme::{ErrorCode, Field, OnboardingFamilyPage, ZoneChoices};

/// `GET /onboarding/family`
pub(in crate::web::pages) async fn show(asked: Asked) -> Answer {
    let state = match reached(&asked, Step::Family).await? {
        Ok(state) => state,
        Err(elsewhere) => return Ok(elsewhere),
    };
    // Whoever has not said where they are is asked, not guessed at.
    let zone = Some(asked.zone()).filter(|zone| *zone != "UTC").unwrap_or_default();
    let name = state.family.map(|family| family.name).unwrap_or_default();
    asked.show(&OnboardingFamilyPage { name: Field::of(name), zone: Field::of(zone), zones: ZoneChoices::all() }).await
}

/// `POST /onboarding/family`: sends `name` and `zone`.
pub(in crate::web::pages) async fn save(asked: Asked) -> Answer {
    let (name, zone) = (asked.form.get("name"), asked.form.get("zone"));
    let mut page = OnboardingFamilyPage { name: Field::of(name), zone: Field::of(zone), zones: ZoneChoices::all() };
    if accounts::set_zone(&asked.app, asked.account()?, zone).await.is_err() {
        page.zone = Field::wrong("", ErrorCode::ZoneUnknown);
        return asked.show_refused(&page).await;
    }
    match onboarding::set_family_name(&asked.app, asked.account()?, name).await {
        Ok(_) => Ok(asked.go("/onboarding/method")),
        Err(error) => {
            page.name.error = Some(form::refused(error)?.1);
            asked.show_refused(&page).await
        }
    }
}
