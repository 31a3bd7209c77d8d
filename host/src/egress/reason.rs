//! Words for what went wrong on the network. URLs are left out: a push address is a
//! part of many, and reasons end up in logs.

use std::error::Error;

/// A vendor's own words are cut to this length.
const CLIP_MAX_CHARS: usize = 200;

/// The error and its causes in one line, without the URL.
pub(super) fn reason(error: reqwest::Error) -> String {
    with_causes(&error.without_url())
}

/// The error and its causes in one line.
pub(super) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = inner.source();
    }
    text
}

/// The beginning of a vendor's text, without control characters.
pub(super) fn clip(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(CLIP_MAX_CHARS).collect()
}

/// Looks for an error of type `E` in an error and its causes.
pub(super) fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        if let Some(found) = inner.downcast_ref::<E>() {
            return Some(found);
        }
        cause = inner.source();
    }
    None
}
