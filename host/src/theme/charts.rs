//! The charts of the insights page: geometry in Rust, drawing in the template, a table twin beside each.
//!
//! Coordinates are in the units of the SVG's `viewBox`; the template adds nothing to them.

use std::fmt::Write;

use jiff::civil::Date;
use serde::Serialize;

/// Drawing area shared by both charts, in units of the `viewBox`.
const LEFT: f64 = 96.0;
const RIGHT: f64 = 600.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 188.0;

/// The mood of one local day: the mean of its calls, 1 (bad) to 5 (good).
#[derive(Clone, Copy, Debug, Serialize)]
pub struct MoodDay {
    /// The callee's day.
    pub on: Date,
    /// The mean score.
    pub score: f64,
    /// How many calls it rests on.
    pub calls: u32,
}

/// A dot of the mood chart.
#[derive(Clone, Debug, Serialize)]
struct Dot {
    x: f64,
    y: f64,
    /// The score as the nearest of the five words.
    word: u8,
    day: MoodDay,
}

/// A word on an axis.
#[derive(Clone, Debug, Serialize)]
struct Tick {
    at: f64,
    /// A date below, a score at the left.
    on: Option<Date>,
    score: Option<u8>,
}

/// The band that is usual for the callee.
#[derive(Clone, Debug, Serialize)]
struct Band {
    y: f64,
    height: f64,
    low: f64,
    high: f64,
}

/// Mood over time.
#[derive(Clone, Debug, Serialize)]
pub struct MoodChart {
    dots: Vec<Dot>,
    /// Path data through the dots.
    line: String,
    band: Option<Band>,
    days: Vec<Tick>,
    scores: Vec<Tick>,
}

impl MoodChart {
    /// Draws the days from `first` to `last`; `usual` is the band of the callee's own lower and upper quartile.
    pub fn draw(first: Date, last: Date, days: &[MoodDay], usual: Option<(f64, f64)>) -> Self {
        let span = between(first, last).max(1.0);
        let x = |on: Date| round(LEFT + (RIGHT - LEFT) * between(first, on) / span);
        let dots: Vec<Dot> = days
            .iter()
            .map(|day| Dot { x: x(day.on), y: height_of(day.score), word: word(day.score), day: *day })
            .collect();
        let mut line = String::new();
        for (index, dot) in dots.iter().enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            // Writing to a string cannot fail.
            let _ = write!(line, "{command}{} {}", dot.x, dot.y);
        }
        let band = usual.map(|(low, high)| Band {
            y: height_of(high),
            height: round(height_of(low) - height_of(high)),
            low: round(low),
            high: round(high),
        });
        let days = (last - first).get_days();
        let ticks = (0..=4).filter_map(|quarter| {
            let on = first.checked_add(jiff::Span::new().days(days * quarter / 4)).ok()?;
            Some(Tick { at: x(on), on: Some(on), score: None })
        });
        let scores = [1_u8, 3, 5].map(|score| Tick { at: height_of(f64::from(score)), on: None, score: Some(score) });
        Self { dots, line, band, days: ticks.collect(), scores: scores.to_vec() }
    }
}

/// The calls of one week.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct RateWeek {
    /// Its first day, on the callee's calendar.
    pub from: Date,
    /// Calls that were answered.
    pub answered: u32,
    /// Calls that were promised.
    pub promised: u32,
}

/// A column of the rate chart.
#[derive(Clone, Debug, Serialize)]
struct Column {
    x: f64,
    width: f64,
    middle: f64,
    answered_y: f64,
    answered_height: f64,
    missed_y: f64,
    missed_height: f64,
    week: RateWeek,
    percent: u32,
    /// Whether the percentage fits into the column.
    inside: bool,
    /// Whether the date is written below; with many weeks only some are.
    dated: bool,
}

/// Answered calls by week.
#[derive(Clone, Debug, Serialize)]
pub struct RateChart {
    columns: Vec<Column>,
    /// The number of calls at the top of the axis.
    most: u32,
}

impl RateChart {
    /// Draws the weeks, the oldest first.
    pub fn draw(weeks: &[RateWeek]) -> Self {
        let most = weeks.iter().map(|week| week.promised).max().unwrap_or(0).max(1);
        let unit = (BOTTOM - TOP) / f64::from(most);
        let pitch = (RIGHT - LEFT) / f64::from(u32::try_from(weeks.len()).unwrap_or(u32::MAX).max(1));
        let few = weeks.len() <= 6;
        let every = weeks.len().div_ceil(5).max(1);
        let mut left = LEFT;
        let columns = weeks.iter().enumerate().map(|(index, week)| {
            let answered = unit * f64::from(week.answered);
            let missed = unit * f64::from(week.promised.saturating_sub(week.answered));
            let x = left + pitch * 0.18;
            left += pitch;
            Column {
                x: round(x),
                width: round(pitch * 0.64),
                middle: round(x + pitch * 0.32),
                answered_y: round(BOTTOM - answered),
                answered_height: round(answered),
                missed_y: round(BOTTOM - answered - missed),
                missed_height: round(missed),
                week: *week,
                percent: percent(week.answered, week.promised),
                inside: few && answered > 32.0,
                dated: index % every == 0,
            }
        });
        Self { columns: columns.collect(), most }
    }
}

/// Whole percent, 0 of 0 being 0.
pub(super) fn percent(part: u32, whole: u32) -> u32 {
    (part * 100 + whole / 2).checked_div(whole).unwrap_or(0)
}

/// The whole score nearest to a mean, from 1 to 5.
fn word(score: f64) -> u8 {
    [1_u8, 2, 3, 4].into_iter().find(|whole| score < f64::from(*whole) + 0.5).unwrap_or(5)
}

/// The height of a score on the axis from 1 to 5.
fn height_of(score: f64) -> f64 {
    round(BOTTOM - (BOTTOM - TOP) * (score.clamp(1.0, 5.0) - 1.0) / 4.0)
}

fn between(first: Date, last: Date) -> f64 {
    f64::from((last - first).get_days())
}

/// One decimal is finer than a pixel.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{MoodChart, MoodDay, RateChart, RateWeek};

    #[test]
    fn dots_stand_on_their_day_and_score() {
        let days = [
            MoodDay { on: date(2026, 11, 1), score: 1.0, calls: 1 },
            MoodDay { on: date(2026, 11, 28), score: 5.0, calls: 3 },
        ];
        let chart = MoodChart::draw(date(2026, 11, 1), date(2026, 11, 28), &days, Some((3.0, 4.0)));
        assert_eq!(chart.line, "M96 188L600 16");
        assert_eq!(chart.days.len(), 5);
        assert!((chart.band.expect("a band").height - 43.0).abs() < 0.1);
    }

    #[test]
    fn empty_charts_do_not_divide_by_zero() {
        let chart = MoodChart::draw(date(2026, 11, 1), date(2026, 11, 1), &[], None);
        assert!(chart.line.is_empty());
        assert!(RateChart::draw(&[]).columns.is_empty());
        let none = RateChart::draw(&[RateWeek { from: date(2026, 11, 2), answered: 0, promised: 0 }]);
        assert_eq!(none.columns[0].percent, 0);
    }
}
