//! Who was reached when. `render_digest` walks in.

use callpanion_plugin_api::digest::{DigestPart, PartKind};

use super::material::{Call, Came, Week};

/// How many calls were answered, and on which days one was not, or could not be made, or was not wanted.
pub(super) fn part(week: &Week<'_>) -> DigestPart {
    let language = week.language;
    let days =
        |came: Came| -> Vec<&str> { week.calls.iter().filter(|call| call.came == came).map(Call::date).collect() };
    let text = language.week_calls(
        (week.talks().count(), week.calls.len()),
        &days(Came::NotReached),
        &days(Came::NotMade),
        &week.unwanted,
    );
    DigestPart::new(PartKind::Other("calls".to_owned()), text, week.whole())
}
