//! Recordings: a talk to be heard again, by the family that it is of, where the operator allows it.
//!
//! The call page walks in. The provider keeps recordings; here none is stored, and each listener waits for the provider.

use std::time::Duration;

use tokio::sync::Semaphore;

use super::error::ServiceError;
use super::history::Circle;
use crate::app::App;
use crate::db::calls::{self, Call};
use crate::db::conversations::{self, ConversationRow};
use crate::db::{Conn, DbError};
use crate::domain::manifest::Also;
use crate::domain::{AccountId, Audio, CallId, CallState};

/// Shorter than what a request may take in all.
const DEADLINE: Duration = Duration::from_secs(25);
/// A recording is megabytes, in the plugin as well as here: so many are fetched at once.
const LISTENERS_MAX: usize = 2;
const AGAIN_AFTER_S: u64 = 10;

static LISTENERS: Semaphore = Semaphore::const_new(LISTENERS_MAX);

/// Whether there may be something to hear of a call that the account may see.
pub(super) async fn may_be_heard(app: &App, c: &mut Conn, call: &Call) -> Result<bool, DbError> {
    Ok(latest(app, c, call).await?.is_some())
}

/// The recording of a call, if it is of one of the account's families.
pub async fn of_call(app: &App, account: AccountId, id: CallId) -> Result<Audio, ServiceError> {
    let mut c = app.db.read().await?;
    let call = calls::find(&mut c, id).await?.ok_or(ServiceError::NotFound)?;
    let circle = Circle::of(&mut c, account).await?;
    if !circle.callees.contains_key(&call.callee_id) {
        return Err(ServiceError::NotFound);
    }
    let talk = latest(app, &mut c, &call).await?.ok_or(ServiceError::NotFound)?;
    drop(c);
    let throttled = |_| ServiceError::Throttled { retry_after_s: AGAIN_AFTER_S };
    let _listener = LISTENERS.try_acquire().map_err(throttled)?;
    let audio = app.plugins.fetch_audio(&talk.provider, &talk.provider_ref, DEADLINE).await?;
    audio.ok_or(ServiceError::NotFound)
}

/// The talk that a call led to, where its provider hands recordings out and the operator lets families hear them.
async fn latest(app: &App, c: &mut Conn, call: &Call) -> Result<Option<ConversationRow>, DbError> {
    if !app.config.records.audio || call.state != CallState::Completed {
        return Ok(None);
    }
    let talks = conversations::of_call(c, call.id).await?;
    Ok(talks.into_iter().find(|talk| app.plugins.has(&talk.provider, Also::Records)))
}
