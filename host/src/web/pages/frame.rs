//! What was asked and how it is answered: the request as every handler gets it,
//! the frame around the page, the way on, and the page that says what went wrong.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Method, StatusCode, header};

use super::form::{self, Form};
use crate::app::App;
use crate::domain::{AccountId, CalleeId, Moment};
use crate::services::sessions::SignedIn;
use crate::services::{ServiceError, alerts, families};
use crate::theme::{AccountBadge, ErrorCode, ErrorKind, ErrorPage, Flash, Frame, Page, ThemeError};
use crate::web::address::ClientAddress;
use crate::web::error::{self, Meaning};
use crate::web::session::Visitor;

/// What just happened, for the next page.
const FLASH: &str = "flash";

/// What a handler says: an answer, or why there is none.
pub(super) type Answer = Result<Response, ServiceError>;

/// What was asked, by whom.
#[derive(Clone)]
pub(super) struct Asked {
    /// The house.
    pub(super) app: App,
    /// Whoever asks.
    pub(super) visitor: Visitor,
    /// Their network address, for limits.
    pub(super) address: String,
    /// What follows the question mark.
    pub(super) query: Form,
    /// What the form sent.
    pub(super) form: Form,
    method: Method,
    path: String,
    params: Form,
    flash: Option<Flash>,
    jar: CookieJar,
    /// A form that was too large, or broke off.
    garbled: Option<StatusCode>,
}

impl FromRequest<App> for Asked {
    type Rejection = Infallible;

    async fn from_request(request: Request, app: &App) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let Ok(visitor) = Visitor::from_request_parts(&mut parts, app).await;
        let Ok(ClientAddress(address)) = ClientAddress::from_request_parts(&mut parts, app).await;
        let params = match RawPathParams::from_request_parts(&mut parts, app).await {
            Ok(params) => params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Form>(),
            // The fallback has no path to take apart.
            Err(_) => Form::default(),
        };
        let query = parts.uri.query().map(|query| Form::read(query.as_bytes())).unwrap_or_default();
        let path = path_of(&parts.uri);
        let jar = CookieJar::from_headers(&parts.headers);
        let flash = jar.get(FLASH).and_then(|cookie| Flash::of(cookie.value()));
        let method = parts.method.clone();
        let (form, garbled) = match Bytes::from_request(Request::from_parts(parts, body), app).await {
            Ok(bytes) => (Form::read(&bytes), None),
            Err(rejection) => (Form::default(), Some(rejection.status())),
        };
        let app = app.clone();
        Ok(Self { app, visitor, address, query, form, method, path, params, flash, jar, garbled })
    }
}

/// Path and query of a page, whichever part of it was asked for.
fn path_of(uri: &http::Uri) -> String {
    let kept: Vec<&str> = uri
        .query()
        .into_iter()
        .flat_map(|query| query.split('&'))
        .filter(|pair| !pair.starts_with("fragment="))
        .collect();
    if kept.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), kept.join("&")) }
}

/// Makes a handler of a function from what was asked to an answer.
pub(super) fn answer<F, W>(work: F) -> impl Fn(Asked) -> BoxFuture<'static, Response> + Clone + Send + Sync + 'static
where
    F: Fn(Asked) -> W + Clone + Send + Sync + 'static,
    W: Future<Output = Answer> + Send + 'static,
{
    move |asked: Asked| {
        let work = work.clone();
        async move {
            if let Some(status) = asked.garbled {
                return asked.show_trouble(status, &bare(kind(status))).await;
            }
            let again = asked.clone();
            match work(asked).await {
                Ok(response) => response,
                Err(error) => again.refuse(&error).await,
            }
        }
        .boxed()
    }
}

/// There is no such page.
pub(super) fn nowhere(_asked: Asked) -> Ready<Answer> {
    ready(Err(ServiceError::NotFound))
}

/// The page is there, but not for this method.
pub(super) async fn not_that_way(asked: Asked) -> Answer {
    Ok(asked.show_trouble(StatusCode::METHOD_NOT_ALLOWED, &bare(ErrorKind::Method)).await)
}

