//! The embedded plugins, and how plugins are loaded.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::Request as Inbound;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::post;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};

use super::*;
use crate::domain::manifest::{Reaches, Submits};
use crate::domain::{AttemptId, CallId, CalleeId, DevicePlatform, FamilyId, GroupId, Speaker, Turn as SpokenTurn};

fn config(text: &str) -> PluginConfig {
    toml::from_str(text).unwrap()
}

fn load(configs: Vec<(&str, PluginConfig)>) -> Result<Plugins, PluginLoadError> {
    let configs = configs.into_iter().map(|(id, config)| (id.to_owned(), config)).collect();
    Plugins::load(&configs, Surroundings::new(Clock::manual(NOW), Entropy::fixed([7; 32]))?)
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
        [grants]
        hosts = ["{origin}"]
        credentials = ["auth-key"]
        private_addresses = true
        data = ["push-address", "profile"]
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
        settings = { agent_id = "agent_1" }
        [grants]
        hosts = ["https://api.elevenlabs.io"]
        credentials = ["api-key", "webhook-secret"]
        webhooks = true
        data = ["profile", "transcript", "health"]
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

/// The renderer with all that it asks for; it needs no other word.
fn summary() -> PluginConfig {
    config(r#"grants.data = ["transcript", "health", "profile"]"#)
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
    let was_asked = Arc::new(AtomicBool::new(false));
    let router = Router::new().route(
        "/3/device/{token}",
        post(move |request: Inbound| async move {
            assert_eq!(request.version(), axum::http::Version::HTTP_2);
            let jwt = request.headers()["authorization"].to_str().unwrap();
            assert!(jwt.starts_with("bearer ey"), "the host places the credential");
            if request.uri().path().ends_with("dd") {
                return (StatusCode::GONE, r#"{"reason":"Unregistered","timestamp":1699999999000}"#).into_response();
            }
            // Of the other environment, which is asked second.
            if request.uri().path().ends_with("ee") && !was_asked.swap(true, Ordering::SeqCst) {
                return (StatusCode::BAD_REQUEST, r#"{"reason":"BadDeviceToken"}"#).into_response();
            }
            (StatusCode::OK, [("apns-id", "0190a000-0000-7000-8000-000000000001")]).into_response()
        }),
    );
    let origin = serve(router).await;
    let plugins = load(vec![("apns-voip", apns(&origin))]).unwrap();
    assert_eq!(
        plugins.channels(),
        [ChannelInfo {
            is_told: true,
            id: "apns-voip".to_owned(),
            reaches: Reaches::Device(DevicePlatform::Ios),
            submits: Submits::Moment,
            version: "0.1.0".to_owned(),
        }]
    );
    let rings = vec![ring(&"a".repeat(64)), ring(&dead), ring(&"e".repeat(64)), ring(&"b".repeat(64))];
    let verdicts = plugins.ring("apns-voip", rings, DEADLINE).await.unwrap();
    let reference = Some("0190a000-0000-7000-8000-000000000001".to_owned());
    assert_eq!(
        verdicts,
        [
            Verdict::Accepted(reference.clone()),
            Verdict::GoneSince {
                since: Moment::from_millis(1_699_999_999_000),
                reason: "apns-voip 0.1.0: Unregistered".to_owned(),
            },
            Verdict::AcceptedIn { environment: "sandbox".to_owned(), reference: reference.clone() },
            Verdict::Accepted(reference),
        ]
    );
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
    let url = "https://calls.example.org/webhooks/elevenlabs";
    assert_eq!(plugins.verify_webhook("elevenlabs", url, header(signed), body), Ok(()));
    assert_eq!(plugins.verify_webhook("elevenlabs", url, |_| None, body), Err(SignatureError::Missing));
    assert_eq!(plugins.verify_webhook("elevenlabs", url, header(signed), b"{}"), Err(SignatureError::Wrong));
    assert_eq!(plugins.verify_webhook("nobody", url, header(signed), body), Err(SignatureError::NotExpected));
    let reading = plugins.read_webhook("elevenlabs", Vec::new(), b"no json".to_vec()).await.unwrap();
    assert!(matches!(reading, WebhookReading::Unreadable(_)), "{reading:?}");
}

#[tokio::test]
async fn embedded_renderer_renders() {
    let plugins = load(vec![("family-summary", summary())]).unwrap();
    let material = Material {
        callee_name: "Ibu Sari".to_owned(),
        language: "en".to_owned(),
        turns: vec![
            SpokenTurn { speaker: Speaker::Agent, text: "How are you today?".to_owned(), at_s: 1 },
            SpokenTurn { speaker: Speaker::Callee, text: "I am fine, I worked in the garden.".to_owned(), at_s: 4 },
        ],
        provider_summary: Some("She was fine and worked in the garden.".to_owned()),
        collected: Vec::new(),
        duration_s: 30,
    };
    let rendering = plugins.render("family-summary", material, "en").await.unwrap();
    assert!(!rendering.blocks.is_empty());
}

#[test]
fn every_embedded_plugin_has_a_usable_manifest_and_needs_no_more_than_there_is() {
    let machine = Machine::start(None, None).unwrap();
    for embedded in builtin::BUILTIN {
        let manifest: Manifest = toml::from_str(embedded.manifest).unwrap();
        manifest.check().unwrap();
        assert_eq!(manifest.id, embedded.id);
        machine.prepare(embedded.component).unwrap();
    }
    assert_eq!(builtin::BUILTIN.len(), 8);
}

#[test]
fn loading_says_what_is_wrong_and_what_to_write() {
    let mut config = elevenlabs();
    config.grants.hosts.clear();
    let error = said(load(vec![("elevenlabs", config)]).err().unwrap());
    assert!(error.contains("\"https://api.elevenlabs.io\" to `hosts` in [plugins.elevenlabs.grants]"), "{error}");

    let error = said(load(vec![("pigeon", PluginConfig::default())]).err().unwrap());
    assert!(error.contains("builtin:pigeon") && error.contains("fcm, apns-voip"), "{error}");

    let mut config = PluginConfig { sha256: Some("00".repeat(32)), ..summary() };
    let error = said(load(vec![("family-summary", config.clone())]).err().unwrap());
    assert!(error.contains("SHA-256"), "{error}");
    config.enabled = false;
    assert!(load(vec![("family-summary", config)]).unwrap().renderer_ids().is_empty());
}

#[test]
fn compiled_code_is_kept_in_the_cache() {
    let dir = tempfile::tempdir().unwrap();
    let configs = BTreeMap::from([("family-summary".to_owned(), summary())]);
    for _ in 0..2 {
        let (clock, entropy, cache) = (Clock::manual(NOW), Entropy::fixed([7; 32]), dir.path().join("code"));
        let plugins = {
            let surroundings = Surroundings { cache_dir: Some(cache), ..Surroundings::new(clock, entropy).unwrap() };
            Plugins::load(&configs, surroundings).unwrap()
        };
        assert_eq!(plugins.renderer_ids(), ["family-summary"]);
    }
    assert!(dir.path().join("code").read_dir().unwrap().next().is_some());
}

#[test]
fn component_of_a_file_must_be_what_its_manifest_says() {
    let dir = tempfile::tempdir().unwrap();
    let embedded = builtin::find("family-summary").unwrap();
    let path = dir.path().join("own.wasm");
    std::fs::write(&path, embedded.component).unwrap();
    let source = format!("file:{}", path.display());
    let config = PluginConfig { source, unsigned: true, ..summary() };
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
