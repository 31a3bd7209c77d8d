//! Vendors' clocks: what the `date` of a reply says of ours, and when a vendor would hear us again. The credential of
//! Google walks in, and the pace.

use std::time::Duration;

use crate::domain::Moment;

/// Above this difference between our clock and a vendor's, ours is to blame: a reply is on its way for seconds.
const CLOCK_OFF_S: u64 = 300;

/// An HTTP date (RFC 9110, section 5.6.7).
pub(super) fn date(text: &str) -> Option<Moment> {
    Some(jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()?.into())
}

/// How long a vendor asks us to wait by `retry-after` (RFC 9110, section 10.2.3): in seconds, or until a date. Such a date
/// is laid beside the reply's own, where it has one: the vendor's clock wrote both.
pub(super) fn wait(retry_after: &str, replied_at: Option<&str>, now: Moment) -> Option<Duration> {
    let value = retry_after.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    Some(date(value)?.since(replied_at.and_then(date).unwrap_or(now)))
}

/// By how much this machine's clock, which says `now`, is wrong, in words for the operator; `None` where it is right, as
/// far as the reply's date tells. `blamed` is whether the vendor itself speaks of times: then seconds are too much.
pub(super) fn fault(now: Moment, replied_at: Option<&str>, blamed: bool) -> Option<String> {
    const MEND: &str = "set it by NTP";
    let theirs = replied_at.and_then(date).map(Moment::secs);
    let off_s = theirs.map_or(0, |theirs| now.secs().abs_diff(theirs));
    match theirs {
        Some(theirs) if off_s > CLOCK_OFF_S || (blamed && off_s > 1) => {
            let side = if now.secs() > theirs { "ahead of" } else { "behind" };
            Some(format!("This machine's clock is {} {side} the vendor's: {MEND}", span(off_s)))
        }
        _ => blamed.then(|| format!("Look whether this machine's clock is right, and {MEND}")),
    }
}

/// A span in its two largest units, rounded down: `2 d 3 h`, `1 h 5 min`, `7 min 30 s`.
fn span(seconds: u64) -> String {
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

    const NOON: &str = "Wed, 18 Nov 2026 12:00:00 GMT";

    fn noon() -> Moment {
        Moment::from_secs(1_795_003_200)
    }

    #[test]
    fn a_wait_is_read_in_both_forms() {
        let until = "Wed, 18 Nov 2026 12:00:09 GMT";
        let read = |value, replied_at| wait(value, replied_at, noon());
        assert_eq!(date(NOON), Some(noon()));
        assert_eq!(read("7", None), Some(Duration::from_secs(7)));
        assert_eq!(read(" 0 ", Some(NOON)), Some(Duration::ZERO));
        assert_eq!(read(until, None), Some(Duration::from_secs(9)));
        assert_eq!(wait(until, Some(NOON), Moment(0)), Some(Duration::from_secs(9)), "by the vendor's clock");
        assert_eq!(wait(NOON, None, noon().plus_secs(60)), Some(Duration::ZERO), "that is over");
        for nonsense in ["", "soon", "-5", "7, 7", "Wed, 99 Foo 2026 99:99:99 GMT"] {
            assert_eq!(read(nonsense, None), None, "{nonsense}");
        }
    }

    #[test]
    fn a_wrong_clock_is_told_by_how_much() {
        let told = |off_s: i64, blamed| fault(noon().plus_secs(off_s), Some(NOON), blamed).unwrap_or_default();
        assert_eq!(told(450, false), "This machine's clock is 7 min 30 s ahead of the vendor's: set it by NTP");
        assert_eq!(told(-3_900, false), "This machine's clock is 1 h 5 min behind the vendor's: set it by NTP");
        assert_eq!(told(-200_000, true), "This machine's clock is 2 d 7 h behind the vendor's: set it by NTP");
        assert_eq!((told(300, false), told(-300, false)), (String::new(), String::new()));
        assert_eq!(told(90, true), "This machine's clock is 1 min 30 s ahead of the vendor's: set it by NTP");
        assert_eq!(told(0, true), "Look whether this machine's clock is right, and set it by NTP");
        assert_eq!(fault(noon(), None, false), None);
        assert!(fault(noon(), Some("today"), true).is_some_and(|told| told.starts_with("Look whether")));
    }
}
