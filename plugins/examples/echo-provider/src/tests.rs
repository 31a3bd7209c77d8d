//! Opening, webhooks, the paged fetch and the check, against what Parlando would answer.

use callpanion_plugin_api::provider::{ConversationOutcome, Provider, SessionRequest, Severity, Webhook};
use callpanion_plugin_api::testing::{context, drive, json_body, response};
use callpanion_plugin_api::{Answer, Context, Ctx, Failure};
use serde_json::{Value, json};

use super::Parlando;

fn settings() -> Context {
    context(&json!({"base_url": "https://parlando.example/", "agent": "agent-1"}))
}

fn talk() -> Value {
    json!({
        "id": "talk-7", "agent": "agent-1", "state": "ended", "started_at": 1_794_990_000, "seconds": 62,
        "language": "en", "reference": "call-1", "new_field": {"of": "next year"},
        "lines": [
            {"who": "agent", "text": "Good morning Anna.", "at": 0},
            {"who": "tool", "text": "{}", "at": 2},
            {"who": "guest", "text": "Good morning!", "at": 3},
        ],
    })
}

fn read(event: &Value) -> Result<Webhook, String> {
    Parlando::read_webhook(&Ctx::new(settings(), Vec::new()), &[], event.to_string().as_bytes())
        .map_err(|stop| format!("{stop:?}"))
}

#[test]
fn a_session_is_opened_with_our_reference() {
    let wanted = SessionRequest {
        call_id: "call-1".to_owned(),
        callee_id: "callee-1".to_owned(),
        language: "en".to_owned(),
        variables: vec![("callee_name".to_owned(), "Anna".to_owned())],
    };
    let script = [response(201, r#"{"talk":"talk-7","ticket":"t-1"}"#)];
    let (session, asked) = drive(&settings(), script, |ctx| Parlando::open_session(ctx, wanted.clone()));
    let session = session.unwrap();
    assert_eq!((session.conversation.as_deref(), session.token.as_deref()), (Some("talk-7"), Some("t-1")));
    assert_eq!(asked[0].url, "https://parlando.example/v1/talks");
    assert_eq!(
        json_body(&asked[0]),
        json!({"agent": "agent-1", "language": "en", "reference": "call-1", "variables": {"callee_name": "Anna"}})
    );
    let (refused, _) = drive(&settings(), [response(401, "")], |ctx| Parlando::open_session(ctx, wanted.clone()));
    assert!(matches!(refused, Err(Failure::Misconfigured(_))), "{refused:?}");
    let (odd, _) =
        drive(&settings(), [response(200, r#"{"talk":7}"#)], |ctx| Parlando::open_session(ctx, wanted.clone()));
    assert_eq!(
        odd.unwrap_err(),
        Failure::Unknown("unreadable JSON: talk: invalid type: integer, expected a string".to_owned())
    );
}

#[test]
fn a_webhook_tells_the_talk_without_what_tools_said() {
    let Ok(Webhook::Conversation(conversation)) = read(&json!({"event": "talk.ended", "talk": talk()})) else {
        panic!("no conversation");
    };
    assert_eq!(conversation.outcome, ConversationOutcome::Answered);
    assert_eq!((conversation.started_at_ms, conversation.duration_s), (1_794_990_000_000, 62));
    assert_eq!(conversation.echoed_call_id.as_deref(), Some("call-1"));
    let texts: Vec<_> = conversation.turns.iter().map(|turn| turn.text.as_str()).collect();
    assert_eq!(texts, ["Good morning Anna.", "Good morning!"]);
}

#[test]
fn every_state_has_its_outcome_and_a_new_one_is_no_success() {
    for (state, outcome) in [
        ("running", ConversationOutcome::Running),
        ("busy", ConversationOutcome::Busy),
        ("no_answer", ConversationOutcome::NoAnswer),
        ("voicemail", ConversationOutcome::Voicemail),
        ("abducted", ConversationOutcome::Failed),
    ] {
        let mut talk = talk();
        talk["state"] = state.into();
        let read = read(&json!({"event": "talk.missed", "talk": talk}));
        assert!(matches!(&read, Ok(Webhook::Conversation(c)) if c.outcome == outcome), "{state}: {read:?}");
    }
    let mut silent = talk();
    silent["lines"] = json!([{"who": "agent", "text": "Hello?"}]);
    let read = read(&json!({"event": "talk.ended", "talk": silent}));
    assert!(matches!(&read, Ok(Webhook::Conversation(c)) if c.outcome == ConversationOutcome::AnsweredSilent));
}

#[test]
fn what_is_not_ours_is_ignored_and_what_is_broken_is_named_without_its_words() {
    assert_eq!(read(&json!({"event": "agent.renamed"})), Ok(Webhook::Ignored("agent.renamed".to_owned())));
    let odd = read(&json!({"event": "Anna Smith said: good morning"}));
    assert_eq!(odd, Ok(Webhook::Ignored("an event without a name".to_owned())));
    let mut foreign = talk();
    foreign["agent"] = "agent-2".into();
    assert!(matches!(read(&json!({"event": "talk.ended", "talk": foreign})), Ok(Webhook::Ignored(_))));
    let mut broken = talk();
    broken["lines"][2]["at"] = "Good morning".into();
    let why = read(&json!({"event": "talk.ended", "talk": broken})).unwrap_err();
    assert!(why.contains("talk.lines[2].at: invalid type: string, expected u32"), "{why}");
    assert!(!why.contains("Good morning"), "{why}");
}

#[test]
fn a_lost_talk_is_fetched_page_by_page() {
    let mut head = talk();
    head["lines"] = json!([]);
    let page = |line: &Value, next: Option<u32>| response(200, &json!({"lines": [line], "next": next}).to_string());
    let lines = &talk()["lines"];
    let fetch =
        |script: Vec<Answer>| drive(&settings(), script, |ctx| Parlando::fetch_session(ctx, "talk-7".to_owned()));

    let (fetched, asked) =
        fetch(vec![response(200, &head.to_string()), page(&lines[0], Some(1)), page(&lines[2], None)]);
    assert_eq!(fetched.unwrap().unwrap().turns.len(), 2);
    let urls: Vec<_> = asked.iter().map(|request| request.url.as_str()).collect();
    let base = "https://parlando.example/v1/talks/talk-7";
    assert_eq!(urls, [base.to_owned(), format!("{base}/lines?from=0"), format!("{base}/lines?from=1")]);

    assert_eq!(fetch(vec![response(404, "")]).0, Ok(None));
    let (failed, _) = fetch(vec![response(200, &head.to_string()), response(503, "")]);
    assert_eq!(failed, Err(Failure::Retry((1_000, "the vendor answered 503 (in Lines)".to_owned()))));
}

#[test]
fn the_check_says_what_to_correct() {
    let check = |answer: Answer| drive(&settings(), [answer], Parlando::check).0;
    assert_eq!(check(response(200, "{}")).unwrap()[0].severity, Severity::Ok);
    let unknown = check(response(404, "")).unwrap().remove(0);
    assert_eq!(unknown.severity, Severity::Problem);
    assert!(unknown.mend.contains("`agent`"), "{}", unknown.mend);
}
