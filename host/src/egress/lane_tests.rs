//! What breaks together counts as one failure, and who signs with another key has other connections.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::{any, post};
use futures::future::join_all;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Barrier, Notify};

use super::super::tests::{bearer, door, es256, post_to, room, send, soon};
use super::super::{Answer, CredentialConfig};
use super::{CONNECTIONS_MAX, CONNECTIONS_MIN, QUIET, REQUESTS_A_CONNECTION};
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
    let lane = &door.lanes["key"][0].1;
    let (first, second) = (lane.enter(&clock).await.unwrap(), lane.enter(&clock).await.unwrap());
    assert!(!first.breaks_with_another());
    let third = lane.enter(&clock).await.unwrap();
    assert!(second.breaks_with_another());
    assert!(!third.breaks_with_another(), "the one before it was of the earlier break");
}

/// How many connections are open after the vendor took so long for each of some replies.
async fn open_after(replies_ms: &[u64]) -> usize {
    let door = door(&["http://127.0.0.1:1"], true, &[("key", es256())]);
    let lane = &door.lanes["key"][0].1;
    // The first one waits for the connection too.
    lane.replied(&lane.enter(&Clock::system()).await.unwrap(), Duration::from_secs(1));
    for took_ms in replies_ms {
        let place = lane.enter(&Clock::system()).await.unwrap();
        lane.replied(&place, Duration::from_millis(*took_ms));
    }
    assert_eq!(lane.room.available_permits(), lane.open().len() * REQUESTS_A_CONNECTION);
    lane.open().len()
}

#[tokio::test]
async fn slow_vendor_has_more_under_way_at_once_and_a_quick_one_does_not() {
    assert_eq!(open_after(&[]).await, CONNECTIONS_MIN);
    assert_eq!(open_after(&[1, 3, 2]).await, CONNECTIONS_MIN);
    assert_eq!(open_after(&[75, 80]).await, 32, "40 000 a second are 3 200 at once for 80 ms");
    assert_eq!(open_after(&[2_000]).await, CONNECTIONS_MAX);
    assert_eq!(open_after(&[2, 2, 2_000, 2]).await, CONNECTIONS_MIN, "one slow reply is no slow vendor");
}

#[tokio::test]
async fn only_replies_on_a_connection_that_stands_with_few_under_way_say_how_quick_the_vendor_is() {
    let door = door(&["http://127.0.0.1:1"], true, &[("key", es256())]);
    let (lane, clock) = (&door.lanes["key"][0].1, Clock::system());
    let first = lane.enter(&clock).await.unwrap();
    let second = lane.enter(&clock).await.unwrap();
    assert!(!first.is_quiet && !second.is_quiet, "both wait for the connection");
    lane.replied(&first, Duration::from_millis(5));
    let mut places = Vec::new();
    for _ in 0..QUIET {
        places.push(lane.enter(&clock).await.unwrap());
    }
    assert!(places[0].is_quiet && places[QUIET - 3].is_quiet && !places[QUIET - 2].is_quiet);
    assert!(!places[0].breaks_with_another());
    places.truncate(1);
    assert!(!lane.enter(&clock).await.unwrap().is_quiet, "it stands anew first");
}

#[tokio::test]
async fn connections_of_one_request_each_fail_for_themselves() {
    assert_eq!(failures(bearer("secret", Vec::new())).await, [TOGETHER, TOGETHER]);
}

/// Apple ties a connection to the team whose token came on it first, and refuses another one's there.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
async fn two_teams_at_one_vendor_have_a_connection_each() {
    let peers: Arc<Mutex<Vec<SocketAddr>>> = Arc::default();
    let seen = peers.clone();
    let router = Router::new().route(
        "/ring",
        post(move |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { seen.lock().unwrap().push(peer) }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let door = door(&[&origin], true, &[("one", es256()), ("other", es256())]);
    for team in ["one", "other", "one", "other"] {
        let answer = send(&door, &post_to(format!("{origin}/ring"), Some(team)), soon(), &room()).await;
        assert!(matches!(&answer, Answer::Reply(reply) if reply.status == 200), "{team}: {answer:?}");
    }
    let peers = peers.lock().unwrap();
    assert_ne!(peers[0], peers[1]);
    assert_eq!(peers[2..], peers[..2], "each team keeps its own");
}
