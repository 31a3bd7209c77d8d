//! History: the calls of a family, as lists show them, and one call with all that is known of it.
//!
//! The pages walk in, and the dashboards and the monitor take their lines from here.

use std::collections::{BTreeMap, HashMap};

use super::error::ServiceError;
use super::{families, phone_number, recordings};
use crate::app::App;
use crate::db::call_lists::{self, CallFilter};
use crate::db::callees::{self, Callee};
use crate::db::calls::{self, Call};
use crate::db::families::Family;
use crate::db::ring_attempts::{self, RingAttempt};
use crate::db::transcripts::{self, Transcript};
use crate::db::{Conn, alerts, devices, families as stored_families, timeline};
use crate::domain::{
    AccountId, AttemptState, Block, CallId, CallMethod, CallReason, CallState, CalleeId, DeviceId, FamilyId, Locale,
    Moment, Role, Turn,
};

/// Calls on one page of a list.
const CALLS_A_PAGE: u32 = 20;
/// The last page that can be asked for: what is older is found by its callee and outcome.
const LAST_PAGE: u32 = 500;
/// A summary is tried for about half a day; see the jobs' backoff.
const SUMMARY_TRIED_S: i64 = 12 * 3_600;
/// A report that has not come a day after the talk does not come any more.
const REPORT_AWAITED_S: i64 = 24 * 3_600;

/// A call as a list shows it.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a name and what was said")]
pub struct CallBrief {
    /// The call.
    pub id: CallId,
    /// How its callee is called.
    pub callee_name: String,
    /// The callee's IANA zone.
    pub zone: String,
    /// The promised moment; while it is open, when it rings.
    pub at: Moment,
    /// Where it stands.
    pub state: CallState,
    /// Why, as a word.
    pub reason: Option<CallReason>,
    /// How it is rung.
    pub method: CallMethod,
    /// How long they talked.
    pub duration_s: Option<u32>,
    /// 1 to 5.
    pub mood: Option<u8>,
    /// The first sentence of the summary.
    pub headline: Option<String>,
    /// Whether an alert came out of it.
    pub alert: bool,
}

/// One try to reach a device or number.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a device's name")]
pub struct AttemptBrief {
    /// Counted from one.
    pub number: u32,
    /// When.
    pub at: Moment,
    /// A device's name, or a number with its middle hidden.
    pub target: String,
    /// How far it got.
    pub state: AttemptState,
}

/// A call with its tries.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a name and what was said")]
pub struct FollowedCall {
    /// The call.
    pub call: CallBrief,
    /// The tries so far.
    pub attempts: Vec<AttemptBrief>,
}

/// Which calls are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Only this callee's.
    pub callee: Option<CalleeId>,
    /// Only those that stand here.
    pub state: Option<CallState>,
    /// Counted from one.
    pub page: u32,
}

/// One page of a list of calls, the newest first.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds names")]
pub struct Listing {
    /// The calls.
    pub calls: Vec<CallBrief>,
    /// The number of the page, which is never beyond the last.
    pub page: u32,
    /// Whether there are older ones.
    pub older: bool,
}

/// How far the summary of a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SummaryStage {
    /// There is one.
    Ready,
    /// It is being made.
    Pending,
    /// Nobody talked, so there is none.
    None,
    /// It could not be made.
    Failed,
}

/// A step of a call: when, which, and more about it.
#[derive(Clone, Debug)]
pub struct TimelineBrief {
    /// When.
    pub at: Moment,
    /// A word.
    pub step: String,
    /// A word or a text.
    pub detail: Option<String>,
}

/// All that is known of a call.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds what was said")]
pub struct CallStory {
    /// The call as a list shows it.
    pub call: CallBrief,
    /// How far the summary is.
    pub stage: SummaryStage,
    /// The summary in the reader's language.
    pub blocks: Vec<Block>,
    /// What was said.
    pub turns: Vec<Turn>,
    /// The tries.
    pub attempts: Vec<AttemptBrief>,
    /// Every step.
    pub timeline: Vec<TimelineBrief>,
    /// Whether there may be a recording to hear.
    pub audible: bool,
}

