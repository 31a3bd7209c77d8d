//! One page of an audit: some callees, some days.

use std::collections::{BTreeMap, BTreeSet};

use super::Span;
use super::report::{Double, DoubleKind, Gap, Overdue, Report};
use crate::config::Calling;
use crate::db::pauses::{self, StoredPause};
use crate::db::promises::{self, CalleePage, Dial, KeptPromise, MadeAttempt, Terms};
use crate::db::skips::{self, StoredSkip};
use crate::db::{Conn, DbError};
use crate::domain::calendar::{Calendar, SlotDate};
use crate::domain::schedule::Occurrence;
use crate::domain::zone::Zone;
use crate::domain::{AttemptId, CallId, CallState, CalleeId, Moment};

/// After its window a promise has its call, or has been forgotten.
const PLANNED_GRACE_S: i64 = 60;
/// After its window nothing rings any more; a vendor is given this long to report.
const RUNG_GRACE_S: i64 = 300;
/// A talk that ended, and whose result never came, is settled after so long.
const TOLD_GRACE_S: i64 = 2_400;
/// A slot that was moved within a day has kept its promise of that day, with a call that may be this far away.
const SAME_DAY_S: i64 = 36 * 3_600;

/// Whose pauses and skips one query reads.
const CALLEES_A_QUERY: usize = 500;

/// Whom a promise was made to, for which of their slots, and for which date.
type Promise = (CalleeId, i32, String);

/// What the database says of some callees and some days.
pub(super) struct Page {
    terms: Vec<Terms>,
    calls: Vec<KeptPromise>,
    attempts: Vec<MadeAttempt>,
    dials: Vec<Dial>,
    /// By callee.
    pauses: BTreeMap<CalleeId, Vec<StoredPause>>,
    skips: BTreeMap<CalleeId, Vec<StoredSkip>>,
}

impl Page {
    pub(super) async fn read(c: &mut Conn, callees: CalleePage, span: Span) -> Result<Self, DbError> {
        let (from, to) = (span.from, span.to);
        let terms = promises::terms(c, callees, from).await?;
        let ids: Vec<CalleeId> = terms.iter().map(|terms| terms.callee).collect::<BTreeSet<_>>().into_iter().collect();
        let date = Zone::utc().local(from.plus_secs(-SAME_DAY_S)).date().to_string();
        let (mut pauses, mut skips) = (BTreeMap::new(), BTreeMap::new());
        for ids in ids.chunks(CALLEES_A_QUERY) {
            for pause in pauses::ever_holding_since(c, ids, &date).await? {
                pauses.entry(pause.callee_id).or_insert_with(Vec::new).push(pause);
            }
            for skip in skips::since(c, ids, &date).await? {
                skips.entry(skip.callee_id).or_insert_with(Vec::new).push(skip);
            }
        }
        Ok(Self {
            terms,
            pauses,
            skips,
            calls: promises::calls(c, callees, from.plus_secs(-SAME_DAY_S), to.plus_secs(SAME_DAY_S)).await?,
            attempts: promises::attempts(c, callees, from, to).await?,
            dials: promises::dials(c, callees, from, to).await?,
        })
    }

    pub(super) fn judge(&self, calling: &Calling, span: Span, report: &mut Report) -> Result<(), DbError> {
        let of_span = |call: &&KeptPromise| span.from <= call.due_at && call.due_at < span.to;
        let calls: BTreeMap<CallId, &KeptPromise> =
            self.calls.iter().filter(of_span).map(|call| (call.id, call)).collect();
        let (mut promised, mut kept) = (BTreeSet::new(), BTreeSet::new());
        for call in calls.values() {
            count(call, calling, span.now, report);
            if is_taken_back(call) {
                continue;
            }
            // "Call now" may be said as often as one likes.
            let new = call.slot_no == 0 || promised.insert(promise(call));
            report.promised += u64::from(new);
            let twice = call.slot_no > 0 && call.state != CallState::Canceled && !kept.insert(promise(call));
            if twice {
                report.doubles.add(double(call, DoubleKind::Calls));
            }
        }
        self.gaps(calling, span, report)?;
        self.doubles(&calls, report);
        self.lateness(&calls, report);
        Ok(())
    }

    /// What the calendar promised, and no call was made for.
    fn gaps(&self, calling: &Calling, span: Span, report: &mut Report) -> Result<(), DbError> {
        let with_calls: BTreeSet<Promise> =
            self.calls.iter().filter(|call| !is_taken_back(call)).map(promise).collect();
        let past = span.now.plus_secs(-(i64::from(calling.ring_window_s) + PLANNED_GRACE_S));
        for terms in &self.terms {
            let Ok(zone) = Zone::parse(&terms.zone) else { continue };
            let calendar = Calendar::of(zone);
            let end = terms.until.map_or(span.to, |until| until.plus_secs(1).min(span.to)).min(past);
            // An occurrence is after the moment from which its terms hold, and at or after the start of the span.
            let mut after = terms.since.max(Moment(span.from.0 - 1));
            while let Some(next) = terms.slot.next_after(after, &calendar).filter(|next| next.at < end) {
                after = next.at;
                if terms.until.is_some_and(|until| next.at > until) {
                    break;
                }
                let promise = (terms.callee, next.slot_no, next.date.to_string());
                if !with_calls.contains(&promise) && !self.was_unwanted(terms.callee, &next)? {
                    let (callee, slot_no, local_date) = promise;
                    report.promised += 1;
                    report.gaps.add(Gap { callee, slot_no, local_date, due_at: next.at });
                }
            }
        }
        Ok(())
    }

