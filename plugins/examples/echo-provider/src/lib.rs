//! `parlando`: holds talks with the agents of a vendor that does not exist. A provider to copy.
//!
//! The host walks in through [`Provider`]; `talk` reads what Parlando says of a talk, in a webhook or fetched.

mod talk;

use callpanion_plugin_api::flow::{self, Next};
use callpanion_plugin_api::provider::{Conversation, Finding, Provider, Session, SessionRequest, Severity, Webhook};
use callpanion_plugin_api::{Answer, Ctx, Request, Stop, code, percent_encode, read_json};
use serde::Deserialize;
use serde_json::{Map, json};

use talk::{Line, Talk};

/// The plugin.
pub struct Parlando;

/// The settings, as `plugin.toml` describes them.
#[derive(Deserialize)]
struct Settings {
    base_url: String,
    agent: String,
}

impl Settings {
    fn url(&self, path: &str) -> String {
        format!("{}/v1/{path}", self.base_url.trim_end_matches('/'))
    }

    fn get(&self, path: &str) -> Request {
        Request::get(self.url(path)).credential("api-key")
    }
}

/// What opening a talk gives.
#[derive(Deserialize)]
struct Opened {
    talk: String,
    /// Good for one device and a few minutes.
    ticket: String,
}

/// One webhook.
#[derive(Deserialize)]
struct Event {
    event: String,
    /// Events that are not about a talk have none.
    talk: Option<Talk>,
}

/// A page of a long talk.
#[derive(Deserialize)]
struct Page {
    lines: Vec<Line>,
    /// Where the next page begins; absent on the last one.
    next: Option<u32>,
}

/// The way to a talk whose webhook never came.
#[derive(Debug)]
enum Fetch {
    /// Ask for the talk, which comes without its lines.
    Talk,
    /// Ask for its lines, a page at a time.
    Lines { talk: Talk, from: u32 },
}

impl Provider for Parlando {
    fn open_session(ctx: &mut Ctx, wanted: SessionRequest) -> Result<Session, Stop> {
        let settings: Settings = ctx.settings()?;
        let variables: Map<String, _> =
            wanted.variables.into_iter().map(|(name, value)| (name, value.into())).collect();
        let body = json!({
            "agent": settings.agent,
            "language": wanted.language,
            // Comes back in the webhook.
            "reference": wanted.call_id,
            "variables": variables,
        });
        let now_ms = ctx.now_ms();
        // A ticket that nobody uses lapses, so asking twice does no harm. Somebody is holding the phone meanwhile.
        let request = Request::post(settings.url("talks")).json(&body).credential("api-key");
        let reply = ctx.http(request.repeatable().timeout_ms(5_000))?.success(now_ms)?;
        let Opened { talk, ticket } = reply.json()?;
        Ok(Session { conversation: Some(talk), token: Some(ticket), signed_url: None })
    }

    fn read_webhook(ctx: &Ctx, _headers: &[(String, String)], body: &[u8]) -> Result<Webhook, Stop> {
        let settings: Settings = ctx.settings()?;
        // An error here makes the webhook unreadable, and names the place in the body.
        let Event { event, talk } = read_json(body)?;
        Ok(match (event.as_str(), talk) {
            ("talk.ended" | "talk.missed", Some(talk)) if talk.agent == settings.agent => {
                Webhook::Conversation(talk.into_conversation())
            }
            ("talk.ended" | "talk.missed", Some(_)) => Webhook::Ignored("a talk of another agent".to_owned()),
            // Parlando adds events now and then. A reason ends up in logs, so only a code goes into it.
            _ => Webhook::Ignored(code(&event).unwrap_or("an event without a name").to_owned()),
        })
    }

    fn fetch_session(ctx: &mut Ctx, conversation: String) -> Result<Option<Conversation>, Stop> {
        let settings: Settings = ctx.settings()?;
        let now_ms = ctx.now_ms();
        let path = format!("talks/{}", percent_encode(&conversation));
        flow::run(ctx, Fetch::Talk, |ctx, state| match state {
            Fetch::Talk => match ctx.http(settings.get(&path))? {
                Answer::Response(response) if response.status == 404 => Ok(Next::Done(None)),
                answer => Ok(Next::Go(Fetch::Lines { talk: answer.success(now_ms)?.json()?, from: 0 })),
            },
            Fetch::Lines { mut talk, from } => {
                let request = settings.get(&format!("{path}/lines?from={from}"));
                let page: Page = ctx.http(request)?.success(now_ms)?.json()?;
                talk.lines.extend(page.lines);
                Ok(match page.next {
                    // One that does not go on would never end.
                    Some(next) if next > from => Next::Go(Fetch::Lines { talk, from: next }),
                    _ => Next::Done(Some(talk.into_conversation())),
                })
            }
        })
    }

    fn check(ctx: &mut Ctx) -> Result<Vec<Finding>, Stop> {
        let settings: Settings = ctx.settings()?;
        let now_ms = ctx.now_ms();
        let finding = match ctx.http(settings.get(&format!("agents/{}", percent_encode(&settings.agent))))? {
            Answer::Response(response) if response.status == 404 => Finding::new(
                Severity::Problem,
                "Parlando does not know the agent.",
                "Correct `agent`, or use the key of the account to which it belongs.",
            ),
            answer => {
                answer.success(now_ms)?;
                Finding::new(Severity::Ok, "Parlando accepts the key and knows the agent.", "")
            }
        };
        Ok(vec![finding])
    }
}

callpanion_plugin_api::provider!(Parlando);

#[cfg(test)]
mod tests;
