//! The pages before the house: landing, sign-up, sign-in, the mailed links, and the first set-up.

use axum::response::IntoResponse;
use axum_extra::extract::cookie::CookieJar;
use http::{StatusCode, header};

use super::form;
use super::frame::{Answer, Asked, own_path};
use crate::services::accounts::{self, SignUp};
use crate::services::{ServiceError, sessions, setup, staff};
use crate::theme::{
    CheckMailPage, ConfirmState, ConfirmedPage, ErrorCode, Field, Flash, ForgotPage, LandingPage, ResetPage, SetupPage,
    SignInPage, SignUpPage,
};
use crate::web::session;

/// The zone of whoever has not said where they are; onboarding asks.
const UNKNOWN_ZONE: &str = "UTC";
/// Where a mail was sent, for the page after the form. An address has no place in a query, which is logged.
const SENT_TO: &str = "sent_to";

/// `GET /`
pub(super) async fn landing(asked: Asked) -> Answer {
    asked.show(&LandingPage { open: staff::is_sign_up_open(&asked.app) }).await
}

/// `GET /sign-up`
pub(super) async fn show_sign_up(asked: Asked) -> Answer {
    if !staff::is_sign_up_open(&asked.app) {
        return Ok(asked.go("/"));
    }
    match sent_to(&asked) {
        Some(email) => asked.show(&CheckMailPage { email }).await,
        None => asked.show(&SignUpPage::default()).await,
    }
}

/// `POST /sign-up`
pub(super) async fn sign_up(asked: Asked) -> Answer {
    let form = &asked.form;
    let wish = SignUp {
        email: form.get("email").to_owned(),
        password: form.get("password").to_owned(),
        name: form.get("name").to_owned(),
        locale: asked.visitor.locale,
        zone: UNKNOWN_ZONE.to_owned(),
    };
    let Err(error) = accounts::sign_up(&asked.app, wish, &asked.address).await else {
        return Ok(go_sent(&asked, "/sign-up?sent=yes"));
    };
    let (field, code) = form::refused(error)?;
    let mut page = SignUpPage {
        name: Field::of(form.get("name")),
        email: Field::of(form.get("email")),
        password: Field::default(),
    };
    match field {
        "name" => page.name.error = Some(code),
        "email" => page.email.error = Some(code),
        _ => page.password.error = Some(code),
    }
    asked.show_refused(&page).await
}

/// `GET /sign-in`
pub(super) async fn show_sign_in(asked: Asked) -> Answer {
    let next = own_path(asked.query.get("next"));
    if asked.visitor.signed_in.is_some() {
        return Ok(asked.go(after_sign_in(next)));
    }
    asked.show(&SignInPage { next: next.to_owned(), ..SignInPage::default() }).await
}

/// `POST /sign-in`
pub(super) async fn sign_in(asked: Asked) -> Answer {
    let (email, next) = (asked.form.get("email"), own_path(asked.form.get("next")));
    let opened = accounts::sign_in(&asked.app, email, asked.form.get("password"), &asked.address).await;
    let page = |code| SignInPage { email: Field::of(email), error: Some(code), next: next.to_owned() };
    match opened {
        Ok(opened) => {
            let jar = CookieJar::new().add(session::opened(&asked.app, opened.secret));
            Ok((jar, asked.go(after_sign_in(next))).into_response())
        }
        Err(ServiceError::Throttled { retry_after_s }) => {
            let page = page(ErrorCode::Throttled);
            let response = asked.show_as(StatusCode::TOO_MANY_REQUESTS, &page).await?;
            Ok(([(header::RETRY_AFTER, retry_after_s.to_string())], response).into_response())
        }
        Err(error) => {
            let (_, code) = form::refused(error)?;
            asked.show_refused(&page(code)).await
        }
    }
}

