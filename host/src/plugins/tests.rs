//! The room as a whole: the embedded plugins as real WebAssembly, hostile
//! components, and conversations whose plugin is a script.

use std::sync::Mutex;
use std::time::Instant;

use axum::Router;
use axum::extract::Request as Inbound;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::post;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use tokio::net::TcpListener;
use wasmtime::component::{Instance, InstancePre};

use super::border::types;
use super::run::{Call, Common, World};
use super::steps::{Step, Turn};
use super::*;
use crate::config::plugins::Limits;
use crate::domain::manifest::{Reaches, Submits};
use crate::domain::{
    AttemptId, CallId, CalleeId, DevicePlatform, FamilyId, GroupId, Moment, Speaker, Turn as SpokenTurn,
};
use crate::egress::{Egress, Permits};

const DEADLINE: Duration = Duration::from_secs(20);
const NOW: Moment = Moment::from_secs(1_700_000_000);

fn config(text: &str) -> PluginConfig {
    toml::from_str(text).unwrap()
}

fn load(configs: Vec<(&str, PluginConfig)>) -> Result<Plugins, PluginLoadError> {
    let configs = configs.into_iter().map(|(id, config)| (id.to_owned(), config)).collect();
    Plugins::load(&configs, Clock::manual(NOW), Entropy::fixed([7; 32]), None)
}

/// The error with its causes, as an operator sees it.
fn said(error: PluginLoadError) -> String {
    format!("{:#}", anyhow::Error::new(error))
}

fn apns(origin: &str) -> PluginConfig {
    let pem = p256::SecretKey::from_slice(&[7; 32]).unwrap().to_pkcs8_pem(LineEnding::LF).unwrap();
    config(&format!(
        r#"
        source = "builtin:apns-voip"
        grants = {{ hosts = ["{origin}"], credentials = ["auth-key"], private_addresses = true }}
        [settings]
        base_url_production = "{origin}"
        base_url_sandbox = "{origin}"
        bundle_id = "nl.example.companion"
        [credentials.auth-key]
        kind = "jwt-es256"
        team_id = "TEAM000001"
        key_id = "KEY0000001"
        key = '''{}'''
        "#,
        pem.as_str()
    ))
}

