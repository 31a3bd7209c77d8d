//! Providers: webhooks, real ones and garbage. `provider` walks in; it calls `stage`.

use serde_json::{Value, json};

use super::cast;
use super::checks::Check;
use super::stage::{Stage, brief};
use crate::plugins::wit::{Conversation, ConversationOutcome, Webhook};
use crate::plugins::{Input, Output, Turn};

/// A month: how late a webhook may be repeated.
const LATE_MS: u64 = 30 * 24 * 3_600 * 1_000;
/// So many words of one sample are replaced, one at a time.
const WORDS_MAX: usize = 60;
/// A word that no vendor has today.
const NEW_WORD: &str = "a_word_of_a_later_version";

impl Stage {
    pub(super) async fn try_webhooks(&mut self) {
        if self.manifest.webhook.is_none() {
            return;
        }
        let samples = self.webhooks.clone();
        let mut talks = 0;
        for (name, body) in &samples {
            let Some(read) = self.read(body, &format!("webhook {name}")).await else { continue };
            talks += usize::from(matches!(read, Webhook::Conversation(_)));
            self.try_same(name, body, &read).await;
            self.try_cut_off(name, body).await;
            if let Ok(json) = serde_json::from_slice::<Value>(body) {
                self.try_future(name, &json, &read).await;
            }
        }
        self.notes.note(Check::Covered, talks > 0, || {
            let number = samples.len();
            format!("webhooks: none of {number} samples is a conversation; put real ones into samples/webhooks/*.json")
        });
        for (name, body) in garbage() {
            let label = format!("webhook of {name}");
            if let Some(read) = self.read(&body, &label).await {
                self.no_talk(&read, &label);
            }
        }
    }

    async fn read(&mut self, body: &[u8], label: &str) -> Option<Webhook> {
        let turn = Turn { context: self.context(), answers: Vec::new() };
        self.read_in(&turn, Vec::new(), body, label).await
    }

    async fn read_in(
        &mut self,
        turn: &Turn,
        headers: Vec<(String, String)>,
        body: &[u8],
        label: &str,
    ) -> Option<Webhook> {
        match self.play(&Input::ReadWebhook { headers, body: body.to_vec() }, turn, label).await? {
            Output::Webhook(read) => Some(read),
            _ => None,
        }
    }

    fn no_talk(&mut self, read: &Webhook, label: &str) {
        self.notes.note(Check::WebhookGarbage, !matches!(read, Webhook::Conversation(_)), || told(label, read));
    }

    /// It comes twice, late, after others, and with headers that proxies add.
    async fn try_same(&mut self, name: &str, body: &[u8], read: &Webhook) {
        let mut late = self.context();
        late.now_ms += LATE_MS;
        late.entropy.reverse();
        "ar".clone_into(&mut late.locale);
        let odd = [("", ""), ("x-forwarded-for", "203.0.113.9"), ("content-type", "text/plain")];
        let headers = odd.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        for (how, context, headers) in
            [("a month late", late, Vec::new()), ("with other headers", self.context(), headers)]
        {
            let turn = Turn { context, answers: Vec::new() };
            let label = format!("webhook {name}, {how}");
            if let Some(other) = self.read_in(&turn, headers, body, &label).await {
                self.notes.note(Check::WebhookSame, other == *read, || told(&label, &other));
            }
        }
    }

    async fn try_cut_off(&mut self, name: &str, body: &[u8]) {
        for percent in [1, 25, 50, 75, 99] {
            let label = format!("webhook {name}, cut off after {percent} %");
            if let Some(read) = self.read(&body[..body.len() * percent / 100], &label).await {
                self.no_talk(&read, &label);
            }
        }
    }

    /// Fields and words of a later version.
    async fn try_future(&mut self, name: &str, json: &Value, read: &Webhook) {
        let mut grown = json.clone();
        grow(&mut grown, true);
        let label = format!("webhook {name}, with unknown fields");
        if let Some(other) = self.read(grown.to_string().as_bytes(), &label).await {
            let held = match (read, &other) {
                (Webhook::Conversation(before), Webhook::Conversation(after)) => essence(before) == essence(after),
                (before, after) => before == after,
            };
            self.notes.note(Check::WebhookFuture, held, || told(&label, &other));
        }
        for place in words(json).into_iter().take(WORDS_MAX) {
            let mut changed = json.clone();
            let Some(word) = changed.pointer_mut(&place) else { continue };
            *word = NEW_WORD.into();
            let label = format!("webhook {name}, with a new word at {place}");
            let Some(other) = self.read(changed.to_string().as_bytes(), &label).await else { continue };
            let held = match (read, &other) {
                // A word that nobody knows is no proof of a talk.
                (Webhook::Conversation(before), Webhook::Conversation(after)) => !succeeded(after) || succeeded(before),
                (Webhook::Conversation(_), _) => true,
                (_, after) => !matches!(after, Webhook::Conversation(_)),
            };
            self.notes.note(Check::WebhookFuture, held, || told(&label, &other));
        }
    }
}