/// One page of the calls that the account may see.
pub async fn page(app: &App, account: AccountId, locale: Locale, wanted: Wanted) -> Result<Listing, ServiceError> {
    let mut c = app.db.read().await?;
    let circle = Circle::of(&mut c, account).await?;
    let families = match wanted.callee {
        Some(id) => vec![circle.callees.get(&id).ok_or(ServiceError::NotFound)?.family_id],
        None => circle.families.iter().map(|(family, _)| family.id).collect(),
    };
    let page = wanted.page.clamp(1, LAST_PAGE);
    let size = i64::from(CALLS_A_PAGE);
    let before = i64::from(page - 1) * size;
    let filter = CallFilter { callee: wanted.callee, state: wanted.state, from: None, until: None };
    // Several families are merged by time, so all that stands before the page is read as well.
    let alone = families.len() == 1;
    let (offset, limit) = if alone { (before, size + 1) } else { (0, before + size + 1) };
    let mut rows = Vec::new();
    for family in families {
        rows.extend(call_lists::page(&mut c, family, filter, offset, limit).await?);
    }
    rows.sort_by_key(|call| std::cmp::Reverse((call.due_at, call.id)));
    if !alone {
        rows.drain(..rows.len().min(usize::try_from(before).unwrap_or(usize::MAX)));
    }
    let size = usize::try_from(CALLS_A_PAGE).unwrap_or(usize::MAX);
    let older = rows.len() > size && page < LAST_PAGE;
    rows.truncate(size);
    Ok(Listing { calls: circle.briefs(&mut c, &rows, locale).await?, page, older })
}

/// One call, if it is of one of the account's families.
pub async fn story(app: &App, account: AccountId, locale: Locale, id: CallId) -> Result<CallStory, ServiceError> {
    let mut c = app.db.read().await?;
    let call = calls::find(&mut c, id).await?.ok_or(ServiceError::NotFound)?;
    let circle = Circle::of(&mut c, account).await?;
    let callee = circle.callees.get(&call.callee_id).ok_or(ServiceError::NotFound)?.clone();
    let summary = transcripts::summary_of(&mut c, id, locale).await?;
    let transcript = transcripts::of_call(&mut c, id).await?;
    let stage =
        if summary.is_some() { SummaryStage::Ready } else { stage(&call, transcript.as_ref(), app.clock.now()) };
    let steps = timeline::of_call(&mut c, id).await?;
    let audible = recordings::may_be_heard(app, &mut c, &call).await?;
    Ok(CallStory {
        attempts: attempts(&mut c, &callee, id).await?,
        call: circle.brief(&mut c, &call, locale).await?,
        stage,
        audible,
        blocks: summary.map(|summary| read(&summary.blocks)).unwrap_or_default(),
        turns: transcript.map(|transcript| read(&transcript.turns)).unwrap_or_default(),
        timeline: steps
            .into_iter()
            .map(|row| TimelineBrief { at: row.at, step: row.step, detail: row.detail })
            .collect(),
    })
}

/// Where a summary stands that is not there.
fn stage(call: &Call, transcript: Option<&Transcript>, now: Moment) -> SummaryStage {
    if call.state != CallState::Completed {
        return SummaryStage::None;
    }
    match transcript {
        Some(transcript) if now <= transcript.stored_at.plus_secs(SUMMARY_TRIED_S) => SummaryStage::Pending,
        Some(_) => SummaryStage::Failed,
        None if now <= call.updated_at.plus_secs(REPORT_AWAITED_S) => SummaryStage::Pending,
        None => SummaryStage::None,
    }
}

/// What was written by this house; what cannot be read any more is shown as nothing.
pub(super) fn read<T: serde::de::DeserializeOwned>(json: &str) -> Vec<T> {
    serde_json::from_str(json).unwrap_or_default()
}

/// Everybody whom an account may see.
#[allow(missing_debug_implementations, reason = "it holds names")]
pub(super) struct Circle {
    /// The families, the oldest first.
    pub(super) families: Vec<(Family, Role)>,
    /// Their callees.
    pub(super) callees: BTreeMap<CalleeId, Callee>,
}

impl Circle {
    /// The account's circle.
    pub(super) async fn of(c: &mut Conn, account: AccountId) -> Result<Self, ServiceError> {
        let families = stored_families::of_account(c, account).await?;
        let ids: Vec<FamilyId> = families.iter().map(|(family, _)| family.id).collect();
        let callees = callees::of_families(c, &ids).await?;
        Ok(Self { families, callees: callees.into_iter().map(|callee| (callee.id, callee)).collect() })
    }