impl Asked {
    /// Whoever is signed in; else [`ServiceError::Unauthenticated`], which leads to the sign-in page.
    pub(super) fn signed_in(&self) -> Result<&SignedIn, ServiceError> {
        self.visitor.signed_in.as_ref().ok_or(ServiceError::Unauthenticated)
    }

    /// The account that is signed in.
    pub(super) fn account(&self) -> Result<AccountId, ServiceError> {
        Ok(self.signed_in()?.account.id)
    }

    /// The IANA zone of the reader.
    pub(super) fn zone(&self) -> &str {
        self.visitor.signed_in.as_ref().map_or("UTC", |signed_in| signed_in.account.zone.as_str())
    }

    /// A cookie that this browser sent.
    pub(super) fn cookie_value(&self, name: &str) -> Option<&str> {
        self.jar.get(name).map(Cookie::value)
    }

    /// The present moment.
    pub(super) fn now(&self) -> Moment {
        self.app.clock.now()
    }

    /// Whether only the head of the answer is wanted: by a program that looks where a link leads.
    pub(super) fn is_peek(&self) -> bool {
        self.method == Method::HEAD
    }

    /// The id in the path. What is none is of nothing that there is.
    pub(super) fn id<T: FromStr>(&self) -> Result<T, ServiceError> {
        self.id_named("id")
    }

    /// Another id in the path.
    pub(super) fn id_named<T: FromStr>(&self, name: &str) -> Result<T, ServiceError> {
        self.params.get(name).parse().map_err(|_| ServiceError::NotFound)
    }

    /// The secret in the path of a mailed link.
    pub(super) fn token(&self) -> &str {
        self.params.get("token")
    }

    /// The callee that the query chooses, if it does.
    pub(super) fn chosen_callee(&self) -> Result<Option<CalleeId>, ServiceError> {
        match self.query.get("callee") {
            "" => Ok(None),
            id => id.parse().map(Some).map_err(|_| ServiceError::NotFound),
        }
    }

    /// Shows a page, or the one live part of it that was asked for.
    pub(super) async fn show<P: Page>(&self, page: &P) -> Answer {
        self.show_as(StatusCode::OK, page).await
    }

    /// Shows a form again with what was typed and what is wrong with it.
    pub(super) async fn show_refused<P: Page>(&self, page: &P) -> Answer {
        self.show_as(StatusCode::UNPROCESSABLE_ENTITY, page).await
    }

    /// Shows a page with another status.
    pub(super) async fn show_as<P: Page>(&self, status: StatusCode, page: &P) -> Answer {
        let frame = self.frame(&self.path).await?;
        let fragment = self.query.get("fragment");
        if self.method == Method::GET && !fragment.is_empty() {
            let html = self.app.theme.fragment(&frame, page, fragment).map_err(|error| not_drawn(&error))?;
            return Ok(Html(html).into_response());
        }
        let html = self.app.theme.render(&frame, page).map_err(|error| not_drawn(&error))?;
        let response = (status, Html(html));
        if self.flash.is_none() {
            return Ok(response.into_response());
        }
        let mut said = self.cookie(FLASH, "");
        said.make_removal();
        Ok((CookieJar::new().add(said), response).into_response())
    }

    /// Sends the browser on to a page of ours (303, so that it asks for it with GET).
    #[expect(clippy::unused_self, reason = "a handler goes on in the same words, with a notice or without")]
    pub(super) fn go(&self, path: &str) -> Response {
        Redirect::to(own_path(path)).into_response()
    }

    /// The same, and the next page says what happened.
    pub(super) fn go_saying(&self, path: &str, flash: Flash) -> Response {
        let jar = CookieJar::new().add(self.cookie(FLASH, flash.word()));
        (jar, self.go(path)).into_response()
    }

