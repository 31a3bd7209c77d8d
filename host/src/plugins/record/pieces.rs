//! A text in its pieces: UUIDs, telephone numbers, words, and what lies between. `words` walks in.

/// The fewest digits of a telephone number; with fewer it is any number.
const NUMBER_DIGITS_MIN: usize = 7;
/// E.164 allows 15; a few more may be an extension or an exit code.
const NUMBER_DIGITS_MAX: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Uuid(&'a str),
    /// Digits in a row, perhaps with a plus before and punctuation within.
    Number(&'a str),
    /// Letters and digits of any script.
    Word(&'a str),
    Between(&'a str),
}

/// The pieces of a text; together they are the text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, piece): (usize, fn(&str) -> Piece<'_>) = if let Some(length) = uuid_at(rest) {
            (length, |text| Piece::Uuid(text))
        } else if let Some(length) = number_at(rest) {
            (length, |text| Piece::Number(text))
        } else if first.is_alphanumeric() {
            (rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()), |text| Piece::Word(text))
        } else {
            (first.len_utf8(), |text| Piece::Between(text))
        };
        let (taken, left) = rest.split_at(length);
        found.push(piece(taken));
        rest = left;
    }
    found
}

fn ends_a_word(text: &str, at: usize) -> bool {
    text[at..].chars().next().is_none_or(|next| !next.is_alphanumeric())
}

fn uuid_at(text: &str) -> Option<usize> {
    const LENGTH: usize = 36;
    let bytes = text.as_bytes().get(..LENGTH)?;
    let fits = bytes.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    (fits && ends_a_word(text, LENGTH)).then_some(LENGTH)
}

fn number_at(text: &str) -> Option<usize> {
    let start = usize::from(text.starts_with('+'));
    if !text[start..].starts_with(|c: char| c.is_ascii_digit() || (start == 1 && c == '(')) {
        return None;
    }
    let (mut digits, mut end, mut between) = (0, start, 0);
    for (at, c) in text[start..].char_indices() {
        if c.is_ascii_digit() {
            (digits, between, end) = (digits + 1, 0, start + at + 1);
        } else if matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}') && between < 2 {
            between += 1;
        } else {
            break;
        }
    }
    let fits = (NUMBER_DIGITS_MIN..=NUMBER_DIGITS_MAX).contains(&digits);
    (fits && ends_a_word(text, end)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_text() {
        for text in [
            "",
            "+",
            "+4",
            "a+442079460123b",
            "+44 (0)20 7946-0123 x",
            "日本 é-1",
            "0192a000-0000-7000-8000-00000000000",
        ] {
            let whole: String = pieces(text)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Uuid(text) | Piece::Number(text) | Piece::Word(text) | Piece::Between(text) => text,
                })
                .collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn numbers_and_uuids_are_found_where_they_end_with_the_word() {
        assert_eq!(
            pieces("0192a000-0000-7000-8000-000000000001/x")[0],
            Piece::Uuid("0192a000-0000-7000-8000-000000000001")
        );
        assert_eq!(pieces("+44 (0)20 7946-0123, ok")[0], Piece::Number("+44 (0)20 7946-0123"));
        assert_eq!(pieces("0207946012")[0], Piece::Number("0207946012"));
        assert_eq!(pieces("123456")[0], Piece::Word("123456"));
        assert_eq!(pieces("20794601abc")[0], Piece::Word("20794601abc"));
    }
}