fn told(label: &str, read: &Webhook) -> String {
    format!("{label}: {}", brief(&Output::Webhook(read.clone())))
}

/// What the host acts on. A field more in a map of values is a value more, and not of the essence.
fn essence(read: &Conversation) -> impl PartialEq + '_ {
    (
        (&read.conversation, &read.agent, read.outcome as u8, read.started_at_ms, read.duration_s),
        (&read.turns, &read.reference, &read.recipient, &read.echoed_call_id),
    )
}

fn succeeded(read: &Conversation) -> bool {
    matches!(read.outcome, ConversationOutcome::Answered)
}

/// Adds a field to the object and to every object within.
fn grow(json: &mut Value, top: bool) {
    match json {
        Value::Object(map) => {
            map.values_mut().for_each(|value| grow(value, false));
            let field = if top { json!({ "a": [1, null, { "b": true }] }) } else { json!(cast::SAID) };
            map.insert("a_field_of_a_later_version".to_owned(), field);
        }
        Value::Array(list) => list.iter_mut().for_each(|value| grow(value, false)),
        _ => {}
    }
}

/// The places of texts that look like words of an enum.
fn words(json: &Value) -> Vec<String> {
    fn walk(json: &Value, place: &str, found: &mut Vec<String>) {
        let is_word = |text: &str| {
            (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b"_-".contains(&b))
        };
        match json {
            Value::Object(map) => {
                for (name, value) in map {
                    walk(value, &format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), found);
                }
            }
            Value::Array(list) => {
                for (i, value) in list.iter().enumerate() {
                    walk(value, &format!("{place}/{i}"), found);
                }
            }
            Value::String(text) if is_word(text) => found.push(place.to_owned()),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(json, "", &mut found);
    found
}

/// Bodies that no provider sends on a good day.
fn garbage() -> Vec<(&'static str, Vec<u8>)> {
    let quote = cast::quoted();
    let text = |json: &Value| json.to_string().into_bytes();
    vec![
        ("nothing", Vec::new()),
        ("one space", b" ".to_vec()),
        ("the JSON null", b"null".to_vec()),
        ("a number", b"1e999".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("an empty list", b"[]".to_vec()),
        ("a text that quotes a talk", text(&json!(quote))),
        ("a list that quotes a talk", text(&json!([quote, { "type": quote }]))),
        ("an object of the wrong types", text(&json!({ "type": [quote], "event": 7, "data": quote, "id": {} }))),
        (
            "an object of quotes",
            text(&json!({ "type": quote, "event": quote, "data": { "id": quote, "type": quote } })),
        ),
        ("the same key twice", br#"{"type":"a","type":{},"data":1,"data":null}"#.to_vec()),
        ("a form", b"type=a&data=b".to_vec()),
        ("HTML", b"<html><h1>Not here</h1></html>".to_vec()),
        ("bytes that are no UTF-8", b"{\"type\": \"\xff\xfe\xf0\x28\xc3\"}".to_vec()),
        ("UTF-16", "\u{feff}{\"type\":\"a\"}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("zeros", vec![0; 4_096]),
        ("lone surrogates", br#"{"type":"\ud800","data":"\udc00\ud800"}"#.to_vec()),
        ("lists within lists", b"[".repeat(200_000)),
        ("objects within objects", b"{\"data\":".repeat(100_000)),
        ("a megabyte in one text", text(&json!({ "type": "x".repeat(1 << 20) }))),
        ("a megabyte of fields", text(&json!({ "data": vec![json!({ "a": "b".repeat(90) }); 10_000] }))),
    ]
}

/// Half a megabyte in a shape that nobody knows: a long talk's transcript.
pub(super) fn long() -> Vec<u8> {
    let turn = json!({ "role": "user", "message": cast::SAID.repeat(3), "time_in_call_secs": 7 });
    json!({ "type": "a_talk", "data": { "id": "1", "transcript": vec![turn; 3_500] } }).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_enums_are_found_and_texts_are_not() {
        let json = json!({ "type": "busy", "data": [{ "a/b": "no-answer" }], "text": "Good morning!", "id": "conv_1" });
        assert_eq!(words(&json), ["/data/0/a~1b", "/type"]);
    }

    #[test]
    fn every_object_gets_a_field() {
        let mut json = json!({ "a": [{}], "b": { "c": 1 } });
        grow(&mut json, true);
        assert_eq!(json.to_string().matches("a_field_of_a_later_version").count(), 3);
    }
}
