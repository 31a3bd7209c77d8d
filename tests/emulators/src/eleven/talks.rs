//! Conversations in the app: tokens, joining, talking, and the look-up of any conversation.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, Query, State as Held};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::agents::page_size;
use super::answers::{Refusal, complaint, unprocessable};
use super::conversation::{Leg, Status, callee_name};
use super::dialling::with_conversation;
use super::{ElevenLabs, initiation, vendor_id, webhooks};
use crate::hold;
use crate::pace::Course;
use crate::scripts::{self, Language, Script};

/// How long a token or a signed URL may start a conversation.
const KEY_LIFETIME_MS: i64 = 15 * 60 * 1000;

/// What a client brings when it joins a conversation.
#[derive(Clone, Debug)]
pub struct Joining {
    /// What is said.
    pub script: Script,
    /// Variables of the client; the vendor trusts them, nobody else should.
    pub dynamic_variables: Map<String, Value>,
    /// `conversation_config_override` of the client; null if it overrides nothing.
    pub overrides: Value,
    /// `user_id` of the client.
    pub user_id: Option<String>,
    /// The client library, for instance `android_sdk`.
    pub source: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The callee's name, when no variable carries it.
    pub callee_name: Option<String>,
}

impl Joining {
    /// A browser that brings nothing but a script.
    pub fn new(script: Script) -> Self {
        Self {
            script,
            dynamic_variables: Map::new(),
            overrides: Value::Null,
            user_id: None,
            source: "js_sdk",
            version: "1.25.0",
            callee_name: None,
        }
    }
}

/// A token does not start a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// Never given out.
    #[error("the conversation token is not one of ours")]
    Unknown,
    /// Its conversation was already joined; one token is one conversation.
    #[error("the conversation token was already used")]
    Used,
    /// Too old.
    #[error("the conversation token has expired")]
    Expired,
    /// The agent lacks a variable, or does not allow an override; the conversation has failed.
    #[error("the agent ends the conversation before a word is said")]
    Objected,
}

/// A conversation being held by a client.
#[derive(Debug)]
pub struct Talk {
    /// The vendor's id.
    pub conversation_id: String,
    /// How long the script talks, seconds.
    pub duration_s: i64,
    joined_ms: i64,
    script: Script,
}

impl ElevenLabs {
    /// Joins the conversation of a token, as a client does over WebRTC, or of a signed URL, as over a WebSocket.
    pub fn join(&self, key: &str, joining: Joining) -> Result<Talk, JoinError> {
        let id = room_conversation(key).or_else(|| self.conversation_of_url(key)).ok_or(JoinError::Unknown)?;
        let now = self.0.pace.now_ms();
        let mut client = json!({
            "dynamic_variables": joining.dynamic_variables,
            "source_info": { "source": joining.source, "version": joining.version },
        });
        if let Some(user_id) = joining.user_id {
            client["user_id"] = json!(user_id);
        }
        if !joining.overrides.is_null() {
            client["conversation_config_override"] = joining.overrides;
        }
        let name = callee_name(&client).map(str::to_owned).or(joining.callee_name);
        let script = joining.script.said_to(name.as_deref());
        let agent_id = with_conversation(self, &id, |conversation| match conversation.leg {
            _ if conversation.status != Status::Initiated => Err(JoinError::Used),
            Leg::App { key_ends_ms, .. } if key_ends_ms > now => {
                conversation.status = Status::InProgress;
                conversation.started_ms = now;
                conversation.client = client.clone();
                conversation.script = Some(script.clone());
                Ok(conversation.agent.id.clone())
            }
            Leg::App { .. } => Err(JoinError::Expired),
            Leg::Phone(_) => Err(JoinError::Unknown),
        })
        .unwrap_or(Err(JoinError::Unknown))?;
        let objection = initiation::objection(&hold(&self.0.account), &agent_id, &client);
        if let Some(objection) = objection {
            self.fail(&id, &objection.reason(), now);
            return Err(JoinError::Objected);
        }
        self.0.pace.tell();
        Ok(Talk { conversation_id: id, duration_s: script.duration_s, joined_ms: now, script })
    }

    /// Ends a conversation in which nothing was said; its webhook tells why.
    pub(super) fn fail(&self, id: &str, reason: &str, at_ms: i64) {
        with_conversation(self, id, |conversation| {
            conversation.status = Status::Failed;
            conversation.ended_ms = Some(at_ms);
            conversation.error = Some(reason.to_owned());
        });
        let (part, id, course) = (self.clone(), id.to_owned(), Course::actor(&self.0.pace, at_ms));
        self.0.pace.act(async move { webhooks::after_analysis(&part, &id, &course).await });
    }

