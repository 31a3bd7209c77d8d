//! The language switch at the foot of every page.

use axum::response::IntoResponse;
use axum_extra::extract::cookie::CookieJar;

use super::frame::{Answer, Asked, own_path};
use crate::domain::Locale;
use crate::services::{ServiceError, accounts};
use crate::web::session;

/// `POST /language`: sends `locale` and `next`.
pub(super) async fn choose(asked: Asked) -> Answer {
    let refused = |_| ServiceError::Invalid { field: "locale", code: "language-unknown" };
    let locale: Locale = asked.form.get("locale").parse().map_err(refused)?;
    if let Some(signed_in) = &asked.visitor.signed_in {
        accounts::set_locale(&asked.app, signed_in.account.id, locale).await?;
    }
    let jar = CookieJar::new().add(session::language(&asked.app, locale));
    Ok((jar, asked.go(own_path(asked.form.get("next")))).into_response())
}
