//! Conversations whose plugin is a script: each call gives the script's next step.

use std::sync::Mutex;

use axum::extract::Request as Inbound;

use super::super::border::types;
use super::super::steps::{Step, Turn};
use super::*;

/// Plays a plugin whose n-th call returns the n-th step; gives what it was called with last.
async fn play(origin: &str, steps: Vec<Step<u8>>) -> (Result<u8, PluginFailure>, Vec<types::Answer>) {
    let plugin = bare("(component)", &[origin], Limits::default());
    let steps = Arc::new(Mutex::new(steps.into_iter()));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let result = plugin
        .converse("en", DEADLINE, |turn: Arc<Turn>| {
            let (steps, seen) = (steps.clone(), seen.clone());
            Box::new(move |_, _| {
                Box::pin(async move {
                    seen.lock().unwrap().clone_from(&turn.answers);
                    let step = steps.lock().unwrap().next();
                    step.ok_or_else(|| wasmtime::format_err!("the script is over"))
                })
            })
        })
        .await;
    let answers = seen.lock().unwrap().clone();
    (result, answers)
}

fn request(method: &str, url: String) -> types::Request {
    types::Request {
        method: method.to_owned(),
        url,
        headers: Vec::new(),
        body: types::Body::Empty,
        credential: None,
        repeatable: false,
        timeout_ms: 5_000,
    }
}

async fn echo() -> String {
    serve(Router::new().fallback(|request: Inbound| async move { request.uri().path().to_owned() })).await
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_requests_and_add_up() {
    let origin = echo().await;
    let get = |path: &str| request("GET", format!("{origin}/{path}"));
    let steps = vec![
        Step::Request((0..20).map(|n| get(&n.to_string())).collect()),
        Step::Request(vec![get("last")]),
        Step::Done(7),
    ];
    let (result, answers) = play(&origin, steps).await;
    assert_eq!(result, Ok(7));
    let mut expected: Vec<String> = (0..20).map(|n| format!("/{n}")).collect();
    expected.push("/last".to_owned());
    let bodies = answers.into_iter().map(|answer| match answer {
        types::Answer::Response(response) => String::from_utf8(response.body).unwrap(),
        other => panic!("{other:?}"),
    });
    assert_eq!(bodies.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn plugin_that_breaks_after_it_sent_something_leaves_the_outcome_unknown() {
    let origin = echo().await;
    let sent = |method: &str| vec![Step::Request(vec![request(method, format!("{origin}/"))])];
    let (result, _) = play(&origin, sent("POST")).await;
    assert!(matches!(result, Err(PluginFailure::Unknown(_))), "{result:?}");
    let (result, _) = play(&origin, sent("GET")).await;
    assert!(matches!(result, Err(PluginFailure::Broken { .. })), "{result:?}");
    let (result, _) = play(&origin, Vec::new()).await;
    assert!(matches!(result, Err(PluginFailure::Broken { .. })), "{result:?}");
}

#[tokio::test]
async fn steps_and_requests_have_limits() {
    let origin = echo().await;
    let get = || request("GET", format!("{origin}/"));
    let (result, _) = play(&origin, (0..9).map(|_| Step::Request(vec![get()])).collect()).await;
    assert!(matches!(&result, Err(PluginFailure::Broken { what, .. }) if what.contains("8 steps")), "{result:?}");
    for number in [0, 201] {
        let (result, _) = play(&origin, vec![Step::Request((0..number).map(|_| get()).collect())]).await;
        assert!(matches!(&result, Err(PluginFailure::Broken { .. })), "{result:?}");
    }
}

#[tokio::test]
async fn what_is_not_granted_is_the_operators_matter_unless_something_was_sent() {
    let origin = echo().await;
    let elsewhere = || request("POST", "https://elsewhere.example/".to_owned());
    let (result, _) = play(&origin, vec![Step::Request(vec![elsewhere()])]).await;
    assert!(matches!(result, Err(PluginFailure::Misconfigured(_))), "{result:?}");
    let both = vec![elsewhere(), request("POST", format!("{origin}/"))];
    let (result, answers) = play(&origin, vec![Step::Request(both), Step::Done(1)]).await;
    assert_eq!(result, Ok(1));
    assert!(matches!(answers[..], [types::Answer::Unsent(_), types::Answer::Response(_)]), "{answers:?}");
}

#[tokio::test]
async fn failures_keep_their_meaning_and_are_cut() {
    for (given, expected) in [
        (types::Failure::Retry((50, "busy".to_owned())), true),
        (types::Failure::Other(("newer".to_owned(), "x".repeat(10_000))), false),
    ] {
        let (result, _) = play("https://a.example", vec![Step::Failed(given)]).await;
        let failure = result.unwrap_err();
        assert_eq!(failure.retryable(), expected);
        assert!(failure.to_string().len() < 600);
    }
}
