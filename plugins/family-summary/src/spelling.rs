//! How words are compared: in one spelling, whatever the speech recognition made of them. `lexicon` walks in with every
//! sentence; `words` is written in this spelling.
//!
//! Small letters, no apostrophes and no "'s", no accents; in Arabic no vowel marks, no stretching, one alef, one yeh, and the "and"
//! that is written onto a word stands by itself. What is invisible is gone, so nobody hides a word by it.

const APOSTROPHE: char = '\'';
/// "It's" is "it", and "mum's" is "mum".
const OWNS: &str = "'s";
/// What the "and" of Arabic is written as: one letter, onto the next word.
const AND: &str = "و";
/// A word of fewer letters is no "and" with something after it.
const WITH_AND_LETTERS_MIN: usize = 3;
/// Beginnings of words in which that letter is of the word itself.
const OF_ITS_OWN: &str = "وقع وجع وحد وحيد وحش ولد ولاد والد وقت وصل وزن ورد ورم ورق وسط وسخ واحد وين وعي وعك وضوء وضع وصي وصف \
                          واجب واقف وقف واثق واضح وراء وظيف وفا وفي ولا والله وهم وهن ورك وداع ودع \
                          وجه وديع ويا وسواس وايد واجع واقع وجود وجد والو واه ودي";

/// Shows each word of a text, and whether it begins a clause.
pub(crate) fn each_word(text: &str, mut show: impl FnMut(&str, bool)) {
    let folded: String = text.to_lowercase().chars().filter_map(fold).collect();
    for clause in folded.split(is_pause) {
        let mut begins = true;
        for word in clause.split(|c: char| !c.is_alphanumeric() && c != APOSTROPHE) {
            let word = word.strip_suffix(OWNS).unwrap_or(word);
            let joined;
            let word = if word.contains(APOSTROPHE) {
                joined = word.replace(APOSTROPHE, "");
                joined.as_str()
            } else {
                word
            };
            let (and, word) = without_and(word);
            for word in and.into_iter().chain([word]).filter(|word| !word.is_empty()) {
                show(word, begins);
                begins = false;
            }
        }
    }
}

/// Where a speaker pauses, so that what is said next is said of something else.
fn is_pause(c: char) -> bool {
    matches!(
        c,
        ',' | ';' | ':' | '.' | '!' | '?' | '…' | '—' | '–' | '(' | ')' | '"' | '“' | '”' | '\n' | '،' | '؛' | '؟'
    )
}

/// A letter as it is compared, or nothing where it does not count.
fn fold(c: char) -> Option<char> {
    let folded = match c {
        '`' | '´' | '‘' | '’' | 'ʼ' | '′' => APOSTROPHE,
        // Marks that are written onto the letter before: accents, the vowels of Arabic, its stretching.
        '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' => return None,
        // Nothing that anybody sees.
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
            return None;
        }
        'à'..='å' | 'ā' => 'a',
        'ç' => 'c',
        'è'..='ë' | 'ē' => 'e',
        'ì'..='ï' | 'ī' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ō' => 'o',
        'ù'..='ü' | 'ū' => 'u',
        'ý' | 'ÿ' => 'y',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' | 'ئ' => 'ي',
        'ؤ' => 'و',
        'ة' => 'ه',
        'ک' => 'ك',
        c => c,
    };
    Some(folded)
}

/// Takes the "and" of Arabic off a word.
fn without_and(word: &str) -> (Option<&str>, &str) {
    match word.strip_prefix(AND) {
        Some(rest) if is_joined(word) => (Some(AND), rest),
        _ => (None, word),
    }
}

fn is_joined(word: &str) -> bool {
    word.chars().nth(WITH_AND_LETTERS_MIN - 1).is_some() && !OF_ITS_OWN.split(' ').any(|own| word.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each_word(text, |word, begins| words.push(if begins { format!("/{word}") } else { word.to_owned() }));
        words
    }

    #[test]
    fn words_have_one_spelling() {
        assert_eq!(words("I didn’t FALL, café."), ["/i", "didnt", "fall", "/cafe"]);
        assert_eq!(words("Mum’s fine, it's 's avonds 'n rust."), ["/mum", "fine", "/it", "avonds", "n", "rust"]);
        assert_eq!(words("Coo\u{308}rdinatie; één-twee"), ["/coordinatie", "/een", "twee"]);
        assert_eq!(words("f\u{200b}e\u{ad}ll \u{202e}down"), ["/fell", "down"]);
        assert_eq!(words("...?!"), [] as [&str; 0]);
    }

    #[test]
    fn arabic_has_one_alef_and_no_marks() {
        assert_eq!(words("أُحِسُّ بأَلَمٍ"), ["/احس", "بالم"]);
        assert_eq!(words("الوحـــدة، إلى"), ["/الوحده", "/الي"]);
    }

    #[test]
    fn the_arabic_and_stands_by_itself() {
        assert_eq!(words("قمت وسقطت"), ["/قمت", "و", "سقطت"]);
        assert_eq!(words("ووقعت"), ["/و", "وقعت"]);
        for own in ["وقعت", "وجع", "وحيدة", "ولد"] {
            assert_eq!(words(own).len(), 1, "{own}");
        }
    }
}
