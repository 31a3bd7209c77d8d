//! No secret is reachable: after every run of every export the whole linear memory of the plugin is kept, and searched
//! for every credential that is configured, as it stands in the config and as it goes out.

use std::sync::PoisonError;

use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request as Inbound;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use serde_json::{Value, json};

use super::super::machine::Onlooker;
use super::everything::call_everything;
use super::*;
use crate::egress::web_push::VapidKey;

/// What a plugin is told, and must therefore be found.
const TOLD: &str = "a-project-that-the-plugin-is-told-of";
/// A credential that the operator of the control wrote into the settings as well.
const LEAKED: &str = "a-key-that-its-operator-wrote-into-the-settings";
/// The secret number of Apple's key. No other bytes of the test are like it, least of all the entropy.
const APPLES_NUMBER: [u8; 32] = [0x5a; 32];
/// The same of the installation's own key.
const OWN_NUMBER: [u8; 32] = [0x3c; 32];
/// Pieces of a key this long are looked for by themselves.
const PIECE_BYTES: usize = 32;

/// The memories of all runs, under the words that stood on the slate when they ended.
#[derive(Default)]
struct Memories {
    slate: Mutex<String>,
    kept: Mutex<Vec<(String, Vec<u8>)>>,
}

impl Memories {
    /// What is looked at next.
    fn label(&self, words: &str) {
        words.clone_into(&mut self.slate.lock().unwrap());
    }

    fn onlooker(self: &Arc<Self>) -> Onlooker {
        let memories = self.clone();
        Arc::new(move |store| {
            let label = memories.slate.lock().unwrap().clone();
            for instance in store.debug_all_instances() {
                for index in 0.. {
                    let Some(memory) = instance.debug_memory(&mut *store, index) else { break };
                    let bytes = memory.data(&*store).to_vec();
                    memories.kept.lock().unwrap().push((label.clone(), bytes));
                }
            }
        })
    }

    /// The labels under which `needle` lies somewhere in a memory.
    fn with(&self, needle: &[u8]) -> BTreeSet<String> {
        let kept = self.kept.lock().unwrap();
        let found = kept.iter().filter(|(_, bytes)| contains(bytes, needle));
        found.map(|(label, _)| label.clone()).collect()
    }

    fn labels(&self) -> BTreeSet<String> {
        self.kept.lock().unwrap().iter().map(|(label, _)| label.clone()).collect()
    }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let (first, rest) = needle.split_first().expect("an empty secret is none");
    let mut left = bytes;
    while let Some(at) = left.iter().position(|byte| byte == first) {
        left = &left[at + 1..];
        if left.starts_with(rest) {
            return true;
        }
    }
    false
}

/// Secrets to look for, with words for the message.
#[derive(Clone, Default)]
struct Secrets(Arc<Mutex<Vec<Named>>>);

/// What it is, and what it is made of.
type Named = (String, Vec<u8>);

impl Secrets {
    fn add(&self, words: &str, secret: impl Into<Vec<u8>>) {
        let secret = secret.into();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((words.to_owned(), secret));
    }

    /// The lines of a PEM text, each of which is a good piece of the key.
    fn add_pem(&self, words: &str, pem: &str) {
        for line in pem.lines().filter(|line| !line.starts_with('-') && line.len() >= PIECE_BYTES) {
            self.add(words, line);
            // And the same as the bytes that it stands for.
            if let Ok(bytes) = STANDARD.decode(&line[..line.len() / 4 * 4]) {
                self.add(words, bytes);
            }
        }
    }

    fn all(&self) -> Vec<(String, Vec<u8>)> {
        self.0.lock().unwrap().clone()
    }
}

/// A vendor for every plugin: it takes everything, and what it is shown of credentials is a secret from then on.
async fn vendor(secrets: Secrets) -> String {
    let answer = move |request: Inbound| {
        let secrets = secrets.clone();
        async move {
            let (head, body) = request.into_parts();
            for name in ["authorization", "xi-api-key", "x-key"] {
                let Some(value) = head.headers.get(name) else { continue };
                let text = value.to_str().unwrap();
                secrets.add(&format!("{name} as it went out"), text.split_once(' ').map_or(text, |(_, rest)| rest));
            }
            let body: Bytes = to_bytes(body, 1 << 20).await.unwrap();
            if head.uri.path() != "/token" {
                return Json(json!({}));
            }
            let form = String::from_utf8(body.to_vec()).unwrap();
            let assertion = form.split_once("assertion=").unwrap().1.to_owned();
            secrets.add("the signed assertion for Google", assertion);
            secrets.add("the bought access", "ya29.an-access-that-was-bought");
            Json(json!({ "access_token": "ya29.an-access-that-was-bought", "expires_in": 3600 }))
        }
    };
    serve(Router::new().fallback(answer)).await
}

