//! Moments on a command line.

use crate::domain::Moment;

/// Reads `2026-11-21T08:00:00Z`, with any offset, or a date, which begins at midnight UTC.
pub(super) fn moment(text: &str) -> Result<Moment, String> {
    let instant = text.parse::<jiff::Timestamp>().or_else(|_| {
        // A time of day without an offset is no instant, and no date either.
        let date: jiff::civil::Date = text.get(..10).filter(|date| *date == text).unwrap_or_default().parse()?;
        date.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp())
    });
    instant.map(Moment::from).map_err(|_| "write it as 2026-11-21T08:00:00Z, or as a date".to_owned())
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn an_instant_or_a_date_is_read() {
        assert_eq!(moment("2026-11-21T08:00:00+07:00").unwrap().to_string(), "2026-11-21T01:00:00Z");
        assert_eq!(moment("2026-11-21").unwrap().to_string(), "2026-11-21T00:00:00Z");
        for wrong in ["", "yesterday", "21.11.2026", "2026-11-21 08:00", "2026-13-01"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }
}
