//! `elevenlabs`: holds the conversations with ElevenLabs agents.
//!
//! The host walks in through [`Provider`]. `session` gets what a device needs to join, `conversation`
//! reads what happened (from a webhook or fetched), `check` looks at the set-up, `records` hears and
//! removes what is kept, `provision` sets agents and webhook up, and `refusal` says what an error means.

mod check;
mod conversation;
mod provision;
mod records;
mod refusal;
mod session;
mod webhook;

use std::collections::BTreeMap;

use callpanion_plugin_api::provider::{Conversation, Finding, Provider, Session, SessionRequest, Webhook};
use callpanion_plugin_api::{Answer, Ctx, Request, Stop, percent_encode};
use serde::Deserialize;
use serde_json::Value;

/// The plugin.
pub struct ElevenLabs;

/// The `settings` of the plugin, as `plugin.toml` describes them.
#[derive(Deserialize)]
struct Settings {
    #[serde(default = "elevenlabs")]
    base_url: String,
    agent_id: String,
    #[serde(default)]
    agents: BTreeMap<String, String>,
    #[serde(default)]
    phone_agent_id: Option<String>,
    #[serde(default)]
    phone_agents: BTreeMap<String, String>,
    #[serde(default)]
    override_language: bool,
    /// The host gives them to devices; here is only looked whether agents allow it.
    #[serde(default)]
    first_messages: BTreeMap<String, String>,
    #[serde(default)]
    signed_url: bool,
}

fn elevenlabs() -> String {
    "https://api.elevenlabs.io".to_owned()
}

impl Settings {
    /// A look at the vendor's agents, conversations and what belongs to them.
    fn get(&self, path: &str) -> Request {
        self.get_of_account(&format!("convai/{path}"))
    }

    /// The removal of something that belongs to agents or conversations.
    fn delete(&self, path: &str) -> Request {
        Request::delete(self.url(&format!("convai/{path}"))).credential("api-key")
    }

    /// Something new among the vendor's agents.
    fn post(&self, path: &str) -> Request {
        Request::post(self.url(&format!("convai/{path}"))).credential("api-key")
    }

    /// Other values of something. The same again changes nothing.
    fn patch(&self, path: &str) -> Request {
        Request::patch(self.url(path)).credential("api-key").repeatable()
    }

    /// A look at the account as a whole.
    fn get_of_account(&self, path: &str) -> Request {
        Request::get(self.url(path)).credential("api-key")
    }

    fn url(&self, path: &str) -> String {
        format!("{}/v1/{path}", self.base_url.trim_end_matches('/'))
    }

    /// The app's agent for a language tag; only its first part counts.
    fn agent(&self, language: &str) -> &str {
        self.agents.get(primary(language)).unwrap_or(&self.agent_id)
    }

    /// The agents that talk in the app.
    fn app_agents(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.agent_id).chain(self.agents.values()).map(String::as_str)
    }

    /// The agents that talk on the phone.
    fn phone_agents(&self) -> impl Iterator<Item = &str> {
        self.phone_agent_id.iter().chain(self.phone_agents.values()).map(String::as_str)
    }

    /// All agents that are ours. A webhook may cover the whole workspace, with other people's too.
    fn own_agents(&self) -> impl Iterator<Item = &str> {
        self.app_agents().chain(self.phone_agents())
    }
}

/// The first part of a language tag, which is what the vendor knows.
fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

impl Provider for ElevenLabs {
    fn open_session(ctx: &mut Ctx, wanted: SessionRequest) -> Result<Session, Stop> {
        let settings: Settings = ctx.settings()?;
        session::open(ctx, &settings, &wanted)
    }

    fn read_webhook(ctx: &Ctx, _headers: &[(String, String)], body: &[u8]) -> Result<Webhook, Stop> {
        let settings: Settings = ctx.settings()?;
        Ok(webhook::read(&settings, body))
    }

    fn fetch_session(ctx: &mut Ctx, conversation: String) -> Result<Option<Conversation>, Stop> {
        let settings: Settings = ctx.settings()?;
        let path = format!("conversations/{}", percent_encode(&conversation));
        let now_ms = ctx.now_ms();
        match ctx.http(settings.get(&path))? {
            Answer::Response(response) if response.status == 404 => Ok(None),
            Answer::Response(response) if response.is_success() => {
                let data: Value = response.json().map_err(|error| refusal::unreadable("a conversation", &error))?;
                let ended = matches!(data["status"].as_str(), Some("done" | "failed"));
                conversation::read(&data, ended)
                    .map(Some)
                    .map_err(|why| Stop::permanent(format!("the conversation has {why}")))
            }
            answer => Err(refusal::of(answer, now_ms)),
        }
    }

    fn check(ctx: &mut Ctx) -> Result<Vec<Finding>, Stop> {
        let settings: Settings = ctx.settings()?;
        check::all(ctx, &settings)
    }
}

callpanion_plugin_api::provider!(ElevenLabs, id = "elevenlabs");
callpanion_plugin_api::records!(ElevenLabs);
callpanion_plugin_api::provisioning!(ElevenLabs);

#[cfg(test)]
mod tests;