/// `builtin:fcm` with a credential of another kind: it names its credential, and does not care what it is.
fn fcm_with(folder: &std::path::Path, kind: &str) -> String {
    let fcm = builtin::find("fcm").unwrap();
    let folder = folder.join(kind);
    std::fs::create_dir(&folder).unwrap();
    let manifest = fcm.manifest.replace("kind = \"google-service-account\"", &format!("kind = \"{kind}\""));
    std::fs::write(folder.join("plugin.toml"), manifest).unwrap();
    std::fs::write(folder.join("fcm.wasm"), fcm.component).unwrap();
    format!("file:{}", folder.join("fcm.wasm").display())
}

fn fcm_section(origin: &str, credential: &Value, settings: &Value) -> Value {
    json!({
        "grants": {
            "hosts": [origin], "credentials": ["service-account"], "private_addresses": true,
            "data": ["push-address", "profile"],
        },
        "credentials": { "service-account": credential },
        "settings": settings,
    })
}

/// Every plugin, and among them every kind of credential.
fn sections(origin: &str, folder: &std::path::Path, secrets: &Secrets) -> Vec<(&'static str, Value)> {
    let rsa = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    let rsa = rsa::pkcs8::EncodePrivateKey::to_pkcs8_pem(&rsa, rsa::pkcs8::LineEnding::LF).unwrap();
    let p8 = p256::SecretKey::from_slice(&APPLES_NUMBER).unwrap().to_pkcs8_pem(LineEnding::LF).unwrap();
    secrets.add_pem("the key of Google's account", &rsa);
    secrets.add_pem("Apple's key", &p8);
    secrets.add("the number in Apple's key", APPLES_NUMBER);
    secrets.add("the number in the installation's key", OWN_NUMBER);
    secrets.add("the installation's key", URL_SAFE_NO_PAD.encode(OWN_NUMBER));
    secrets.add("a password", "a-password-for-basic");
    secrets.add("a pair of name and password", STANDARD.encode("a-user:a-password-for-basic"));
    secrets.add("a bearer's value", "a-value-for-bearer");
    secrets.add("a header's value", "a-value-for-a-header");
    secrets.add("the key of ElevenLabs", "a-key-for-elevenlabs");
    secrets.add("the secret that signs webhooks", "wsec_a-secret-for-webhooks");
    secrets.add("the secret that signed webhooks", "wsec_the-one-before-it");

    let account = json!({
        "type": "service_account", "client_email": "host@example.iam.gserviceaccount.com", "private_key_id": "1",
        "private_key": rsa.to_string(), "token_uri": format!("{origin}/token"),
    });
    let told = json!({ "base_url": origin, "project_id": TOLD });
    let loose = json!({ "base_url": origin, "project_id": TOLD, "caller_name": LEAKED });
    let google = json!({ "kind": "google-service-account", "json": account.to_string() });
    let bearer = json!({ "kind": "bearer", "value": "a-value-for-bearer" });
    let basic = json!({ "kind": "basic", "username": "a-user", "password": "a-password-for-basic" });
    let header = json!({ "kind": "header", "header": "x-key", "value": "a-value-for-a-header" });
    let loose_key = json!({ "kind": "bearer", "value": LEAKED });
    let p8 = json!({ "kind": "jwt-es256", "team_id": "TEAM000001", "key_id": "KEY0000001", "key": p8.to_string() });
    let eleven = json!({ "kind": "header", "header": "xi-api-key", "value": "a-key-for-elevenlabs" });
    let signing = json!({
        "kind": "hmac-secret", "value": "wsec_a-secret-for-webhooks", "previous": "wsec_the-one-before-it",
    });
    let of_file = |kind: &str, mut section: Value| {
        section["source"] = fcm_with(folder, kind).into();
        section["unsigned"] = true.into();
        section
    };
    let bearer_section = of_file("bearer", fcm_section(origin, &bearer, &told));
    let mut loose_section = fcm_section(origin, &loose_key, &loose);
    loose_section["source"] = bearer_section["source"].clone();
    loose_section["unsigned"] = true.into();
    vec![
        ("fcm", fcm_section(origin, &google, &told)),
        ("fcm-bearer", bearer_section),
        ("fcm-basic", of_file("basic", fcm_section(origin, &basic, &told))),
        ("fcm-header", of_file("header", fcm_section(origin, &header, &told))),
        ("fcm-loose", loose_section),
        (
            "apns-voip",
            json!({
                "grants": {
                    "hosts": [origin], "credentials": ["auth-key"], "private_addresses": true,
                    "data": ["push-address", "profile"],
                },
                "credentials": { "auth-key": p8 },
                "settings": { "base_url_production": origin, "base_url_sandbox": origin, "bundle_id": TOLD },
            }),
        ),
        (
            "web-push",
            json!({
                "grants": {
                    "hosts": [origin], "credentials": ["vapid"], "private_addresses": true, "data": ["push-address"],
                },
                "credentials": { "vapid": { "kind": "web-push", "contact": "mailto:calls@care-home.org" } },
                "settings": {
                    "google": "", "mozilla": "", "apple": "", "others": origin, "page_url": origin,
                    "caller_name": TOLD,
                },
            }),
        ),
        (
            "twilio-batch",
            json!({
                "grants": {
                    "hosts": [origin], "credentials": ["api-key"], "private_addresses": true,
                    "data": ["phone-number", "profile"],
                },
                "credentials": { "api-key": eleven },
                "settings": { "base_url": origin, "agent_id": TOLD, "agent_phone_number_id": "phnum_1" },
            }),
        ),
        (
            "elevenlabs",
            json!({
                "grants": {
                    "hosts": [origin], "credentials": ["api-key", "webhook-secret"], "private_addresses": true,
                    "webhooks": true, "data": ["transcript", "health", "profile"],
                },
                "credentials": { "api-key": eleven, "webhook-secret": signing },
                "settings": { "base_url": origin, "agent_id": TOLD },
            }),
        ),
        ("family-summary", json!({ "grants": { "data": ["transcript", "health", "profile"] } })),
    ]
}

