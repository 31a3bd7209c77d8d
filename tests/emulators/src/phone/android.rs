//! The existing Android app: its exact calls, header sets and order.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::record::{Outcome, Pairing, PhoneError};
use super::ring::{Incoming, Touched};
use super::{Behaviour, Phone};
use crate::hold;
use crate::pace::Course;

/// The public literal that the app is compiled with.
const ANON_KEY: &str = "callpanion-emulated-anon-key";
/// Tries within one start, and waits between them, ms.
const START_WAITS_MS: [i64; 3] = [0, 2000, 4000];
/// How often the call screen repeats the whole start.
const START_ROUNDS: usize = 4;

/// Header set A of the app.
fn with_bearer() -> Vec<(&'static str, String)> {
    vec![("apikey", ANON_KEY.to_owned()), ("authorization", format!("Bearer {ANON_KEY}"))]
}

/// Header set B of the app.
fn without_bearer() -> Vec<(&'static str, String)> {
    vec![("apikey", ANON_KEY.to_owned())]
}

/// The app wants `success: true` beside the 200.
fn succeeded(path: &str, body: Value) -> Result<Value, PhoneError> {
    if body["success"] == true {
        Ok(body)
    } else {
        Err(PhoneError::Refused { path: path.to_owned(), status: 200, body })
    }
}

impl Phone {
    /// E1, then E2 twice and E4, as after the pairing screen closes.
    pub(super) async fn pair_android(&self, code: &str) -> Result<(), PhoneError> {
        let path = "/functions/v1/pair-claim";
        let user_id = hold(&self.0.memory).user_id;
        let body = json!({ "user_id": user_id, "pairing_code": code });
        let answer = succeeded(path, self.post(path, &without_bearer(), body).await?)?;
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        hold(&self.0.memory).pairing = Some(Pairing {
            secret: text("pairing_token"),
            household_id: text("household_id"),
            relative_id: text("relative_id"),
        });
        self.register_android(None).await?;
        // The call plugin answers "" for a VoIP token on Android, and the app sends it on.
        self.register_android(Some("")).await?;
        self.check_scheduled_calls(false).await.map(drop)
    }

    /// E2.
    pub(super) async fn register_android(&self, voip: Option<&str>) -> Result<(), PhoneError> {
        let path = "/functions/v1/register-fcm-token";
        let (user_id, address, pairing) = self.identity()?;
        // Random on each call in the app, so it identifies nothing.
        let fingerprint = Uuid::new_v4().to_string();
        let mut body = json!({
            "userId": user_id, "token": address, "platform": "android",
            "deviceInfo": {
                "platform": "android", "model": "Android", "version": "1.0.0", "brand": "Google", "deviceId": null,
                "additional": {
                    "app_version": "1.0.0", "flutter_version": "3.x",
                    "timestamp": crate::eleven::conversation::utc(self.0.pace.now_ms(), "%Y-%m-%dT%H:%M:%S%.3f"),
                    "device_fingerprint": fingerprint,
                },
            },
            "pairingToken": pairing.secret, "relativeId": pairing.relative_id,
            "householdId": pairing.household_id, "deviceFingerprint": fingerprint,
        });
        if let Some(voip) = voip {
            body["voipToken"] = json!(voip);
        }
        let answer = self.post(path, &with_bearer(), body).await?;
        succeeded(path, answer).map(drop)
    }

    /// E4. With `ringing`, the first call listed rings if it is due within the app's window.
    pub(super) async fn check_scheduled_calls(&self, ringing: bool) -> Result<Value, PhoneError> {
        let path = "/functions/v1/check-scheduled-calls";
        let (_, address, pairing) = self.identity()?;
        let body = json!({ "deviceToken": address, "pairingToken": pairing.secret });
        let answer = succeeded(path, self.post(path, &with_bearer(), body).await?)?;
        let first = &answer["scheduledCalls"][0];
        let due = first["scheduled_time"].as_str().and_then(|time| time.parse::<jiff::Timestamp>().ok());
        if let (true, Some(id), Some(due)) = (ringing, first["id"].as_str(), due) {
            let minutes = (due.as_millisecond() - self.0.pace.now_ms()) / 60_000;
            if (-1..=2).contains(&minutes) {
                self.ring(Incoming { session_id: id.to_owned(), window_ms: 30_000 });
            }
        }
        Ok(answer)
    }

    pub(super) async fn ring_android(&self, incoming: Incoming, behaviour: Behaviour, mut course: Course) {
        let session_id = incoming.session_id;
        // Fresh for each call screen, and not the session.
        let call_uuid = Uuid::new_v4().to_string();
        match Self::until_touched(behaviour, incoming.window_ms, &mut course).await {
            Touched::Missed => {
                self.set_outcome(&session_id, Outcome::Missed);
                self.report(&session_id, "missed", "timeout", Some(&call_uuid), None).await;
            }
            Touched::Declined => {
                self.set_outcome(&session_id, Outcome::Declined);
                self.report(&session_id, "declined", "decline", Some(&call_uuid), None).await;
            }
            Touched::Answered(script) => {
                // Accepting brings the app to the foreground, where it looks for calls; awaited first is E3.
                self.report(&session_id, "active", "accept", Some(&call_uuid), None).await;
                let _listed = self.check_scheduled_calls(false).await;
                let started = match self.start(&session_id, &mut course).await {
                    Ok(started) => started,
                    Err(error) => {
                        self.set_outcome(&session_id, Outcome::Refused(error.status()));
                        self.report(&session_id, "completed", "end", Some(&call_uuid), None).await;
                        return;
                    }
                };
                self.talk_android(&session_id, &call_uuid, &started, *script, &mut course).await;
            }
        }
    }

