//! The door of the ElevenLabs port: the key, the record of requests, the told failures.

use axum::Extension;
use axum::extract::{Request as HttpRequest, State as Held};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use serde_json::json;

use super::ElevenLabs;
use super::answers::{Refusal, answer, permission_missing};
use crate::fault::Cut;
use crate::hold;

/// The kinds of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `GET /v1/convai/conversation/token`
    Token,
    /// `GET /v1/convai/conversation/get-signed-url`
    SignedUrl,
    /// `POST /v1/convai/batch-calling/submit`
    Submit,
    /// `GET /v1/convai/batch-calling/workspace`
    Batches,
    /// `GET /v1/convai/batch-calling/{id}`
    Batch,
    /// `POST /v1/convai/batch-calling/{id}/cancel`
    Cancel,
    /// `POST /v1/convai/twilio/outbound-call`
    OutboundCall,
    /// `GET /v1/convai/conversations`
    Conversations,
    /// `GET /v1/convai/conversations/{id}`
    Conversation,
    /// `GET /v1/convai/conversations/{id}/audio`
    Audio,
    /// `DELETE /v1/convai/conversations/{id}`
    Erase,
    /// `GET /v1/convai/agents` and `/{id}`
    Agents,
    /// `POST /v1/convai/agents/create`, `PATCH /v1/convai/agents/{id}`, `PATCH /v1/workspace/webhooks/{id}`
    Console,
    /// Phone numbers, settings, webhooks, subscription: what a check of the account reads.
    Account,
}

impl Op {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::SignedUrl => "signed_url",
            Self::Submit => "submit",
            Self::Batches => "batches",
            Self::Batch => "batch",
            Self::Cancel => "cancel",
            Self::OutboundCall => "outbound_call",
            Self::Conversations => "conversations",
            Self::Conversation => "conversation",
            Self::Audio => "audio",
            Self::Erase => "erase",
            Self::Agents => "agents",
            Self::Console => "console",
            Self::Account => "account",
        }
    }

    fn of(method: &Method, path: &str) -> Option<Self> {
        let get = method == Method::GET;
        let post = method == Method::POST;
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match parts[..] {
            ["v1", "convai", "conversation", "token"] if get => Some(Self::Token),
            ["v1", "convai", "conversation", "get-signed-url"] if get => Some(Self::SignedUrl),
            ["v1", "convai", "batch-calling", "submit"] if post => Some(Self::Submit),
            ["v1", "convai", "batch-calling", "workspace"] if get => Some(Self::Batches),
            ["v1", "convai", "batch-calling", _] if get => Some(Self::Batch),
            ["v1", "convai", "batch-calling", _, "cancel"] if post => Some(Self::Cancel),
            ["v1", "convai", "twilio", "outbound-call"] if post => Some(Self::OutboundCall),
            ["v1", "convai", "conversations"] if get => Some(Self::Conversations),
            ["v1", "convai", "conversations", _] if get => Some(Self::Conversation),
            ["v1", "convai", "conversations", _] if method == Method::DELETE => Some(Self::Erase),
            ["v1", "convai", "conversations", _, "audio"] if get => Some(Self::Audio),
            ["v1", "convai", "agents", "create"] if post => Some(Self::Console),
            ["v1", "convai", "agents", _] | ["v1", "workspace", "webhooks", _] if method == Method::PATCH => {
                Some(Self::Console)
            }
            ["v1", "convai", "agents"] | ["v1", "convai", "agents", _] if get => Some(Self::Agents),
            ["v1", "convai", "phone-numbers" | "settings"]
            | ["v1", "workspace", "webhooks"]
            | ["v1", "user", "subscription"]
                if get =>
            {
                Some(Self::Account)
            }
            _ => None,
        }
    }
}

/// One request that came.
#[derive(Clone, Debug)]
pub struct Request {
    /// When, ms.
    pub at_ms: i64,
    /// Its kind; none if no correct caller sends it.
    pub op: Option<Op>,
    /// Path and query.
    pub target: String,
    /// The status answered; none while (or if never) answered.
    pub status: Option<u16>,
}

/// Checks the key, performs told failures, and keeps the record.
pub(super) async fn guard(
    Held(eleven): Held<ElevenLabs>,
    Extension(cut): Extension<Cut>,
    request: HttpRequest,
    next: Next,
) -> Response {
    let op = Op::of(request.method(), request.uri().path());
    let at = {
        let mut requests = hold(&eleven.0.requests);
        let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        requests.push(Request { at_ms: eleven.0.pace.now_ms(), op, target, status: None });
        requests.len() - 1
    };
    let response = match refused_key(&eleven, &request) {
        Some(refusal) => {
            eleven.0.witness.unexpected(format!("elevenlabs: {}", refusal.code));
            refusal.respond()
        }
        None => match (lacking(&eleven, &request), op.and_then(|op| eleven.0.faults.take(op.as_str()))) {
            (Some(permission), _) => permission_missing(permission),
            (None, Some(fault)) if !fault.is_taken() => fault.perform(&cut).await,
            (None, Some(fault)) => {
                let _taken = next.run(request).await;
                // It may never be answered.
                eleven.0.pace.tell();
                fault.perform(&cut).await
            }
            (None, None) => next.run(request).await,
        },
    };
    if response.status() == 422 {
        eleven.0.witness.unexpected("elevenlabs: a request was refused as invalid (422)");
    }
    if let Some(request) = hold(&eleven.0.requests).get_mut(at) {
        request.status = Some(response.status().as_u16());
    }
    eleven.0.pace.tell();
    response
}

fn refused_key(eleven: &ElevenLabs, request: &HttpRequest) -> Option<Refusal> {
    match request.headers().get("xi-api-key") {
        None => Some(Refusal::NO_KEY),
        Some(key) if key.as_bytes() != eleven.0.api_key.as_bytes() => Some(Refusal::BAD_KEY),
        Some(_) => None,
    }
}

/// The permission that this request wants and the key lacks. Those for agents and the user are the vendor's names; how
/// it calls the one for webhooks is not published.
fn lacking(eleven: &ElevenLabs, request: &HttpRequest) -> Option<&'static str> {
    let wanted = match request.uri().path().trim_start_matches('/').split('/').nth(1) {
        Some("user") => "user_read",
        Some("workspace") => "webhooks_read",
        _ if request.method() == Method::GET => "convai_read",
        _ => "convai_write",
    };
    hold(&eleven.0.account).lacks.iter().copied().find(|lacked| *lacked == wanted)
}

pub(super) async fn unknown(Held(eleven): Held<ElevenLabs>, request: HttpRequest) -> Response {
    let what = format!("elevenlabs: {} {}", request.method(), request.uri().path());
    eleven.0.witness.unexpected(what);
    answer(404, json!({ "detail": "Not Found" }))
}
