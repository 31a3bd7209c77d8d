//! Partings: replies after which a push service takes nothing more on the connection that they came on. Exchanging walks
//! in.
//!
//! Apple answers `UnrelatedKeyIdInToken` where a connection has seen another key, and `TooManyProviderTokenUpdates` where
//! it has seen too many tokens, for as long as the connection stands; `IdleTimeout` and `Shutdown` say that it is about
//! to end. What is sent on another one is taken ("Handling notification responses from APNs", Apple's documentation).

use http::StatusCode;
use serde::Deserialize;

/// What is longer is none of these.
const BODY_MAX_BYTES: usize = 256;

#[derive(Deserialize)]
struct Refused<'a> {
    reason: &'a str,
}

/// Whether this reply is a parting.
pub(super) fn is_one(status: StatusCode, body: &[u8]) -> bool {
    let reason = match status {
        StatusCode::BAD_REQUEST => "IdleTimeout",
        StatusCode::FORBIDDEN => "UnrelatedKeyIdInToken",
        StatusCode::TOO_MANY_REQUESTS => "TooManyProviderTokenUpdates",
        StatusCode::SERVICE_UNAVAILABLE => "Shutdown",
        _ => return false,
    };
    body.len() <= BODY_MAX_BYTES && serde_json::from_slice(body).is_ok_and(|said: Refused<'_>| said.reason == reason)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::net::SocketAddr;
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::extract::ConnectInfo;
    use axum::routing::post;
    use tokio::net::TcpListener;

    use super::super::tests::{door, es256, post_to, room, send, soon};
    use super::super::{Answer, Reply};
    use super::*;

    #[test]
    fn only_these_words_beside_their_own_status_are_partings() {
        let is = |status: u16, body: &str| is_one(StatusCode::from_u16(status).unwrap(), body.as_bytes());
        for (status, reason) in [
            (400, "IdleTimeout"),
            (403, "UnrelatedKeyIdInToken"),
            (429, "TooManyProviderTokenUpdates"),
            (503, "Shutdown"),
        ] {
            assert!(is(status, &format!(r#"{{"reason":"{reason}"}}"#)), "{reason}");
            assert!(is(status, &format!(r#"{{ "timestamp": 7, "reason": "{reason}" }}"#)), "{reason}");
            assert!(!is(500, &format!(r#"{{"reason":"{reason}"}}"#)), "{reason}");
            assert!(!is(status, &format!(r#"{{"error":{{"reason":"{reason}"}}}}"#)), "{reason}");
            assert!(!is(status, reason), "{reason}");
        }
        for (status, body) in [
            (403, r#"{"reason":"InvalidProviderToken"}"#),
            (429, r#"{"reason":"TooManyRequests"}"#),
            (503, r#"{"reason":"ServiceUnavailable"}"#),
            (503, ""),
            (403, "[]"),
            (403, r#"{"reason":7}"#),
        ] {
            assert!(!is(status, body), "{status} {body}");
        }
    }

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
    async fn connection_is_left_when_the_push_service_parts_from_it() {
        for (status, reason, connections) in
            [(403, "UnrelatedKeyIdInToken", 2), (429, "TooManyProviderTokenUpdates", 2), (429, "TooManyRequests", 1)]
        {
            // A connection refuses its first request with these words, and everything after it.
            let refused: Arc<Mutex<BTreeMap<SocketAddr, bool>>> = Arc::default();
            let seen = refused.clone();
            let router = Router::new().route(
                "/push",
                post(move |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move {
                    let mut seen = seen.lock().unwrap();
                    let is_first_of_all = seen.is_empty();
                    if *seen.entry(peer).or_insert(is_first_of_all) {
                        return (StatusCode::from_u16(status).unwrap(), format!(r#"{{"reason":"{reason}"}}"#));
                    }
                    (StatusCode::OK, String::new())
                }),
            );
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let origin = format!("http://{}", listener.local_addr().unwrap());
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            tokio::spawn(async move { axum::serve(listener, service).await });
            let door = door(&[&origin], true, &[("key", es256())]);
            let request = post_to(format!("{origin}/push"), Some("key"));
            let mut told = Vec::new();
            for _ in 0..3 {
                let Answer::Reply(Reply { status, .. }) = send(&door, &request, soon(), &room()).await else {
                    panic!("no reply")
                };
                told.push(status);
            }
            let then = if connections == 2 { 200 } else { status };
            assert_eq!(told, [status, then, then], "{reason}");
            assert_eq!(refused.lock().unwrap().len(), connections, "{reason}");
        }
    }
}