fn elevenlabs() -> PluginConfig {
    config(
        r#"
        source = "builtin:elevenlabs"
        grants = { hosts = ["https://api.elevenlabs.io"], credentials = ["api-key", "webhook-secret"] }
        settings = { agent_id = "agent_1" }
        [credentials.api-key]
        kind = "header"
        header = "xi-api-key"
        value = "x"
        [credentials.webhook-secret]
        kind = "hmac-secret"
        value = "wsec_kat_0001"
        "#,
    )
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

fn ring(address: &str) -> Ring {
    Ring {
        attempt: AttemptId::new(),
        call: CallId::new(),
        group: GroupId::new(),
        family: FamilyId::new(),
        callee: CalleeId::new(),
        address: address.to_owned(),
        environment: "production".to_owned(),
        ring_at: NOW,
        expires_at: NOW.plus_secs(60),
        language: "en".to_owned(),
        zone: "Europe/Amsterdam".to_owned(),
        variables: Vec::new(),
    }
}

#[tokio::test]
async fn embedded_channel_rings_over_http2_and_answers_for_each_ring() {
    let dead = "d".repeat(64);
    let router = Router::new().route(
        "/3/device/{token}",
        post(|request: Inbound| async move {
            assert_eq!(request.version(), axum::http::Version::HTTP_2);
            let jwt = request.headers()["authorization"].to_str().unwrap();
            assert!(jwt.starts_with("bearer ey"), "the host places the credential");
            if request.uri().path().ends_with("dd") {
                return (StatusCode::GONE, r#"{"reason":"Unregistered","timestamp":1699999999000}"#)
                    .into_response();
            }
            (StatusCode::OK, [("apns-id", "0190a000-0000-7000-8000-000000000001")]).into_response()
        }),
    );
    let origin = serve(router).await;
    let plugins = load(vec![("apns-voip", apns(&origin))]).unwrap();
    assert_eq!(
        plugins.channels(),
        [ChannelInfo {
            id: "apns-voip".to_owned(),
            reaches: Reaches::Device(DevicePlatform::Ios),
            submits: Submits::Moment,
            version: "0.1.0".to_owned(),
        }]
    );
    let rings = vec![ring(&"a".repeat(64)), ring(&dead), ring(&"b".repeat(64))];
    let verdicts = plugins.ring("apns-voip", rings, DEADLINE).await.unwrap();
    assert!(matches!(verdicts[0], Verdict::Accepted(_)), "{verdicts:?}");
    assert!(matches!(verdicts[1], Verdict::Gone(_)), "{verdicts:?}");
    assert!(matches!(verdicts[2], Verdict::Accepted(_)), "{verdicts:?}");
    let nobody = plugins.ring("fcm", Vec::new(), DEADLINE).await;
    assert_eq!(nobody, Err(PluginFailure::NoSuchPlugin("fcm".to_owned())));
}

#[tokio::test]
async fn embedded_provider_verifies_and_reads_webhooks() {
    let plugins = load(vec![("elevenlabs", elevenlabs())]).unwrap();
    let body = br#"{"type":"post_call_transcription","event_timestamp":1,"data":{}}"#;
    let signed = "t=1700000000,v0=93fc84b0187326206253ebe58399240f16f5a1ae1c7b21395a4c1760af48f285";
    let header = |value: &str| {
        let value = value.to_owned();
        move |name: &str| (name == "elevenlabs-signature").then(|| value.clone())
    };
    assert_eq!(plugins.verify_webhook("elevenlabs", header(signed), body), Ok(()));
    assert_eq!(plugins.verify_webhook("elevenlabs", |_| None, body), Err(SignatureError::Missing));
    assert_eq!(plugins.verify_webhook("elevenlabs", header(signed), b"{}"), Err(SignatureError::Wrong));
    assert_eq!(plugins.verify_webhook("nobody", header(signed), body), Err(SignatureError::NotExpected));
    let reading = plugins.read_webhook("elevenlabs", Vec::new(), b"no json".to_vec()).await.unwrap();
    assert!(matches!(reading, WebhookReading::Unreadable(_)), "{reading:?}");
}

#[tokio::test]
async fn embedded_renderer_renders() {
    let plugins = load(vec![("family-summary", PluginConfig::default())]).unwrap();
    let material = Material {
        callee_name: "Ibu Sari".to_owned(),
        language: "en".to_owned(),
        turns: vec![
            SpokenTurn { speaker: Speaker::Agent, text: "How are you today?".to_owned(), at_s: 1 },
            SpokenTurn {
                speaker: Speaker::Callee,
                text: "I am fine, I worked in the garden.".to_owned(),
                at_s: 4,
            },
        ],
        provider_summary: Some("She was fine and worked in the garden.".to_owned()),
        collected: Vec::new(),
        duration_s: 30,
    };
    let rendering = plugins.render("family-summary", material, "en").await.unwrap();
    assert!(!rendering.blocks.is_empty());
}

#[test]
fn loading_says_what_is_wrong_and_what_to_write() {
    let mut config = elevenlabs();
    config.grants.hosts.clear();
    let error = said(load(vec![("elevenlabs", config)]).err().unwrap());
    assert!(
        error.contains("\"https://api.elevenlabs.io\" to `hosts` in [plugins.elevenlabs.grants]"),
        "{error}"
    );

    let error = said(load(vec![("pigeon", PluginConfig::default())]).err().unwrap());
    assert!(error.contains("builtin:pigeon") && error.contains("fcm, apns-voip"), "{error}");

    let mut config = PluginConfig { sha256: Some("00".repeat(32)), ..PluginConfig::default() };
    let error = said(load(vec![("family-summary", config.clone())]).err().unwrap());
    assert!(error.contains("SHA-256"), "{error}");
    config.enabled = false;
    assert!(load(vec![("family-summary", config)]).unwrap().renderer_ids().is_empty());
}

#[test]
fn component_of_a_file_must_be_what_its_manifest_says() {
    let dir = tempfile::tempdir().unwrap();
    let embedded = builtin::find("family-summary").unwrap();
    let path = dir.path().join("own.wasm");
    std::fs::write(&path, embedded.component).unwrap();
    let source = format!("file:{}", path.display());
    let config = PluginConfig { source, ..PluginConfig::default() };
    let error = said(load(vec![("own", config.clone())]).err().unwrap());
    assert!(error.contains("plugin.toml"), "{error}");

    let manifest = dir.path().join("plugin.toml");
    std::fs::write(&manifest, embedded.manifest.replace("\"0.1.0\"", "\"0.2.0\"")).unwrap();
    let error = said(load(vec![("own", config.clone())]).err().unwrap());
    assert!(error.contains("family-summary 0.1.0") && error.contains("family-summary 0.2.0"), "{error}");

    std::fs::write(&manifest, embedded.manifest.replace("\"renderer\"", "\"provider\"")).unwrap();
    assert!(load(vec![("own", config.clone())]).is_err());

    std::fs::write(&manifest, embedded.manifest).unwrap();
    assert_eq!(load(vec![("own", config)]).unwrap().renderer_ids(), ["own"]);
}

/// A world without types: for components that only misbehave, and for scripts.
impl World for InstancePre<Guest> {
    type Exports = Instance;

    fn instantiate<'a>(
        &'a self,
        store: &'a mut wasmtime::Store<Guest>,
    ) -> futures::future::BoxFuture<'a, wasmtime::Result<Instance>> {
        Box::pin(self.instantiate_async(store))
    }
}

