//! The door as a whole, against servers on loopback.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use axum::extract::{ConnectInfo, Request as Inbound, State};
use axum::http::{StatusCode, Version};
use axum::response::IntoResponse as _;
use axum::routing::{any, post};
use axum::{Json, Router};
use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use tokio::time::Instant;

use super::*;
use crate::config::plugins::Secret;
use crate::domain::Moment;

/// A service account's key, made for this run of the tests.
static RSA_KEY: LazyLock<String> = LazyLock::new(|| {
    let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
});

#[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
pub(super) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

pub(super) fn door(origins: &[&str], inside: bool, credentials: &[(&str, CredentialConfig)]) -> Egress {
    let permits = Permits {
        plugin: "x".to_owned(),
        origins: origins.iter().map(|o| o.parse().unwrap()).collect(),
        private_addresses: inside,
    };
    let credentials = credentials.iter().map(|(name, config)| ((*name).to_owned(), config.clone())).collect();
    let clock = Clock::manual(Moment::from_secs(1_800_000_000));
    let installation = InstallationKey::default();
    installation.tell(web_push::VapidKey::draw().unwrap());
    Egress::new(permits, &credentials, clock, &Trust::public().unwrap(), &installation).unwrap()
}

pub(super) fn post_to(url: String, credential: Option<&str>) -> Request {
    Request {
        method: "POST".to_owned(),
        url,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: Bytes::from_static(b"{}"),
        credential: credential.map(str::to_owned),
        repeatable: false,
        timeout: Duration::from_secs(5),
    }
}

pub(super) async fn send(door: &Egress, request: &Request, until: Instant, room: &Room) -> Answer {
    match door.prepare(request.clone()) {
        Ok(ready) => door.send(&ready, until, room).await,
        Err(refusal) => refusal,
    }
}

/// Room for anything.
pub(super) fn room() -> Room {
    Rooms::default().open(usize::MAX)
}

pub(super) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

pub(super) fn bearer(value: &str, hosts: Vec<String>) -> CredentialConfig {
    CredentialConfig::Bearer { value: Some(Secret::new(value)), value_file: None, hosts }
}

/// A credential whose requests share connections.
pub(super) fn es256() -> CredentialConfig {
    let pem = p256::SecretKey::from_slice(&[7; 32]).unwrap().to_pkcs8_pem(p256::pkcs8::LineEnding::LF).unwrap();
    CredentialConfig::JwtEs256 {
        team_id: "TEAM000001".to_owned(),
        key_id: "KEY0000001".to_owned(),
        key: Some(Secret::new(pem.to_string())),
        key_file: None,
        hosts: Vec::new(),
    }
}

#[tokio::test]
async fn credential_is_put_in_place_and_the_reply_comes_back() {
    let router = Router::new().route(
        "/ring",
        post(|request: Inbound| async move {
            let held = request.headers().get("authorization").cloned();
            let told = held.map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
            let told = format!("{}, that is {told}", if told == "Bearer secret-1" { "the key" } else { "no key" });
            (StatusCode::ACCEPTED, [("set-cookie", "a=b"), ("x-ref", "7")], told)
        }),
    );
    let origin = serve(router).await;
    let door = door(&[&origin], true, &[("key", bearer("secret-1", Vec::new()))]);
    let Answer::Reply(reply) = send(&door, &post_to(format!("{origin}/ring"), Some("key")), soon(), &room()).await
    else {
        panic!("no reply");
    };
    assert_eq!((reply.status, reply.body.as_slice()), (202, b"the key, that is Bearer [concealed]".as_slice()));
    assert!(reply.headers.contains(&("x-ref".to_owned(), "7".to_owned())));
    assert!(!reply.headers.iter().any(|(name, _)| name == "set-cookie"));
}

