//! ElevenLabs Agents, with the Twilio dialling behind its batch calls.
//!
//! The `elevenlabs` and `twilio-batch` plugins' requests arrive here through
//! the host's egress. Batches dial scripted [`lines`], emulated phones join
//! conversations by token, and each conversation ends in a signed webhook.

pub mod account;
pub(crate) mod agents;
pub mod answers;
pub mod batches;
mod console;
pub(crate) mod conversation;
mod dialling;
mod initiation;
pub mod lines;
pub mod records;
pub mod requests;
mod single;
mod submit;
pub mod talks;
pub mod webhooks;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, patch, post};
use serde_json::Value;
use uuid::Uuid;

use crate::fault::{Fault, Faults};
use crate::hold;
use crate::pace::Pace;
use crate::port::{self, BODY_LIMIT, Wire};
use crate::witness::Witness;

use account::Account;
use agents::Agent;
use batches::Batch;
use conversation::Conversation;
use lines::{Dial, Line, LineBook};
use requests::{Op, Request};
use webhooks::{Delivery, Post};

/// The number that batches call from, and the vendor's id of it.
const NUMBER: &str = "+12025550143";
const NUMBER_ID: &str = "phnum_0601kb2m9q8rfs3vx5d7h1n4tzyc";

/// The emulator of ElevenLabs.
#[derive(Clone)]
pub struct ElevenLabs(pub(crate) Arc<State>);

pub(crate) struct State {
    pub(crate) pace: Pace,
    pub(crate) witness: Witness,
    pub(crate) url: String,
    pub(crate) api_key: String,
    pub(crate) phone_agent: Agent,
    pub(crate) app_agent: Agent,
    pub(crate) phone_number_id: String,
    pub(crate) agent_number: String,
    pub(crate) webhook_secret: String,
    pub(crate) http: reqwest::Client,
    pub(crate) faults: Faults,
    pub(crate) switches: Mutex<Switches>,
    pub(crate) requests: Mutex<Vec<Request>>,
    pub(crate) lines: Mutex<LineBook>,
    pub(crate) dials: Mutex<Vec<Dial>>,
    pub(crate) batches: Mutex<Vec<Batch>>,
    pub(crate) conversations: Mutex<BTreeMap<String, Conversation>>,
    pub(crate) account: Mutex<Account>,
    pub(crate) webhook_url: Mutex<Option<String>>,
    pub(crate) delivery: Mutex<Delivery>,
    pub(crate) posts: Mutex<Vec<Post>>,
}

/// How the emulated vendor behaves, beside its failures.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of a test")]
pub struct Switches {
    /// The batch-calling terms were never accepted: each submit is a 403.
    pub agreement_missing: bool,
    /// Token answers have no `conversation_id`, as before mid-2026.
    pub legacy_token: bool,
    /// Time between two dials of one batch, ms; a Twilio account starts with one call per second.
    pub between_dials_ms: i64,
    /// Time from hanging up to the analysed conversation, ms.
    pub analysis_ms: i64,
    /// Batches do not tell the conversations of their recipients.
    pub untold_conversations: bool,
    /// Single calls cannot be placed: a 200 that says so.
    pub unplaceable: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            agreement_missing: false,
            legacy_token: false,
            between_dials_ms: 1000,
            analysis_ms: 3000,
            untold_conversations: false,
            unplaceable: false,
        }
    }
}

impl ElevenLabs {
    pub(crate) async fn start(pace: &Pace, witness: &Witness) -> Result<Self, crate::StartError> {
        let (listener, url) = port::bind().await?;
        let phone_agent = Agent::new("agent_7401kb2m8x4teqf9v6r3d5n0hyjs", "Companion by phone");
        let app_agent = Agent::new("agent_2901kb2n1c7gf4v8s6z0tq3mwe5p", "Companion in the app");
        let eleven = Self(Arc::new(State {
            pace: pace.clone(),
            witness: witness.clone(),
            url,
            api_key: format!("sk_{}", Uuid::new_v4().simple()),
            account: Mutex::new(Account::in_order(&phone_agent, &app_agent, (NUMBER_ID, NUMBER))),
            phone_agent,
            app_agent,
            phone_number_id: NUMBER_ID.to_owned(),
            agent_number: NUMBER.to_owned(),
            webhook_secret: format!("wsec_{}", Uuid::new_v4().simple()),
            http: crate::loopback_client()?,
            faults: Faults::default(),
            switches: Mutex::default(),
            requests: Mutex::default(),
            lines: Mutex::default(),
            dials: Mutex::default(),
            batches: Mutex::default(),
            conversations: Mutex::default(),
            webhook_url: Mutex::default(),
            delivery: Mutex::default(),
            posts: Mutex::default(),
        }));
        port::serve(pace, witness, listener, eleven.router(), Wire::Either);
        Ok(eleven)
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/v1/convai/conversation/token", get(talks::token))
            .route("/v1/convai/conversation/get-signed-url", get(talks::signed_url))
            .route("/v1/convai/conversations", get(talks::list))
            .route("/v1/convai/conversations/{id}", get(talks::get).delete(records::erase))
            .route("/v1/convai/conversations/{id}/audio", get(records::audio))
            .route("/v1/convai/batch-calling/submit", post(batches::submit))
            .route("/v1/convai/batch-calling/workspace", get(batches::list))
            .route("/v1/convai/batch-calling/{id}", get(batches::get))
            .route("/v1/convai/batch-calling/{id}/cancel", post(batches::cancel))
            .route("/v1/convai/twilio/outbound-call", post(single::outbound_call))
            .route("/v1/convai/agents", get(agents::list))
            .route("/v1/convai/agents/create", post(console::make_agent))
            .route("/v1/convai/agents/{id}", get(agents::get).patch(console::edit_agent))
            .route("/v1/convai/phone-numbers", get(account::phone_numbers))
            .route("/v1/convai/settings", get(account::settings))
            .route("/v1/workspace/webhooks", get(account::webhooks))
            .route("/v1/workspace/webhooks/{id}", patch(console::edit_webhook))
            .route("/v1/user/subscription", get(account::subscription))
            .fallback(requests::unknown)
            .method_not_allowed_fallback(requests::unknown)
            .layer(from_fn_with_state(self.clone(), requests::guard))
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .with_state(self.clone())
    }

