//! Live: one stream of "something of yours changed" for each open page.
//!
//! It carries no content: a page that hears of a change asks again for what it
//! shows, with its own session. So a stream can leak nothing and miss nothing
//! that the next one does not mend.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, StreamExt};
use http::StatusCode;

use super::session::Visitor;
use crate::app::App;
use crate::services::families;
use crate::services::live::Change;

/// Keeps proxies from closing a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// `GET /events`: server-sent events named `change`.
pub(super) async fn events(State(app): State<App>, visitor: Visitor) -> Response {
    let Some(signed_in) = visitor.signed_in else { return StatusCode::UNAUTHORIZED.into_response() };
    let families = match families::for_account(&app, signed_in.account.id).await {
        Ok(families) => families.into_iter().map(|(family, _)| family.id).collect::<Vec<_>>(),
        Err(error) => return super::error::Problem(error).into_response(),
    };
    let closed = app.live.clone().until_closed();
    let changes = stream::unfold((app.live.listen(), families), |(mut changes, families)| async move {
        loop {
            match changes.next().await? {
                Change::Families(changed) if changed.iter().any(|family| families.contains(family)) => break,
                Change::Families(_) => {}
                // Fell behind: the page asks again for everything it shows.
                Change::Missed => break,
            }
        }
        let changed = Event::default().event("change").data("{}");
        Some((Ok::<_, Infallible>(changed), (changes, families)))
    });
    Sse::new(changes.take_until(closed)).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response()
}
