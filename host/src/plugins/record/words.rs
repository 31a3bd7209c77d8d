//! Words and what stands in for them: the same word has the same stand-in throughout one recording, of the same length,
//! so that ids still match where a plugin compares them. `stand_ins` and `vendor` walk in.
//!
//! Two ways. An *identifier* (an id, an address, a number) is replaced word by word, and its punctuation stays. *Prose*
//! is replaced as a whole by filler, because word by word it would be a cipher that anybody can break; only the people's
//! names in it keep their own stand-ins.

use std::collections::{BTreeMap, BTreeSet};

use super::pieces::{Piece, pieces};

/// Stands in for what was said or written.
const FILLER: &str = "lorem ipsum sed ut unde omnis iste natus error sit voluptatem et quasi architecto beatae vitae \
                      dicta sunt explicabo nemo enim ipsam quia voluptas aspernatur aut odit fugit ";
/// Country code 999 belongs to nobody, so no stand-in for a number can ever be rung.
const NOBODYS: &str = "999";
/// Of a longer value no word is a name by itself.
const NAME_WORDS_MAX: usize = 3;

/// Every stand-in that one recording has given out.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Lower-case words that name nobody by themselves.
    others: BTreeMap<String, String>,
    /// Digits of telephone numbers.
    numbers: BTreeMap<String, String>,
    uuids: BTreeMap<String, String>,
    /// Lower-case words that name a person, in whatever text they stand.
    personal: BTreeSet<String>,
    fillers: usize,
}

impl Words {
    /// Replaces a value that belongs to one person, such as a name or an address, and remembers its words.
    pub(super) fn personal(&mut self, value: &str) -> String {
        if value.split_whitespace().count() > NAME_WORDS_MAX {
            return self.prose(value);
        }
        for piece in pieces(value) {
            // A word such as `id` or `user` is no name, and would hide the structure of the vendor's replies.
            if let Piece::Word(word) = piece
                && word.chars().count() > 1
                && !word.bytes().all(|byte| byte.is_ascii_lowercase())
            {
                self.personal.insert(word.to_lowercase());
            }
        }
        self.identifier(value)
    }

    /// Whether something in it is known to belong to one person.
    pub(super) fn names_somebody(&self, text: &str) -> bool {
        pieces(text).into_iter().any(|piece| match piece {
            Piece::Uuid(_) | Piece::Number(_) => true,
            Piece::Word(word) => self.personal.contains(&word.to_lowercase()),
            Piece::Between(_) => false,
        })
    }

    /// Replaces an id, an address, a URL or a number, and keeps its punctuation.
    pub(super) fn identifier(&mut self, text: &str) -> String {
        let mut replaced = String::with_capacity(text.len());
        for piece in pieces(text) {
            match piece {
                Piece::Uuid(uuid) => replaced.push_str(&self.uuid(uuid)),
                Piece::Number(number) => replaced.push_str(&self.number(number)),
                Piece::Word(scheme @ ("http" | "https" | "ws" | "wss")) => replaced.push_str(scheme),
                Piece::Word(word) => replaced.push_str(&self.word(word)),
                Piece::Between(text) => replaced.push_str(text),
            }
        }
        replaced
    }

    /// Replaces what somebody said or wrote by as many bytes of filler.
    pub(super) fn prose(&mut self, text: &str) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut foreign = 0;
        for piece in pieces(text) {
            let stand_in = match piece {
                Piece::Uuid(uuid) => Some(self.uuid(uuid)),
                Piece::Number(number) => Some(self.number(number)),
                Piece::Word(word) if self.personal.contains(&word.to_lowercase()) => Some(self.word(word)),
                Piece::Word(text) | Piece::Between(text) => {
                    foreign += text.len();
                    None
                }
            };
            if let Some(stand_in) = stand_in {
                self.fill(std::mem::take(&mut foreign), &mut replaced);
                replaced.push_str(&stand_in);
            }
        }
        self.fill(foreign, &mut replaced);
        replaced
    }

    fn fill(&mut self, bytes: usize, into: &mut String) {
        // Another beginning each time, so that two texts stay two.
        let start = self.fillers * 6 % FILLER.len();
        self.fillers += usize::from(bytes > 0);
        into.extend(FILLER.chars().cycle().skip(start).take(bytes));
    }

    fn uuid(&mut self, uuid: &str) -> String {
        let next = self.uuids.len() + 1;
        let made = || format!("00000000-0000-7000-8000-{next:012}");
        self.uuids.entry(uuid.to_ascii_lowercase()).or_insert_with(made).clone()
    }

    /// The digits are replaced; a plus and the punctuation stay.
    fn number(&mut self, number: &str) -> String {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let next = self.numbers.len() + 1;
        let length = digits.len();
        let stand_in = self.numbers.entry(digits).or_insert_with(|| {
            let counted = format!("{next:0>width$}", width = length - NOBODYS.len());
            format!("{NOBODYS}{}", &counted[counted.len() - (length - NOBODYS.len())..])
        });
        let mut digits = stand_in.chars();
        number.chars().map(|c| if c.is_ascii_digit() { digits.next().unwrap_or('0') } else { c }).collect()
    }

    /// As long as the word, letters for letters and digits for digits; hexadecimal stays hexadecimal.
    fn word(&mut self, word: &str) -> String {
        let next = self.others.len() + 1;
        let stand_in = self.others.entry(word.to_lowercase()).or_insert_with(|| count(word, next));
        // What a capital was stays a capital, so that ids which differ by nothing else stay two.
        let mut letters = stand_in.chars();
        let mut cased = String::with_capacity(word.len());
        for c in word.chars() {
            for _ in 0..c.len_utf8() {
                let letter = letters.next().unwrap_or('x');
                cased.push(if c.is_uppercase() { letter.to_ascii_uppercase() } else { letter });
            }
        }
        cased
    }
}

