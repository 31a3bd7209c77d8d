//! Recorded calls: the files that `callpanion plugin replay` reads.

use callpanion::plugins::Recording;

/// What is read means the same when it is written and read again.
pub(crate) fn recording(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(recording) = Recording::from_text(text) else { return };
    let written = recording.to_text().unwrap();
    assert_eq!(Recording::from_text(&written).unwrap(), recording);
}
