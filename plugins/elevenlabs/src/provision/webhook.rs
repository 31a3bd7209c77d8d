//! The webhook that comes to this installation: found by its address, and switched on. `mod` walks in.
//!
//! It is made by hand: the vendor shows its secret once, to whoever makes it, and a plugin may see none.

use callpanion_plugin_api::provisioning::{Change, Wanted};
use callpanion_plugin_api::{Answer, Request, Stop, percent_encode};
use serde_json::{Value, json};

use super::read;
use crate::check::how_to_make_a_webhook;
use crate::{Settings, refusal};

/// The webhook, and whether it is to be switched on.
pub(super) struct Webhook {
    pub(super) id: String,
    name: String,
    is_off: bool,
    is_sent_once: bool,
}

/// Looks for it in the list of the workspace's webhooks; what is to be done by hand goes into `to_do`.
pub(super) fn find(
    answer: Answer,
    wanted: &Wanted,
    now_ms: u64,
    to_do: &mut Vec<String>,
) -> Result<Option<Webhook>, Stop> {
    if let Answer::Response(response) = &answer
        && refusal::missing_permission(response).is_some()
    {
        to_do.push("Give the ElevenLabs key the right to read webhooks, and provision again.".to_owned());
        return Ok(None);
    }
    let list = read(answer, now_ms)?;
    if wanted.webhook_url.is_empty() {
        to_do.push("Set `public_url` to an https address: ElevenLabs sends webhooks to no other.".to_owned());
        return Ok(None);
    }
    let all = list["webhooks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = all.iter().find(|it| it["webhook_url"] == wanted.webhook_url.as_str() && it["auth_type"] == "hmac");
    let Some((found, id)) = found.and_then(|found| Some((found, found["webhook_id"].as_str()?))) else {
        to_do.push(how_to_make_a_webhook(&wanted.webhook_url));
        return Ok(None);
    };
    Ok(Some(Webhook {
        id: id.to_owned(),
        name: found["name"].as_str().unwrap_or_default().to_owned(),
        is_off: found["is_disabled"] == true || found["is_auto_disabled"] == true,
        // Most answers do not say it.
        is_sent_once: found["retry_enabled"] == false,
    }))
}

impl Webhook {
    pub(super) fn change(&self) -> Option<Change> {
        let name: String = self.name.chars().take(40).collect();
        let before = match (self.is_off, self.is_sent_once) {
            (true, _) => "off",
            (false, true) => "sent once",
            (false, false) => return None,
        };
        Some(Change::new(format!("Webhook \"{name}\""), before, "on, and sent again when it fails"))
    }

    pub(super) fn request(&self, settings: &Settings) -> Option<Request> {
        self.change()?;
        let body: Value = json!({ "is_disabled": false, "name": self.name, "retry_enabled": true });
        Some(settings.patch(&format!("workspace/webhooks/{}", percent_encode(&self.id))).json(&body))
    }
}
