//! Insights: how it went over weeks, reckoned on the callee's own calendar.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Time};

use super::dashboards::CalleeBrief;
use super::error::ServiceError;
use super::history;
use crate::app::App;
use crate::db::call_lists::{self, CallFigure};
use crate::domain::zone::Zone;
use crate::domain::{AccountId, CallState, CalleeId, Moment};

/// What is usual is read off this many weeks before the ones that are shown.
const USUAL_WEEKS: i64 = 13;
/// Days with a mood that it takes to call something usual.
const USUAL_DAYS: usize = 8;
/// What "lately" means, in days.
const LATELY_DAYS: i64 = 14;
/// Days with a mood that it takes on each side to compare.
const COMPARED_DAYS: usize = 3;
/// On a scale of one to five, half a step is more than the talks of a day differ.
const NOTABLE: f64 = 0.5;

/// The mood of one local day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayMood {
    /// The day.
    pub on: Date,
    /// The mean of its talks, 1 to 5.
    pub score: f64,
    /// How many talks.
    pub calls: u32,
}

/// The calls of seven local days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// The first day.
    pub from: Date,
    /// Calls that became a talk.
    pub answered: u32,
    /// Calls that came to an outcome; those taken back do not count.
    pub promised: u32,
}

/// How mood went lately, against the time before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// Better.
    Up,
    /// As usual.
    Same,
    /// Worse.
    Down,
    /// Too few talks to say.
    Unknown,
}

/// How it went with one callee.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a name")]
pub struct Insights {
    /// With whom.
    pub callee: CalleeBrief,
    /// The first day shown.
    pub first: Date,
    /// The last day shown: today.
    pub last: Date,
    /// The days on which they talked, in order.
    pub days: Vec<DayMood>,
    /// The lower and the upper quartile of the callee's own days.
    pub usual: Option<(f64, f64)>,
    /// The weeks, in order.
    pub weeks: Vec<Week>,
    /// How long they talked in all, in the weeks shown.
    pub talk_s: u64,
    /// How mood went.
    pub trend: Trend,
}

/// The last `weeks` weeks of a callee, if the account may see them.
pub async fn of_callee(app: &App, account: AccountId, callee: CalleeId, weeks: u8) -> Result<Insights, ServiceError> {
    let now = app.clock.now();
    let mut c = app.db.read().await?;
    let callee = history::callee_in(&mut c, account, callee).await?;
    let zone = Zone::parse(&callee.zone).unwrap_or_else(|_| Zone::utc());
    let last = zone.local(now).date();
    let first = days_before(last, i64::from(weeks) * 7 - 1);
    let (since, _) = zone.moment(days_before(first, USUAL_WEEKS * 7), Time::midnight());
    let figures = call_lists::figures_since(&mut c, callee.id, since).await?;
    let all = day_moods(&figures, &zone);
    let (start, _) = zone.moment(first, Time::midnight());
    let shown: Vec<CallFigure> = figures.into_iter().filter(|figure| figure.due_at >= start).collect();
    let talked = shown.iter().filter_map(|figure| u64::try_from(figure.duration_s?).ok());
    Ok(Insights {
        callee: (&callee).into(),
        first,
        last,
        days: all.iter().filter(|day| day.on >= first).copied().collect(),
        usual: usual(&all),
        weeks: by_week(&shown, &zone, first, weeks, now),
        talk_s: talked.sum(),
        trend: trend(&all, last),
    })
}

fn days_before(date: Date, days: i64) -> Date {
    date.saturating_sub(days.days())
}

fn day_moods(figures: &[CallFigure], zone: &Zone) -> Vec<DayMood> {
    let mut days: BTreeMap<Date, (f64, u32)> = BTreeMap::new();
    for figure in figures {
        let Some(mood) = figure.mood_score else { continue };
        let day = days.entry(zone.local(figure.due_at).date()).or_default();
        *day = (day.0 + f64::from(mood), day.1 + 1);
    }
    days.into_iter().map(|(on, (sum, calls))| DayMood { on, score: sum / f64::from(calls), calls }).collect()
}