#[tokio::test]
async fn no_memory_of_any_plugin_holds_a_credential_after_any_export() {
    let (memories, secrets) = (Arc::new(Memories::default()), Secrets::default());
    let folder = tempfile::tempdir().unwrap();
    let origin = vendor(secrets.clone()).await;
    let sections = sections(&origin, folder.path(), &secrets);
    let ids: Vec<&str> = sections.iter().map(|(id, _)| *id).collect();
    let configs = sections.iter().map(|(id, section)| {
        let config: PluginConfig = serde_json::from_value(section.clone()).unwrap();
        ((*id).to_owned(), config)
    });
    let machine = Arc::new(Machine::start_watched(memories.onlooker()).unwrap());
    let surroundings = Surroundings::new(Clock::manual(NOW), Entropy::fixed([7; 32])).unwrap();
    let own = VapidKey::from_secret_text(&URL_SAFE_NO_PAD.encode(OWN_NUMBER)).unwrap();
    surroundings.installation_key.tell(own);
    memories.label("describe");
    let shelf = Shelf::fill_on(machine, &configs.collect(), surroundings).unwrap();
    let plugins = Plugins(Arc::new(shelf));
    call_everything(&plugins, |id, export| memories.label(&format!("{id} {export}")), &origin).await;

    // Every export was looked at, the answers of vendors were seen, and the search sees what a plugin is told.
    let labels = memories.labels();
    for id in &ids {
        let manifest = plugins.manifests().into_iter().find(|(stamp, _)| stamp.id == *id).unwrap().1;
        for export in Export::ALL.iter().filter(|export| export.is_of(&manifest)) {
            assert!(labels.contains(&format!("{id} {export}")), "{id} {export} was not looked at");
        }
    }
    let told = memories.with(TOLD.as_bytes());
    for id in ids.iter().filter(|id| **id != "family-summary") {
        assert!(told.iter().any(|label| label.starts_with(&format!("{id} "))), "{id} was not told its settings");
    }
    let all = secrets.all();
    for sent in [
        "a-value-for-bearer",
        "a-value-for-a-header",
        "a-key-for-elevenlabs",
        "ya29.an-access-that-was-bought",
        &STANDARD.encode("a-user:a-password-for-basic"),
    ] {
        let went_out = |(words, secret): &(String, Vec<u8>)| words.ends_with("went out") && secret == sent.as_bytes();
        assert!(all.iter().any(went_out), "{sent} went to no vendor, so that its way was not tried");
    }
    let authorizations = all.iter().filter(|(words, _)| words.starts_with("authorization"));
    let placed = |begin: &[u8]| authorizations.clone().any(|(_, secret)| secret.starts_with(begin));
    assert!(placed(b"eyJ"), "APNs");
    assert!(placed(b"t=eyJ"), "Web Push");
    assert!(all.iter().any(|(words, _)| words == "the signed assertion for Google"));

    // The control: a search that cannot find is no search.
    let loose = memories.with(LEAKED.as_bytes());
    assert!(loose.contains("fcm-loose ring"), "what its operator gave away is found: {loose:?}");
    assert!(loose.iter().all(|label| label.starts_with("fcm-loose ")), "and nobody else has it: {loose:?}");

    for (words, secret) in all.iter().filter(|(_, secret)| secret != LEAKED.as_bytes()) {
        let found = memories.with(secret);
        assert!(found.is_empty(), "{words} lies in the memory of a plugin, after {found:?}");
    }
}
