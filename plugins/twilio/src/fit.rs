//! Short texts: a message that costs few segments. `message` walks in; it calls nobody.
//!
//! A message of the GSM alphabet (3GPP TS 23.038, 6.2.1) has 160 characters in one segment and 153 in each of several; with one
//! character outside it, it is UCS-2, and has 70 and 67. Each segment is charged for, and some old phones show them apart.

/// So many segments a message has at the most.
const SEGMENTS_MAX: usize = 3;

/// The basic alphabet, without what ASCII has of it.
const BEYOND_ASCII: &str = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/// These count twice.
const EXTENDED: &str = "^{}\\[~]|€";
/// ASCII that the alphabet does not have.
const NOT_OF_IT: &str = "`";

/// A title and a link as the text of one message: the link whole, and the title cut where both would be too long.
pub(crate) fn text(title: &str, link: &str) -> String {
    let title = plain(title);
    let whole = joined(&title, link);
    if segments(&whole) <= SEGMENTS_MAX {
        return whole;
    }
    // What is cut is short: counting anew for each character costs less than being clever.
    let mut kept = title;
    while kept.pop().is_some() {
        let shorter = joined(&format!("{}...", kept.trim_end()), link);
        if segments(&shorter) <= SEGMENTS_MAX {
            return shorter;
        }
    }
    link.to_owned()
}

fn joined(title: &str, link: &str) -> String {
    if link.is_empty() { title.to_owned() } else { format!("{title}\n{link}") }
}

/// The text on one line, with the typographer's signs as GSM has them: one curly quote would make each character cost twice.
fn plain(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '`' | '´' => said.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '«' | '»' => said.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => said.push('-'),
            '\u{2026}' => said.push_str("..."),
            sign if sign.is_whitespace() => said.push(' '),
            sign if sign.is_control() => {}
            sign => said.push(sign),
        }
    }
    said.trim().to_owned()
}

/// How many segments the text takes.
pub(crate) fn segments(text: &str) -> usize {
    let gsm: Option<usize> = text.chars().map(septets).sum();
    let (length, alone, each) = match gsm {
        Some(septets) => (septets, 160, 153),
        None => (text.encode_utf16().count(), 70, 67),
    };
    if length <= alone { 1 } else { length.div_ceil(each) }
}

/// How many places a character takes; `None` outside the alphabet.
fn septets(sign: char) -> Option<usize> {
    if EXTENDED.contains(sign) {
        return Some(2);
    }
    let printable = (' '..='~').contains(&sign) && !NOT_OF_IT.contains(sign);
    (printable || matches!(sign, '\n' | '\r') || BEYOND_ASCII.contains(sign)).then_some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_counted_as_twilio_charges_them() {
        for (text, count) in [
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            ("ş".repeat(70), 1),
            ("ş".repeat(71), 2),
            ("😀".repeat(35), 1),
            ("😀".repeat(36), 2),
            (String::new(), 1),
        ] {
            assert_eq!(segments(&text), count, "{} × {:?}", text.chars().count(), text.chars().next());
        }
    }

    #[test]
    fn typographers_signs_do_not_double_the_price() {
        let said = text("Mum’s call – “not reached”…\n\u{202f}again", "https://a.example/1");
        assert_eq!(said, "Mum's call - \"not reached\"...  again\nhttps://a.example/1");
        assert_eq!(segments(&said), 1);
    }

    #[test]
    fn a_long_title_is_cut_and_the_link_never() {
        let link = "https://family.example/calls/0192a000-0000-7000-8000-000000000001";
        for title in ["word ".repeat(200), "слово ".repeat(200), "😀".repeat(500)] {
            let said = text(&title, link);
            assert!(segments(&said) <= SEGMENTS_MAX, "{}", segments(&said));
            assert!(said.ends_with(&format!("...\n{link}")), "{said}");
        }
        assert_eq!(text("123456 is your code", ""), "123456 is your code");
        assert_eq!(text("a", &"b".repeat(600)), "b".repeat(600));
    }
}
