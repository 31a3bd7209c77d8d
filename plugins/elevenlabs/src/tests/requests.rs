//! Sessions and fetched conversations.

use callpanion_plugin_api::provider::{
    Conversation, ConversationOutcome as Outcome, Provider, Session, SessionRequest,
};
use callpanion_plugin_api::testing::{context, drive, response, response_with};
use callpanion_plugin_api::{Answer, Failure, Request};
use serde_json::{Value, json};

use super::{APP_AGENT, settings};
use crate::ElevenLabs;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../tests/fixtures/http/", $name, ".json"))
    };
}

const CONVERSATION: &str = "conv_5501kbg2d7t9fh6v3n8xq0wsr4mz";

fn open(settings: &Value, answer: Answer) -> (Result<Session, Failure>, Vec<Request>) {
    open_for(None, settings, [answer])
}

/// For a device that can join so.
fn open_for(
    join: Option<&str>,
    settings: &Value,
    script: impl IntoIterator<Item = Answer>,
) -> (Result<Session, Failure>, Vec<Request>) {
    let wanted = SessionRequest {
        call_id: "0192a000-0000-7000-8000-000000000002".to_owned(),
        callee_id: "0192a000-0000-7000-8000-000000000005".to_owned(),
        language: "id-ID".to_owned(),
        variables: Vec::new(),
    };
    let mut context = context(settings);
    context.extra = join.map(|join| ("join".to_owned(), join.to_owned())).into_iter().collect();
    drive(&context, script, |ctx| ElevenLabs::open_session(ctx, wanted.clone()))
}

fn fetch(answer: Answer) -> (Result<Option<Conversation>, Failure>, Vec<Request>) {
    drive(&context(&settings()), [answer], |ctx| ElevenLabs::fetch_session(ctx, CONVERSATION.to_owned()))
}

#[test]
fn a_session_has_its_token_and_the_conversations_id() {
    for body in [fixture!("conversation_token.response"), fixture!("conversation_token.legacy.response")] {
        let (session, requests) = open(&settings(), response(200, body));
        let Ok(session) = session else {
            panic!("{session:?}");
        };
        assert!(session.token.is_some_and(|token| token.starts_with("eyJ")));
        assert_eq!(session.conversation.as_deref(), Some(CONVERSATION));
        assert_eq!(
            requests[0].url,
            format!("https://api.elevenlabs.io/v1/convai/conversation/token?agent_id={APP_AGENT}")
        );
        assert_eq!(requests[0].credential.as_deref(), Some("api-key"));
    }
}

#[test]
fn a_language_may_have_its_own_agent() {
    let mut settings = settings();
    settings["agents"] = json!({"id": "agent_for_indonesian"});
    let (_, requests) = open(&settings, response(200, fixture!("conversation_token.response")));
    assert!(requests[0].url.ends_with("?agent_id=agent_for_indonesian"));
}

#[test]
fn another_address_may_have_a_path_and_a_slash_at_its_end() {
    for base_url in ["https://proxy.example/eleven", "https://proxy.example/eleven/"] {
        let mut settings = settings();
        settings["base_url"] = base_url.into();
        let (_, requests) = open(&settings, response(200, fixture!("conversation_token.response")));
        let url = format!("https://proxy.example/eleven/v1/convai/conversation/token?agent_id={APP_AGENT}");
        assert_eq!(requests[0].url, url);
    }
}