/// `POST /sign-out`
pub(super) async fn sign_out(asked: Asked) -> Answer {
    if let Some(signed_in) = &asked.visitor.signed_in {
        match sessions::revoke(&asked.app, signed_in.account.id, signed_in.session_id).await {
            // Ended meanwhile, in another window.
            Ok(()) | Err(ServiceError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    let jar = CookieJar::new().add(session::closed(&asked.app));
    Ok((jar, asked.go_saying("/", Flash::SignedOut)).into_response())
}

/// `GET /confirm/{token}`: asks for a press of the button. Programs that read mail follow links.
pub(super) async fn show_confirm(asked: Asked) -> Answer {
    asked.show(&ConfirmedPage { state: ConfirmState::Asked, token: asked.token().to_owned() }).await
}

/// `POST /confirm/{token}`
pub(super) async fn confirm(asked: Asked) -> Answer {
    match accounts::confirm(&asked.app, asked.token()).await {
        Ok(_) => Ok(asked.go_saying("/sign-in?next=%2Fonboarding", Flash::EmailConfirmed)),
        Err(ServiceError::Gone(_)) => {
            let page = ConfirmedPage { state: ConfirmState::Failed, token: String::new() };
            asked.show_as(StatusCode::GONE, &page).await
        }
        Err(error) => Err(error),
    }
}

/// `GET /forgot`
pub(super) async fn show_forgot(asked: Asked) -> Answer {
    let page = match sent_to(&asked) {
        Some(email) => ForgotPage { email: Field::of(email), sent: true },
        None => ForgotPage::default(),
    };
    asked.show(&page).await
}

/// `POST /forgot`
pub(super) async fn forgot(asked: Asked) -> Answer {
    let email = asked.form.get("email");
    match accounts::forgot(&asked.app, email, &asked.address).await {
        Ok(()) => Ok(go_sent(&asked, "/forgot?sent=yes")),
        Err(error) => {
            let (_, code) = form::refused(error)?;
            asked.show_refused(&ForgotPage { email: Field::wrong(email, code), sent: false }).await
        }
    }
}

/// `GET /reset/{token}`
pub(super) async fn show_reset(asked: Asked) -> Answer {
    asked.show(&ResetPage { token: asked.token().to_owned(), ..ResetPage::default() }).await
}

/// `POST /reset/{token}`
pub(super) async fn reset(asked: Asked) -> Answer {
    match accounts::reset(&asked.app, asked.token(), asked.form.get("password")).await {
        Ok(_) => Ok(asked.go_saying("/sign-in", Flash::PasswordChanged)),
        Err(ServiceError::Gone(_)) => {
            asked.show_as(StatusCode::GONE, &ResetPage { expired: true, ..ResetPage::default() }).await
        }
        Err(error) => {
            let (_, code) = form::refused(error)?;
            let page = ResetPage { token: asked.token().to_owned(), password: Field::wrong("", code), expired: false };
            asked.show_refused(&page).await
        }
    }
}

/// `GET /setup/{token}`
pub(super) async fn show_setup(asked: Asked) -> Answer {
    if !setup::is_open(&asked.app, asked.token()).await? {
        return Err(ServiceError::Gone("link-gone"));
    }
    asked.show(&SetupPage { token: asked.token().to_owned(), ..SetupPage::default() }).await
}

/// `POST /setup/{token}`
pub(super) async fn set_up(asked: Asked) -> Answer {
    let (form, locale) = (&asked.form, asked.visitor.locale);
    let (email, name, password) = (form.get("email"), form.get("name"), form.get("password"));
    let error = match setup::complete(&asked.app, asked.token(), email, name, password, locale).await {
        Ok(opened) => {
            let jar = CookieJar::new().add(session::opened(&asked.app, opened.secret));
            return Ok((jar, asked.go_saying("/staff", Flash::SetupDone)).into_response());
        }
        Err(error) => error,
    };
    let (field, code) = form::refused(error)?;
    let mut page = SetupPage {
        token: asked.token().to_owned(),
        name: Field::of(name),
        email: Field::of(email),
        password: Field::default(),
    };
    match field {
        "name" => page.name.error = Some(code),
        "email" => page.email.error = Some(code),
        _ => page.password.error = Some(code),
    }
    asked.show_refused(&page).await
}

/// `GET /enter/{token}`: a link that the operator's own program printed; whoever has it is signed in, once.
pub(super) async fn enter(asked: Asked) -> Answer {
    if asked.is_peek() {
        return Ok(StatusCode::OK.into_response());
    }
    let opened = accounts::use_sign_in_link(&asked.app, asked.token()).await?;
    let jar = CookieJar::new().add(session::opened(&asked.app, opened.secret));
    Ok((jar, asked.go("/dashboard")).into_response())
}

fn after_sign_in(next: &str) -> &str {
    if next == "/" { "/dashboard" } else { next }
}

/// Sends the browser on to the page that says where a mail went.
fn go_sent(asked: &Asked, path: &str) -> axum::response::Response {
    let address: String = form::one("to", asked.form.get("email").trim());
    (CookieJar::new().add(asked.cookie(SENT_TO, &address)), asked.go(path)).into_response()
}

/// Where a mail was just sent from this browser.
fn sent_to(asked: &Asked) -> Option<String> {
    let sent = asked.query.is_yes("sent");
    let cookie = sent.then(|| asked.cookie_value(SENT_TO)).flatten()?;
    Some(form::Form::read(cookie.as_bytes()).get("to").to_owned())
}
