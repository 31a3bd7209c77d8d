//! The session cookie, and who is asking.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::request::Parts;

use crate::app::App;
use crate::domain::Locale;
use crate::services::sessions::{self, SignedIn};

/// Over https the `__Host-` prefix binds the cookie to this host, path and TLS (RFC 6265bis, 4.1.3.2).
const SECURE_NAME: &str = "__Host-session";
const PLAIN_NAME: &str = "session";
const LANGUAGE_NAME: &str = "language";

fn is_https(app: &App) -> bool {
    app.config.public_url.scheme() == "https"
}

fn name(app: &App) -> &'static str {
    if is_https(app) { SECURE_NAME } else { PLAIN_NAME }
}

fn cookie(app: &App, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value)).path("/").http_only(true).secure(is_https(app)).same_site(SameSite::Lax).build()
}

/// The cookie of a new session. It lives as long as the browser keeps it; the
/// server's own limits end the session.
pub(super) fn opened(app: &App, secret: String) -> Cookie<'static> {
    let mut cookie = cookie(app, name(app), secret);
    cookie.make_permanent();
    cookie
}

/// The cookie that ends a session.
pub(super) fn closed(app: &App) -> Cookie<'static> {
    let mut cookie = cookie(app, name(app), String::new());
    cookie.make_removal();
    cookie
}

/// The cookie of a chosen language, for visitors without an account.
pub(super) fn language(app: &App, locale: Locale) -> Cookie<'static> {
    let mut cookie = cookie(app, LANGUAGE_NAME, locale.to_string());
    cookie.make_permanent();
    cookie
}

/// Whoever asks: signed in or not, and in which language.
#[derive(Clone)]
pub(super) struct Visitor {
    /// The account, if one is signed in.
    pub(super) signed_in: Option<SignedIn>,
    /// The language of the answer.
    pub(super) locale: Locale,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let jar = CookieJar::from_headers(&parts.headers);
        let signed_in = match jar.get(name(app)) {
            Some(cookie) => sessions::find(app, cookie.value()).await.ok(),
            None => None,
        };
        let chosen = jar.get(LANGUAGE_NAME).and_then(|cookie| cookie.value().parse().ok());
        let accepted = parts.headers.get("accept-language").and_then(|value| value.to_str().ok());
        let locale = match &signed_in {
            Some(signed_in) => signed_in.account.locale,
            None => chosen.unwrap_or_else(|| Locale::negotiate(accepted.unwrap_or_default())),
        };
        Ok(Self { signed_in, locale })
    }
}
