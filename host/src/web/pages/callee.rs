//! The callee's page: what the companion knows and is to tell, how they are rung, and the record of their consent.
//!
//! Onboarding walks in for the form, which asks the same there.

use super::form::{self, Form};
use super::frame::{Answer, Asked};
use crate::domain::{CallMethod, CalleeId, FamilyMessageId, Locale};
use crate::services::callees::{self, Details};
use crate::services::families::{self, CalleeAccess};
use crate::services::family_messages::Message;
use crate::services::{ServiceError, family_messages, phone_number};
use crate::theme::{CalleeForm, CalleePage, ErrorCode, Field, Flash, MessageLine, When};

/// Where most callees live.
const COUNTRY: &str = "ID";

/// `GET /callees/{id}`
pub(super) async fn show(asked: Asked) -> Answer {
    let access = access(&asked).await?;
    let form = stored(&access);
    asked.show(&page(&asked, access, form).await?).await
}

/// `POST /callees/{id}`: five forms, told apart by `intent`.
pub(super) async fn save(asked: Asked) -> Answer {
    match asked.form.get("intent") {
        "method" => change_method(asked).await,
        "consent" => record_consent(asked).await,
        "message" => leave_message(asked).await,
        "take-back" => take_back(asked).await,
        _ => save_profile(asked).await,
    }
}

async fn save_profile(asked: Asked) -> Answer {
    let access = access(&asked).await?;
    let mut details = details(&asked.form);
    // By app the form asks for no number, and the one on record is kept.
    if let (false, Some(phone)) = (asked.form.has("phone"), &access.callee.phone) {
        details.phone.clone_from(phone);
    }
    let Err(error) = callees::update_profile(&asked.app, asked.account()?, access.callee.id, &details).await else {
        return Ok(asked.go_saying(&format!("/callees/{}", access.callee.id), Flash::Saved));
    };
    let form = refused(typed(&asked.form, asked.visitor.locale), error)?;
    asked.show_refused(&page(&asked, access, form).await?).await
}

/// `POST /callees/{id}/method`: sends `method`.
pub(super) async fn change_method(asked: Asked) -> Answer {
    let access = access(&asked).await?;
    let id = access.callee.id;
    let chosen: Option<CallMethod> = asked.form.get("method").parse().ok();
    let error = match chosen {
        Some(method) => match callees::change_method(&asked.app, asked.account()?, id, method).await {
            Ok(()) => return Ok(asked.go_saying(&format!("/callees/{id}"), Flash::MethodChanged)),
            Err(error) => form::refused(error)?,
        },
        None => ("method", ErrorCode::ChoiceNeeded),
    };
    let form = stored(&access);
    let mut page = page(&asked, access, form).await?;
    page.method_error = Some(error.1);
    if error.0 == "phone" {
        // Shown by the method that was wanted, the page asks for the number that is missing.
        page.method = CallMethod::Phone;
        page.form.phone.error = Some(error.1);
    }
    asked.at(format!("/callees/{id}")).show_refused(&page).await
}

/// Sends `consent`: the family says that the callee agreed.
async fn record_consent(asked: Asked) -> Answer {
    let access = access(&asked).await?;
    let id = access.callee.id;
    let agrees = asked.form.is_yes("consent");
    let words = if agrees { consent_words(&asked, &access.callee.address_form)? } else { String::new() };
    let Err(error) = callees::record_consent(&asked.app, asked.account()?, id, &words).await else {
        return Ok(asked.go_saying(&format!("/callees/{id}"), Flash::Saved));
    };
    let (_, code) = form::refused(error)?;
    let form = stored(&access);
    let mut page = page(&asked, access, form).await?;
    page.consent_error = Some(code);
    asked.show_refused(&page).await
}

/// Sends `message`: the family leaves something to be told in the next talk.
async fn leave_message(asked: Asked) -> Answer {
    let access = access(&asked).await?;
    let id = access.callee.id;
    let typed = asked.form.get("message").to_owned();
    let Err(error) = family_messages::leave(&asked.app, asked.account()?, id, &typed).await else {
        return Ok(asked.go_saying(&format!("/callees/{id}"), Flash::MessageLeft));
    };
    let (_, code) = form::refused(error)?;
    let form = stored(&access);
    let mut page = page(&asked, access, form).await?;
    page.message = Field::wrong(&typed, code);
    asked.show_refused(&page).await
}

/// Sends the id of a message that waits.
async fn take_back(asked: Asked) -> Answer {
    let callee = asked.id::<CalleeId>()?;
    let message: FamilyMessageId = asked.form.get("message").parse().map_err(|_| ServiceError::NotFound)?;
    family_messages::take_back(&asked.app, asked.account()?, callee, message).await?;
    Ok(asked.go_saying(&format!("/callees/{callee}"), Flash::Saved))
}

