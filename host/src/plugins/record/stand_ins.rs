//! Stand-ins for a vendor's data and for single values: what `structure` knows stays, all else is replaced. `typed` walks
//! in with what the host gave the plugin, and with what vendors answered.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Number, Value};
use url::form_urlencoded;

use super::structure;
use super::words::Words;

/// JSON within a text of JSON, and so on: deeper it is prose.
const NESTING_MAX: usize = 4;
/// A shorter setting is a word that anybody may use.
const SETTING_MIN_CHARS: usize = 3;

/// The stand-ins of one recording.
#[derive(Debug)]
pub(super) struct StandIns {
    pub(super) words: Words,
    /// What the operator set: it tells of the installation, not of a person.
    settings: BTreeSet<String>,
    /// The time of the call.
    now: Timestamp,
    nesting: usize,
}

impl StandIns {
    pub(super) fn new(now: Timestamp) -> Self {
        Self { words: Words::default(), settings: BTreeSet::new(), now, nesting: 0 }
    }

    /// The plugin's settings, in which only telephone numbers, and what should have been a credential, are replaced. What stays
    /// there may stay elsewhere too.
    pub(super) fn settings(&mut self, text: &str) -> String {
        let Ok(mut settings) = serde_json::from_str::<Map<String, Value>>(text) else { return "{}".to_owned() };
        for (name, value) in &mut settings {
            self.setting(structure::is_secret(name), value);
        }
        Value::Object(settings).to_string()
    }

    fn setting(&mut self, secret: bool, value: &mut Value) {
        match value {
            Value::String(text) => {
                let numbered = text.starts_with('+') && self.words.names_somebody(text);
                let signed_in = text.contains("://") && text.contains('@');
                if secret || numbered || signed_in {
                    *text = self.words.identifier(text);
                } else if text.len() >= SETTING_MIN_CHARS {
                    self.settings.insert(text.clone());
                }
            }
            Value::Array(list) => list.iter_mut().for_each(|value| self.setting(secret, value)),
            Value::Object(table) => {
                table.iter_mut().for_each(|(name, value)| self.setting(secret || structure::is_secret(name), value));
            }
            _ => {}
        }
    }

    /// A body, which is JSON, a form, or understood by nobody.
    pub(super) fn body(&mut self, bytes: &[u8]) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(bytes) else { return vec![0xff; bytes.len()] };
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            return self.value("", value, false).to_string().into_bytes();
        }
        if is_form(text) {
            return self.form(text).into_bytes();
        }
        self.words.prose(text).into_bytes()
    }

    /// The headers of a reply or of a webhook.
    pub(super) fn headers(&mut self, headers: &mut [(String, String)]) {
        for (name, value) in headers {
            let kept = structure::is_plain_header(name, value) && (!self.words.names_somebody(value) || dated(value));
            if !kept {
                *value = self.text(name, value);
            }
            *name = self.key(name);
        }
    }

    /// Names of the plugin's or the vendor's choosing, and their values.
    pub(super) fn pairs(&mut self, pairs: &mut [(String, String)]) {
        for (name, value) in pairs {
            *value = self.words.personal(value);
            *name = self.key(name);
        }
    }

    pub(super) fn key(&mut self, key: &str) -> String {
        if structure::is_plain_key(key) && !self.words.names_somebody(key) {
            key.to_owned()
        } else {
            self.words.identifier(key)
        }
    }

    /// A text of the host or of a machine in which single words may name somebody.
    pub(super) fn remark(&mut self, text: &str) -> String {
        let mut kept = Vec::new();
        for word in text.split(' ') {
            let odd = word.contains(['/', '@', '%', '=']) || word.bytes().filter(u8::is_ascii_digit).count() > 4;
            let own = self.settings.contains(word.trim_matches(|c: char| c.is_ascii_punctuation()));
            let keep = own || !(odd || self.words.names_somebody(word));
            kept.push(if keep { word.to_owned() } else { self.words.identifier(word) });
        }
        kept.join(" ")
    }

    /// JSON of any shape. `open` is whether all of it is content.
    pub(super) fn value(&mut self, key: &str, value: Value, open: bool) -> Value {
        match value {
            Value::Object(table) => {
                let mut replaced = Map::new();
                for (name, value) in table {
                    let value = self.value(&name, value, open || structure::is_open(&name));
                    let mut name = self.key(&name);
                    while replaced.contains_key(&name) {
                        name.push('x');
                    }
                    replaced.insert(name, value);
                }
                Value::Object(replaced)
            }
            Value::Array(list) => Value::Array(list.into_iter().map(|value| self.value(key, value, open)).collect()),
            Value::String(text) if open => Value::String(self.text("", &text)),
            Value::String(text) => Value::String(self.text(key, &text)),
            Value::Number(number) if open || !structure::is_plain_number(&number, self.now) => {
                Value::Number(as_long(&number))
            }
            Value::Bool(_) if open => Value::Bool(false),
            kept => kept,
        }
    }

    /// A text under a key. Without a key it can be no machine's word.
    pub(super) fn text(&mut self, key: &str, text: &str) -> String {
        let somebody = self.words.names_somebody(text);
        let plain = self.settings.contains(text) || structure::is_plain_value(key, text);
        let moment = !key.is_empty() && structure::is_near_moment(text, self.now);
        if text.is_empty() || (plain && !somebody) || moment {
            return text.to_owned();
        }
        if text.starts_with(['{', '['])
            && self.nesting < NESTING_MAX
            && let Ok(value) = serde_json::from_str::<Value>(text)
        {
            self.nesting += 1;
            let replaced = self.value(key, value, key.is_empty()).to_string();
            self.nesting -= 1;
            return replaced;
        }
        if text.contains(char::is_whitespace) {
            // A number or a name with spaces is found in prose as well.
            return self.words.prose(text);
        }
        match decoded(text) {
            Some((plain, escaped)) => encoded(&self.words.identifier(&plain), &escaped),
            None => self.words.identifier(text),
        }
    }

    fn form(&mut self, text: &str) -> String {
        let mut replaced = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let value = self.text(if structure::is_open(&name) { "" } else { &name }, &value);
            replaced.append_pair(&self.key(&name), &value);
        }
        replaced.finish()
    }
}

