//! Proofs about time: every zone of the bundled data at every change of its clocks; calendars and quiet hours of any
//! make.

mod calendars;
mod quiet;
mod zones;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::zone::all_zone_names;

/// From here on the clocks are looked at.
const FROM: &str = "2024-01-01T00:00:00Z";
/// Up to here: POSIX rules repeat themselves from then on.
const TO: &str = "2038-01-01T00:00:00Z";

/// One change of one zone's clocks.
struct Change {
    zone: String,
    /// The first moment at which the clock is another one.
    at_s: i64,
    /// Seconds east of Greenwich until then.
    before_s: i64,
    /// And from then on.
    after_s: i64,
}

/// Every change of every zone that a callee can live in.
fn changes() -> Vec<Change> {
    let (from, to): (Timestamp, Timestamp) = (FROM.parse().unwrap(), TO.parse().unwrap());
    let mut changes = Vec::new();
    for zone in all_zone_names() {
        let tz = TimeZone::get(&zone).unwrap();
        let mut before_s = i64::from(tz.to_offset(from).seconds());
        for transition in tz.following(from).take_while(|transition| transition.timestamp() < to) {
            let after_s = i64::from(transition.offset().seconds());
            // A change of the name alone leaves the clock as it is.
            if after_s != before_s {
                changes.push(Change {
                    zone: zone.clone(),
                    at_s: transition.timestamp().as_second(),
                    before_s,
                    after_s,
                });
            }
            before_s = after_s;
        }
    }
    assert!(changes.len() > 4_000, "the changes were found: {}", changes.len());
    changes
}
