//! The week of a callee as it is stored: Monday to Sunday on their own calendar.

use std::collections::HashMap;

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::db::callees::{self, Callee};
use crate::db::calls::Call;
use crate::db::pauses::StoredPause;
use crate::db::{Conn, digests, pauses, skips, transcripts};
use crate::domain::zone::Zone;
use crate::domain::{Block, CallId, CalleeId, Gap, GapCause, Locale, WeekCall, WeekMaterial};
use crate::services::error::ServiceError;

/// All that a renderer may be shown of it.
pub(super) struct Week {
    /// Of whom.
    pub(super) callee: Callee,
    /// The Sunday.
    pub(super) last_day: Date,
    first_day: Date,
    /// The calls that are over, the earliest first.
    calls: Vec<Call>,
    gaps: Vec<(Date, GapCause)>,
    blocks: HashMap<(CallId, Locale), Vec<Block>>,
}

impl Week {
    /// The week that ends with a Sunday; none where no call of it is over, where somebody was told of it, or where the callee
    /// is gone.
    pub(super) async fn untold(
        c: &mut Conn,
        callee: CalleeId,
        sunday: Date,
        zone: &Zone,
    ) -> Result<Option<Self>, ServiceError> {
        let first_day = sunday.saturating_sub(6.days());
        let (first, last) = (first_day.to_string(), sunday.to_string());
        let calls = digests::calls_of(c, callee, &first, &last).await?;
        let (over, open): (Vec<_>, Vec<_>) = calls.into_iter().partition(|call| call.state.is_outcome());
        if over.is_empty() || digests::is_told(c, callee, &last).await? {
            return Ok(None);
        }
        let Some(callee) = callees::find(c, callee).await? else { return Ok(None) };
        let called: Vec<&str> = over.iter().chain(&open).map(|call| call.local_date.as_str()).collect();
        let paused = pauses::ever_holding_since(c, &[callee.id], &first).await?;
        let skipped = skips::since(c, &[callee.id], &first).await?;
        let mut gaps = Vec::new();
        for date in (0..7).map(|days: i64| first_day.saturating_add(days.days())) {
            let day = date.to_string();
            if called.contains(&day.as_str()) {
                continue;
            }
            let cause = if paused.iter().any(|pause| held(pause, date, zone)) {
                GapCause::Paused
            } else if skipped.iter().any(|skip| skip.local_date == day) {
                GapCause::Skipped
            } else {
                GapCause::Unplanned
            };
            gaps.push((date, cause));
        }
        let mut blocks = HashMap::new();
        let ids: Vec<CallId> = over.iter().map(|call| call.id).collect();
        for &locale in Locale::ALL {
            for (call, stored) in transcripts::blocks_of(c, &ids, locale).await? {
                blocks.insert((call, locale), serde_json::from_str(&stored).unwrap_or_default());
            }
        }
        Ok(Some(Self { callee, last_day: sunday, first_day, calls: over, gaps, blocks }))
    }

    /// What the renderer is given for a language.
    pub(super) fn material(&self, locale: Locale) -> WeekMaterial {
        let call = |call: &Call| WeekCall {
            date: call.local_date.parse().unwrap_or(self.first_day),
            at: call.due_at,
            outcome: call.state,
            duration_s: call.duration_s.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(0),
            mood_score: call.mood_score.and_then(|score| u8::try_from(score).ok()),
            blocks: self.blocks.get(&(call.id, locale)).cloned().unwrap_or_default(),
        };
        WeekMaterial {
            callee_name: self.callee.address_form.clone(),
            first_day: self.first_day,
            last_day: self.last_day,
            calls: self.calls.iter().map(call).collect(),
            gaps: self.gaps.iter().map(|(date, cause)| Gap { date: *date, cause: *cause }).collect(),
        }
    }

    /// The calls in the order of the material.
    pub(super) fn call_ids(&self) -> Vec<CallId> {
        self.calls.iter().map(|call| call.id).collect()
    }
}

/// Whether a pause kept a whole day free: one that somebody has ended did so until the day before.
fn held(pause: &StoredPause, date: Date, zone: &Zone) -> bool {
    let covers = pause.pause().is_ok_and(|pause| pause.covers(date));
    covers && pause.ended_at.is_none_or(|ended| zone.local(ended).date() > date)
}