/// A number with as many digits that says nothing.
fn as_long(number: &Number) -> Number {
    match number.as_i64() {
        Some(whole) => {
            let digits = whole.unsigned_abs().checked_ilog10().unwrap_or(0);
            Number::from(10_i64.saturating_pow(digits))
        }
        None => Number::from_f64(1.5).unwrap_or_else(|| Number::from(1)),
    }
}

fn dated(value: &str) -> bool {
    value.ends_with(" GMT")
}

fn is_form(text: &str) -> bool {
    let pair = |pair: &str| pair.split_once('=').is_some_and(|(name, _)| !name.is_empty());
    text.contains('=') && !text.contains(char::is_whitespace) && !text.contains('<') && text.split('&').all(pair)
}

/// The text behind percent signs, and of each byte whether it was behind one; `None` when there are none, or no text
/// behind them.
fn decoded(text: &str) -> Option<(String, Vec<bool>)> {
    if !text.contains('%') {
        return None;
    }
    let (mut bytes, mut escaped) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let (byte, others) = match (first, others) {
            (b'%', [high, low, others @ ..]) => (digit(*high)? * 16 + digit(*low)?, others),
            (b'%', _) => return None,
            (byte, others) => (*byte, others),
        };
        bytes.push(byte);
        escaped.push(*first == b'%');
        rest = others;
    }
    Some((String::from_utf8(bytes).ok()?, escaped))
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Puts what was behind percent signs there again. A stand-in is as long as what it stands for.
fn encoded(text: &str, escaped: &[bool]) -> String {
    let bytes = text.bytes().zip(escaped.iter().copied().chain(std::iter::repeat(true)));
    let mut url = String::with_capacity(text.len());
    for (byte, escaped) in bytes {
        if escaped && !byte.is_ascii_alphanumeric() || !byte.is_ascii_graphic() {
            // Writing to a string cannot fail.
            let _ = write!(url, "%{byte:02X}");
        } else {
            url.push(char::from(byte));
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stand_ins() -> StandIns {
        let mut stand_ins = StandIns::new("2026-10-12T08:00:00Z".parse().unwrap());
        stand_ins.words.personal("Margaret Hale");
        stand_ins
    }

    fn body(text: &str) -> String {
        String::from_utf8(stand_ins().body(text.as_bytes())).unwrap()
    }

    #[test]
    fn json_keeps_its_structure_and_loses_its_people() {
        let given = json!({
            "status": "done", "user_name": "Emily Harris", "conversation_id": "conv_88", "note": "",
            "metadata": { "duration_secs": 42, "start": 1_791_792_000, "number": 442_079_460_123_i64, "at": "2026-10-12T08:00:01Z" },
            "birthday": "1941-03-02", "Margaret": true, "margaret_s_mood": 1, "type": "Hale",
            "dynamic_variables": { "status": "widowed", "pain": 7, "fell": true, "none": null, "score": 2.5 },
            "raw": "{\"code\":\"busy\",\"said\":\"yes Emily\"}",
        });
        let replaced: Value = serde_json::from_str(&body(&given.to_string())).unwrap();
        for kept in [
            "/status",
            "/note",
            "/metadata/duration_secs",
            "/metadata/start",
            "/metadata/at",
            "/dynamic_variables/none",
        ] {
            assert_eq!(given.pointer(kept), replaced.pointer(kept), "{kept}");
        }
        assert_eq!(replaced["dynamic_variables"]["fell"], false);
        assert_eq!(replaced["dynamic_variables"]["pain"], 1);
        assert_eq!(serde_json::from_str::<Value>(replaced["raw"].as_str().unwrap()).unwrap()["code"], "busy");
        let text = replaced.to_string();
        for private in ["Emily", "Harris", "conv_88", "442079", "1941", "argaret", "Hale", "widowed", "7,", "2.5"] {
            assert!(!text.contains(private), "{private} in {text}");
        }
    }

    #[test]
    fn form_stays_a_form() {
        let replaced = body("CallStatus=no-answer&To=%2B442079460123&Called=%2B442079460123&Name=Emily+Harris");
        let pairs: Vec<_> = form_urlencoded::parse(replaced.as_bytes()).into_owned().collect();
        assert_eq!(pairs[0], ("CallStatus".to_owned(), "no-answer".to_owned()));
        assert_eq!(pairs[1].1, pairs[2].1);
        assert!(pairs[1].1.starts_with("+999") && !replaced.contains("Emily"), "{replaced}");
    }

    #[test]
    fn what_nobody_understands_is_replaced_as_a_whole() {
        let html = "<html><p>Emily Harris, 020 7946 0123</p></html>";
        assert!(!body(html).contains("Emily") && !body(html).contains("7946") && body(html).len() == html.len());
        assert_eq!(stand_ins().body(b"\xff\x00Emily"), [0xff; 7]);
        assert_eq!(body(""), "");
        assert_ne!(body("Emily"), "Emily");
    }

    #[test]
    fn one_thing_has_one_stand_in_also_in_a_url() {
        let mut stand_ins = stand_ins();
        let number = stand_ins.text("", "+442079460123");
        let url = stand_ins.text("", "https://vendor.example/n/%2B442079460123/a%2Fb?x=1");
        assert!(url.contains(&format!("/%2B{}/", &number[1..])) && url.starts_with("https://"), "{url}");
        assert_eq!(url.matches("%2F").count(), 1);
        assert!(!url.contains("vendor"), "{url}");
        assert_eq!(stand_ins.text("", "100%"), "000%".replace("000", &stand_ins.words.identifier("100")));
    }

    #[test]
    fn settings_stay_without_secrets_and_may_stay_elsewhere() {
        let mut stand_ins = stand_ins();
        let given = json!({
            "agent_id": "agent_1", "api_key": "hush-hush", "from": "+442079460000", "base_url": "https://me:pw@a.example",
            "agents": { "id": "agent_2" }, "count": 3,
        });
        let settings: Value = serde_json::from_str(&stand_ins.settings(&given.to_string())).unwrap();
        assert_eq!(
            (&settings["agent_id"], &settings["agents"], &settings["count"]),
            (&given["agent_id"], &given["agents"], &given["count"])
        );
        let text = settings.to_string();
        for private in ["hush", "7946", "me:pw"] {
            assert!(!text.contains(private), "{private} in {text}");
        }
        assert_eq!(stand_ins.text("agent_id", "agent_2"), "agent_2");
        assert_ne!(stand_ins.text("agent_id", "agent_3"), "agent_3");
        assert_eq!(stand_ins.settings("no json"), "{}");
    }

    #[test]
    fn remark_of_the_host_stays_readable() {
        let remark = stand_ins().remark("connection refused by 10.11.12.13 for Margaret at /n/44");
        assert!(
            remark.starts_with("connection refused by ") && !remark.contains("Margaret") && !remark.contains("/n/44")
        );
    }

    #[test]
    fn headers_that_say_nothing_of_anybody_stay() {
        let pairs = [
            ("content-type", "application/json; charset=utf-8"),
            ("date", "Mon, 12 Oct 2026 08:00:00 GMT"),
            ("retry-after", "30"),
            ("x-request-id", "req-4711"),
            ("server", "Margaret"),
        ];
        let mut headers = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        stand_ins().headers(&mut headers);
        for at in 0..3 {
            assert_eq!(headers[at].1, pairs[at].1);
        }
        assert!(headers[3].1 != "req-4711" && headers[4].1 != "Margaret", "{headers:?}");
    }
}
