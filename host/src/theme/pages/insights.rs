//! Insights: how it went over weeks.

use jiff::civil::{Date, date};
use serde::Serialize;

use super::super::charts::percent;
use super::super::samples::{callee_id, callees};
use super::super::{CalleeLink, MoodChart, MoodDay, MoodTrend, Page, RateChart, RateWeek, Span};
use crate::domain::CallMethod;
use crate::domain::CalleeId;

/// `/insights?callee=…&span=4w|3m`.
#[derive(Clone, Debug, Serialize)]
pub struct InsightsPage {
    /// Who the page is about.
    pub callee_id: CalleeId,
    /// Their name.
    pub callee_name: String,
    /// Everybody in the family who is rung.
    pub callees: Vec<CalleeLink>,
    /// How far it looks back.
    pub span: Span,
    /// How mood went against the time before.
    pub trend: MoodTrend,
    answered: u32,
    promised: u32,
    percent: u32,
    talk_s: u64,
    mood: MoodChart,
    rate: RateChart,
}

impl InsightsPage {
    /// Draws the charts. `usual` is the callee's own band of mood; `talk_s` is what they talked in all.
    #[expect(clippy::too_many_arguments, reason = "each is one fact of the page, and there is one caller")]
    pub fn new(
        callee: (CalleeId, String),
        callees: Vec<CalleeLink>,
        span: Span,
        range: (Date, Date),
        days: &[MoodDay],
        usual: Option<(f64, f64)>,
        weeks: &[RateWeek],
        talk_s: u64,
        trend: MoodTrend,
    ) -> Self {
        let answered = weeks.iter().map(|week| week.answered).sum();
        let promised = weeks.iter().map(|week| week.promised).sum();
        Self {
            callee_id: callee.0,
            callee_name: callee.1,
            callees,
            span,
            trend,
            answered,
            promised,
            percent: percent(answered, promised),
            talk_s,
            mood: MoodChart::draw(range.0, range.1, days, usual),
            rate: RateChart::draw(weeks),
        }
    }
}

impl Page for InsightsPage {
    const TEMPLATE: &'static str = "insights";

    fn samples() -> Vec<Self> {
        let callee = || (callee_id(1), "Ibu Sari".to_owned());
        let first = date(2026, 10, 25);
        let last = date(2026, 11, 21);
        let scores = [3.0, 4.0, 3.5, 4.5, 4.0, 5.0, 3.0, 2.0, 3.0, 4.0, 4.5, 4.0];
        let days: Vec<MoodDay> = (0_i64..)
            .zip(scores)
            .filter_map(|(index, score)| {
                let on = first.checked_add(jiff::Span::new().days(index * 2 + index / 4)).ok()?;
                Some(MoodDay { on, score, calls: 2 })
            })
            .collect();
        let week = |day: i8, month, answered| RateWeek { from: date(2026, month, day), answered, promised: 14 };
        let weeks = [week(25, 10, 12), week(1, 11, 14), week(8, 11, 9), week(15, 11, 11)];
        vec![
            Self::new(
                callee(),
                callees(CallMethod::App),
                Span::FourWeeks,
                (first, last),
                &days,
                Some((3.0, 4.2)),
                &weeks,
                19_400,
                MoodTrend::Up,
            ),
            Self::new(
                callee(),
                callees(CallMethod::App),
                Span::ThreeMonths,
                (date(2026, 8, 22), last),
                &[],
                None,
                &[],
                0,
                MoodTrend::Unknown,
            ),
        ]
    }
}