/// The number `count`, written into the places of a word from the right.
fn count(word: &str, mut count: usize) -> String {
    let hexadecimal = word.len() >= 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (filler, alphabet) = if hexadecimal { ('a', "abcdef") } else { ('x', "xabcdefghijklmnopqrstuvwyz") };
    let mut places: Vec<char> = Vec::with_capacity(word.len());
    for c in word.chars() {
        let place = if c.is_ascii_digit() { '0' } else { filler };
        places.extend(std::iter::repeat_n(place, c.len_utf8()));
    }
    for place in places.iter_mut().rev() {
        let digits = if *place == '0' { "0123456789" } else { alphabet };
        *place = digits.chars().nth(count % digits.len()).unwrap_or(*place);
        count /= digits.len();
    }
    places.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifier_keeps_its_shape_and_its_equals() {
        let mut words = Words::default();
        let once = words.identifier("projects/demo/messages/0:15%31bd1c96");
        assert_eq!(once.len(), "projects/demo/messages/0:15%31bd1c96".len());
        assert!(!once.contains("demo") && once.matches('/').count() == 3, "{once}");
        assert_eq!(words.identifier("projects/demo/messages/0:15%31bd1c96"), once);
        assert_ne!(words.identifier("projects/demo/messages/0:15%31bd1c97"), once);
        let (lower, upper) = (words.identifier("APA91bcdef"), words.identifier("APA91bcdEF"));
        assert_ne!(lower, upper);
        let token = words.identifier(&"0123456789abcdef".repeat(4));
        assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
    }

    #[test]
    fn number_is_the_same_however_it_is_written_and_belongs_to_nobody() {
        let mut words = Words::default();
        let number = words.identifier("+442079460123");
        assert!(number.starts_with("+999") && number.len() == 13, "{number}");
        assert_eq!(words.identifier("tel:442079460123"), format!("xxa:{}", &number[1..]));
        let spaced = words.prose("ring +44 20 7946 0123 soon");
        assert!(spaced.contains("+99 90 0000 0001") && !spaced.contains("ring"), "{spaced}");
        assert_ne!(words.identifier("+442079460124"), number);
    }

    #[test]
    fn prose_is_filler_of_the_same_length_in_which_only_names_recur() {
        let mut words = Words::default();
        let name = words.personal("Margaret Hale");
        let (first, _) = name.split_once(' ').unwrap();
        let said = "Good morning Margaret, did you sleep well? Ya, baik — terima kasih.";
        let filled = words.prose(said);
        assert_eq!(filled.len(), said.len());
        assert!(filled.contains(first), "{filled}");
        for word in said.split_whitespace() {
            assert!(!filled.contains(word), "{word} in {filled}");
        }
        assert_ne!(words.prose("yes yes"), words.prose("yes yes"), "no cipher");
    }

    #[test]
    fn stand_in_of_a_short_word_may_repeat_but_never_fails() {
        let mut words = Words::default();
        for text in ["a", "é", "日本", "0", "A1", "x_y", ""] {
            assert_eq!(words.identifier(text).len(), text.len());
        }
        let many: BTreeSet<String> = (0..500).map(|n| words.identifier(&format!("id{n:04}x"))).collect();
        assert_eq!(many.len(), 500);
    }
}