    /// A cookie that only this house reads, and that goes with the browser's window.
    pub(super) fn cookie(&self, name: &'static str, value: &str) -> Cookie<'static> {
        Cookie::build((name, value.to_owned()))
            .path("/")
            .http_only(true)
            .secure(self.app.config.public_url.scheme() == "https")
            .same_site(SameSite::Lax)
            .build()
    }

    /// The same request, as if it had come to the page that its form stands on.
    pub(super) fn at(mut self, path: String) -> Self {
        self.path = path;
        self
    }

    /// What surrounds a page that stands at `path`.
    async fn frame(&self, path: &str) -> Result<Frame, ServiceError> {
        let mut frame = Frame::visitor(self.visitor.locale, path, self.now());
        frame.flash = self.flash;
        frame.demo = self.app.demo;
        let Some(SignedIn { account, .. }) = &self.visitor.signed_in else { return Ok(frame) };
        let families = families::for_account(&self.app, account.id).await?;
        frame.zone.clone_from(&account.zone);
        frame.open_alerts = alerts::count_open(&self.app, account.id).await?;
        // Until onboarding is past its first steps there is nothing behind the family's pages.
        let chosen = families.iter().any(|(family, _)| family.call_method.is_some());
        frame.account = Some(AccountBadge {
            name: account.name.clone(),
            staff: account.staff_role.is_some(),
            family: chosen && !path.starts_with("/onboarding"),
        });
        Ok(frame)
    }

    /// Says what went wrong. Whoever is not signed in is asked to, and comes back after it.
    async fn refuse(&self, error: &ServiceError) -> Response {
        if matches!(error, ServiceError::Unauthenticated) {
            return match self.method {
                Method::GET => self.go(&format!("/sign-in?{}", form::one("next", &self.path))),
                _ => self.go("/sign-in"),
            };
        }
        let reference = error::log(error);
        let meaning = Meaning::from(error);
        let page = ErrorPage {
            kind: kind(meaning.status),
            code: ErrorCode::of(meaning.code),
            retry_after_s: meaning.retry_after_s,
            reference: meaning.status.is_server_error().then_some(reference),
        };
        let mut response = self.show_trouble(meaning.status, &page).await;
        if let Some(seconds) = meaning.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }

    /// Shows the page of an error; without what surrounds it when even that cannot be had.
    async fn show_trouble(&self, status: StatusCode, page: &ErrorPage) -> Response {
        // What a form was sent to can often not be asked for.
        let path = if self.method == Method::GET { self.path.as_str() } else { "/" };
        let frame = self.frame(path).await.unwrap_or_else(|_| Frame::visitor(self.visitor.locale, "/", self.now()));
        match self.app.theme.render(&frame, page) {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                not_drawn(&error);
                status.into_response()
            }
        }
    }
}

/// An error page that says no more than its kind.
fn bare(kind: ErrorKind) -> ErrorPage {
    ErrorPage { kind, code: None, retry_after_s: None, reference: None }
}

/// The words of a status.
fn kind(status: StatusCode) -> ErrorKind {
    let known = ErrorKind::ALL.iter().find(|kind| kind.code() == status.as_u16());
    known.copied().unwrap_or(match status {
        StatusCode::BAD_GATEWAY => ErrorKind::Unavailable,
        status if status.is_client_error() => ErrorKind::BadRequest,
        _ => ErrorKind::Internal,
    })
}

/// A page that has no such live part does not exist; anything else is a fault of the theme.
fn not_drawn(error: &ThemeError) -> ServiceError {
    if matches!(error, ThemeError::NoFragment { .. }) {
        return ServiceError::NotFound;
    }
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, cause, "a page could not be drawn");
    ServiceError::Unavailable("theme")
}

/// The path, if it is one of ours: not of another host, and nothing but a path.
pub(super) fn own_path(path: &str) -> &str {
    let leads_away = path.starts_with("//") || path.contains('\\');
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic());
    if path.starts_with('/') && plain && !leads_away { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn only_our_own_paths_are_gone_to() {
        assert_eq!(own_path("/calls?page=2"), "/calls?page=2");
        for foreign in ["", "https://evil.example", "//evil.example", "/\\evil.example", "calls", "/a\r\nb", "/é"] {
            assert_eq!(own_path(foreign), "/", "{foreign:?}");
        }
    }
}
