//! The sentences of a week. The makers of digests walk in.
//!
//! Numbers stand where no word must agree with them: languages count in many ways.

use super::{Phrases, cut, fill};
use crate::week::day::weekday;

/// The longest text of a summary that is repeated, in characters.
const TOLD_MAX: usize = 600;

/// The words of one language about a week. `{name}` and the like are filled in.
pub(super) struct WeekPhrases {
    /// Monday first.
    pub(super) days: [&'static str; 7],

    /// `{name}`, `{days}`.
    pub(super) look_at: &'static str,
    /// `{name}`.
    pub(super) not_reached: &'static str,
    /// `{name}`.
    pub(super) too_little: &'static str,
    /// `{name}`, `{days}`, `{themes}`.
    pub(super) talked: &'static str,
    /// `{name}`, from the lowest mood to the best.
    pub(super) moods: [&'static str; 5],

    /// `{n}`, `{of}`.
    pub(super) answered: &'static str,
    /// `{days}`.
    pub(super) unanswered: &'static str,
    /// `{days}`.
    pub(super) unmade: &'static str,
    /// `{days}`.
    pub(super) unwanted: &'static str,

    /// `{moods}`.
    pub(super) mood_by_talk: &'static str,
    /// `{what}`, `{n}`, `{of}`, `{days}`, `{text}`.
    pub(super) theme: &'static str,
    /// `{days}`, `{text}`.
    pub(super) told: &'static str,
    pub(super) perhaps_open: &'static str,

    /// `{days}`.
    pub(super) unanswered_from: &'static str,
    pub(super) better: &'static str,
    pub(super) worse: &'static str,
    /// `{what}`.
    pub(super) begun: &'static str,
    /// `{what}`.
    pub(super) ended: &'static str,
}

impl Phrases {
    /// There was something that a person had to look at.
    pub(crate) fn week_look_at(&self, name: &str, dates: &[&str]) -> String {
        fill(self.week.look_at, &[("name", name), ("days", &self.days(dates))])
    }

    /// No call was answered.
    pub(crate) fn week_not_reached(&self, name: &str) -> String {
        fill(self.week.not_reached, &[("name", name)])
    }

    /// The talks do not show how the week was.
    pub(crate) fn week_too_little(&self, name: &str) -> String {
        fill(self.week.too_little, &[("name", name)])
    }

    /// They talked on these days, about these things.
    pub(crate) fn week_talked(&self, name: &str, dates: &[&str], themes: &[&str]) -> String {
        let themes = self.list(themes);
        fill(self.week.talked, &[("name", name), ("days", &self.days(dates)), ("themes", &themes)])
    }

    /// How somebody seemed, from 1 (bad) to 5 (good).
    pub(crate) fn week_mood(&self, name: &str, score: u8) -> String {
        let [.., best] = self.week.moods;
        let phrase = usize::from(score).checked_sub(1).and_then(|at| self.week.moods.get(at)).copied().unwrap_or(best);
        fill(phrase, &[("name", name)])
    }

    /// So many calls of so many were answered; the dates of those that were not, could not be made, were not wanted.
    pub(crate) fn week_calls(
        &self,
        (answered, of): (usize, usize),
        unanswered: &[&str],
        unmade: &[&str],
        unwanted: &[&str],
    ) -> String {
        let week = &self.week;
        let mut sentences = vec![fill(week.answered, &[("n", &answered.to_string()), ("of", &of.to_string())])];
        for (phrase, dates) in [(week.unanswered, unanswered), (week.unmade, unmade), (week.unwanted, unwanted)] {
            if !dates.is_empty() {
                sentences.push(fill(phrase, &[("days", &self.days(dates))]));
            }
        }
        sentences.join(" ")
    }

    /// The mood of each talk.
    pub(crate) fn week_mood_by_talk(&self, moods: &[(&str, u8)]) -> String {
        let moods: Vec<String> = moods.iter().map(|(date, score)| format!("{} {score}", self.day(date))).collect();
        fill(self.week.mood_by_talk, &[("moods", &moods.join(self.comma))])
    }

    /// Something came up in so many talks of so many, and this was read of it last.
    pub(crate) fn week_theme(&self, what: &str, (n, of): (usize, usize), dates: &[&str], text: &str) -> String {
        let (n, of) = (n.to_string(), of.to_string());
        let (days, text) = (self.days(dates), cut(text, TOLD_MAX));
        fill(self.week.theme, &[("what", what), ("n", &n), ("of", &of), ("days", &days), ("text", &text)])
    }

    /// What was read on these days.
    pub(crate) fn week_told(&self, dates: &[&str], text: &str) -> String {
        fill(self.week.told, &[("days", &self.days(dates)), ("text", &cut(text, TOLD_MAX))])
    }

    /// Nobody told what became of it.
    pub(crate) fn week_perhaps_open(&self) -> &'static str {
        self.week.perhaps_open
    }

    /// From this day on no call was answered.
    pub(crate) fn week_unanswered_from(&self, date: &str) -> String {
        fill(self.week.unanswered_from, &[("days", self.day(date))])
    }

    /// The mood rose, or fell.
    pub(crate) fn week_mood_change(&self, rose: bool) -> &'static str {
        if rose { self.week.better } else { self.week.worse }
    }

    /// Something came up towards the end only.
    pub(crate) fn week_begun(&self, what: &str) -> String {
        fill(self.week.begun, &[("what", what)])
    }

    /// Something came up at the beginning only.
    pub(crate) fn week_ended(&self, what: &str) -> String {
        fill(self.week.ended, &[("what", what)])
    }

    /// The days of these dates, each once.
    fn days(&self, dates: &[&str]) -> String {
        let mut days: Vec<&str> = dates.iter().map(|date| self.day(date)).collect();
        days.dedup();
        self.list(&days)
    }

    /// The day of a date; what is no date is shown as it is.
    fn day<'t>(&self, date: &'t str) -> &'t str {
        weekday(date).and_then(|at| self.week.days.get(at)).copied().unwrap_or(date)
    }
}
