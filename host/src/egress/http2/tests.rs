//! Connections against servers that speak HTTP/2 frame by frame; `tls` has those with a certificate.

mod tls;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use h2::client::Builder;
use h2::server::{self, Connection as Serving, SendResponse};
use h2::{Reason, RecvStream};
use http::{Request, Response, Uri};
use tokio::io::{AsyncReadExt as _, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::super::address::{Names, PublicOnly};
use super::super::client::Trust;
use super::super::origin::Origin;
use super::super::reason::with_causes;
use super::{Http2, NoConnection, NoResponse, Way, keep_alive};

const PING: Duration = Duration::from_millis(5);

type Arrived = (Request<RecvStream>, SendResponse<Bytes>);

fn client() -> Http2 {
    let addresses = PublicOnly { names: Names::system(), private_addresses: true };
    Http2::new(&Trust::public().unwrap(), addresses)
}

async fn listen() -> (TcpListener, Uri) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/ring", listener.local_addr().unwrap());
    (listener, uri.parse().unwrap())
}

async fn post(client: &Http2, uri: &Uri) -> Result<u16, NoResponse> {
    Ok(post_on(client, uri).await?.0)
}

async fn post_on(client: &Http2, uri: &Uri) -> Result<(u16, Way), NoResponse> {
    let origin: Origin = format!("{}://{}", uri.scheme().unwrap(), uri.authority().unwrap()).parse().unwrap();
    let head = || Request::post(uri.clone()).version(http::Version::HTTP_2).body(()).unwrap();
    let (body, may_have_left) = (Bytes::from_static(b"{}"), AtomicBool::new(true));
    let response = client.send((&origin, uri), (head, &body), &may_have_left).await;
    let is_unsent = matches!(response, Err(NoResponse::Unsent(NoConnection::Refused(_))));
    assert!(!is_unsent || !may_have_left.load(Ordering::Relaxed), "no connection stood");
    let (response, way) = response?;
    Ok((response.status().as_u16(), way))
}

/// A server; `play` is given each connection, and its number.
async fn serve<F>(play: impl Fn(usize, Serving<TcpStream, Bytes>) -> F + Send + 'static) -> Uri
where
    F: Future<Output = ()> + Send + 'static,
{
    serve_as(server::Builder::new(), play).await
}

/// A server that says such things of itself.
#[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
async fn serve_as<F>(
    builder: server::Builder,
    play: impl Fn(usize, Serving<TcpStream, Bytes>) -> F + Send + 'static,
) -> Uri
where
    F: Future<Output = ()> + Send + 'static,
{
    let (listener, uri) = listen().await;
    tokio::spawn(async move {
        for number in 0.. {
            let (stream, _) = listener.accept().await.unwrap();
            let serving = builder.handshake(stream).await.unwrap();
            tokio::spawn(play(number, serving));
        }
    });
    uri
}

async fn next(serving: &mut Serving<TcpStream, Bytes>) -> Option<Arrived> {
    serving.accept().await.and_then(Result::ok)
}

/// Ends the connection before its first request, and reads on, so that nobody is told of a broken one.
async fn end(mut serving: Serving<TcpStream, Bytes>, why: Reason) {
    serving.abrupt_shutdown(why);
    next(&mut serving).await;
    std::future::pending::<()>().await;
}

fn accept((_, mut respond): Arrived) {
    respond.send_response(Response::new(()), true).unwrap();
}

async fn accept_all(mut serving: Serving<TcpStream, Bytes>) {
    while let Some(arrived) = next(&mut serving).await {
        accept(arrived);
    }
}

#[tokio::test]
async fn what_came_after_an_orderly_end_is_sent_over_another_connection() {
    let uri = serve(|number, serving| async move {
        match number {
            // An end that says: nothing from the first stream on is processed.
            0 => end(serving, Reason::NO_ERROR).await,
            _ => accept_all(serving).await,
        }
    })
    .await;
    let client = client();
    for _ in 0..3 {
        assert_eq!(post(&client, &uri).await.unwrap(), 200);
    }
}

#[tokio::test]
async fn what_came_after_an_angry_end_is_known_not_to_be_processed() {
    let came = Arc::new(AtomicUsize::new(0));
    let counted = came.clone();
    let uri = serve(move |_, serving| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            end(serving, Reason::ENHANCE_YOUR_CALM).await;
        }
    })
    .await;
    let outcome = post(&client(), &uri).await;
    assert!(matches!(outcome, Err(NoResponse::Unsent(NoConnection::Failed(_)))), "{outcome:?}");
    assert!(came.load(Ordering::Relaxed) <= super::TRIES);
}

