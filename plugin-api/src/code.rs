//! The machine's words in what a vendor says. Plugins walk in with a field of an error body; it calls nobody.
//!
//! A vendor's sentence may repeat what it was sent: a number, a push address, a name, a key. A reason ends up in logs
//! and on staff's pages, so it takes the vendor's codes and leaves the sentence.

/// Longer than any code that a vendor documents.
const CODE_MAX_CHARS: usize = 64;
/// `invalid_e164` has three. Numbers, ids and keys have more.
const DIGITS_MAX: usize = 4;

/// The text, if the whole of it can be a code or the path of a field: `UNREGISTERED`, `BadDeviceToken`,
/// `missing_permissions`, `message.data[0].value`. Anything else is a sentence or somebody's data.
///
/// A single name looks like a code too, so use it on fields which the vendor fills with its own words.
///
/// ```
/// # use callpanion_plugin_api::code;
/// assert_eq!(code("BadDeviceToken"), Some("BadDeviceToken"));
/// assert_eq!(code("+44 20 7946 0123 is no number"), None);
/// assert_eq!(code("agent_2901kb2n1c7gf4v8s6z0tq3mwe5p"), None);
/// ```
pub fn code(text: &str) -> Option<&str> {
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']');
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_code = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.len() <= CODE_MAX_CHARS
        && digits <= DIGITS_MAX
        && text.chars().all(named);
    is_code.then_some(text)
}

/// The codes in a sentence: its `snake_case` and `SCREAMING_CASE` words of several parts, as in "the key is missing the
/// permission convai_write". Nothing that a person says or is called is written so.
pub fn codes_in(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| {
        let one_case = !(word.contains(char::is_lowercase) && word.contains(char::is_uppercase));
        one_case && word.trim_matches('_').contains('_') && code(word).is_some()
    })
}

/// At most so many characters of a text.
pub(crate) fn cut(text: &mut String, limit_chars: usize) {
    if let Some((end, _)) = text.char_indices().nth(limit_chars) {
        text.truncate(end);
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_pass_whole_and_data_does_not() {
        for text in [
            "UNREGISTERED",
            "BadDeviceToken",
            "Unregistered",
            "missing_permissions",
            "invalid_e164",
            "message.data[0].value",
            "talk.ended",
        ] {
            assert_eq!(code(text), Some(text));
        }
        let long = "A".repeat(65);
        for text in [
            "",
            "7",
            "Anna Smith",
            "anna@home.example",
            "+442079460123",
            "00fc13adff785122b4ad28809a342098",
            "facade0fbada55e75b01dfacedeadbea7",
            "dQw4:APA91bH",
            "sk_4b1d7e0f9a",
            "Élan",
            "Not found.\n",
            long.as_str(),
        ] {
            assert_eq!(code(text), None, "{text}");
        }
    }

    #[test]
    fn a_sentence_yields_its_codes_only() {
        let said = |text| codes_in(text).collect::<Vec<_>>().join(", ");
        assert_eq!(said("The API key you used is missing the permission convai_write."), "convai_write");
        assert_eq!(said("Anna (agent_2901kb2n1c7g) said \"NOT_FOUND\" to +44 20 7946 0123"), "NOT_FOUND");
        assert_eq!(said("__ _Anna_ Anna_Smith McAnna anna smith"), "");
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let mut text = "é".repeat(4);
        cut(&mut text, 4);
        assert_eq!(text, "éééé");
        cut(&mut text, 3);
        assert_eq!(text, "ééé…");
    }
}
