//! What the host tells of itself with a check, as the guide of the plugin API lists it. `mod` reads it; a host that
//! tells nothing is an older one, and then nothing is compared.

use std::collections::BTreeMap;

use callpanion_plugin_api::{Ctx, read_json};
use serde::Deserialize;

/// The renderer of which is known what it reads.
const OUR_RENDERER: &str = "family-summary";

/// What the host tells of itself.
pub(super) struct Facts {
    /// Where it takes our webhooks; the first is the one to write in the vendor's console.
    pub(super) webhook_urls: Vec<String>,
    /// The names of the variables with which a phone call goes out.
    pub(super) variables: Vec<String>,
    /// The plugin that reads what the agents note.
    pub(super) renderer: Option<String>,
    /// The channel that dials, if we hold its talks.
    pub(super) phone: Option<Phone>,
}

/// The channel that dials, as far as its settings are known here: those of `twilio-batch`.
pub(super) struct Phone {
    /// Its id.
    pub(super) channel: String,
    /// Its settings.
    pub(super) settings: PhoneSettings,
}

/// Settings of the channel that dials. Another channel may have none of them.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PhoneSettings {
    pub(super) base_url: Option<String>,
    pub(super) agent_id: Option<String>,
    pub(super) agents: BTreeMap<String, String>,
    pub(super) agent_phone_number_id: Option<String>,
    pub(super) ringing_timeout_s: Option<u64>,
    pub(super) target_concurrency_limit: Option<i64>,
    pub(super) override_language: bool,
}

impl Facts {
    /// What this host tells.
    pub(super) fn of(ctx: &Ctx) -> Self {
        let list = |name: &str| -> Vec<String> {
            ctx.extra(name).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
        };
        let phone = ctx.extra("phone-channel").map(|channel| Phone {
            channel: channel.to_owned(),
            // Settings that are not as we know them are another vendor's.
            settings: read_json(ctx.extra("phone-channel-settings").unwrap_or_default().as_bytes()).unwrap_or_default(),
        });
        Self {
            webhook_urls: list("webhook-urls"),
            variables: list("variables"),
            renderer: ctx.extra("renderer").map(str::to_owned),
            phone,
        }
    }

    /// Whether it is known what reads the agents' notes.
    pub(super) fn has_our_renderer(&self) -> bool {
        self.renderer.as_deref() == Some(OUR_RENDERER)
    }

    /// Whether the host tells anything.
    pub(super) fn are_told(&self) -> bool {
        !self.webhook_urls.is_empty()
    }

    /// The URL to write in the vendor's console.
    pub(super) fn webhook_url(&self) -> &str {
        self.webhook_urls.first().map_or("https://your.address/webhooks/elevenlabs", String::as_str)
    }
}

impl Phone {
    /// The agents that talk when it dials.
    pub(super) fn agents(&self) -> impl Iterator<Item = &str> {
        self.settings.agent_id.iter().chain(self.settings.agents.values()).map(String::as_str)
    }

    /// Whether it talks to the vendor at this address.
    pub(super) fn is_at(&self, base_url: &str) -> bool {
        let plain = |url: &str| url.trim_end_matches('/').to_ascii_lowercase();
        self.settings.base_url.as_deref().is_none_or(|own| plain(own) == plain(base_url))
    }
}
