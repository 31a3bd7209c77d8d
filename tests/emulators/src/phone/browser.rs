//! A browser with a page that answers calls: Web Push in, the device API v1 out. An app of UnifiedPush does the same.

use serde_json::{Value, json};
use url::Url;

use super::Phone;
use super::record::PhoneError;
use super::ring::Incoming;
use crate::hold;
use crate::push_service::PushService;

const APP_VERSION: &str = "1.0.0";
/// What marks a declarative message.
const DECLARATIVE: i64 = 8_030;

impl Phone {
    pub(super) async fn pair_browser(&self, code: &str, service: &PushService) -> Result<(), PhoneError> {
        self.claim(code, "browser").await?;
        self.register_browser(service).await
    }

    /// Subscribes to the host's key, unless it has a subscription, and registers it.
    pub(super) async fn register_browser(&self, service: &PushService) -> Result<(), PhoneError> {
        if self.push_address().is_empty() {
            let subscription = service.subscribe_with(&self.server_key().await?, self.doorbell());
            hold(&self.0.memory).address = subscription;
        }
        let body = json!({ "channel": "web-push", "address": self.push_address(), "app_version": APP_VERSION });
        self.device("push-addresses", body).await.map(drop)
    }

    async fn server_key(&self) -> Result<String, PhoneError> {
        let path = "/api/device/v1/web-push-key";
        let no_answer = |source| PhoneError::NoAnswer { path: path.to_owned(), source };
        let secret = self.device_secret().ok_or(PhoneError::NotPaired)?;
        let url = format!("{}{path}", hold(&self.0.memory).base_url);
        let answer = self.0.http.get(url).bearer_auth(secret).send().await.map_err(no_answer)?;
        let status = answer.status().as_u16();
        let body: Value = serde_json::from_str(&answer.text().await.map_err(no_answer)?).unwrap_or_default();
        match body["application_server_key"].as_str() {
            Some(key) => Ok(key.to_owned()),
            None => Err(PhoneError::Refused { path: path.to_owned(), status, body }),
        }
    }

    /// A declarative message. One that shows nothing costs a browser its subscription.
    pub(super) fn read_notification(message: &Value) -> Result<Option<Incoming>, &'static str> {
        let notification = &message["notification"];
        if message["web_push"] != DECLARATIVE {
            return Err("a message is not declarative: its `web_push` is not 8030");
        }
        if notification["title"].as_str().is_none_or(str::is_empty) {
            return Err("a notification has no `title`");
        }
        let navigate = notification["navigate"].as_str().and_then(|url| Url::parse(url).ok());
        if navigate.is_none_or(|url| !url.has_host()) {
            return Err("a notification's `navigate` is no URL of a page");
        }
        let data = &notification["data"];
        let ring_id = data["ring_id"].as_str().ok_or("a notification's `data` has no `ring_id`")?;
        if notification["tag"] != ring_id {
            return Err("a notification's `tag` is not its ring: it would stand beside others of the same ring");
        }
        match data["type"].as_str() {
            Some("incoming_call") => {}
            Some("call_update") => return Ok(None),
            _ => return Err("a notification's `data` has no known `type`"),
        }
        let window_ms = data["duration_ms"].as_i64().ok_or("a ring's `duration_ms` is no integer")?;
        Ok(Some(Incoming { session_id: ring_id.to_owned(), window_ms }))
    }
}
