//! The third step: who is called, and their consent.

use super::super::callee as profile;
use super::super::form;
use super::super::frame::{Answer, Asked};
use super::reached;
use crate::services::ServiceError;
use crate::services::families;
use crate::services::onboarding::{self, Step};
use crate::theme::{Field, OnboardingCalleePage};

/// `GET /onboarding/callee`
pub(in crate::web::pages) async fn show(asked: Asked) -> Answer {
    let state = match reached(&asked, Step::Callee).await? {
        Ok(state) => state,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let method = state.family.and_then(|family| family.call_method).ok_or(ServiceError::Conflict("method-first"))?;
    let form = match state.callee {
        Some(callee) => profile::stored(&families::callee_access(&asked.app, asked.account()?, callee.id).await?),
        None => profile::likely(asked.visitor.locale),
    };
    // Consent is given anew with every save, so the box is never ticked beforehand.
    asked.show(&OnboardingCalleePage { method, form, consent: Field::default() }).await
}

/// `POST /onboarding/callee`: sends the fields of the profile, and `consent`.
pub(in crate::web::pages) async fn save(asked: Asked) -> Answer {
    let state = match reached(&asked, Step::Callee).await? {
        Ok(state) => state,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let family = state.family.ok_or(ServiceError::NotFound)?;
    let method = family.call_method.ok_or(ServiceError::Conflict("method-first"))?;
    let details = profile::details(&asked.form);
    let consents = asked.form.is_yes("consent");
    let called =
        [&details.address_form, &details.name].map(|name| name.trim()).into_iter().find(|name| !name.is_empty());
    let words = match called {
        Some(name) if consents => profile::consent_words(&asked, name)?,
        _ => String::new(),
    };
    let saved = onboarding::save_callee(&asked.app, asked.account()?, family.id, &details, &words).await;
    let Err(error) = saved else { return Ok(asked.go("/onboarding/schedule")) };
    let typed = profile::typed(&asked.form, asked.visitor.locale);
    let consent = Field::of(asked.form.get("consent"));
    let page = match error {
        error @ ServiceError::Invalid { field: "consent", .. } => {
            let (_, code) = form::refused(error)?;
            OnboardingCalleePage { method, form: typed, consent: Field { error: Some(code), ..consent } }
        }
        error => OnboardingCalleePage { method, form: profile::refused(typed, error)?, consent },
    };
    asked.show_refused(&page).await
}