#[tokio::test]
async fn what_is_not_granted_never_leaves() {
    let hits = Arc::new(AtomicUsize::new(0));
    let count = hits.clone();
    let router = Router::new().fallback(any(move || {
        count.fetch_add(1, Ordering::SeqCst);
        async { "hit" }
    }));
    let origin = serve(router).await;
    let elsewhere = "https://elsewhere.example".to_owned();
    let bound = bearer("x", vec![elsewhere.clone()]);
    let url = format!("{origin}/");

    let granted = door(&[&origin], true, &[("bound", bound)]);
    let cases = [
        (post_to(format!("{elsewhere}/"), None), "not granted"),
        (post_to(url.clone(), Some("bound")), "may not go to"),
        (post_to(url.clone(), Some("other")), "grants.credentials"),
    ];
    for (request, why) in cases {
        let answer = send(&granted, &request, soon(), &room()).await;
        assert!(matches!(&answer, Answer::Misconfigured(text) if text.contains(why)), "{answer:?}");
    }
    let inside_not_granted = door(&[&origin], false, &[]);
    let answer = send(&inside_not_granted, &post_to(url.clone(), None), soon(), &room()).await;
    assert!(matches!(&answer, Answer::Misconfigured(text) if text.contains("private")), "{answer:?}");
    let by_name = origin.replace("127.0.0.1", "localhost");
    let named = door(&[&by_name], false, &[]);
    let answer = send(&named, &post_to(format!("{by_name}/"), None), soon(), &room()).await;
    assert!(matches!(&answer, Answer::Misconfigured(text) if text.contains("private")), "{answer:?}");

    let user = url.replace("http://", "http://me:pw@");
    let mut long = post_to(url.clone(), None);
    long.body = vec![0; 1024 * 1024 + 1].into();
    let mut connect = post_to(url.clone(), None);
    connect.method = "CONNECT".to_owned();
    for request in [post_to(user, None), post_to("file:///etc/hosts".to_owned(), None), long, connect] {
        assert!(matches!(send(&granted, &request, soon(), &room()).await, Answer::Unsent(_)));
    }
    assert_eq!(hits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn redirects_are_answers_not_orders() {
    let router = Router::new()
        .route("/", any(|| async { (StatusCode::FOUND, [("location", "/there")]) }))
        .route("/there", any(|| async { "followed" }));
    let origin = serve(router).await;
    let answer = send(&door(&[&origin], true, &[]), &post_to(format!("{origin}/"), None), soon(), &room()).await;
    assert!(matches!(answer, Answer::Reply(Reply { status: 302, .. })), "{answer:?}");
}

#[tokio::test]
async fn closed_port_is_unsent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let request = post_to(format!("{origin}/device/9f86d081"), None);
    let Answer::Unsent(why) = send(&door(&[&origin], true, &[]), &request, soon(), &room()).await else {
        panic!("sent")
    };
    assert!(!why.contains("9f86d081"), "a reason must not carry the URL: {why}");
}

/// A server that takes a request and hangs up; counts how often.
#[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
async fn hang_up() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let taken = Arc::new(AtomicUsize::new(0));
    let count = taken.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            if stream.read(&mut [0; 1024]).await.is_ok_and(|n| n > 0) {
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    (origin, taken)
}

#[tokio::test]
async fn broken_connection_is_unknown_and_only_repeatables_are_repeated() {
    let (origin, taken) = hang_up().await;
    let door = door(&[&origin], true, &[]);
    let mut request = post_to(format!("{origin}/"), None);
    assert!(matches!(send(&door, &request, soon(), &room()).await, Answer::Unknown(_)));
    assert_eq!(taken.load(Ordering::SeqCst), 1);
    request.repeatable = true;
    assert!(matches!(send(&door, &request, soon(), &room()).await, Answer::Unknown(_)));
    assert_eq!(taken.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn silence_until_the_deadline_is_unknown() {
    let router = Router::new().fallback(any(std::future::pending::<StatusCode>));
    let origin = serve(router).await;
    let door = door(&[&origin], true, &[]);
    let until = Instant::now() + Duration::from_millis(100);
    assert!(matches!(send(&door, &post_to(format!("{origin}/"), None), until, &room()).await, Answer::Unknown(_)));
    let answer = send(&door, &post_to(format!("{origin}/"), None), Instant::now(), &room()).await;
    assert!(matches!(answer, Answer::Unsent(_)), "{answer:?}");
}

#[tokio::test]
async fn endless_reply_is_cut() {
    let router = Router::new().fallback(any(|| async { vec![b'x'; 5 * 1024 * 1024] }));
    let origin = serve(router).await;
    let answer = send(&door(&[&origin], true, &[]), &post_to(format!("{origin}/"), None), soon(), &room()).await;
    assert!(matches!(&answer, Answer::Unknown(why) if why.contains("longer than")), "{answer:?}");
}

/// Google as far as FCM needs it: a token endpoint and a send endpoint.
#[derive(Clone, Default)]
struct Google {
    bought: Arc<AtomicUsize>,
    connections_http2: Arc<AtomicUsize>,
    refusal: Option<StatusCode>,
}

async fn google(google: Google) -> (String, CredentialConfig) {
    let router = Router::new()
        .route(
            "/token",
            post(|State(google): State<Google>, body: String| async move {
                assert!(body.starts_with("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&"));
                if let Some(status) = google.refusal {
                    let body = serde_json::json!({"error": "invalid_grant", "error_description": "Key revoked"});
                    return (status, Json(body)).into_response();
                }
                let number = google.bought.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::task::yield_now().await;
                let body = serde_json::json!({"access_token": format!("ya29.{number}"), "expires_in": 3599});
                Json(body).into_response()
            }),
        )
        .route(
            "/send",
            post(|State(google): State<Google>, request: Inbound| async move {
                if request.version() == Version::HTTP_2 {
                    google.connections_http2.fetch_add(1, Ordering::SeqCst);
                }
                request.headers()["authorization"].to_str().unwrap().to_owned()
            }),
        )
        .route(
            "/only-second",
            post(|request: Inbound| async move {
                if request.headers()["authorization"] == "Bearer ya29.2" {
                    StatusCode::OK
                } else {
                    StatusCode::UNAUTHORIZED
                }
            }),
        )
        .route("/never", post(|| async { StatusCode::UNAUTHORIZED }))
        .with_state(google);
    let origin = serve(router).await;
    let json = serde_json::json!({
        "type": "service_account",
        "project_id": "companion-test",
        "private_key_id": "k1",
        "private_key": *RSA_KEY,
        "client_email": "ring@companion-test.example",
        "token_uri": format!("{origin}/token"),
    });
    let config = CredentialConfig::GoogleServiceAccount {
        json: Some(Secret::new(json.to_string())),
        json_file: None,
        hosts: Vec::new(),
    };
    (origin, config)
}

#[tokio::test]
async fn many_requests_buy_one_access_token() {
    let server = Google::default();
    let (origin, config) = google(server.clone()).await;
    let door = door(&[&origin], true, &[("account", config)]);
    let request = post_to(format!("{origin}/send"), Some("account"));
    let shared = room();
    let answers = futures::future::join_all((0..50).map(|_| send(&door, &request, soon(), &shared))).await;
    for answer in answers {
        let Answer::Reply(reply) = answer else { panic!("{answer:?}") };
        assert_eq!((reply.status, reply.body.as_slice()), (200, b"Bearer [concealed]".as_slice()));
    }
    assert_eq!(server.bought.load(Ordering::SeqCst), 1);
    assert_eq!(server.connections_http2.load(Ordering::SeqCst), 50, "push services are spoken to in HTTP/2");

    // It serves until 225 s before its end.
    door.clock.advance(Duration::from_secs(3599 - 226));
    send(&door, &request, soon(), &room()).await;
    assert_eq!(server.bought.load(Ordering::SeqCst), 1);
    door.clock.advance(Duration::from_secs(2));
    send(&door, &request, soon(), &room()).await;
    assert_eq!(server.bought.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn refused_access_token_is_bought_anew_once() {
    let server = Google::default();
    let (origin, config) = google(server.clone()).await;
    let door = door(&[&origin], true, &[("account", config)]);
    let answer = send(&door, &post_to(format!("{origin}/only-second"), Some("account")), soon(), &room()).await;
    assert!(matches!(answer, Answer::Reply(Reply { status: 200, .. })), "{answer:?}");
    let answer = send(&door, &post_to(format!("{origin}/never"), Some("account")), soon(), &room()).await;
    assert!(matches!(answer, Answer::Reply(Reply { status: 401, .. })), "{answer:?}");
    assert_eq!(server.bought.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn revoked_account_is_the_operators_matter_and_an_outage_is_not() {
    let refusing = |status| Google { refusal: Some(status), ..Google::default() };
    let (origin, config) = google(refusing(StatusCode::BAD_REQUEST)).await;
    let revoked = door(&[&origin], true, &[("account", config)]);
    let answer = send(&revoked, &post_to(format!("{origin}/send"), Some("account")), soon(), &room()).await;
    // The manual clock of the test is far from the server's date.
    assert!(matches!(&answer, Answer::Misconfigured(why) if why.contains("Key revoked")), "{answer:?}");

    let (origin, config) = google(refusing(StatusCode::SERVICE_UNAVAILABLE)).await;
    let outage = door(&[&origin], true, &[("account", config)]);
    let answer = send(&outage, &post_to(format!("{origin}/send"), Some("account")), soon(), &room()).await;
    assert!(matches!(answer, Answer::Unsent(_)), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
async fn many_requests_at_once_take_a_second_connection() {
    const TOGETHER: usize = 150;
    let (gate, seen) = (Arc::new(Barrier::new(TOGETHER)), Arc::new(Mutex::new(BTreeSet::new())));
    let seen_by_server = seen.clone();
    let router = Router::new().route(
        "/together",
        post(move |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move {
            seen_by_server.lock().unwrap().insert(peer);
            gate.wait().await;
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let door = door(&[&origin], true, &[("key", es256())]);
    let (request, room) = (post_to(format!("{origin}/together"), Some("key")), room());
    let until = Instant::now() + Duration::from_secs(20);
    let answers = futures::future::join_all((0..TOGETHER).map(|_| send(&door, &request, until, &room))).await;
    assert!(answers.iter().all(|answer| matches!(answer, Answer::Reply(Reply { status: 200, .. }))), "{answers:?}");
    assert_eq!(seen.lock().unwrap().len(), 2, "a hundred on the first, the rest on the second");
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
async fn request_that_found_no_room_is_known_not_to_have_left() {
    const ROOM: usize = 800;
    let arrived = Arc::new(AtomicUsize::new(0));
    let counted = arrived.clone();
    let router = Router::new().route(
        "/silent",
        post(move || async move {
            counted.fetch_add(1, Ordering::Relaxed);
            std::future::pending::<()>().await;
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let door = door(&[&origin], true, &[("key", es256())]);
    let (request, room) = (post_to(format!("{origin}/silent"), Some("key")), room());
    let until = Instant::now() + Duration::from_secs(4);
    let answers = futures::future::join_all((0..=ROOM).map(|_| send(&door, &request, until, &room))).await;
    let unsent = answers.iter().filter(|answer| matches!(answer, Answer::Unsent(_))).count();
    assert_eq!((unsent, arrived.load(Ordering::Relaxed)), (1, ROOM));
}