#[test]
fn a_session_without_an_id_is_still_a_session() {
    let (session, _) = open(&settings(), response(200, r#"{"token":"opaque"}"#));
    let expected = Session { token: Some("opaque".to_owned()), signed_url: None, conversation: None };
    assert_eq!(session, Ok(expected));
}

const SIGNED_URL: &str =
    "wss://api.elevenlabs.io/v1/convai/conversation?agent_id=agent_1&conversation_signature=cvtkn_1";

fn signed(more: &str) -> Answer {
    response(200, &json!({"signed_url": format!("{SIGNED_URL}{more}")}).to_string())
}

#[test]
fn a_signed_url_is_asked_for_where_there_is_no_token_or_none_is_wanted() {
    let code = |code: &str| json!({"detail": {"code": code}}).to_string();
    let without = [
        response(503, fixture!("error.429.rate")),
        response(408, ""),
        response(200, "<html>"),
        response(404, r#"{"detail":"Not Found"}"#),
        response(403, &code("feature_not_available")),
        response(403, &code("subscription_required")),
    ];
    let url = format!("https://api.elevenlabs.io/v1/convai/conversation/get-signed-url?agent_id={APP_AGENT}");
    let url = format!("{url}&include_conversation_id=true");
    let in_url = format!("&conversation_id={CONVERSATION}");
    let expected = Session {
        token: None,
        signed_url: Some(format!("{SIGNED_URL}{in_url}")),
        conversation: Some(CONVERSATION.to_owned()),
    };
    for answer in without {
        let (session, requests) = open_for(None, &settings(), [answer.clone(), signed(&in_url)]);
        assert_eq!(session.as_ref(), Ok(&expected), "{answer:?}");
        assert_eq!((requests.len(), requests[1].url.as_str()), (2, url.as_str()), "{answer:?}");
        // A device that can do nothing with it is told what is wrong.
        let (session, requests) = open_for(Some("token"), &settings(), [answer.clone()]);
        assert!(session.is_err() && requests.len() == 1, "{answer:?}: {session:?}");
    }
    let mut by_url = settings();
    by_url["signed_url"] = true.into();
    for (join, settings) in [(None, &by_url), (Some("signed-url"), &settings())] {
        let (session, requests) = open_for(join, settings, [signed(&in_url)]);
        assert_eq!((session, requests[0].url.as_str()), (Ok(expected.clone()), url.as_str()));
        assert!(requests[0].repeatable);
    }
    let token = fixture!("conversation_token.response");
    let (session, requests) = open_for(Some("token"), &by_url, [response(200, token)]);
    assert!(session.is_ok_and(|session| session.token.is_some() && session.signed_url.is_none()));
    assert_eq!(requests.len(), 1);
    // Where the URL does not tell the conversation, nobody knows it.
    let (session, _) = open_for(Some("signed-url"), &by_url, [signed("")]);
    assert_eq!(session.map(|session| session.conversation), Ok(None));
}

#[test]
fn what_would_refuse_a_signed_url_too_is_told_at_once() {
    for answer in [
        response(401, fixture!("error.401.legacy")),
        response(402, fixture!("error.402")),
        response(403, r#"{"detail":{"code":"insufficient_permissions"}}"#),
        response(404, fixture!("error.404")),
        response(422, "{}"),
        response(429, fixture!("error.429.rate")),
        Answer::Unsent("connection refused".to_owned()),
        Answer::Unknown("no answer within 5000 ms".to_owned()),
    ] {
        let (session, requests) = open(&settings(), answer.clone());
        assert!(session.is_err() && requests.len() == 1, "{answer:?}: {session:?}");
    }
    let (session, _) = open_for(None, &settings(), [response(503, ""), response(401, fixture!("error.401.legacy"))]);
    assert!(matches!(session, Err(Failure::Misconfigured(_))), "{session:?}");
}

#[test]
fn a_refused_session_says_whether_to_retry() {
    let failure = |answer| open_for(Some("token"), &settings(), [answer]).0;
    assert!(matches!(failure(response(401, fixture!("error.401.legacy"))), Err(Failure::Misconfigured(_))));
    assert!(matches!(
        failure(response(402, fixture!("error.402"))),
        Err(Failure::Misconfigured(text)) if text.contains("credit")
    ));
    let busy = response_with(429, &[("retry-after", "3")], fixture!("error.429.rate"));
    assert!(matches!(failure(busy), Err(Failure::Retry((3_000, _)))));
    assert!(matches!(failure(response(200, "<html>")), Err(Failure::Retry(_))));
    assert!(matches!(failure(response(503, "")), Err(Failure::Retry(_))));
    let late = Answer::Unknown("no answer within 5000 ms".to_owned());
    assert!(matches!(failure(late), Err(Failure::Retry(_))));
}

#[test]
fn every_error_of_the_vendors_table_has_its_stop() {
    let coded = |code: &str| json!({"detail": {"type": "x", "code": code, "message": "why", "status": code}});
    let legacy = |status: &str| json!({"detail": {"status": status, "message": "why"}});
    let invalid = json!({"detail": [{"loc": ["query", "agent_id"], "msg": "Field required", "type": "missing"}]});
    for (status, body, stop) in [
        (400, coded("invalid_parameters"), "permanent"),
        (400, legacy("quota_exceeded"), "no credit left"),
        (401, coded("invalid_api_key"), "make a new key"),
        // Both came for an account that is used up: the key itself is good.
        (401, legacy("quota_exceeded"), "no credit left"),
        (401, json!({"detail": {"code": "unauthorized", "status": "quota_exceeded"}}), "no credit left"),
        (402, coded("insufficient_credits"), "no credit left"),
        (403, coded("feature_not_available"), "may not do this (feature_not_available)"),
        (404, coded("agent_not_found"), "does not know it (agent_not_found)"),
        (408, json!(null), "retry"),
        (409, coded("already_processing"), "retry"),
        (422, invalid, "permanent"),
        (429, coded("concurrent_limit_exceeded"), "retry"),
        (500, json!({"detail": "Internal Server Error"}), "retry"),
        (502, json!(null), "retry"),
        (503, coded("maintenance"), "retry"),
    ] {
        let found = open_for(Some("token"), &settings(), [response(status, &body.to_string())]).0;
        let is_so = match &found {
            Err(Failure::Misconfigured(what_to_do)) => what_to_do.contains(stop),
            Err(Failure::Retry((2_000, _))) => stop == "retry",
            Err(Failure::Permanent(_)) => stop == "permanent",
            _ => false,
        };
        assert!(is_so, "{status} {body}: {found:?}, and not {stop}");
    }
}

#[test]
fn a_reason_names_codes_and_repeats_no_sentence() {
    let refused = |detail: Value| match open(&settings(), response(403, &json!({"detail": detail}).to_string())).0 {
        Err(Failure::Misconfigured(text)) => text,
        other => panic!("{other:?}"),
    };
    let sentence = "The key sk_4b1d7e0f9a of Anna Smith is missing the permission convai_write.";
    let say = "give it the right, or change the plan";
    assert_eq!(
        refused(json!({"status": "missing_permissions", "message": sentence})),
        format!("the ElevenLabs key may not do this (missing_permissions, convai_write): {say}")
    );
    assert_eq!(refused(json!(sentence)), format!("the ElevenLabs key may not do this (convai_write): {say}"));
    // What the API really answers where a right is missing: the key itself is good.
    let body = json!({"detail": {"code": "unauthorized", "status": "missing_permissions", "message": sentence}});
    match open(&settings(), response(401, &body.to_string())).0 {
        Err(Failure::Misconfigured(text)) => {
            assert_eq!(text, format!("the ElevenLabs key may not do this (unauthorized, convai_write): {say}"));
        }
        other => panic!("{other:?}"),
    }
    let odd = json!({"code": "+44 20 7946 0123"});
    assert_eq!(refused(odd), format!("the ElevenLabs key may not do this (no code): {say}"));
}

#[test]
fn a_fetched_conversation_has_its_outcome() {
    for (body, outcome) in [
        (fixture!("conversation_get.done.response"), Outcome::Answered),
        (fixture!("conversation_get.no_answer.response"), Outcome::NoAnswer),
        (fixture!("conversation_get.in_progress.response"), Outcome::Running),
        (fixture!("conversation_get.processing.response"), Outcome::Running),
    ] {
        let (conversation, requests) = fetch(response(200, body));
        let Ok(Some(conversation)) = conversation else {
            panic!("{conversation:?}");
        };
        assert_eq!(conversation.outcome, outcome);
        assert!(requests[0].url.ends_with(&format!("/v1/convai/conversations/{CONVERSATION}")));
    }
}

#[test]
fn only_a_conversation_that_the_vendor_calls_over_is_over() {
    for (status, outcome) in [
        (json!("initiated"), Outcome::Running),
        (json!("in-progress"), Outcome::Running),
        (json!("processing"), Outcome::Running),
        (json!("done"), Outcome::Answered),
        (json!("failed"), Outcome::Failed),
        // A word that we do not know, or none, is no end.
        (json!("archived"), Outcome::Running),
        (Value::Null, Outcome::Running),
    ] {
        let mut body: Value = serde_json::from_str(fixture!("conversation_get.done.response")).unwrap_or_default();
        body["status"] = status.clone();
        let (conversation, _) = fetch(response(200, &body.to_string()));
        let Ok(Some(conversation)) = conversation else {
            panic!("{conversation:?}");
        };
        assert_eq!(conversation.outcome, outcome, "{status}");
    }
}

#[test]
fn a_conversation_of_which_only_the_ids_are_told_is_read() {
    let ids = json!({"agent_id": APP_AGENT, "conversation_id": CONVERSATION});
    let (conversation, _) = fetch(response(200, &ids.to_string()));
    assert!(matches!(conversation, Ok(Some(Conversation { outcome: Outcome::Running, .. }))), "{conversation:?}");
    for missing in ["agent_id", "conversation_id"] {
        let mut body = ids.clone();
        body[missing] = Value::Null;
        let (conversation, _) = fetch(response(200, &body.to_string()));
        assert!(matches!(conversation, Err(Failure::Permanent(_))), "{missing}: {conversation:?}");
    }
}

#[test]
fn an_unknown_conversation_is_none() {
    let (conversation, _) = fetch(response(404, fixture!("error.404")));
    assert_eq!(conversation, Ok(None));
}
