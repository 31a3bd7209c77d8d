//! The pages: what a browser asks for, and the forms that it sends.
//!
//! Each file is one page and its forms. A handler takes [`frame::Asked`], calls one
//! service, and shows a typed page of the theme or sends the browser on (303). What
//! a service refuses becomes an error beside the field, or a page that says what
//! happened ([`frame::answer`]).

mod alerts;
mod call;
mod callee;
mod calls;
mod dashboard;
mod devices;
mod entry;
mod form;
mod frame;
mod insights;
mod language;
mod lines;
mod monitor;
mod notices;
mod onboarding;
mod people;
mod schedule;
mod staff;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::app::App;
use frame::answer;

/// The longest form is a callee's profile.
const FORM_BYTES: usize = 64 * 1024;

/// Every page and form.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .merge(before_the_house())
        .merge(onboarding())
        .merge(family())
        .merge(staff())
        .fallback(answer(frame::nowhere))
        .method_not_allowed_fallback(answer(frame::not_that_way))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
}

/// What mail programs may send by themselves, from wherever they are: they have a secret from a letter, and no cookie.
pub(super) fn by_letter() -> Router<App> {
    Router::new()
        .route("/notices/off/{token}", get(answer(notices::show_off)).post(answer(notices::off)))
        .method_not_allowed_fallback(answer(frame::not_that_way))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
}

fn before_the_house() -> Router<App> {
    Router::new()
        .route("/", get(answer(entry::landing)))
        .route("/sign-up", get(answer(entry::show_sign_up)).post(answer(entry::sign_up)))
        .route("/sign-in", get(answer(entry::show_sign_in)).post(answer(entry::sign_in)))
        .route("/sign-out", post(answer(entry::sign_out)))
        .route("/confirm/{token}", get(answer(entry::show_confirm)).post(answer(entry::confirm)))
        .route("/forgot", get(answer(entry::show_forgot)).post(answer(entry::forgot)))
        .route("/reset/{token}", get(answer(entry::show_reset)).post(answer(entry::reset)))
        .route("/setup/{token}", get(answer(entry::show_setup)).post(answer(entry::set_up)))
        .route("/enter/{token}", get(answer(entry::enter)))
        .route("/language", post(answer(language::choose)))
        .route("/alerts/ack/{token}", get(answer(alerts::show_ack)).post(answer(alerts::ack)))
}

fn onboarding() -> Router<App> {
    use onboarding::{callee, family, method, pairing, ready, schedule};
    Router::new()
        .route("/onboarding", get(answer(onboarding::resume)))
        .route("/onboarding/family", get(answer(family::show)).post(answer(family::save)))
        .route("/onboarding/method", get(answer(method::show)).post(answer(method::save)))
        .route("/onboarding/callee", get(answer(callee::show)).post(answer(callee::save)))
        .route("/onboarding/schedule", get(answer(schedule::show)).post(answer(schedule::save)))
        .route("/onboarding/pairing", get(answer(pairing::show)))
        .route("/onboarding/ready", get(answer(ready::show)))
}

fn family() -> Router<App> {
    Router::new()
        .route("/dashboard", get(answer(dashboard::choose)))
        .route("/dashboard/phone", get(answer(dashboard::phone)))
        .route("/dashboard/app", get(answer(dashboard::app)))
        .route("/monitor", get(answer(monitor::show)))
        .route("/calls", get(answer(calls::show)))
        .route("/calls/{id}", get(answer(call::show)))
        .route("/calls/{id}/audio", get(answer(call::listen)))
        .route("/insights", get(answer(insights::show)))
        .route("/callees/{id}", get(answer(callee::show)).post(answer(callee::save)))
        .route("/callees/{id}/method", post(answer(callee::change_method)))
        .route("/callees/{id}/schedule", get(answer(schedule::show)).post(answer(schedule::save)))
        .route("/callees/{id}/skips", post(answer(schedule::skip)))
        .route("/callees/{id}/retries", post(answer(schedule::retry)))
        .route("/callees/{id}/pauses", post(answer(schedule::pause)))
        .route("/pauses/{id}/end", post(answer(schedule::end_pause)))
        .route("/callees/{id}/call-now", post(answer(dashboard::call_now)))
        .route("/callees/{id}/devices", get(answer(devices::show)))
        .route("/callees/{id}/pairing-codes", post(answer(devices::issue_code)))
        .route("/devices/{id}/confirm", post(answer(devices::confirm)))
        .route("/devices/{id}/decline", post(answer(devices::decline)))
        .route("/devices/{id}/unpair", post(answer(devices::unpair)))
        .route("/people", get(answer(people::show)))
        .route("/people/{id}/{account}/up", post(answer(people::up)))
        .route("/notices", get(answer(notices::show)).post(answer(notices::save)))
        .route("/notices/number", post(answer(notices::ask_number)))
        .route("/notices/number/prove", post(answer(notices::prove_number)))
        .route("/notices/number/remove", post(answer(notices::remove_number)))
        .route("/notices/browsers", post(answer(notices::add_browser)))
        .route("/notices/browsers/remove", post(answer(notices::remove_browser)))
        .route("/alerts", get(answer(alerts::show)))
        .route("/alerts/{id}/acknowledge", post(answer(alerts::acknowledge)))
        .route("/alerts/{id}/close", post(answer(alerts::close)))
}

fn staff() -> Router<App> {
    Router::new()
        .route("/staff", get(answer(staff::show)))
        .route("/staff/zone", post(answer(staff::choose_zone)))
        .route("/staff/troubles/{id}/close", post(answer(staff::close_trouble)))
}