fn bare(wat: &str, origins: &[&str], limits: Limits) -> Plugin<InstancePre<Guest>> {
    let machine = Arc::new(Machine::start(None).unwrap());
    let world = machine.prepare(&wat::parse_str(wat).unwrap()).unwrap();
    let clock = Clock::manual(NOW);
    let permits = Permits {
        plugin: "x".to_owned(),
        origins: origins.iter().map(|o| o.parse().unwrap()).collect(),
        private_addresses: true,
    };
    let egress = Egress::new(permits, &BTreeMap::new(), clock.clone(), &Trust::public().unwrap()).unwrap();
    let manifest = toml::from_str(builtin::find("family-summary").unwrap().manifest).unwrap();
    let common = Common {
        id: "x".to_owned(),
        manifest,
        settings: "{}".to_owned(),
        limits,
        egress,
        signing: None,
        clock,
        entropy: Entropy::fixed([7; 32]),
        machine,
        permits: Arc::new(tokio::sync::Semaphore::new(limits.concurrency as usize)),
    };
    Plugin { common: Arc::new(common), world }
}

fn call(name: &'static str) -> Call<InstancePre<Guest>, ()> {
    Box::new(move |instance, store| {
        Box::pin(async move {
            let export = instance.get_typed_func::<(), ()>(&mut *store, name)?;
            export.call_async(store, ()).await
        })
    })
}

const MISBEHAVING: &str = r#"
    (component
        (core module $m
            (memory 1)
            (func (export "spin") (loop $again (br $again)))
            (func (export "grow")
                (loop $again
                    (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
                unreachable)
            (func (export "deep") (call 2)))
        (core instance $i (instantiate $m))
        (func (export "spin") (canon lift (core func $i "spin")))
        (func (export "grow") (canon lift (core func $i "grow")))
        (func (export "deep") (canon lift (core func $i "deep"))))
"#;

#[tokio::test]
async fn spinning_plugin_is_stopped_by_its_cpu_budget_and_delays_nobody() {
    let limits = Limits { cpu_ms: 100, ..Limits::default() };
    let plugin = bare(MISBEHAVING, &[], limits);
    let until = plugin.common.until(DEADLINE);
    let spinning = async { plugin.run(until, call("spin")).await.unwrap_err() };
    let ticking = async {
        let start = Instant::now();
        tokio::time::sleep(Duration::from_millis(5)).await;
        start.elapsed()
    };
    let (failure, ticked) = tokio::join!(spinning, ticking);
    assert!(
        matches!(&failure, PluginFailure::Broken { what, .. } if what.contains("100 ms of CPU")),
        "{failure}"
    );
    assert!(ticked < Duration::from_secs(1), "{ticked:?}");
}

#[tokio::test]
async fn greedy_and_deep_plugins_are_stopped_and_the_next_instance_is_fresh() {
    let plugin = bare(MISBEHAVING, &[], Limits { memory_mb: 8, ..Limits::default() });
    for name in ["grow", "deep", "grow"] {
        let until = plugin.common.until(DEADLINE);
        let failure = plugin.run(until, call(name)).await.unwrap_err();
        assert!(matches!(failure, PluginFailure::Broken { .. }), "{failure}");
    }
}

#[tokio::test]
async fn run_that_outlasts_its_deadline_is_given_up() {
    let plugin = bare(MISBEHAVING, &[], Limits { cpu_ms: 600_000, ..Limits::default() });
    let until = plugin.common.until(Duration::from_millis(50));
    let failure = plugin.run(until, call("spin")).await.unwrap_err();
    assert!(failure.retryable(), "{failure}");
}

#[test]
fn component_that_wants_more_than_std_does_not_load() {
    let machine = Machine::start(None).unwrap();
    let wat = r#"
        (component
            (import "wasi:filesystem/preopens@0.2.6" (instance
                (export "get-directories" (func)))))
    "#;
    let refused = machine.prepare(&wat::parse_str(wat).unwrap()).err().unwrap().to_string();
    assert!(refused.contains("wasi:filesystem/preopens@0.2.6"), "{refused}");
    let native = machine.prepare(b"\x7fELF").err().unwrap();
    assert!(matches!(native, UnfitComponent::Wasm(_)), "{native}");
}

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
    assert!(
        matches!(&result, Err(PluginFailure::Broken { what, .. }) if what.contains("8 steps")),
        "{result:?}"
    );
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