    /// Calls as a list shows them; each must be of a callee of the circle.
    pub(super) async fn briefs(
        &self,
        c: &mut Conn,
        calls: &[Call],
        locale: Locale,
    ) -> Result<Vec<CallBrief>, ServiceError> {
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        let families: Vec<FamilyId> = self.families.iter().map(|(family, _)| family.id).collect();
        let ids: Vec<CallId> = calls.iter().map(|call| call.id).collect();
        let alerted = alerts::calls_among(c, &families, &ids).await?;
        let talks: Vec<CallId> =
            calls.iter().filter(|call| call.state == CallState::Completed).map(|call| call.id).collect();
        let mut headlines = match talks.as_slice() {
            [] => HashMap::new(),
            talks => transcripts::headlines_of(c, talks, locale).await?,
        };
        let brief = |call: &Call| {
            let callee = self.callees.get(&call.callee_id).ok_or(ServiceError::NotFound)?;
            Ok(CallBrief {
                id: call.id,
                callee_name: callee.address_form.clone(),
                zone: callee.zone.clone(),
                at: if call.state.is_outcome() { call.due_at } else { call.ring_at },
                state: call.state,
                reason: call.reason,
                method: call.call_method,
                duration_s: call
                    .duration_s
                    .and_then(|seconds| u32::try_from(seconds).ok())
                    .filter(|seconds| *seconds > 0),
                mood: call.mood_score.and_then(|mood| u8::try_from(mood).ok()).filter(|mood| (1..=5).contains(mood)),
                headline: headlines.remove(&call.id).filter(|headline| !headline.is_empty()),
                alert: alerted.contains(&call.id),
            })
        };
        calls.iter().map(brief).collect()
    }

    /// One call as a list shows it.
    pub(super) async fn brief(&self, c: &mut Conn, call: &Call, locale: Locale) -> Result<CallBrief, ServiceError> {
        self.briefs(c, std::slice::from_ref(call), locale).await?.pop().ok_or(ServiceError::NotFound)
    }

    /// A call with its tries.
    pub(super) async fn followed(
        &self,
        c: &mut Conn,
        call: &Call,
        locale: Locale,
    ) -> Result<FollowedCall, ServiceError> {
        let callee = self.callees.get(&call.callee_id).ok_or(ServiceError::NotFound)?;
        Ok(FollowedCall { call: self.brief(c, call, locale).await?, attempts: attempts(c, callee, call.id).await? })
    }
}

/// The tries of a call that were handed to a vendor.
async fn attempts(c: &mut Conn, callee: &Callee, call: CallId) -> Result<Vec<AttemptBrief>, ServiceError> {
    let attempts = ring_attempts::of_call(c, call).await?;
    let ids: Vec<DeviceId> = attempts.iter().filter_map(|attempt| attempt.device_id).collect();
    let names = if ids.is_empty() { HashMap::new() } else { devices::names(c, &ids).await? };
    let brief = |(number, attempt): (u32, RingAttempt)| {
        let RingAttempt { device_id, channel, state, ring_at: at, .. } = attempt;
        let target = match device_id {
            Some(id) => names.get(&id).filter(|name| !name.is_empty()).cloned(),
            None => callee.phone.as_deref().map(phone_number_hidden),
        };
        AttemptBrief { number, at, target: target.unwrap_or(channel), state }
    };
    Ok((1..).zip(attempts).map(brief).collect())
}

/// A stored number as people read it, the middle of it hidden.
pub(super) fn phone_number_hidden(e164: &str) -> String {
    const SHOWN_FIRST: usize = 4;
    const SHOWN_LAST: usize = 3;
    let shown = phone_number::display(e164);
    let digits = shown.chars().filter(char::is_ascii_digit).count();
    let mut seen = 0;
    let hide = |character: char| {
        if !character.is_ascii_digit() {
            return character;
        }
        seen += 1;
        if seen <= SHOWN_FIRST || seen + SHOWN_LAST > digits { character } else { '•' }
    };
    shown.chars().map(hide).collect()
}

/// The callee, as long as the account may see them.
pub(super) async fn callee_in(c: &mut Conn, account: AccountId, callee: CalleeId) -> Result<Callee, ServiceError> {
    Ok(families::callee_in(c, account, callee).await?.callee)
}

#[cfg(test)]
mod tests {
    use super::phone_number_hidden;

    #[test]
    fn only_the_ends_of_a_number_are_shown() {
        let hidden = phone_number_hidden("+6281234567890");
        assert!(
            hidden.starts_with("+62 81") && hidden.ends_with("890") && hidden.matches('•').count() == 6,
            "{hidden}"
        );
    }
}
