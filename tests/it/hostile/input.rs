//! Hostile input: what is well formed, with one thing or several gone wrong. The same seed spoils it the same way.

use fastrand::Rng;
use serde_json::{Value, json};

/// The deepest nesting that is sent, far beyond what anybody reads.
const DEEP: usize = 50_000;

/// Texts that somebody may choose to send.
fn text(rng: &mut Rng) -> String {
    const TEXTS: [&str; 26] = [
        "",
        " ",
        "\0",
        "\u{feff}\u{202e}\u{200b}",
        "'; DROP TABLE calls; --",
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}{% raw %}",
        "../../../../etc/passwd",
        "%00%0d%0aSet-Cookie: a=b",
        "\r\n\r\nHTTP/1.1 200 OK",
        "9999-99-99",
        "0000-00-00",
        "-9999-01-01",
        "25:61",
        "24:00",
        "2026-02-30",
        "2026-10-12T08:00:00+99:99",
        "Europe/Nowhere",
        "+",
        "+999999999999999999999999",
        "a@b@c",
        "@",
        "18446744073709551616",
        "-1",
        "NaN",
        "00000000-0000-0000-0000-000000000000",
    ];
    match rng.usize(..30) {
        0 => "a".repeat(20_000),
        1 => "💥".repeat(3_000),
        2 => "\u{301}".repeat(3_000),
        3 => (0..rng.usize(..40)).map(|_| rng.char(..)).collect(),
        at => TEXTS[at % TEXTS.len()].to_owned(),
    }
}

fn value(rng: &mut Rng) -> Value {
    match rng.usize(..14) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(u64::MAX),
        4 => json!(i64::MIN),
        5 => json!(1e308),
        6 => json!([]),
        7 => json!({}),
        8 => json!([[[[{"a": [null]}]]]]),
        9 => json!({"": "", "__proto__": {}, "\0": 1}),
        _ => Value::String(text(rng)),
    }
}

/// One place of a JSON value, any of them, is another one, gone, or there too often.
fn spoil(rng: &mut Rng, here: &mut Value) {
    let is_further_in = rng.usize(..4) != 0;
    match here {
        Value::Object(map) if !map.is_empty() && is_further_in => {
            let key = map.keys().nth(rng.usize(..map.len())).unwrap().clone();
            if rng.usize(..8) == 0 {
                map.remove(&key);
            } else {
                spoil(rng, &mut map[&key]);
            }
        }
        Value::Array(list) if !list.is_empty() && is_further_in => {
            let at = rng.usize(..list.len());
            if rng.usize(..8) == 0 {
                let again = vec![list[at].clone(); 200];
                list.extend(again);
            } else {
                spoil(rng, &mut list[at]);
            }
        }
        Value::String(known) if rng.bool() => {
            let at = known.char_indices().nth(rng.usize(..=known.chars().count())).map_or(known.len(), |(at, _)| at);
            known.insert_str(at, &text(rng));
        }
        _ => *here = value(rng),
    }
}

/// A JSON body gone wrong: mostly in what it says, sometimes in its bytes.
pub fn json_body(rng: &mut Rng, sound: &Value) -> Vec<u8> {
    let mut said = sound.clone();
    for _ in 0..=rng.usize(..3) {
        spoil(rng, &mut said);
    }
    let mut bytes = said.to_string().into_bytes();
    match rng.usize(..12) {
        0 => bytes.truncate(rng.usize(..=bytes.len())),
        1 => bytes.insert(rng.usize(..=bytes.len()), rng.u8(..)),
        2 => bytes = [vec![b'['; DEEP], vec![b']'; DEEP]].concat(),
        3 => bytes.splice(0..0, *b"\xef\xbb\xbf").for_each(drop),
        4 => bytes = format!("{{\"a\":{said},\"a\":{said}}}").into_bytes(),
        5 => bytes = [br#"{"number":"#.to_vec(), vec![b'9'; 2_000], b"}".to_vec()].concat(),
        _ => {}
    }
    bytes
}

/// A form gone wrong: some fields hold what they should not, are gone, or come twice.
pub fn form_body(rng: &mut Rng, sound: &[(&str, &str)]) -> Vec<u8> {
    let mut fields = url::form_urlencoded::Serializer::new(String::new());
    for (name, known) in sound {
        match rng.usize(..6) {
            0 => {}
            1 => drop(fields.append_pair(name, &text(rng))),
            2 => drop(fields.append_pair(name, known).append_pair(name, &text(rng))),
            3 if rng.usize(..4) == 0 => drop(fields.append_pair(&text(rng), known)),
            _ => drop(fields.append_pair(name, known)),
        }
    }
    let mut bytes = fields.finish().into_bytes();
    match rng.usize(..10) {
        0 => bytes.truncate(rng.usize(..=bytes.len())),
        1 => bytes.extend(b"&%&=&%zz=%ff%fe&a[]=1&a[b]=2"),
        2 => bytes.insert(rng.usize(..=bytes.len()), rng.u8(..)),
        _ => {}
    }
    bytes
}

/// A text like one of these, with something in it that should not be there, or not there that should; or another one.
pub fn text_like(rng: &mut Rng, sound: &[&str]) -> String {
    if rng.usize(..8) == 0 {
        return text(rng);
    }
    let mut said: Vec<char> = sound[rng.usize(..sound.len())].chars().collect();
    for _ in 0..=rng.usize(..3) {
        let at = rng.usize(..=said.len());
        let end = (at + rng.usize(..4)).min(said.len());
        let put: Vec<char> = match rng.usize(..6) {
            0 => text(rng).chars().collect(),
            1 => vec![rng.char(..)],
            2 => vec![rng.char('!'..='~')],
            3 => said[at..].to_vec(),
            4 => vec![rng.digit(10)],
            _ => Vec::new(),
        };
        said.splice(at..end, put);
    }
    said.into_iter().collect()
}

/// Bytes like these, with some of them changed, gone, or there twice.
pub fn bytes_like(rng: &mut Rng, sound: &[u8]) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    for _ in 0..=rng.usize(..4) {
        // Most of what a parser decides on stands at the beginning.
        let end = if rng.bool() { bytes.len().min(200) } else { bytes.len() };
        let at = rng.usize(..end);
        match rng.usize(..4) {
            0 => bytes[at] = rng.u8(..),
            1 => bytes[at] ^= 1 << rng.u32(..8),
            2 => bytes.truncate(at + 1),
            _ => drop(bytes.splice(at..at, sound[..rng.usize(..64)].to_vec())),
        }
    }
    bytes
}

/// What stands behind the question mark.
pub fn query(rng: &mut Rng) -> String {
    let mut fields = url::form_urlencoded::Serializer::new(String::new());
    for name in ["callee", "fragment", "page", "before", "outcome", "from", "to", "language", "next"] {
        if rng.usize(..3) == 0 {
            fields.append_pair(name, &text(rng));
        }
    }
    let said = fields.finish();
    // Nobody's client sends a longer one.
    said[..said.len().min(30_000)].to_owned()
}

/// A header's value: whatever HTTP allows in one.
pub fn header(rng: &mut Rng) -> Vec<u8> {
    let said = text(rng).into_bytes();
    said.into_iter().filter(|byte| *byte >= b' ' && *byte != 0x7f).take(4_000).collect()
}