    /// The conversation that a signed URL was given out for.
    fn conversation_of_url(&self, url: &str) -> Option<String> {
        let conversations = hold(&self.0.conversations);
        let is_for = |leg: &Leg| matches!(leg, Leg::App { signed_url: Some(signed), .. } if signed == url);
        conversations.values().find(|one| is_for(&one.leg)).map(|one| one.id.clone())
    }

    /// Talks to the end of the script by the clock, then hangs up; returns the duration in seconds.
    ///
    /// Counts from the moment of joining. The webhook follows by itself.
    pub async fn talk(&self, talk: Talk) -> i64 {
        let mut course = Course::guest(&self.0.pace, talk.joined_ms);
        self.talk_along(talk, &mut course).await
    }

    /// Hangs up now, whatever was said so far; returns the duration in seconds.
    pub async fn hang_up(&self, talk: Talk) -> i64 {
        let mut course = Course::guest(&self.0.pace, self.0.pace.now_ms());
        self.end(&talk, &mut course).await
    }

    pub(crate) async fn talk_along(&self, talk: Talk, course: &mut Course) -> i64 {
        course.wait(talk.duration_s * 1000).await;
        self.end(&talk, course).await
    }

    async fn end(&self, talk: &Talk, course: &mut Course) -> i64 {
        let duration_s = with_conversation(self, &talk.conversation_id, |conversation| {
            conversation.status = Status::Processing;
            // Talked through to the end, the length is the script's, also if the clock jumped.
            let longest_ms = conversation.started_ms + talk.duration_s * 1000;
            let ended_ms = if course.at_ms() < longest_ms { course.at_ms() } else { longest_ms };
            conversation.ended_ms = Some(ended_ms);
            talk.script.termination.clone_into(&mut conversation.termination);
            conversation.duration_s(ended_ms)
        });
        webhooks::after_analysis(self, &talk.conversation_id, course).await;
        duration_s.unwrap_or_default()
    }

