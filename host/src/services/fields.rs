//! Fields: what people and phones type, checked and put into one form. Every service that takes text walks in.

use super::error::ServiceError;
use crate::domain::zone::Zone;
use crate::mail::parse_address;

/// Longest name of a person, a family or a device.
pub(crate) const NAME_CHARS: usize = 100;
/// Longest language tag that RFC 5646, 4.4.1 asks to be kept.
const LANGUAGE_BYTES: usize = 35;

/// A line of text that may not be empty.
pub(crate) fn line(field: &'static str, text: &str, most_chars: usize) -> Result<String, ServiceError> {
    match optional_line(field, text, most_chars)? {
        line if line.is_empty() => Err(ServiceError::Invalid { field, code: "text-empty" }),
        line => Ok(line),
    }
}

/// A line of text that may be empty: spaces and control characters become single spaces.
pub(crate) fn optional_line(field: &'static str, text: &str, most_chars: usize) -> Result<String, ServiceError> {
    let line = one_line(text);
    if line.chars().count() > most_chars {
        return Err(ServiceError::Invalid { field, code: "text-long" });
    }
    Ok(line)
}

/// Text of several lines that may be empty.
pub(crate) fn text(field: &'static str, text: &str, most_chars: usize) -> Result<String, ServiceError> {
    let kept: String = text.replace("\r\n", "\n").chars().filter(|&c| c == '\n' || !c.is_control()).collect();
    let kept = kept.trim();
    if kept.chars().count() > most_chars {
        return Err(ServiceError::Invalid { field, code: "text-long" });
    }
    Ok(kept.to_owned())
}

/// What a device says about itself: cut where it is too long, none when nothing is left.
pub(crate) fn said(text: &str, most_chars: usize) -> Option<String> {
    let line: String = one_line(text).chars().take(most_chars).collect();
    Some(line.trim_end().to_owned()).filter(|line| !line.is_empty())
}

/// An e-mail address in the form in which it is stored. Whether it exists is for the confirmation mail to find out.
pub(crate) fn email(text: &str) -> Result<String, ServiceError> {
    parse_address(text).map_err(|_| ServiceError::Invalid { field: "email", code: "email-wrong" })
}

/// An IANA zone.
pub(crate) fn zone(text: &str) -> Result<Zone, ServiceError> {
    Zone::parse(text.trim()).map_err(|_| ServiceError::Invalid { field: "zone", code: "zone-unknown" })
}

/// A BCP 47 language tag, by its shape.
pub(crate) fn language(text: &str) -> Result<String, ServiceError> {
    let tag = text.trim();
    let mut parts = tag.split('-');
    let fits = tag.len() <= LANGUAGE_BYTES
        && parts.next().is_some_and(|first| {
            (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if fits { Ok(tag.to_owned()) } else { Err(ServiceError::Invalid { field: "language", code: "language-unknown" }) }
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::{language, line, said, text};

    #[test]
    fn text_comes_in_one_form() {
        assert_eq!(line("name", "  Oma \t\u{0} Sari\n", 100).unwrap(), "Oma Sari");
        assert!(line("name", " \n ", 100).is_err());
        assert!(line("name", "abcd", 3).is_err());
        assert_eq!(text("interests", " roses\r\nwayang\u{7} ", 100).unwrap(), "roses\nwayang");
        assert_eq!(said(" Pixel 9 of  Sari ", 7).as_deref(), Some("Pixel 9"));
        assert_eq!(said(" \u{0} ", 7), None);
    }

    #[test]
    fn a_language_has_the_shape_of_a_tag() {
        for right in ["id", "en-GB", "zh-Hant-TW", "jv"] {
            assert_eq!(language(right).unwrap(), right);
        }
        for wrong in ["", "e", "english", "en_GB", "en-", "en-toolongsubtag"] {
            assert!(language(wrong).is_err(), "{wrong:?}");
        }
    }
}
