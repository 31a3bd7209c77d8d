//! Forms: `application/x-www-form-urlencoded`, as Twilio takes requests and posts callbacks. `message` and `callback` walk
//! in; it calls nobody. See the URL Standard, section 5.

use callpanion_plugin_api::percent_encode;

/// The media type of a form.
pub(crate) const TYPE: &str = "application/x-www-form-urlencoded";
/// More fields than this are no callback of Twilio's.
const FIELDS_MAX: usize = 100;

/// A form of these fields, in their order.
pub(crate) fn write(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value))).collect();
    pairs.join("&")
}

/// The fields of a form. `None` when it is none: no UTF-8, or too many fields.
pub(crate) fn read(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(body).ok()?;
    let pairs: Vec<&str> = text.split('&').filter(|pair| !pair.is_empty()).take(FIELDS_MAX + 1).collect();
    if pairs.len() > FIELDS_MAX {
        return None;
    }
    let field = |pair: &&str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decoded(name)?, decoded(value)?))
    };
    pairs.iter().map(field).collect()
}

/// A `+` is a blank, and `%` with two digits a byte; a `%` without them stands for itself.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push((nibble(*high) << 4) | nibble(*low));
                rest = after;
            }
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// The value of a digit of base 16.
fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let fields = [("To", "+442079460123"), ("Body", "Missed: “Ibu” & more\n100 % https://a.example/?x=1+2")];
        let owned: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(read(write(&fields).as_bytes()), Some(owned));
        assert_eq!(write(&[("To", "+44 7")]), "To=%2B44%207");
    }

    #[test]
    fn blanks_and_odd_signs_are_read_as_browsers_do() {
        let one = |text: &str| read(format!("a={text}").as_bytes()).map(|mut fields| fields.remove(0).1);
        assert_eq!(one("x+y").as_deref(), Some("x y"));
        assert_eq!(one("100%").as_deref(), Some("100%"));
        assert_eq!(one("%zz%4").as_deref(), Some("%zz%4"));
        assert_eq!(one("%C3%a9").as_deref(), Some("é"));
        assert_eq!(one("%ff"), None);
        assert_eq!(read(b"\xff"), None);
        assert_eq!(read("a=1&".repeat(FIELDS_MAX + 1).as_bytes()), None);
    }
}