    /// E5 `start`, with the app's own stubbornness: up to twelve posts.
    async fn start(&self, session_id: &str, course: &mut Course) -> Result<Value, PhoneError> {
        let path = "/functions/v1/elevenlabs-device-call";
        let (_, address, pairing) = self.identity()?;
        let mut last = PhoneError::NotPaired;
        for _ in 0..START_ROUNDS {
            for wait_ms in START_WAITS_MS {
                course.wait(wait_ms).await;
                let body = json!({
                    "action": "start", "sessionId": session_id, "pairingToken": pairing.secret,
                    "deviceToken": address,
                });
                match self.post(path, &with_bearer(), body).await {
                    Ok(answer) if answer["conversationToken"].is_string() => return Ok(answer),
                    Ok(body) => {
                        return Err(PhoneError::Refused { path: path.to_owned(), status: 200, body });
                    }
                    Err(error) => last = error,
                }
                if !matches!(last.status(), None | Some(401 | 403)) {
                    break;
                }
            }
        }
        Err(last)
    }

    async fn talk_android(
        &self,
        session_id: &str,
        call_uuid: &str,
        started: &Value,
        script: crate::Script,
        course: &mut Course,
    ) {
        let Ok((_, address, pairing)) = self.identity() else {
            return;
        };
        let variables = Map::from_iter([
            ("session_id".to_owned(), json!(session_id)),
            ("household_id".to_owned(), json!(pairing.household_id)),
            ("relative_id".to_owned(), json!(pairing.relative_id)),
            ("call_type".to_owned(), json!("in_app_call")),
            ("device_call".to_owned(), json!("true")),
        ]);
        // It does not know of `dynamicVariables` and `overrides`.
        let joining = self.joining(script, variables, Value::Null);
        let token = started["conversationToken"].as_str().unwrap_or_default();
        let Ok(talk) = self.0.eleven.join(token, joining) else {
            self.set_outcome(session_id, Outcome::NotJoined);
            self.report(session_id, "completed", "end", Some(call_uuid), None).await;
            return;
        };
        let conversation_id = talk.conversation_id.clone();
        self.set_outcome(session_id, Outcome::Talking { conversation_id: conversation_id.clone() });
        if let Some(call_log_id) = started["callLogId"].as_str() {
            let _answer = self
                .device_call(json!({
                    "action": "update_conversation_id", "sessionId": session_id, "callLogId": call_log_id,
                    "conversationId": conversation_id, "pairingToken": pairing.secret, "deviceToken": address,
                }))
                .await;
        }
        let duration_s = self.0.eleven.talk_along(talk, course).await;
        let _answer = self
            .device_call(json!({
                "sessionId": session_id, "action": "end",
                "conversationSummary": "Call completed via CallPanion device", "duration": duration_s,
                "outcome": "completed", "pairingToken": pairing.secret, "deviceToken": address,
            }))
            .await;
        self.report(session_id, "completed", "end", None, Some(duration_s)).await;
        // Closing the call screen fires the plugin's own "ended".
        self.report(session_id, "completed", "end", Some(call_uuid), None).await;
        self.set_outcome(session_id, Outcome::Talked { conversation_id, duration_s });
    }

    /// E5 without a bearer.
    async fn device_call(&self, body: Value) -> Result<Value, PhoneError> {
        self.post("/functions/v1/elevenlabs-device-call", &without_bearer(), body).await
    }

    /// E3; the app ignores what comes back, the exchange is remembered.
    async fn report(
        &self,
        session_id: &str,
        status: &str,
        action: &str,
        call_uuid: Option<&str>,
        duration_s: Option<i64>,
    ) {
        let Ok((_, address, pairing)) = self.identity() else {
            return;
        };
        let mut body = json!({
            "sessionId": session_id, "status": status, "action": action,
            "pairingToken": pairing.secret, "deviceToken": address,
        });
        if let Some(call_uuid) = call_uuid {
            body["callUuid"] = json!(call_uuid);
        }
        if let Some(duration_s) = duration_s {
            body["duration"] = json!(duration_s);
        }
        let _ignored = self.post("/functions/v1/update-device-call-status", &with_bearer(), body).await;
    }

    fn identity(&self) -> Result<(Uuid, String, Pairing), PhoneError> {
        let memory = hold(&self.0.memory);
        let pairing = memory.pairing.clone().ok_or(PhoneError::NotPaired)?;
        Ok((memory.user_id, memory.address.clone(), pairing))
    }
}
