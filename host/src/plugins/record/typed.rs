//! Stand-ins for a whole call: what the host gave the plugin, field by field as `plugin.wit` types it, and what vendors
//! answered. `rerun` walks in.
//!
//! What stays as it is: times, lengths of time, languages, environments, the plugin's settings, HTTP statuses, and of a
//! vendor's data what `structure` knows. Everything else is replaced.

use jiff::Timestamp;
use serde_json::Value;

use super::stand_ins::StandIns;
use super::structure;
use crate::plugins::exchange::{Input, VERDICTS, wit};

/// Random bytes that are none.
const ENTROPY: &[u8; 32] = b"not random: a stand-in for bytes";

/// A call as one wishes to write it down: its context, its input and the answers.
pub(super) struct Call {
    pub(super) context: wit::Context,
    pub(super) input: Input,
    pub(super) answers: Vec<wit::Answer>,
}

impl Call {
    /// The same call with stand-ins for all that is personal.
    pub(super) fn with_stand_ins(mut self) -> Self {
        let now = i64::try_from(self.context.now_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let mut stand_ins = StandIns::new(now.unwrap_or(Timestamp::UNIX_EPOCH));
        stand_ins.context(&mut self.context);
        stand_ins.input(&mut self.input);
        self.answers.iter_mut().for_each(|answer| stand_ins.answer(answer));
        self
    }
}

impl StandIns {
    fn context(&mut self, context: &mut wit::Context) {
        context.settings = self.settings(&context.settings);
        context.entropy = ENTROPY.to_vec();
        Self::language(&mut context.locale);
        // The host's own word of what it understands, without which the plugin would say something else.
        for pair in context.extra.iter_mut().filter(|(name, _)| name != VERDICTS) {
            self.pairs(std::slice::from_mut(pair));
        }
    }

    fn input(&mut self, input: &mut Input) {
        match input {
            Input::Ring(rings) => rings.iter_mut().for_each(|ring| self.ring(ring)),
            Input::Cancel(rings) | Input::Inspect(rings) => rings.iter_mut().for_each(|ring| self.ring_ref(ring)),
            Input::OpenSession(wanted) => {
                self.ids([&mut wanted.call_id, &mut wanted.callee_id]);
                Self::language(&mut wanted.language);
                self.pairs(&mut wanted.variables);
            }
            Input::ReadWebhook { headers, body } | Input::ReadCallback { headers, body } => {
                self.headers(headers);
                *body = self.body(body);
            }
            Input::FetchSession(id) | Input::FetchAudio(id) | Input::Erase(id) => self.ids([id]),
            // What is wanted of a vendor are the operator's own words and the host's.
            Input::Check | Input::Plan(_) | Input::Apply(_) => {}
            Input::Render(material) => self.material(material),
            Input::Notify(notices) => notices.iter_mut().for_each(|notice| self.notice(notice)),
            Input::LookUp(number) => *number = self.address(number),
            Input::RenderDigest(week) => self.week(week),
        }
    }

    fn ring(&mut self, ring: &mut wit::RingAttempt) {
        let wit::RingAttempt { ring_id, call_id, group_id, family_id, callee_id, .. } = ring;
        self.ids([ring_id, call_id, group_id, family_id, callee_id]);
        ring.address = self.address(&ring.address);
        self.environment(&mut ring.environment);
        Self::language(&mut ring.language);
        // A zone says where somebody lives.
        if !ring.zone.is_empty() {
            "Etc/UTC".clone_into(&mut ring.zone);
        }
        self.pairs(&mut ring.variables);
        self.pairs(&mut ring.extra);
    }

    fn ring_ref(&mut self, ring: &mut wit::RingRef) {
        self.ids([&mut ring.ring_id, &mut ring.call_id, &mut ring.group_id]);
        ring.address = self.address(&ring.address);
        self.environment(&mut ring.environment);
        if let Some(reference) = &mut ring.reference {
            self.ids([reference]);
        }
    }

    /// A number or a text; a browser's subscription is JSON, of which the names stay.
    fn address(&mut self, address: &str) -> String {
        match serde_json::from_str::<Value>(address) {
            Ok(mut value @ Value::Object(_)) => {
                self.texts(&mut value);
                value.to_string()
            }
            _ => self.words.personal(address),
        }
    }

    fn texts(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.words.personal(text),
            Value::Object(table) => table.values_mut().for_each(|value| self.texts(value)),
            _ => {}
        }
    }

    fn material(&mut self, material: &mut wit::Material) {
        material.callee_name = self.words.personal(&material.callee_name);
        Self::language(&mut material.language);
        for turn in &mut material.turns {
            turn.text = self.words.prose(&turn.text);
        }
        if let Some(summary) = &mut material.provider_summary {
            *summary = self.words.prose(summary);
        }
        for collected in &mut material.collected {
            collected.name = self.key(&collected.name);
            collected.rationale = self.words.prose(&collected.rationale);
            collected.value = match serde_json::from_str::<Value>(&collected.value) {
                Ok(value) => self.value("", value, true).to_string(),
                Err(_) => self.words.prose(&collected.value),
            };
        }
        self.pairs(&mut material.extra);
    }

    fn notice(&mut self, notice: &mut wit::Notice) {
        self.ids([&mut notice.id, &mut notice.link]);
        notice.to = self.address(&notice.to);
        Self::language(&mut notice.language);
        notice.title = self.words.prose(&notice.title);
        notice.text = self.words.prose(&notice.text);
        self.pairs(&mut notice.extra);
    }

    fn week(&mut self, week: &mut wit::WeekMaterial) {
        week.callee_name = self.words.personal(&week.callee_name);
        for part in week.calls.iter_mut().flat_map(|call| &mut call.parts) {
            part.text = self.words.prose(&part.text);
        }
        self.pairs(&mut week.extra);
    }

    fn answer(&mut self, answer: &mut wit::Answer) {
        match answer {
            wit::Answer::Response(response) => {
                self.headers(&mut response.headers);
                response.body = self.body(&response.body);
            }
            // The host's own words.
            wit::Answer::Unsent(why) | wit::Answer::Unknown(why) => *why = self.remark(why),
        }
    }

    fn ids<const N: usize>(&mut self, ids: [&mut String; N]) {
        for id in ids {
            *id = self.text("", id);
        }
    }

    fn language(language: &mut String) {
        if !language.is_empty() && !structure::is_language(language) {
            "und".clone_into(language);
        }
    }

    fn environment(&mut self, environment: &mut String) {
        if !matches!(environment.as_str(), "production" | "sandbox") {
            *environment = self.words.identifier(environment);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_stays_one_and_says_nothing_of_whose_it_is() {
        let mut stand_ins = StandIns::new(Timestamp::UNIX_EPOCH);
        let address = r#"{"endpoint":"https://push.example.net/Qy7_Z","keys":{"auth":"BTBZMqHH","p256dh":"BCVxsr7N"}}"#;
        let replaced: Value = serde_json::from_str(&stand_ins.address(address)).unwrap();
        let endpoint = replaced["endpoint"].as_str().unwrap();
        assert!(endpoint.starts_with("https://") && !endpoint.contains("Qy7"), "{endpoint}");
        assert!(replaced["keys"]["auth"].is_string() && replaced["keys"]["p256dh"].is_string(), "{replaced}");
        assert!(!replaced.to_string().contains("BTBZ") && !replaced.to_string().contains("BCVx"), "{replaced}");
        assert_ne!(stand_ins.address("fcm-token-7"), "fcm-token-7");
    }
}
