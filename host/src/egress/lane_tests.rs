//! What breaks together counts as one failure.

use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use futures::future::join_all;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Barrier, Notify};

use super::super::tests::{bearer, door, es256, post_to, room, send, soon};
use super::super::{Answer, CredentialConfig};
use crate::clock::Clock;

const TOGETHER: usize = 5;

/// A server that answers nobody, and breaks its connections as soon as so many requests wait.
#[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
async fn breaking() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let full = Arc::new(Barrier::new(TOGETHER));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (broken, full) = (Arc::new(Notify::new()), full.clone());
            let breaks = broken.clone();
            let router = Router::new().fallback(any(move || async move {
                full.wait().await;
                breaks.notify_one();
                std::future::pending::<()>().await;
            }));
            tokio::spawn(async move {
                let builder = Builder::new(TokioExecutor::new());
                let serving = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
                tokio::select! {
                    _ = serving => {}
                    () = broken.notified() => {}
                }
            });
        }
    });
    origin
}

/// How many of those that are sent together fail for themselves, twice.
async fn failures(credential: CredentialConfig) -> Vec<usize> {
    let origin = breaking().await;
    let door = door(&[&origin], true, &[("key", credential)]);
    let (request, room) = (post_to(format!("{origin}/ring"), Some("key")), room());
    let mut told = Vec::new();
    for _ in 0..2 {
        let answers = join_all((0..TOGETHER).map(|_| send(&door, &request, soon(), &room))).await;
        assert!(answers.iter().all(|answer| matches!(answer, Answer::Unknown(_))), "{answers:?}");
        told.push(answers.iter().filter(|answer| !answer.broke_together()).count());
    }
    told
}

#[tokio::test]
async fn connection_that_breaks_is_one_failure_each_time() {
    assert_eq!(failures(es256()).await, [1, 1]);
}

#[tokio::test]
async fn what_comes_after_a_break_breaks_for_itself() {
    let clock = Clock::system();
    let door = door(&["http://127.0.0.1:1"], true, &[("key", es256())]);
    let lane = &door.lanes["key"];
    let (first, second) = (lane.enter(&clock).await.unwrap(), lane.enter(&clock).await.unwrap());
    assert!(!first.breaks_with_another());
    let third = lane.enter(&clock).await.unwrap();
    assert!(second.breaks_with_another());
    assert!(!third.breaks_with_another(), "the one before it was of the earlier break");
}

#[tokio::test]
async fn connections_of_one_request_each_fail_for_themselves() {
    assert_eq!(failures(bearer("secret", Vec::new())).await, [TOGETHER, TOGETHER]);
}
