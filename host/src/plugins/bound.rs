//! Bounds for what a plugin returns. A plugin may repeat what a stranger said, and
//! may itself be hostile, so every text and list is cut to a size that the database
//! and the pages can bear.

/// Reasons, which people read.
pub(super) const REASON_MAX_CHARS: usize = 500;
/// A vendor's references.
const REFERENCE_MAX_BYTES: usize = 500;

/// A text without NUL, which PostgreSQL refuses, cut to `max_chars`.
pub(super) fn text(given: &str, max_chars: usize) -> String {
    given.chars().filter(|c| *c != '\0').take(max_chars).collect()
}

/// A reason in one line: whatever moves a terminal's cursor or begins a line of a log is a space.
pub(super) fn reason(given: &str) -> String {
    text(given, REASON_MAX_CHARS).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A reference, or nothing when it is empty or absurd: half a reference finds nothing.
pub(super) fn reference(given: Option<String>) -> Option<String> {
    given.filter(|text| !text.is_empty() && text.len() <= REFERENCE_MAX_BYTES && !text.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_characters_and_references_are_whole_or_gone() {
        assert_eq!(text("a\0é\u{1f600}z", 3), "aé\u{1f600}");
        assert_eq!(reason("no\r\n\u{1b}[2Kyes\0"), "no   [2Kyes");
        assert_eq!(reference(Some("batch_1".to_owned())), Some("batch_1".to_owned()));
        for absurd in [String::new(), "x".repeat(501), "a\nb".to_owned()] {
            assert_eq!(reference(Some(absurd)), None);
        }
    }
}