    /// Opens an app conversation and returns its id and token.
    async fn open_talk(&self, agent_id: &str, participant: Option<&String>) -> (String, String) {
        let now = self.0.pace.now_ms();
        let id = vendor_id("conv");
        let ends = now + KEY_LIFETIME_MS;
        self.open_conversation(&id, agent_id, json!({}), Leg::App { signed_url: None, key_ends_ms: ends }, now);
        let claims = json!({
            "iss": "APIemulated", "sub": format!("user_{id}"), "name": participant,
            "nbf": now / 1000 - 5, "exp": ends / 1000,
            "video": {
                "room": format!("room_{agent_id}_{id}"), "roomJoin": true, "canPublish": true,
                "canSubscribe": true, "canPublishData": true,
            },
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = json!({ "alg": "HS256", "typ": "JWT" });
        let token = format!("{}.{}.{}", part(&header), part(&claims), URL_SAFE_NO_PAD.encode("not-a-real-signature"));
        if hold(&self.0.delivery).before_answer {
            let mut course = Course::at_once(&self.0.pace);
            if let Ok(talk) = self.join(&token, Joining::new(scripts::cheerful(Language::English))) {
                self.talk_along(talk, &mut course).await;
            }
        }
        (id, token)
    }
}

/// The conversation id in the room claim of a token.
fn room_conversation(token: &str) -> Option<String> {
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?).ok()?;
    let room = claims["video"]["room"].as_str()?;
    room.rfind("conv_").map(|at| room[at..].to_owned())
}

pub(super) async fn token(Held(eleven): Held<ElevenLabs>, Query(query): Query<HashMap<String, String>>) -> Response {
    let agent_id = match known_agent(&eleven, &query) {
        Ok(agent_id) => agent_id,
        Err(refused) => return *refused,
    };
    let (id, token) = eleven.open_talk(&agent_id, query.get("participant_name")).await;
    if hold(&eleven.0.switches).legacy_token {
        return Json(json!({ "token": token })).into_response();
    }
    Json(json!({ "token": token, "conversation_id": id })).into_response()
}

/// The URL of the WebSocket path. Nobody listens there, but a client can [`ElevenLabs::join`] by one that is made for a
/// conversation.
pub(super) async fn signed_url(
    Held(eleven): Held<ElevenLabs>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let agent_id = match known_agent(&eleven, &query) {
        Ok(agent_id) => agent_id,
        Err(refused) => return *refused,
    };
    let host = eleven.0.url.replacen("http", "ws", 1);
    let mut url =
        format!("{host}/v1/convai/conversation?agent_id={agent_id}&conversation_signature={}", vendor_id("cvtkn"));
    if query.get("include_conversation_id").is_some_and(|include| include == "true") {
        let (id, now) = (vendor_id("conv"), eleven.0.pace.now_ms());
        url = format!("{url}&conversation_id={id}");
        let leg = Leg::App { signed_url: Some(url.clone()), key_ends_ms: now + KEY_LIFETIME_MS };
        eleven.open_conversation(&id, &agent_id, json!({}), leg, now);
    }
    Json(json!({ "signed_url": url })).into_response()
}

fn known_agent(eleven: &ElevenLabs, query: &HashMap<String, String>) -> Result<String, Box<Response>> {
    let Some(agent_id) = query.get("agent_id") else {
        let missing = complaint(&[json!("query"), json!("agent_id")], "Field required", "missing");
        return Err(Box::new(unprocessable(&[missing])));
    };
    match eleven.agent(agent_id) {
        Some(agent) => Ok(agent.id.clone()),
        None => Err(Box::new(Refusal::NO_AGENT.respond())),
    }
}

pub(super) async fn get(Held(eleven): Held<ElevenLabs>, Path(id): Path<String>) -> Response {
    match eleven.conversation(&id) {
        Some(conversation) => Json(conversation).into_response(),
        None => Refusal::NO_CONVERSATION.respond(),
    }
}

pub(super) async fn list(Held(eleven): Held<ElevenLabs>, Query(query): Query<Vec<(String, String)>>) -> Response {
    let single: HashMap<String, String> = query.iter().cloned().collect();
    let size = match page_size(&single, "page_size", 30, 100) {
        Ok(size) => size,
        Err(refused) => return *refused,
    };
    let mut filters = query.iter().filter(|(name, _)| name == "dynamic_variable_params");
    if filters.any(|(_, filter)| !is_filter(filter)) {
        let message = "Input should be of the form name:operator:value";
        return unprocessable(&[complaint(
            &[json!("query"), json!("dynamic_variable_params")],
            message,
            "value_error",
        )]);
    }
    let now = eleven.0.pace.now_ms();
    let conversations = hold(&eleven.0.conversations);
    let mut found: Vec<_> = conversations
        .values()
        .filter(|one| query.iter().all(|(name, value)| matches(&one.json(now), name, value)))
        .collect();
    found.sort_by_key(|one| std::cmp::Reverse(one.serial));
    let from =
        single.get("cursor").map_or(0, |cursor| found.iter().position(|one| one.id == *cursor).unwrap_or(found.len()));
    let next = found.get(from + size).map(|one| one.id.clone());
    let page: Vec<Value> = found.iter().skip(from).take(size).map(|one| one.row(now)).collect();
    Json(json!({ "conversations": page, "next_cursor": next, "has_more": next.is_some() })).into_response()
}

/// `name:operator:value`; a name with a colon in it cannot be said.
fn is_filter(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let (name, op, value) = (parts.next(), parts.next(), parts.next());
    let is_known = op.is_some_and(|op| ["eq", "neq", "gt", "gte", "lt", "lte", "in"].contains(&op));
    name.is_some_and(|name| !name.is_empty()) && is_known && value.is_some()
}

/// Whether a conversation passes one filter of the list; paging and unknown names filter nothing.
fn matches(conversation: &Value, name: &str, wanted: &str) -> bool {
    let start = conversation["metadata"]["start_time_unix_secs"].as_i64().unwrap_or(0);
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    match name {
        "agent_id" | "user_id" => conversation[name] == wanted,
        "call_start_after_unix" => start > number(wanted),
        "call_start_before_unix" => start < number(wanted),
        "dynamic_variable_params" => {
            let mut parts = wanted.splitn(3, ':');
            let (variable, op, value) = (parts.next(), parts.next(), parts.next());
            let have =
                &conversation["conversation_initiation_client_data"]["dynamic_variables"][variable.unwrap_or("")];
            match op {
                Some("eq") => have.as_str() == value,
                Some("neq") => have.as_str() != value,
                _ => true,
            }
        }
        _ => true,
    }
}
