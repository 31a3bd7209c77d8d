//! Webhooks: the header that signs them, and the body once it is believed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use callpanion::config::plugins::{CredentialConfig, Secret};
use callpanion::egress::webhook_signature::{SignatureError, SigningSecrets};
use callpanion::plugins::Plugins;
use callpanion_elevenlabs::ElevenLabs;
use callpanion_plugin_api::Ctx;
use callpanion_plugin_api::provider::Provider as _;
use callpanion_plugin_api::testing::context;
use hmac::{Hmac, Mac as _};
use serde_json::json;
use sha2::Sha256;
use tokio::runtime::Runtime;

use super::input::first_line;
use super::{NOW, surroundings};

const CURRENT: &str = "wsec_of_today";
const PREVIOUS: &str = "wsec_of_yesterday";
const TOLERANCE_S: u32 = 1_800;
const FUTURE_MAX_S: i64 = 300;

static SECRETS: LazyLock<SigningSecrets> = LazyLock::new(|| {
    let config = CredentialConfig::HmacSecret {
        value: Some(Secret::new(CURRENT)),
        value_file: None,
        previous: Some(Secret::new(PREVIOUS)),
        previous_file: None,
        hosts: Vec::new(),
    };
    SigningSecrets::read(&config, "fuzz").unwrap().unwrap()
});

/// The first line is the signature's header, the rest is the body. Nothing is believed but what was signed in time.
pub(crate) fn webhook_signature(data: &[u8]) {
    let (header, body) = first_line(data);
    let Ok(header) = std::str::from_utf8(header) else { return };
    if SECRETS.verify(header, body, NOW, TOLERANCE_S).is_ok() {
        let stamp = header.split(',').find_map(|part| part.trim().strip_prefix("t=")).unwrap().trim();
        let age_s = NOW.secs() - stamp.parse::<i64>().unwrap();
        assert!((-FUTURE_MAX_S..=i64::from(TOLERANCE_S)).contains(&age_s), "believed at an age of {age_s} s");
        let given = header.to_ascii_lowercase();
        let is_signed = [CURRENT, PREVIOUS].iter().any(|secret| given.contains(&signature(secret, stamp, body)));
        assert!(is_signed, "a forged signature was believed");
    }
    let stamp = NOW.secs().to_string();
    let signed = format!("t={stamp},v0={}", signature(CURRENT, &stamp, body));
    assert_eq!(SECRETS.verify(&signed, body, NOW, TOLERANCE_S), Ok(()));
    let longer = [body, b"\0"].concat();
    assert_eq!(SECRETS.verify(&signed, &longer, NOW, TOLERANCE_S), Err(SignatureError::Wrong));
}

fn signature(secret: &str, stamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(&[stamp.as_bytes(), b".", body].concat());
    hex::encode(mac.finalize().into_bytes())
}

/// `elevenlabs` as the host runs it, and what its runs need.
static HOST: LazyLock<(Plugins, Runtime)> = LazyLock::new(|| {
    let section = r#"
        settings = { agent_id = "agent_2901kb2n1c7gf4v8s6z0tq3mwe5p" }
        [grants]
        hosts = ["https://api.elevenlabs.io"]
        credentials = ["api-key", "webhook-secret"]
        data = ["profile", "transcript", "health"]
        webhooks = true
        [credentials.api-key]
        kind = "header"
        header = "xi-api-key"
        value = "x"
        [credentials.webhook-secret]
        kind = "hmac-secret"
        value = "wsec_of_today"
    "#;
    let configs = BTreeMap::from([("elevenlabs".to_owned(), toml::from_str(section).unwrap())]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    (Plugins::load(&configs, surroundings()).unwrap(), runtime)
});

/// A believed body, read by the plugin as native code, which tells libFuzzer its way, and by the host, whose plugin is
/// WebAssembly: it never fails, whatever the vendor wrote.
pub(crate) fn webhook_body(data: &[u8]) {
    let settings = json!({
        "agent_id": "agent_2901kb2n1c7gf4v8s6z0tq3mwe5p",
        "phone_agent_id": "agent_7401kb2m8x4teqf9v6r3d5n0hyjs",
    });
    ElevenLabs::read_webhook(&Ctx::new(context(&settings), Vec::new()), &[], data).unwrap();
    let (plugins, runtime) = &*HOST;
    runtime.block_on(plugins.read_webhook("elevenlabs", Vec::new(), data.to_vec())).unwrap();
}