    /// Whether the family did not want this one when it was due: a pause lay on its date, or it was skipped.
    fn was_unwanted(&self, callee: CalleeId, promise: &Occurrence) -> Result<bool, DbError> {
        for pause in self.pauses.get(&callee).into_iter().flatten() {
            let held = pause.made_at <= promise.at && pause.ended_at.is_none_or(|ended_at| promise.at < ended_at);
            if held && pause.pause()?.covers(promise.date) {
                return Ok(true);
            }
        }
        let this = SlotDate { slot_no: promise.slot_no, date: promise.date };
        for skip in self.skips.get(&callee).into_iter().flatten() {
            if skip.made_at <= promise.at && skip.slot_date()? == this {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What rang twice. One ring that was repeated is one: the device knows it by its id.
    fn doubles(&self, calls: &BTreeMap<CallId, &KeptPromise>, report: &mut Report) {
        let mut rings: BTreeMap<_, BTreeSet<AttemptId>> = BTreeMap::new();
        let mut tries: BTreeMap<AttemptId, i32> = BTreeMap::new();
        for attempt in &self.attempts {
            tries.insert(attempt.id, attempt.try_no);
            if attempt.accepted_at.is_some() || attempt.rang_at.is_some() {
                let place = (attempt.call_id, attempt.try_no, attempt.device_id);
                rings.entry(place).or_default().insert(attempt.id);
            }
        }
        let mut doubled: Vec<(CallId, DoubleKind)> = Vec::new();
        for ((call, _, device), attempts) in &rings {
            if device.is_some() && attempts.len() > 1 {
                doubled.push((*call, DoubleKind::Rings));
            }
        }
        let mut dials: BTreeMap<(CallId, i32), BTreeSet<&str>> = BTreeMap::new();
        for dial in &self.dials {
            let try_no = tries.get(&dial.attempt_id).copied().unwrap_or_default();
            dials.entry((dial.call_id, try_no)).or_default().insert(&dial.provider_ref);
        }
        for ((call, _), conversations) in &dials {
            if conversations.len() > 1 {
                doubled.push((*call, DoubleKind::Dials));
            }
        }
        for (call, kind) in doubled {
            if let Some(call) = calls.get(&call) {
                report.doubles.add(double(call, kind));
            }
        }
    }

    /// How late each call's first ring was handed over. What a vendor was given ahead of its time is on time.
    fn lateness(&self, calls: &BTreeMap<CallId, &KeptPromise>, report: &mut Report) {
        let mut first: BTreeMap<CallId, &MadeAttempt> = BTreeMap::new();
        for attempt in self.attempts.iter().filter(|attempt| attempt.try_no == 1) {
            first.entry(attempt.call_id).or_insert(attempt);
        }
        for (id, attempt) in first {
            let (Some(call), Some(sent_at)) = (calls.get(&id), attempt.sent_at) else { continue };
            let late_ms = (sent_at.0 - call.due_at.0).div_euclid(1_000);
            let late_ms = if attempt.ahead { late_ms.max(0) } else { late_ms };
            report.lateness.entry(call.call_method).or_default().add(late_ms);
        }
    }
}

fn promise(call: &KeptPromise) -> Promise {
    (call.callee_id, call.slot_no, call.local_date.clone())
}

fn double(call: &KeptPromise, kind: DoubleKind) -> Double {
    Double { kind, callee: call.callee_id, call: call.id, slot_no: call.slot_no, local_date: call.local_date.clone() }
}

/// Whether the house itself took the call back before it rang, because the plan had changed: then the plan that holds
/// says what was promised. What has rung, and what a vendor took back, was promised.
fn is_taken_back(call: &KeptPromise) -> bool {
    call.state == CallState::Canceled && call.tries <= 1 && call.reason.as_deref() != Some("vendor_canceled")
}

fn count(call: &KeptPromise, calling: &Calling, now: Moment, report: &mut Report) {
    if is_taken_back(call) {
        report.taken_back += 1;
    } else if call.state.is_outcome() {
        *report.settled.entry(call.state).or_default() += 1;
    } else if now > settled_by(call, calling) {
        report.overdue.add(Overdue { call: call.id, state: call.state, due_at: call.due_at });
    } else {
        report.open += 1;
    }
}

/// When a call has its outcome at the latest.
fn settled_by(call: &KeptPromise, calling: &Calling) -> Moment {
    match call.state {
        CallState::Queued | CallState::Ringing => call.expires_at.plus_secs(RUNG_GRACE_S),
        _ => call.ring_at.plus_secs(i64::from(calling.max_call_minutes) * 60 + TOLD_GRACE_S),
    }
}

#[cfg(test)]
mod tests;
