//! `{{name}}`: holds the conversations with agents of a talk service.
//!
//! The host walks in through [`Provider`]; `told` reads what the service tells of a conversation.

mod told;

use std::collections::BTreeMap;

use callpanion_plugin_api::provider::{Conversation, Finding, Provider, Session, SessionRequest, Severity, Webhook};
use callpanion_plugin_api::{Answer, Ctx, Request, Stop, code, percent_encode, read_json};
use serde::Deserialize;
use serde_json::json;

use told::Told;

/// The plugin.
pub struct Plugin;

/// The settings, as `plugin.toml` describes them. The host has filled in the defaults.
#[derive(Deserialize)]
struct Settings {
    base_url: String,
    agent_id: String,
}

impl Settings {
    fn url(&self, path: &str) -> String {
        format!("{}/v1/{path}", self.base_url.trim_end_matches('/'))
    }
}

impl Provider for Plugin {
    /// Somebody is holding the phone meanwhile.
    fn open_session(ctx: &mut Ctx, wanted: SessionRequest) -> Result<Session, Stop> {
        #[derive(Deserialize)]
        struct Opened {
            token: String,
            conversation: Option<String>,
        }

        let settings: Settings = ctx.settings()?;
        let request = Request::post(settings.url("sessions"))
            .json(&json!({
                "agent": settings.agent_id,
                "call_id": wanted.call_id,
                "language": wanted.language,
                "variables": wanted.variables.into_iter().collect::<BTreeMap<_, _>>(),
            }))
            .credential("api-key");
        let opened: Opened = ctx.http(request)?.success(ctx.now_ms())?.json()?;
        Ok(Session { token: Some(opened.token), signed_url: None, conversation: opened.conversation })
    }

    fn read_webhook(ctx: &Ctx, _headers: &[(String, String)], body: &[u8]) -> Result<Webhook, Stop> {
        #[derive(Deserialize)]
        struct Event {
            event: String,
        }
        #[derive(Deserialize)]
        struct Ended {
            conversation: Told,
        }

        let unreadable = |error| Stop::permanent(format!("the webhook: {error}"));
        let Event { event } = read_json(body).map_err(unreadable)?;
        if event != "conversation.ended" {
            return Ok(Webhook::Ignored(code(&event).unwrap_or("an event without a plain name").to_owned()));
        }
        let told = read_json::<Ended>(body).map_err(unreadable)?.conversation.read();
        let own = told.agent == ctx.settings::<Settings>()?.agent_id;
        Ok(if own { Webhook::Conversation(told) } else { Webhook::Ignored("of another agent".to_owned()) })
    }

    fn fetch_session(ctx: &mut Ctx, conversation: String) -> Result<Option<Conversation>, Stop> {
        #[derive(Default, Deserialize)]
        struct Failed {
            code: String,
        }

        let settings: Settings = ctx.settings()?;
        let url = settings.url(&format!("conversations/{}", percent_encode(&conversation)));
        let answer = ctx.http(Request::get(url).credential("api-key"))?;
        // A bare 404 may be a wrong `base_url`; only the service's own word says that it does not know the
        // conversation.
        if let Answer::Response(response) = &answer
            && response.status == 404
            && response.json::<Failed>().unwrap_or_default().code == "unknown-conversation"
        {
            return Ok(None);
        }
        Ok(Some(answer.success(ctx.now_ms())?.json::<Told>()?.read()))
    }

    fn check(ctx: &mut Ctx) -> Result<Vec<Finding>, Stop> {
        let settings: Settings = ctx.settings()?;
        let url = settings.url(&format!("agents/{}", percent_encode(&settings.agent_id)));
        let finding = match ctx.http(Request::get(url).credential("api-key"))? {
            Answer::Unsent(why) | Answer::Unknown(why) => {
                Finding::new(Severity::Problem, format!("the talk service: {why}"), "check `base_url` and try again")
            }
            Answer::Response(response) => match response.status {
                200..300 => Finding::new(Severity::Ok, "the talk service knows the key and the agent", ""),
                401 | 403 => Finding::new(
                    Severity::Problem,
                    "the talk service does not accept the credential `api-key`",
                    "set the right key",
                ),
                404 => Finding::new(Severity::Problem, "the talk service does not know the agent", "check `agent_id`"),
                status => Finding::new(Severity::Warning, format!("the talk service says {status}"), "try again later"),
            },
        };
        Ok(vec![finding])
    }
}

callpanion_plugin_api::provider!(Plugin);

#[cfg(test)]
mod tests;
