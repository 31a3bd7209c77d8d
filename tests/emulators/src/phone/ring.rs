//! From push to ring, and the requests that both apps make of the host.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::record::{Exchange, Outcome, PhoneError, Push, Ring};
use super::{Behaviour, Make, Phone};
use crate::eleven::talks::Joining;
use crate::hold;
use crate::pace::Course;
use crate::scripts::Script;

/// Ring time of both apps when the push names none, ms.
const DEFAULT_WINDOW_MS: i64 = 30_000;

/// A push that is worth ringing for.
pub(super) struct Incoming {
    pub(super) session_id: String,
    pub(super) window_ms: i64,
}

impl Phone {
    /// The vendor's delivery.
    pub(crate) fn receive(&self, push: &Push) {
        let offline = {
            let mut memory = hold(&self.0.memory);
            memory.pushes.push(push.clone());
            if memory.offline && push.kept_while_offline {
                if push.collapse_key.is_some() {
                    memory.kept.retain(|kept| kept.collapse_key != push.collapse_key);
                }
                memory.kept.push(push.clone());
            }
            memory.offline
        };
        if !offline {
            self.take_in(push);
        }
    }

    /// Some other vendor than the phone's own rings it: both apps treat all pushes alike.
    pub fn rung_with(&self, ring_id: &str) {
        if !hold(&self.0.memory).offline {
            self.ring(Incoming { session_id: ring_id.to_owned(), window_ms: DEFAULT_WINDOW_MS });
        }
    }

    /// The app's handler: drops what is late or known, rings for the rest.
    pub(super) fn take_in(&self, push: &Push) {
        let now = self.0.pace.now_ms();
        if push.expires_at_ms <= now {
            hold(&self.0.memory).dropped_late += 1;
            return;
        }
        let read = match &self.0.make {
            Make::Android(_) => self.read_data(&push.payload),
            Make::Iphone(..) => self.read_voip(&push.payload),
            Make::Browser(_) => Self::read_notification(&push.payload),
        };
        match read {
            Ok(Some(incoming)) => self.ring(incoming),
            Ok(None) => {}
            Err(why) => self.0.witness.unexpected(format!("phone: {why}")),
        }
    }