fn by_week(figures: &[CallFigure], zone: &Zone, first: Date, weeks: u8, now: Moment) -> Vec<Week> {
    let week = |number: u8| {
        let from = first.saturating_add((i64::from(number) * 7).days());
        let until = from.saturating_add(7.days());
        let within = figures.iter().filter(|figure| {
            let on = zone.local(figure.due_at).date();
            from <= on && on < until && figure.due_at <= now
        });
        let mut week = Week { from, answered: 0, promised: 0 };
        for figure in within.filter(|figure| figure.state.is_outcome() && figure.state != CallState::Canceled) {
            week.promised += 1;
            week.answered += u32::from(figure.state == CallState::Completed);
        }
        week
    };
    (0..weeks).map(week).collect()
}

fn usual(days: &[DayMood]) -> Option<(f64, f64)> {
    if days.len() < USUAL_DAYS {
        return None;
    }
    let mut scores: Vec<f64> = days.iter().map(|day| day.score).collect();
    scores.sort_by(f64::total_cmp);
    let (quarter, count) = (scores.len() / 4, scores.len());
    Some((*scores.get(quarter)?, *scores.get(count - 1 - quarter)?))
}

fn trend(days: &[DayMood], today: Date) -> Trend {
    let since = days_before(today, LATELY_DAYS - 1);
    let (before, lately): (Vec<&DayMood>, Vec<&DayMood>) = days.iter().partition(|day| day.on < since);
    let (Some(before), Some(lately)) = (mean(&before), mean(&lately)) else { return Trend::Unknown };
    if lately - before >= NOTABLE {
        Trend::Up
    } else if before - lately >= NOTABLE {
        Trend::Down
    } else {
        Trend::Same
    }
}

fn mean(days: &[&DayMood]) -> Option<f64> {
    let count = u32::try_from(days.len()).ok().filter(|_| days.len() >= COMPARED_DAYS)?;
    Some(days.iter().map(|day| day.score).sum::<f64>() / f64::from(count))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::{DayMood, Trend, by_week, day_moods, days_before, trend, usual};
    use crate::db::call_lists::CallFigure;
    use crate::domain::zone::Zone;
    use crate::domain::{CallState, Moment};

    const TODAY: Date = date(2026, 11, 21);

    fn days(scores: &[(i64, f64)]) -> Vec<DayMood> {
        let day = |&(ago, score): &(i64, f64)| DayMood { on: days_before(TODAY, ago), score, calls: 1 };
        scores.iter().map(day).collect()
    }

    #[test]
    fn lately_is_held_against_the_time_before() {
        let better = days(&[(40, 2.0), (39, 2.0), (30, 3.0), (5, 4.0), (3, 4.0), (1, 3.0)]);
        assert_eq!(trend(&better, TODAY), Trend::Up);
        let few = days(&[(40, 2.0), (5, 4.0), (3, 4.0), (1, 3.0)]);
        assert_eq!(trend(&few, TODAY), Trend::Unknown);
    }

    #[test]
    fn usual_is_the_middle_half() {
        let scores: Vec<(i64, f64)> = (1_i32..=8).map(|number| (i64::from(number), f64::from(number))).collect();
        assert_eq!(usual(&days(&scores)), Some((3.0, 6.0)));
        assert_eq!(usual(&days(&scores[1..])), None);
    }

    #[test]
    fn a_call_counts_on_the_callees_day() {
        let jakarta = Zone::parse("Asia/Jakarta").unwrap();
        // 01:00 on the 21st in Jakarta is the 20th in UTC.
        let due_at: Moment = "2026-11-20T18:00:00Z".parse::<jiff::Timestamp>().unwrap().into();
        let figure = |state| CallFigure { due_at, state, mood_score: Some(4), duration_s: Some(60) };
        let figures = [CallState::Completed, CallState::Missed, CallState::Canceled, CallState::Queued].map(figure);
        assert_eq!(day_moods(&figures, &jakarta)[0].on, TODAY);
        let weeks = by_week(&figures, &jakarta, TODAY, 1, due_at.plus_secs(60));
        assert_eq!((weeks[0].answered, weeks[0].promised), (1, 2));
    }
}
