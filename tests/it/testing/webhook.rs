//! What machines send: webhooks, signed or not, and the requests of devices.

use callpanion_emulators::eleven::webhooks::sign;
use serde_json::Value;

use super::TestApp;
use super::browser::client;

/// Where webhooks go.
pub const PATH: &str = "/webhooks/elevenlabs";

impl TestApp {
    /// Posts a body with this signature; returns the status.
    pub async fn post_webhook(&self, path: &str, body: &str, signature: Option<&str>) -> u16 {
        let mut request = client().post(format!("{}{path}", self.url)).header("content-type", "application/json");
        if let Some(signature) = signature {
            request = request.header("elevenlabs-signature", signature);
        }
        request.body(body.to_owned()).send().await.unwrap().status().as_u16()
    }

    /// Posts a body signed with the right secret at a time so many seconds from now.
    pub async fn post_signed(&self, body: &str, seconds_from_now: i64) -> u16 {
        self.post_webhook(PATH, body, Some(&self.signature(body, seconds_from_now))).await
    }

    /// The right signature of a body, made so many seconds from now.
    pub fn signature(&self, body: &str, seconds_from_now: i64) -> String {
        sign(self.world.eleven.webhook_secret(), self.now().secs() + seconds_from_now, body)
    }

    /// Posts JSON, with a bearer secret if there is one; status and JSON answered.
    pub async fn machine_post(&self, path: &str, secret: Option<&str>, body: &Value) -> (u16, Value) {
        let mut request = client().post(format!("{}{path}", self.url)).json(body);
        if let Some(secret) = secret {
            request = request.bearer_auth(secret);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
    }

    /// Gets JSON, with a bearer secret if there is one; status and JSON answered.
    pub async fn machine_get(&self, path: &str, secret: Option<&str>) -> (u16, Value) {
        let mut request = client().get(format!("{}{path}", self.url));
        if let Some(secret) = secret {
            request = request.bearer_auth(secret);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
    }
}