    /// Base URL, in place of `https://api.elevenlabs.io`.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The `xi-api-key`.
    pub fn api_key(&self) -> &str {
        &self.0.api_key
    }

    /// The agent that talks on the telephone.
    pub fn phone_agent_id(&self) -> &str {
        &self.0.phone_agent.id
    }

    /// The agent that talks in the app.
    pub fn app_agent_id(&self) -> &str {
        &self.0.app_agent.id
    }

    /// The id of the number that batches call from.
    pub fn phone_number_id(&self) -> &str {
        &self.0.phone_number_id
    }

    /// The number itself, E.164.
    pub fn agent_number(&self) -> &str {
        &self.0.agent_number
    }

    /// The secret that webhooks are signed with, `wsec_` included.
    pub fn webhook_secret(&self) -> &str {
        &self.0.webhook_secret
    }

    /// Where webhooks go; without it they count as unexpected.
    pub fn set_webhook_url(&self, url: impl Into<String>) {
        *hold(&self.0.webhook_url) = Some(url.into());
    }

    /// What happens when `number` is dialled, from now on.
    pub fn line(&self, number: &str, line: Line) {
        self.lines(number, vec![line]);
    }

    /// What happens call after call; the last one stays.
    pub fn lines(&self, number: &str, lines: Vec<Line>) {
        hold(&self.0.lines).set(number, lines);
    }

    /// Changes how the vendor behaves.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        change(&mut hold(&self.0.switches));
    }

    /// Changes what stands in the vendor's console.
    pub fn console(&self, change: impl FnOnce(&mut Account)) {
        change(&mut hold(&self.0.account));
    }

    /// What stands in the vendor's console now.
    pub fn in_console(&self) -> Account {
        hold(&self.0.account).clone()
    }

    /// Changes how webhooks are delivered.
    pub fn deliver(&self, change: impl FnOnce(&mut Delivery)) {
        change(&mut hold(&self.0.delivery));
    }

    /// Fails the next request of this kind; calls queue up.
    pub fn fail_next(&self, op: Op, fault: impl Into<Fault>) {
        self.0.faults.next_for(op.as_str(), fault.into());
    }

    /// Fails every request of this kind until [`ElevenLabs::mend`].
    pub fn fail_always(&self, op: Op, fault: impl Into<Fault>) {
        self.0.faults.always_for(op.as_str(), fault.into());
    }

    /// Ends all failures.
    pub fn mend(&self) {
        self.0.faults.clear();
    }

    /// Every request that came, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        hold(&self.0.requests).clone()
    }

    /// How many requests of one kind came.
    pub fn count(&self, op: Op) -> usize {
        hold(&self.0.requests).iter().filter(|request| request.op == Some(op)).count()
    }

    /// Every accepted batch, oldest first.
    pub fn batches(&self) -> Vec<Batch> {
        hold(&self.0.batches).iter().filter(|batch| !batch.single).cloned().collect()
    }

    /// Every number dialled, in the order of dialling.
    pub fn dials(&self) -> Vec<Dial> {
        hold(&self.0.dials).clone()
    }

    /// Every post of a webhook, in the order of posting.
    pub fn webhooks(&self) -> Vec<Post> {
        hold(&self.0.posts).clone()
    }

    /// Ids of all conversations, in the order of their making.
    pub fn conversation_ids(&self) -> Vec<String> {
        let conversations = hold(&self.0.conversations);
        let mut ids: Vec<_> = conversations.values().map(|one| (one.serial, one.id.clone())).collect();
        ids.sort();
        ids.into_iter().map(|(_, id)| id).collect()
    }

    /// A conversation as `GET /v1/convai/conversations/{id}` would show it now.
    pub fn conversation(&self, id: &str) -> Option<Value> {
        let now = self.0.pace.now_ms();
        hold(&self.0.conversations).get(id).map(|conversation| conversation.json(now))
    }

    pub(crate) fn agent(&self, id: &str) -> Option<&Agent> {
        [&self.0.phone_agent, &self.0.app_agent].into_iter().find(|agent| agent.id == id)
    }
}

/// An id of the vendor's looks: a prefix and 28 characters.
pub(crate) fn vendor_id(prefix: &str) -> String {
    let id = Uuid::new_v4().simple().to_string();
    format!("{prefix}_{}", &id[..28])
}
