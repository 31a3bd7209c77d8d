//! Reconciling: fetching what never arrived. Webhooks are sent once; a talk
//! whose webhook did not come is asked for at the provider.

use std::time::Duration;

use futures::FutureExt;

use crate::app::App;
use crate::db::calls::{self, Call, CallChange};
use crate::db::conversations::{self, ConversationRow};
use crate::domain::{CallState, ConversationOutcome};
use crate::services::calls::{Miss, Rules, miss};
use crate::services::error::ServiceError;
use crate::services::settling;

const CALLS_A_TICK: i64 = 50;
/// Between two looks at a talk that goes on, or that the provider still works on.
const AGAIN_AFTER_S: i64 = 60;
/// After this nothing comes any more.
const GIVE_UP_AFTER_S: i64 = 24 * 3_600;
/// An open call without a result is settled after so long, so that the family hears of it.
const SETTLE_AFTER_S: i64 = 1_800;

/// Fetches what is overdue. Returns how many calls were looked at.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let waiting = calls::to_check(&mut app.db.read().await?, now, CALLS_A_TICK).await?;
    let mut looked_at = 0;
    for call in waiting {
        let Some(seen) = call.check_at else { continue };
        let (id, next) = (call.id, now.plus_secs(AGAIN_AFTER_S));
        let mine = app.db.write(move |c| async move { calls::claim_check(c, id, seen, next).await }.boxed()).await?;
        if mine {
            looked_at += 1;
            look(app, call).await?;
        }
    }
    Ok(looked_at)
}

async fn look(app: &App, call: Call) -> Result<(), ServiceError> {
    let talks = conversations::of_call(&mut app.db.read().await?, call.id).await?;
    let deadline = Duration::from_millis(app.config.calling.vendor_deadline_ms.into());
    // The provider knows none of the conversations: nobody has joined one.
    let mut nobody_joined = true;
    for talk in talks {
        match app.plugins.fetch_session(&talk.provider, &talk.provider_ref, deadline).await {
            Ok(Some(found)) if found.outcome != ConversationOutcome::Running => {
                if settle(app, &call, talk, found).await? {
                    return Ok(());
                }
            }
            Ok(Some(_)) => nobody_joined = false,
            Ok(None) => {}
            Err(error) => {
                nobody_joined = false;
                tracing::warn!(call = %call.id, %error, "a conversation could not be fetched");
            }
        }
    }
    give_up(app, call, nobody_joined).await
}

/// Gives the call what was found. True when nothing is missing any more.
async fn settle(
    app: &App,
    call: &Call,
    talk: ConversationRow,
    found: crate::domain::Conversation,
) -> Result<bool, ServiceError> {
    let (rules, id) = (Rules::of(app), call.id);
    let settled = app
        .db
        .write(move |c| {
            async move {
                settling::settle(c, &talk.provider, id, talk.attempt_id, found, &rules).await?;
                calls::find(c, id).await
            }
            .boxed()
        })
        .await?;
    app.live.changed(call.family_id);
    app.wake.notify_waiters();
    Ok(settled.is_none_or(|call| call.check_at.is_none()))
}

/// Nothing found yet: settle an open call after a while, stop asking after a day.
async fn give_up(app: &App, call: Call, nobody_joined: bool) -> Result<(), ServiceError> {
    let rules = Rules::of(app);
    let age_s = i64::try_from(rules.now.since(call.ring_at).as_secs()).unwrap_or(i64::MAX);
    let longest_talk_s = i64::from(rules.config.calling.max_call_minutes) * 60;
    app.db
        .write(move |c| {
            async move {
                let mut call = calls::find(c, call.id).await?.ok_or(ServiceError::NotFound)?;
                if call.state == CallState::Answered && nobody_joined {
                    miss(c, &mut call, Miss::NEVER_CONNECTED, &rules).await?;
                } else if !call.state.is_outcome() && age_s > SETTLE_AFTER_S + longest_talk_s {
                    let lost = Miss { outcome: CallState::Failed, reason: "no_result", retry: false };
                    miss(c, &mut call, lost, &rules).await?;
                } else if age_s > GIVE_UP_AFTER_S {
                    let change = CallChange { check_at: Some(None), ..CallChange::default() };
                    calls::amend(c, call.id, &change, rules.now).await?;
                }
                Ok::<_, ServiceError>(())
            }
            .boxed()
        })
        .await
}
