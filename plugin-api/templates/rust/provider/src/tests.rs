//! What the provider asks for, and what it makes of each answer. Plain values, no component.

use callpanion_plugin_api::provider::{ConversationOutcome, Speaker};
use callpanion_plugin_api::testing::{context, drive, json_body, response, response_with};
use callpanion_plugin_api::{Context, Failure};
use serde_json::Value;

use super::*;

fn set_up() -> Context {
    context(&json!({"base_url": "https://talk.example", "agent_id": "agent-1"}))
}

/// A talk, with what a test wants otherwise.
fn talk(name: &str, otherwise: Value) -> Value {
    let mut talk = json!({
        "id": "conv-1", "agent": "agent-1", "state": "ended", "outcome": "answered", "duration_s": 61,
        "turns": [
            {"speaker": "agent", "text": "Apa kabar?", "at_s": 0},
            {"speaker": "callee", "text": "Baik.", "at_s": 2},
        ],
    });
    talk[name] = otherwise;
    talk
}

fn open(answer: Answer) -> (Result<Session, Failure>, Vec<Request>) {
    let wanted = SessionRequest {
        call_id: "call-1".to_owned(),
        callee_id: "callee-1".to_owned(),
        language: "id".to_owned(),
        variables: vec![("name".to_owned(), "Ibu Sari".to_owned())],
    };
    drive(&set_up(), [answer], |ctx| Plugin::open_session(ctx, wanted.clone()))
}

fn fetch(answer: Answer) -> (Result<Option<Conversation>, Failure>, Vec<Request>) {
    drive(&set_up(), [answer], |ctx| Plugin::fetch_session(ctx, "conv/1".to_owned()))
}

fn webhook(body: &str) -> Result<Webhook, Failure> {
    drive(&set_up(), [], |ctx| Plugin::read_webhook(ctx, &[], body.as_bytes())).0
}

fn ended(conversation: &Value) -> Result<Webhook, Failure> {
    webhook(&json!({"event": "conversation.ended", "conversation": conversation, "added": 1}).to_string())
}

#[test]
fn a_session_gives_what_a_device_needs_to_join() {
    let (session, asked) = open(response(201, r#"{"token":"join-1","conversation":"conv-1"}"#));
    let session = session.unwrap();
    assert_eq!((session.token.as_deref(), session.conversation.as_deref()), (Some("join-1"), Some("conv-1")));
    assert_eq!(asked[0].url, "https://talk.example/v1/sessions");
    assert_eq!(json_body(&asked[0])["variables"], json!({"name": "Ibu Sari"}));
}

#[test]
fn each_refusal_says_who_must_act() {
    assert!(matches!(open(response(401, "")).0, Err(Failure::Misconfigured(_))));
    let busy = response_with(429, &[("retry-after", "2")], "");
    assert!(matches!(open(busy).0, Err(Failure::Retry((2_000, _)))));
    assert!(matches!(open(response(500, "")).0, Err(Failure::Unknown(_))));
    assert!(matches!(open(Answer::Unsent("no connection".to_owned())).0, Err(Failure::Retry(_))));
    assert!(matches!(open(response(200, "<html>")).0, Err(Failure::Unknown(_))));
}

#[test]
fn a_webhook_tells_of_the_talk() {
    let Ok(Webhook::Conversation(told)) = ended(&talk("language", json!("id"))) else { panic!("no conversation") };
    assert_eq!((told.outcome, told.language.as_deref()), (ConversationOutcome::Answered, Some("id")));
    assert_eq!((told.turns[1].speaker, told.turns[1].text.as_str(), told.turns[1].at_s), (Speaker::Callee, "Baik.", 2));
}

#[test]
fn what_a_webhook_may_be_beside_that_harms_nothing() {
    let Ok(Webhook::Conversation(told)) = ended(&talk("outcome", json!("teleported"))) else { panic!("lost") };
    assert_eq!(told.outcome, ConversationOutcome::Answered);
    assert!(matches!(ended(&talk("agent", json!("agent-2"))), Ok(Webhook::Ignored(_))));
    assert_eq!(webhook(r#"{"event":"agent.renamed"}"#), Ok(Webhook::Ignored("agent.renamed".to_owned())));
    let Ok(Webhook::Ignored(why)) = webhook(r#"{"event":"Anna has moved"}"#) else { panic!("read") };
    assert!(!why.contains("Anna"), "{why}");
    // The glue makes `unreadable` of these.
    let Err(Failure::Permanent(text)) = ended(&json!({"agent": "agent-1"})) else { panic!("read") };
    assert!(text.contains("conversation.id"), "{text}");
    assert!(webhook("no JSON").is_err());
}

#[test]
fn a_conversation_is_fetched_running_or_unknown() {
    let (told, asked) = fetch(response(200, &talk("state", json!("running")).to_string()));
    assert_eq!(told.unwrap().unwrap().outcome, ConversationOutcome::Running);
    assert_eq!(asked[0].url, "https://talk.example/v1/conversations/conv%2F1");
    assert_eq!(fetch(response(404, r#"{"code":"unknown-conversation"}"#)).0, Ok(None));
    assert!(matches!(fetch(response(404, "")).0, Err(Failure::Misconfigured(_))));
}

#[test]
fn a_check_says_what_to_do() {
    let look = |answer| drive(&set_up(), [answer], Plugin::check).0.unwrap().remove(0);
    assert_eq!(look(response(200, "{}")).severity, Severity::Ok);
    assert!(look(response(404, "")).mend.contains("agent_id"));
    assert_eq!(look(Answer::Unknown("no answer came in time".to_owned())).severity, Severity::Problem);
}