    /// The data message of the existing Android app.
    fn read_data(&self, data: &Value) -> Result<Option<Incoming>, &'static str> {
        match data["type"].as_str() {
            Some("incoming_call") => {}
            Some("call_scheduled" | "call_update") => return Ok(None),
            _ => return Err("a data message has no known `type`"),
        }
        if data["callType"] != "in_app_call" {
            return Err("a ring's `callType` is not in_app_call, the app would not connect");
        }
        let session_id = data["sessionId"].as_str().ok_or("a ring has no `sessionId`")?;
        let (household, relative) = (&data["householdId"], &data["relativeId"]);
        let Some(pairing) = hold(&self.0.memory).pairing.clone() else {
            return Err("a phone was rung that is not paired");
        };
        if *household != pairing.household_id.as_str() || *relative != pairing.relative_id.as_str() {
            return Err("a ring's `householdId` and `relativeId` are not those of the pairing");
        }
        let window_ms = data["duration"].as_str().map_or(Ok(DEFAULT_WINDOW_MS), str::parse);
        let window_ms = window_ms.map_err(|_| "a ring's `duration` is not a number of ms")?;
        Ok(Some(Incoming { session_id: session_id.to_owned(), window_ms }))
    }

    /// The VoIP payload: what is missing here crashes the app, and iOS then stops delivering.
    fn read_voip(&self, payload: &Value) -> Result<Option<Incoming>, &'static str> {
        let id = payload["id"].as_str().and_then(|id| Uuid::try_parse(id).ok());
        let id = id.ok_or("a VoIP payload's `id` is not a UUID, the app would crash")?.to_string();
        if payload["type"].as_i64().is_none() {
            return Err("a VoIP payload's `type` is not an integer");
        }
        let extra = payload["extra"].as_object().ok_or("a VoIP payload's `extra` is not a dictionary")?;
        let session_id = extra.get("sessionId").and_then(Value::as_str);
        let session_id = session_id.ok_or("a VoIP payload's `extra` has no `sessionId`")?;
        if extra.get("callType").and_then(Value::as_str).is_none() {
            return Err("a VoIP payload's `extra` has no `callType`, the call could not be answered");
        }
        let window_ms = match &payload["duration"] {
            Value::Null => DEFAULT_WINDOW_MS,
            duration => duration.as_i64().ok_or("a VoIP payload's `duration` is not an integer")?,
        };
        let mut memory = hold(&self.0.memory);
        let new = !memory.known.iter().any(|known| known == session_id);
        if new && memory.call_ids.contains(&id) {
            return Err("a VoIP payload's `id` was used before for another call");
        }
        memory.call_ids.push(id);
        Ok(Some(Incoming { session_id: session_id.to_owned(), window_ms }))
    }

    pub(super) fn ring(&self, incoming: Incoming) {
        let at_ms = self.0.pace.now_ms();
        let behaviour = {
            let mut memory = hold(&self.0.memory);
            if !memory.learn(&incoming.session_id) {
                return;
            }
            memory.rings.push(Ring {
                session_id: incoming.session_id.clone(),
                at_ms,
                window_ms: incoming.window_ms,
                outcome: Outcome::Ringing,
            });
            memory.next_behaviour()
        };
        self.0.pace.tell();
        let phone = self.clone();
        let course = Course::actor(&self.0.pace, at_ms);
        self.0.pace.act(async move {
            match phone.0.make {
                Make::Android(_) => phone.ring_android(incoming, behaviour, course).await,
                Make::Iphone(..) | Make::Browser(_) => phone.ring_by_api(incoming, behaviour, course).await,
            }
        });
    }

    /// Lets it ring as the callee wishes; `Missed` when the window is over first.
    pub(super) async fn until_touched(behaviour: Behaviour, window_ms: i64, course: &mut Course) -> Touched {
        match behaviour {
            Behaviour::Answer { after_ms, script } if after_ms < window_ms => {
                course.wait(after_ms).await;
                Touched::Answered(Box::new(script))
            }
            Behaviour::Decline { after_ms } if after_ms < window_ms => {
                course.wait(after_ms).await;
                Touched::Declined
            }
            Behaviour::Answer { .. } | Behaviour::Decline { .. } | Behaviour::Ignore => {
                course.wait(window_ms).await;
                Touched::Missed
            }
        }
    }

    pub(super) fn set_outcome(&self, session_id: &str, outcome: Outcome) {
        if let Some(ring) = hold(&self.0.memory).rings.iter_mut().find(|ring| ring.session_id == session_id) {
            ring.outcome = outcome;
        }
        self.0.pace.tell();
    }

    /// What the phone brings into a conversation.
    pub(super) fn joining(&self, script: Script, variables: Map<String, Value>, overrides: Value) -> Joining {
        let (source, version) = self.sdk();
        Joining {
            dynamic_variables: variables,
            overrides,
            source,
            version,
            callee_name: Some(self.0.name.clone()),
            ..Joining::new(script)
        }
    }

    /// Posts JSON to the host and remembers the exchange. Only 200 counts, as in the app.
    pub(super) async fn post(&self, path: &str, headers: &[(&str, String)], body: Value) -> Result<Value, PhoneError> {
        let base_url = hold(&self.0.memory).base_url.clone();
        if base_url.is_empty() {
            return Err(PhoneError::NotPaired);
        }
        let mut request = self.0.http.post(format!("{base_url}{path}")).json(&body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let at_ms = self.0.pace.now_ms();
        let answer = async {
            let answer = request.send().await?;
            let status = answer.status().as_u16();
            Ok((status, answer.text().await?))
        }
        .await;
        let (status, response) = match &answer {
            Ok((status, text)) => (Some(*status), serde_json::from_str(text).unwrap_or_default()),
            Err(_) => (None, Value::Null),
        };
        let exchange = Exchange { at_ms, path: path.to_owned(), request: body, status, response: response.clone() };
        hold(&self.0.memory).exchanges.push(exchange);
        self.0.pace.tell();
        match answer {
            Ok((200, _)) => Ok(response),
            Ok((status, _)) => Err(PhoneError::Refused { path: path.to_owned(), status, body: response }),
            Err(source) => Err(PhoneError::NoAnswer { path: path.to_owned(), source }),
        }
    }
}

/// What the callee did.
pub(super) enum Touched {
    Answered(Box<Script>),
    Declined,
    Missed,
}
