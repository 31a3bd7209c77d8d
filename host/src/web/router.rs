//! The whole public surface.

use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Router, middleware};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderValue, StatusCode};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use super::{assets, device_api, health, live, origin, pages, phone_app, webhooks};
use crate::app::App;
use crate::services::facts::FORMER_WEBHOOKS;

/// A form, or a device's JSON.
const SMALL_BODY_BYTES: usize = 64 * 1024;
/// Whatever a request waits for, it waits no longer.
const REQUEST_DEADLINE: Duration = Duration::from_secs(30);
/// Everything from our own origin, no inline script or style, no frame around us.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    media-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Every route of the host.
pub fn router(app: App) -> Router {
    let deadline = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_DEADLINE);
    let worth_it = DefaultPredicate::new().and(NotForContentType::const_new("audio/"));
    let pages = pages::routes()
        .layer(middleware::from_fn_with_state(app.clone(), origin::check))
        .merge(pages::by_letter())
        .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("no-store")))
        // Sound is compressed already.
        .layer(CompressionLayer::new().compress_when(worth_it));
    let machines = Router::new()
        .nest("/api/device/v1", device_api::routes())
        .nest("/functions/v1", phone_app::routes())
        .layer(DefaultBodyLimit::max(SMALL_BODY_BYTES));
    let webhook_limit = DefaultBodyLimit::max(app.config.webhook.max_body_bytes);
    let webhooks = Router::new()
        .route("/webhooks/{provider}", post(webhooks::of_provider))
        // The original system's path, so that the console needs only a new host.
        .route(FORMER_WEBHOOKS.1, post(webhooks::of_former_path))
        .layer(webhook_limit);
    let secure = app.config.public_url.scheme() == "https";
    let router = Router::new()
        .merge(pages)
        .route("/assets/{*path}", get(assets::asset))
        .route("/notices/worker.js", get(assets::notices_worker))
        .merge(machines)
        .merge(webhooks)
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .layer(deadline)
        // A stream lives as long as its page: no deadline for it.
        .route("/events", get(live::events))
        .layer(CatchPanicLayer::new())
        .layer(header(CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(X_FRAME_OPTIONS, "DENY"))
        .layer(header(REFERRER_POLICY, "same-origin"))
        .layer(header(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"));
    let router = if secure { router.layer(header(STRICT_TRANSPORT_SECURITY, "max-age=31536000")) } else { router };
    router.with_state(app)
}

fn header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
