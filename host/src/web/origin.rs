//! The tokenless origin check: a form is taken only from a page of our own.
//!
//! Every browser since 2023 sends `Sec-Fetch-Site` with a form; where it is
//! missing, `Origin` must be ours. A cookie alone proves nothing. The source of
//! the rule is the Go standard library's `CrossOriginProtection` and the W3C's
//! Fetch Metadata recommendation.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode};

use crate::app::App;

/// Refuses what changes something and does not come from our own pages.
pub(super) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_own(request.headers(), &app.config.public_url.origin().ascii_serialization()) {
        return next.run(request).await;
    }
    tracing::info!("a form from another site was refused");
    (StatusCode::FORBIDDEN, "This form was sent from another site. Open the page again and send it from there.\n")
        .into_response()
}

fn is_own(headers: &HeaderMap, own: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin" || site == "none",
        None => text("origin") == Some(own),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::is_own;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_pages_may_send_forms() {
        let own = "https://calls.example";
        assert!(is_own(&headers(&[("sec-fetch-site", "same-origin")]), own));
        assert!(is_own(&headers(&[("origin", "https://calls.example")]), own));
        assert!(!is_own(&headers(&[("sec-fetch-site", "cross-site"), ("origin", "https://calls.example")]), own));
        assert!(!is_own(&headers(&[("sec-fetch-site", "same-site")]), own));
        assert!(!is_own(&headers(&[("origin", "https://evil.example")]), own));
        assert!(!is_own(&headers(&[("origin", "null")]), own));
        assert!(!is_own(&headers(&[]), own));
    }
}
