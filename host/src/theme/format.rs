//! Moments, days and lengths as words. The templates reach these through `functions`.
//!
//! Month and weekday names and their order are Fluent messages, so a language brings its own.

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Locale, Strings, ThemeError};
use crate::domain::Moment;

/// Words one language's times.
pub(super) struct Wording<'a> {
    pub(super) locale: Locale,
    pub(super) strings: &'a Strings,
}

impl Wording<'_> {
    /// The day of a moment in a zone: `today`, `tomorrow`, `yesterday`, or `Tuesday 24 November`.
    pub(super) fn day(&self, at: Moment, zone: &str, now: Moment) -> Result<String, ThemeError> {
        let date = local(at, zone).date();
        let today = local(now, zone).date();
        let relative = match (date - today).get_days() {
            0 => Some("day-today"),
            1 => Some("day-tomorrow"),
            -1 => Some("day-yesterday"),
            _ => None,
        };
        match relative {
            Some(key) => self.strings.get(self.locale, key, &[]),
            None => self.date(date, date.year() != today.year()),
        }
    }

    /// A date in full, with its year when it is wanted.
    pub(super) fn date(&self, date: Date, with_year: bool) -> Result<String, ThemeError> {
        let weekday = self.weekday(date.weekday().to_monday_one_offset())?;
        let month = self.strings.get(self.locale, &format!("month-{}", date.month()), &[])?;
        let key = if with_year { "date-year" } else { "date-long" };
        let args = [
            ("weekday", weekday.into()),
            ("day", i64::from(date.day()).into()),
            ("month", month.into()),
            ("year", date.year().to_string().into()),
        ];
        self.strings.get(self.locale, key, &args)
    }

    /// A date for narrow places: `24 Nov`.
    pub(super) fn short_date(&self, date: Date) -> Result<String, ThemeError> {
        let month = self.strings.get(self.locale, &format!("month-short-{}", date.month()), &[])?;
        self.strings.get(self.locale, "date-short", &[("day", i64::from(date.day()).into()), ("month", month.into())])
    }

    /// The name of a weekday; Monday is 1.
    pub(super) fn weekday(&self, number: i8) -> Result<String, ThemeError> {
        self.strings.get(self.locale, &format!("weekday-{number}"), &[])
    }

    /// How long ago a moment was, in the largest unit that fits.
    pub(super) fn ago(&self, at: Moment, now: Moment) -> Result<String, ThemeError> {
        let minutes = now.since(at).as_secs() / 60;
        let (key, count) = match minutes {
            0 => ("ago-now", 0),
            1..60 => ("ago-minutes", minutes),
            60..1_440 => ("ago-hours", minutes / 60),
            _ => ("ago-days", minutes / 1_440),
        };
        self.strings.get(self.locale, key, &[("count", count.into())])
    }

    /// How long something took: `45 s`, `7 min`, `1 h 5 min`.
    pub(super) fn length(&self, seconds: u64) -> Result<String, ThemeError> {
        let (key, hours, minutes) = match seconds {
            0..60 => ("length-seconds", 0, 0),
            60..3_600 => ("length-minutes", 0, (seconds + 30) / 60),
            _ => ("length-hours", seconds / 3_600, seconds % 3_600 / 60),
        };
        let args = [("seconds", seconds.into()), ("minutes", minutes.into()), ("hours", hours.into())];
        self.strings.get(self.locale, key, &args)
    }
}

/// The time of day of a moment in a zone, `09:00`.
pub(super) fn clock(at: Moment, zone: &str) -> String {
    let local = local(at, zone);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// The place of an IANA zone: `America/Argentina/Buenos_Aires` is Buenos Aires.
pub(super) fn place(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// Whether two zones show the same clock at a moment, so that one of them need not be shown.
pub(super) fn same_clock(at: Moment, one: &str, other: &str) -> bool {
    seconds_apart(at, one, other) == 0
}

/// How far one zone's clock is ahead of another's at a moment.
pub(super) fn seconds_apart(at: Moment, one: &str, other: &str) -> i32 {
    local(at, one).offset().seconds() - local(at, other).offset().seconds()
}

/// Minutes and seconds into a talk, `1:05`.
pub(super) fn position(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// RFC 3339 in UTC, for the `datetime` attribute.
pub(super) fn machine(at: Moment) -> String {
    at.to_jiff().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The moment in a zone; in UTC when no such zone is known, which `domain` has refused before it came here.
fn local(at: Moment, zone: &str) -> Zoned {
    at.to_jiff().to_zoned(TimeZone::get(zone).unwrap_or(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::{Locale, Moment, Strings, Wording, clock, place, same_clock};

    fn moment(text: &str) -> Moment {
        text.parse::<jiff::Timestamp>().expect("a timestamp").into()
    }

    #[test]
    fn day_is_the_callees_and_not_the_readers() {
        let strings = Strings::load().expect("strings");
        let english = Wording { locale: Locale::En, strings: &strings };
        let indonesian = Wording { locale: Locale::Id, strings: &strings };
        let now = moment("2026-11-21T16:00:00Z");
        let at = moment("2026-11-21T18:00:00Z");
        assert_eq!(english.day(at, "Europe/London", now).expect("a day"), "today");
        assert_eq!(english.day(at, "Asia/Jakarta", now).expect("a day"), "tomorrow");
        assert_eq!(indonesian.day(at, "Asia/Jakarta", now).expect("a day"), "besok");
        let far = moment("2026-11-24T02:00:00Z");
        assert_eq!(english.day(far, "Asia/Jakarta", now).expect("a day"), "Tuesday 24 November");
        assert_eq!(indonesian.day(far, "Asia/Jakarta", now).expect("a day"), "Selasa, 24 November");
        let next_year = moment("2027-01-05T02:00:00Z");
        assert_eq!(english.day(next_year, "Asia/Jakarta", now).expect("a day"), "Tuesday 5 January 2027");
    }

    #[test]
    fn lengths_take_the_unit_that_fits() {
        let strings = Strings::load().expect("strings");
        let english = Wording { locale: Locale::En, strings: &strings };
        let now = moment("2026-11-21T16:00:00Z");
        assert_eq!(english.ago(now.plus_secs(-30), now).expect("words"), "just now");
        assert_eq!(english.ago(now.plus_secs(-60), now).expect("words"), "1 minute ago");
        assert_eq!(english.ago(now.plus_secs(-7_300), now).expect("words"), "2 hours ago");
        assert_eq!(english.ago(now.plus_secs(60), now).expect("words"), "just now");
        assert_eq!(english.length(45).expect("words"), "45 s");
        assert_eq!(english.length(430).expect("words"), "7 min");
        assert_eq!(english.length(3_900).expect("words"), "1 h 5 min");
    }

    #[test]
    fn clocks_and_places() {
        let at = moment("2026-11-21T02:00:00Z");
        assert_eq!(clock(at, "Asia/Jakarta"), "09:00");
        assert_eq!(clock(at, "No/Such"), "02:00");
        assert_eq!(place("America/Argentina/Buenos_Aires"), "Buenos Aires");
        assert!(same_clock(at, "Asia/Jakarta", "Asia/Bangkok"));
        assert!(!same_clock(at, "Asia/Jakarta", "Europe/Berlin"));
    }
}
