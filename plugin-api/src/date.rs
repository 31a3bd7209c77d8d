//! HTTP dates to seconds, and spans of time to words. `http` walks in; there is no clock here.

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Seconds since 1970 of an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT`, the only form that
/// RFC 9110 section 5.6.7 lets a sender generate.
pub(crate) fn http_date_to_unix_s(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ');
    let day: u64 = parts.next()?.parse().ok()?;
    let name = parts.next()?;
    let month = 1 + u64::try_from(MONTHS.iter().position(|m| *m == name)?).ok()?;
    let year: u64 = parts.next()?.parse().ok()?;
    let mut clock = parts.next()?.split(':').map(str::parse::<u64>);
    let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    let sane = (1..=31).contains(&day)
        && (1970..=9999).contains(&year)
        && hour < 24
        && minute < 60
        && second <= 60
        && parts.next() == Some("GMT");
    sane.then(|| days_since_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Days from 1970-01-01 in the Gregorian calendar, counted with years that begin in March, so that
/// the leap day is the last day of its year.
const fn days_since_epoch(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    365 * year + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + day - 1 - 719_468
}

/// A span in its two largest units, rounded down: `2 d 3 h`, `1 h 5 min`, `7 min 30 s`.
pub(crate) fn span(seconds: u64) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    if hours >= 24 {
        format!("{} d {} h", hours / 24, hours % 24)
    } else if hours > 0 {
        format!("{hours} h {} min", minutes % 60)
    } else {
        format!("{minutes} min {} s", seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_units() {
        for (seconds, words) in
            [(0, "0 min 0 s"), (450, "7 min 30 s"), (3_600, "1 h 0 min"), (86_399, "23 h 59 min"), (183_600, "2 d 3 h")]
        {
            assert_eq!(span(seconds), words);
        }
    }

    #[test]
    fn known_dates() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
            ("Wed, 18 Nov 2026 08:20:00 GMT", 1_794_990_000),
        ] {
            assert_eq!(http_date_to_unix_s(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn nonsense_is_no_date() {
        for text in ["", "tomorrow", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:00:00 GMT"] {
            assert_eq!(http_date_to_unix_s(text), None, "{text}");
        }
    }
}
