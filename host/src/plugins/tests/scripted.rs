//! Conversations whose plugin is a script: each call gives the script's next step.

use axum::extract::Request as Inbound;

use super::super::border::types;
use super::*;

/// Plays a plugin whose n-th run gives the n-th output; gives the answers that it was called with last.
async fn play(origin: &str, outputs: Vec<Output>) -> (Result<Output, PluginFailure>, Vec<types::Answer>) {
    let script = Arc::new(Mutex::new(Script { outputs: outputs.into(), seen: Vec::new() }));
    let plugin = plugin(|_| Odd::Script(script.clone()), &[origin], Limits::default());
    let result = plugin.converse("en", DEADLINE, Input::Check).await;
    let seen = script.lock().unwrap().seen.clone();
    (result, seen)
}

fn done() -> Output {
    Output::Canceled(vec![true])
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
        Output::Request((0..20).map(|n| get(&n.to_string())).collect()),
        Output::Request(vec![get("last")]),
        done(),
    ];
    let (result, answers) = play(&origin, steps).await;
    assert_eq!(result, Ok(done()));
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
    let sent = |method: &str| vec![Output::Request(vec![request(method, format!("{origin}/"))])];
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
    let (result, _) = play(&origin, (0..9).map(|_| Output::Request(vec![get()])).collect()).await;
    assert!(matches!(&result, Err(PluginFailure::Broken { what, .. }) if what.contains("8 steps")), "{result:?}");
    for number in [0, 201] {
        let (result, _) = play(&origin, vec![Output::Request((0..number).map(|_| get()).collect())]).await;
        assert!(matches!(&result, Err(PluginFailure::Broken { .. })), "{result:?}");
    }
}

#[tokio::test]
async fn what_is_not_granted_is_the_operators_matter_unless_something_was_sent() {
    let origin = echo().await;
    let elsewhere = || request("POST", "https://elsewhere.example/".to_owned());
    let (result, _) = play(&origin, vec![Output::Request(vec![elsewhere()])]).await;
    assert!(matches!(result, Err(PluginFailure::Misconfigured(_))), "{result:?}");
    let both = vec![elsewhere(), request("POST", format!("{origin}/"))];
    let (result, answers) = play(&origin, vec![Output::Request(both), done()]).await;
    assert_eq!(result, Ok(done()));
    assert!(matches!(answers[..], [types::Answer::Unsent(_), types::Answer::Response(_)]), "{answers:?}");
}

#[tokio::test]
async fn failures_keep_their_meaning_and_are_cut() {
    for (given, expected) in [
        (types::Failure::Retry((50, "busy".to_owned())), true),
        (types::Failure::Other(("newer".to_owned(), "x".repeat(10_000))), false),
    ] {
        let (result, _) = play("https://a.example", vec![Output::Failed(given)]).await;
        let failure = result.unwrap_err();
        assert_eq!(failure.retryable(), expected);
        assert!(failure.to_string().len() < 600);
    }
}