#[tokio::test]
async fn connection_that_ended_is_opened_anew_ahead() {
    let (came, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let (counted, ends) = (came.clone(), ended.clone());
    let uri = serve(move |_, mut serving| {
        let (number, ends) = (counted.fetch_add(1, Ordering::Relaxed), ends.clone());
        async move {
            while let Some(arrived) = next(&mut serving).await {
                accept(arrived);
                if number == 0 {
                    serving.graceful_shutdown();
                }
            }
            drop(serving);
            ends.notify_one();
        }
    })
    .await;
    let (client, origin) = (client(), format!("http://{}", uri.authority().unwrap()).parse().unwrap());
    assert_eq!(post(&client, &uri).await.unwrap(), 200);
    ended.notified().await;
    client.open((&origin, &uri)).await.unwrap();
    assert_eq!(post(&client, &uri).await.unwrap(), 200);
    assert_eq!(came.load(Ordering::Relaxed), 2, "the one that was opened ahead was used");
}

#[tokio::test]
async fn connection_that_is_left_is_left_once_and_not_the_one_that_came_after_it() {
    let came = Arc::new(AtomicUsize::new(0));
    let counted = came.clone();
    let uri = serve(move |_, serving| {
        counted.fetch_add(1, Ordering::Relaxed);
        accept_all(serving)
    })
    .await;
    let client = client();
    let (first, second) = (post_on(&client, &uri).await.unwrap().1, post_on(&client, &uri).await.unwrap().1);
    assert_eq!(came.load(Ordering::Relaxed), 1);
    client.leave(&first);
    assert_eq!(post(&client, &uri).await.unwrap(), 200);
    assert_eq!(came.load(Ordering::Relaxed), 2);
    client.leave(&second);
    assert_eq!(post(&client, &uri).await.unwrap(), 200);
    assert_eq!(came.load(Ordering::Relaxed), 2, "both came on the connection that had been left already");
}

#[tokio::test]
async fn refused_streams_are_tried_again_and_are_known_not_to_be_processed() {
    let came = Arc::new(AtomicUsize::new(0));
    let counted = came.clone();
    let uri = serve(move |_, mut serving| {
        let came = counted.clone();
        async move {
            while let Some((_, mut respond)) = next(&mut serving).await {
                came.fetch_add(1, Ordering::Relaxed);
                respond.send_reset(Reason::REFUSED_STREAM);
            }
        }
    })
    .await;
    let outcome = post(&client(), &uri).await;
    assert!(matches!(outcome, Err(NoResponse::Unsent(NoConnection::Failed(_)))), "{outcome:?}");
    assert_eq!(came.load(Ordering::Relaxed), super::TRIES);
}

#[tokio::test]
async fn what_breaks_after_it_left_is_never_sent_again() {
    let came = Arc::new(AtomicUsize::new(0));
    for reason in [Some(Reason::INTERNAL_ERROR), Some(Reason::CANCEL), None] {
        let counted = came.clone();
        let uri = serve(move |_, mut serving| {
            let came = counted.clone();
            async move {
                while let Some((_, mut respond)) = next(&mut serving).await {
                    came.fetch_add(1, Ordering::Relaxed);
                    match reason {
                        Some(reason) => respond.send_reset(reason),
                        None => return,
                    }
                }
            }
        })
        .await;
        let outcome = post(&client(), &uri).await;
        assert!(matches!(outcome, Err(NoResponse::Broken(_))), "{reason:?}: {outcome:?}");
    }
    assert_eq!(came.load(Ordering::Relaxed), 3);
}

/// As a push service does until it has seen a token.
#[tokio::test]
async fn server_that_takes_one_at_a_time_gets_all() {
    let mut one_at_a_time = server::Builder::new();
    one_at_a_time.max_concurrent_streams(1);
    let uri = serve_as(one_at_a_time, |_, serving| accept_all(serving)).await;
    let client = client();
    let outcomes = join_all((0..200).map(|_| post(&client, &uri))).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(200))), "{outcomes:?}");
}

#[tokio::test]
async fn many_wait_for_one_opening_and_the_next_request_opens_another() {
    let uri = serve(|_, serving| accept_all(serving)).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let names = Names::answering(move |_| match counted.fetch_add(1, Ordering::Relaxed) {
        0 => Err(std::io::Error::other("no such name")),
        _ => Ok(vec![([127, 0, 0, 1], 0).into()]),
    });
    let client = Http2::new(&Trust::public().unwrap(), PublicOnly { names, private_addresses: true });
    let uri: Uri = uri.to_string().replace("127.0.0.1", "push.example").parse().unwrap();
    let outcomes = join_all((0..20).map(|_| post(&client, &uri))).await;
    let unsent = |outcome: &_| matches!(outcome, Err(NoResponse::Unsent(NoConnection::Failed(_))));
    assert!(outcomes.iter().all(unsent), "{outcomes:?}");
    let outcomes = join_all((0..20).map(|_| post(&client, &uri))).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(200))), "{outcomes:?}");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn inside_addresses_are_refused_by_name() {
    let addresses = PublicOnly { names: Names::system(), private_addresses: false };
    let client = Http2::new(&Trust::public().unwrap(), addresses);
    let outcome = post(&client, &"http://localhost:1/ring".parse().unwrap()).await;
    assert!(matches!(outcome, Err(NoResponse::Unsent(NoConnection::Refused(_)))), "{outcome:?}");
}

#[tokio::test]
async fn connection_whose_peer_answers_no_ping_ends() {
    let (ours, mut theirs) = duplex(64 * 1024);
    let (sender, connection) = Builder::new().handshake::<_, Bytes>(ours).await.unwrap();
    let swallow = async {
        let mut swallowed = [0; 1024];
        while theirs.read(&mut swallowed).await.is_ok_and(|read| read > 0) {}
    };
    let driven = tokio::time::timeout(Duration::from_mins(1), keep_alive::drive(connection, (PING, PING)));
    tokio::select! {
        ended = driven => ended.expect("nobody answered"),
        () = swallow => panic!("it ended before a PING was due"),
    }
    let error = sender.ready().await.map(|_| ()).unwrap_err();
    assert!(!with_causes(&error).is_empty());
}
