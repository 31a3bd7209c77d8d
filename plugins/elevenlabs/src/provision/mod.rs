//! The agents and the webhook, set up as this installation needs them. The host walks in through [`Provisioning`], on the
//! operator's command.
//!
//! `draft` is one agent as it is and as it is to be, `webhook` the one that tells of talks. Both functions look at the same
//! things and make the same drafts; `apply` sends what differs. How deep the vendor merges what is sent is not published,
//! so of each section that differs the whole is sent.

mod draft;
mod webhook;

use std::collections::BTreeSet;

use callpanion_plugin_api::provisioning::{Change, Provisioned, Provisioning, Setting, Wanted};
use callpanion_plugin_api::{Answer, Ctx, Request, Response, Stop, percent_encode};
use serde::Deserialize;
use serde_json::Value;

use self::draft::Draft;
use self::webhook::Webhook;
use crate::{ElevenLabs, Settings, refusal};

/// What the operator writes in place of an agent's id while there is none.
const NEW: &str = "new";
const LOOK_FIRST: &str = "look in the ElevenLabs console whether the agent is there, before you try again";

impl Provisioning for ElevenLabs {
    fn plan(ctx: &mut Ctx, wanted: Wanted) -> Result<Vec<Change>, Stop> {
        let settings: Settings = ctx.settings()?;
        Ok(Plan::make(ctx, &settings, &wanted)?.changes())
    }

    fn apply(ctx: &mut Ctx, wanted: Wanted) -> Result<Provisioned, Stop> {
        let settings: Settings = ctx.settings()?;
        let plan = Plan::make(ctx, &settings, &wanted)?;
        let now_ms = ctx.now_ms();
        let answers = ctx.http_all(plan.requests(&settings))?;
        let mut made = Vec::new();
        for (at, answer) in answers.into_iter().enumerate() {
            // The one that is made comes first.
            if at == 0 && plan.makes_an_agent() {
                let agent = made_by(answer, now_ms)?;
                let id = agent["agent_id"].as_str().ok_or_else(|| Stop::unknown(LOOK_FIRST))?;
                made = settings_for(id, settings.phone_agents().all(|id| id == NEW));
            } else {
                read(answer, now_ms)?;
            }
        }
        Ok(Provisioned { changes: plan.changes(), settings: made, to_do: plan.to_do })
    }
}

/// All that differs from what is wanted.
struct Plan {
    drafts: Vec<Draft>,
    webhook: Option<Webhook>,
    to_do: Vec<String>,
}

impl Plan {
    fn make(ctx: &mut Ctx, settings: &Settings, wanted: &Wanted) -> Result<Self, Stop> {
        let ids: BTreeSet<&str> = settings.own_agents().filter(|id| *id != NEW).collect();
        let mut requests = vec![settings.get("settings"), settings.get_of_account("workspace/webhooks")];
        requests.extend(ids.iter().map(|id| settings.get(&format!("agents/{}", percent_encode(id)))));
        let now_ms = ctx.now_ms();
        let mut answers = ctx.http_all(requests)?.into_iter();
        let mut next = || answers.next().ok_or_else(|| Stop::permanent("an answer is missing"));
        let workspace = read(next()?, now_ms)?;
        let mut to_do = Vec::new();
        let webhook = webhook::find(next()?, wanted, now_ms, &mut to_do)?;

        let is_lacking = settings.own_agents().any(|id| id == NEW);
        let mut drafts: Vec<Draft> = is_lacking.then(|| Draft::new(wanted)).into_iter().collect();
        for id in ids {
            drafts.push(Draft::of(id, read(next()?, now_ms)?));
        }
        for draft in &mut drafts {
            draft.fit(wanted);
            if let Some(webhook) = &webhook {
                draft.choose(&webhook.id, &workspace["webhooks"]);
            }
        }
        Ok(Self { drafts, webhook, to_do })
    }

    fn changes(&self) -> Vec<Change> {
        let webhook = self.webhook.iter().filter_map(Webhook::change);
        self.drafts.iter().flat_map(|draft| draft.changes.iter().cloned()).chain(webhook).collect()
    }

    fn requests(&self, settings: &Settings) -> Vec<Request> {
        let agents = self.drafts.iter().filter_map(|draft| draft.request(settings));
        agents.chain(self.webhook.iter().filter_map(|webhook| webhook.request(settings))).collect()
    }

    fn makes_an_agent(&self) -> bool {
        self.drafts.iter().any(|draft| draft.id.is_none())
    }
}

/// What the operator writes so that a new agent talks, in the app and, where no other does, on the phone.
fn settings_for(agent: &str, on_the_phone: bool) -> Vec<Setting> {
    let by_phone = ["phone_agent_id", "plugins.twilio-batch.settings.agent_id"];
    let names = std::iter::once("agent_id").chain(by_phone.into_iter().filter(|_| on_the_phone));
    names.map(|name| Setting { name: name.to_owned(), value: Value::from(agent).to_string() }).collect()
}

/// An object of the vendor's, or why there is none.
fn read(answer: Answer, now_ms: u64) -> Result<Value, Stop> {
    match answer {
        Answer::Response(response) if response.is_success() => object(&response),
        answer => Err(refusal::of(answer, now_ms)),
    }
}

/// What came of making something. There is no key that makes two of such requests one.
fn made_by(answer: Answer, now_ms: u64) -> Result<Value, Stop> {
    match answer {
        Answer::Unknown(why) => Err(Stop::unknown(format!("{why}: {LOOK_FIRST}"))),
        Answer::Response(response) if matches!(response.status, 408 | 500..) => {
            Err(Stop::unknown(format!("ElevenLabs answered {}: {LOOK_FIRST}", response.status)))
        }
        answer => read(answer, now_ms),
    }
}

fn object(response: &Response) -> Result<Value, Stop> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Object(serde_json::Map<String, Value>);

    let Object(fields) = response.json().map_err(|error| refusal::unreadable("what was asked for", &error))?;
    Ok(Value::Object(fields))
}
