//! Our own iPhone app: VoIP pushes in, the device API v1 out, which browsers speak too.

use serde_json::{Map, Value, json};

use super::record::{Outcome, Pairing, PhoneError};
use super::ring::{Incoming, Touched};
use super::{Behaviour, Phone};
use crate::Script;
use crate::apns::Environment;
use crate::hold;
use crate::pace::Course;

const APP_VERSION: &str = "1.0.0";

impl Phone {
    pub(super) async fn pair_iphone(&self, code: &str, environment: Environment) -> Result<(), PhoneError> {
        self.claim(code, "ios").await?;
        self.register_iphone(environment).await
    }

    /// Claims a code at the device API.
    pub(super) async fn claim(&self, code: &str, platform: &str) -> Result<(), PhoneError> {
        let path = "/api/device/v1/pair";
        let body = json!({ "code": code, "platform": platform, "name": self.0.name });
        let answer = self.post(path, &[], body).await?;
        let Some(secret) = answer["device_secret"].as_str() else {
            return Err(PhoneError::Refused { path: path.to_owned(), status: 200, body: answer });
        };
        hold(&self.0.memory).pairing =
            Some(Pairing { secret: secret.to_owned(), household_id: String::new(), relative_id: String::new() });
        Ok(())
    }

    pub(super) async fn register_iphone(&self, environment: Environment) -> Result<(), PhoneError> {
        let body = json!({
            "channel": "apns-voip", "address": self.push_address(), "environment": environment.as_str(),
            "app_version": APP_VERSION,
        });
        self.device("push-addresses", body).await.map(drop)
    }

    pub(super) async fn heartbeat(&self) -> Result<Value, PhoneError> {
        let body = json!({ "battery_percent": 80, "network": "wifi", "app_version": APP_VERSION });
        self.device("heartbeat", body).await
    }

    pub(super) async fn ring_by_api(&self, incoming: Incoming, behaviour: Behaviour, mut course: Course) {
        let id = incoming.session_id;
        // A lost `rang` changes nothing for the callee: the phone is already ringing.
        let _rang = self.call(&id, "rang", json!({})).await;
        match Self::until_touched(behaviour, incoming.window_ms, &mut course).await {
            Touched::Missed => {
                self.set_outcome(&id, Outcome::Missed);
                let _told = self.call(&id, "missed", json!({})).await;
            }
            Touched::Declined => {
                self.set_outcome(&id, Outcome::Declined);
                let _told = self.call(&id, "decline", json!({})).await;
            }
            Touched::Answered(script) => match self.call(&id, "answer", json!({})).await {
                Ok(answer) => self.talk_by_api(&id, &answer, *script, &mut course).await,
                Err(error) => self.set_outcome(&id, Outcome::Refused(error.status())),
            },
        }
    }

    async fn talk_by_api(&self, id: &str, answer: &Value, script: Script, course: &mut Course) {
        let mut variables: Map<String, Value> = answer["dynamic_variables"].as_object().cloned().unwrap_or_default();
        variables.entry("call_id").or_insert_with(|| json!(id));
        // The host's words for it are those of the wire.
        let overrides = match answer["overrides"].as_object() {
            Some(agent) if !agent.is_empty() => json!({ "agent": agent }),
            _ => Value::Null,
        };
        let joining = self.joining(script, variables, overrides);
        let key = answer["token"].as_str().or(answer["signed_url"].as_str()).unwrap_or_default();
        let Ok(talk) = self.0.eleven.join(key, joining) else {
            self.set_outcome(id, Outcome::NotJoined);
            let _told = self.call(id, "end", json!({ "duration_s": 0 })).await;
            return;
        };
        let conversation_id = talk.conversation_id.clone();
        self.set_outcome(id, Outcome::Talking { conversation_id: conversation_id.clone() });
        let _told = self.call(id, "joined", json!({})).await;
        let duration_s = self.0.eleven.talk_along(talk, course).await;
        let _told = self.call(id, "end", json!({ "duration_s": duration_s })).await;
        self.set_outcome(id, Outcome::Talked { conversation_id, duration_s });
    }

    async fn call(&self, id: &str, verb: &str, body: Value) -> Result<Value, PhoneError> {
        self.device(&format!("calls/{id}/{verb}"), body).await
    }

    /// A request of the device API with the device's secret.
    pub(super) async fn device(&self, what: &str, body: Value) -> Result<Value, PhoneError> {
        let secret = self.device_secret().ok_or(PhoneError::NotPaired)?;
        let headers = [("authorization", format!("Bearer {secret}"))];
        self.post(&format!("/api/device/v1/{what}"), &headers, body).await
    }
}