/// The sentence that is agreed to, as the page shows it to this reader.
pub(super) fn consent_words(asked: &Asked, name: &str) -> Result<String, ServiceError> {
    asked.app.theme.consent_wording(asked.visitor.locale, name).map_err(|error| {
        tracing::error!(%error, "the wording of the consent is missing");
        ServiceError::Unavailable("theme")
    })
}

async fn access(asked: &Asked) -> Result<CalleeAccess, ServiceError> {
    families::callee_access(&asked.app, asked.account()?, asked.id::<CalleeId>()?).await
}

async fn page(asked: &Asked, access: CalleeAccess, form: CalleeForm) -> Result<CalleePage, ServiceError> {
    let CalleeAccess { callee, role, .. } = access;
    let messages = family_messages::of_callee(&asked.app, asked.account()?, callee.id).await?;
    let told = messages.told.into_iter().map(|message| line(message, &callee.zone)).collect();
    let waiting: Vec<_> = messages.waiting.into_iter().map(|message| line(message, &callee.zone)).collect();
    Ok(CalleePage {
        id: callee.id,
        name: callee.address_form,
        method: callee.call_method,
        form,
        consent: callee.consent_at.map(|at| When::new(at, callee.zone)),
        consent_wording: callee.consent_text,
        is_full: i64::try_from(waiting.len()).is_ok_and(|count| count >= family_messages::WAITING_MAX),
        is_passed_over: messages.is_passed_over,
        waiting,
        told,
        message: Field::default(),
        may_edit: role.may_edit(),
        consent_error: None,
        method_error: None,
    })
}

fn line(message: Message, zone: &str) -> MessageLine {
    MessageLine {
        id: message.id,
        from: message.from,
        text: message.text,
        written: When::new(message.written_at, zone),
        told: message.told_at.map(|at| When::new(at, zone)),
        call: message.told_in,
    }
}

/// The form as it stands in the record.
pub(super) fn stored(access: &CalleeAccess) -> CalleeForm {
    let callee = &access.callee;
    let country = callee.phone.as_deref().and_then(phone_number::country_of);
    let mut form = CalleeForm::new(country.as_deref().unwrap_or(COUNTRY), &callee.language, &callee.zone);
    form.name = Field::of(callee.name.as_str());
    form.address_form = Field::of(callee.address_form.as_str());
    form.phone = Field::of(callee.phone.as_deref().map(phone_number::display).unwrap_or_default());
    form.interests = Field::of(callee.interests.as_str());
    form
}

/// An empty form, set to what is likely for a reader of this language.
pub(super) fn likely(locale: Locale) -> CalleeForm {
    let zone = match locale {
        Locale::Id => "Asia/Jakarta",
        Locale::En => "",
    };
    CalleeForm::new(COUNTRY, locale.as_str(), zone)
}

/// The form as it was typed.
pub(super) fn typed(form: &Form, locale: Locale) -> CalleeForm {
    let mut typed = likely(locale);
    let fields = [
        ("name", &mut typed.name),
        ("address_form", &mut typed.address_form),
        ("country", &mut typed.country),
        ("phone", &mut typed.phone),
        ("language", &mut typed.language),
        ("zone", &mut typed.zone),
        ("interests", &mut typed.interests),
    ];
    for (name, field) in fields {
        if form.has(name) {
            *field = Field::of(form.get(name));
        }
    }
    typed
}

/// What was typed, for the service.
pub(super) fn details(form: &Form) -> Details {
    let text = |name| form.get(name).to_owned();
    Details {
        name: text("name"),
        address_form: text("address_form"),
        language: text("language"),
        phone: text("phone"),
        country: text("country"),
        zone: text("zone"),
        interests: text("interests"),
    }
}

/// The form with its error at the field that was refused; an error of no field of it stays one.
pub(super) fn refused(mut typed: CalleeForm, error: ServiceError) -> Result<CalleeForm, ServiceError> {
    let (name, code) = form::refused(error)?;
    let field = match name {
        "name" => &mut typed.name,
        "address_form" => &mut typed.address_form,
        "country" => &mut typed.country,
        "phone" => &mut typed.phone,
        "language" => &mut typed.language,
        "zone" => &mut typed.zone,
        "interests" => &mut typed.interests,
        _ => return Err(ServiceError::Invalid { field: name, code: code.word() }),
    };
    field.error = Some(code);
    Ok(typed)
}
