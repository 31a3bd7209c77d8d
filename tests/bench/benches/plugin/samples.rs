//! What the plugins are given: rings, webhooks of two sizes, and a talk.

use std::collections::BTreeMap;

use callpanion::config::plugins::PluginConfig;
use callpanion::plugins::{Input, wit};
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use serde_json::{Value, json};

pub(crate) const NOW_MS: u64 = 1_794_990_000_000;

/// `apns-voip` with a key made up here, for the vendor at `origin`.
pub(crate) fn apns(origin: &str) -> anyhow::Result<PluginConfig> {
    let pem = p256::SecretKey::from_slice(&[7; 32])?.to_pkcs8_pem(LineEnding::LF)?;
    Ok(toml::from_str(&format!(
        r#"
        source = "builtin:apns-voip"
        grants = {{ hosts = ["{origin}"], credentials = ["auth-key"], data = ["push-address", "profile"], private_addresses = true }}
        settings = {{ base_url_production = "{origin}", base_url_sandbox = "{origin}", bundle_id = "org.example.companion" }}
        [credentials.auth-key]
        kind = "jwt-es256"
        team_id = "TEAM000001"
        key_id = "KEY0000001"
        key = '''{}'''
        "#,
        pem.as_str()
    ))?)
}

/// `apns-voip`, `elevenlabs` and `family-summary`.
pub(crate) fn computing() -> anyhow::Result<BTreeMap<String, PluginConfig>> {
    let elevenlabs = r#"
        grants = { hosts = ["https://api.elevenlabs.io"], credentials = ["api-key", "webhook-secret"], data = ["profile", "transcript", "health"], webhooks = true }
        settings = { agent_id = "agent_7101" }
        [credentials.api-key]
        kind = "header"
        header = "xi-api-key"
        value = "x"
        [credentials.webhook-secret]
        kind = "hmac-secret"
        value = "wsec_bench"
    "#;
    let summary = r#"grants = { data = ["profile", "transcript", "health"] }"#;
    Ok(BTreeMap::from([
        ("apns-voip".to_owned(), apns("https://vendor.example")?),
        ("elevenlabs".to_owned(), toml::from_str(elevenlabs)?),
        ("family-summary".to_owned(), toml::from_str(summary)?),
    ]))
}

pub(crate) fn context(settings: &Value) -> wit::Context {
    wit::Context {
        now_ms: NOW_MS,
        locale: "en".to_owned(),
        settings: settings.to_string(),
        entropy: vec![7; 32],
        extra: Vec::new(),
    }
}

pub(crate) fn channel_settings(origin: &str) -> Value {
    json!({
        "base_url_production": origin, "base_url_sandbox": origin, "bundle_id": "org.example.companion",
        "caller_name": "Callpanion",
    })
}

pub(crate) fn provider_settings() -> Value {
    json!({"base_url": "https://api.elevenlabs.io", "agent_id": "agent_7101", "agents": {}, "phone_agents": {}})
}

pub(crate) fn ring(number: usize) -> wit::RingAttempt {
    let id = |kind: u8| format!("0192a000-0000-70{kind:02}-8000-{number:012}");
    wit::RingAttempt {
        ring_id: id(1),
        call_id: id(2),
        group_id: id(3),
        family_id: id(4),
        callee_id: id(5),
        address: format!("{number:064x}"),
        environment: "production".to_owned(),
        ring_at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 60_000,
        language: "en".to_owned(),
        zone: "Europe/Amsterdam".to_owned(),
        variables: vec![("callee_name".to_owned(), "Wilhelmina".to_owned())],
        extra: Vec::new(),
    }
}

/// What Apple says to a push that it takes.
pub(crate) fn accepted() -> wit::Answer {
    let headers = vec![("apns-id".to_owned(), "0190a000-0000-7000-8000-000000000001".to_owned())];
    wit::Answer::Response(wit::Response { status: 200, headers, body: Vec::new() })
}

fn sentence(number: usize) -> String {
    let words =
        ["the garden was wet", "my neighbour came by", "I slept well enough", "the soup was good", "we laughed a lot"];
    format!("On day {number} {}, and then {}.", words[number % 5], words[(number * 7 + 3) % 5])
}

/// A transcription webhook of about so many bytes.
pub(crate) fn webhook(bytes: usize) -> Input {
    let mut turns = Vec::new();
    let mut size = 2_000;
    while size < bytes {
        let role = if turns.len() % 2 == 0 { "agent" } else { "user" };
        let turn = json!({
            "role": role, "message": sentence(turns.len()), "time_in_call_secs": turns.len() * 4,
            "tool_calls": [], "tool_results": [], "feedback": null, "interrupted": false, "original_message": null,
            "conversation_turn_metrics": {"metrics": {"convai_llm_service_ttfb": {"elapsed_time": 0.42}}},
        });
        size += turn.to_string().len() + 1;
        turns.push(turn);
    }
    let body = json!({
        "type": "post_call_transcription", "event_timestamp": NOW_MS / 1_000,
        "data": {
            "agent_id": "agent_7101", "conversation_id": "conv_bench0001", "status": "done", "user_id": null,
            "transcript": turns,
            "metadata": {"start_time_unix_secs": NOW_MS / 1_000 - 600, "call_duration_secs": 540, "termination_reason": "ended"},
            "analysis": {"call_successful": "success", "transcript_summary": sentence(3), "data_collection_results": {}},
            "conversation_initiation_client_data": {"dynamic_variables": {}},
        },
    });
    Input::ReadWebhook { headers: Vec::new(), body: body.to_string().into_bytes() }
}

/// A talk of forty turns.
pub(crate) fn material() -> wit::Material {
    let turn = |number: usize| wit::shared::Turn {
        speaker: if number.is_multiple_of(2) { wit::shared::Speaker::Agent } else { wit::shared::Speaker::Callee },
        text: sentence(number),
        at_s: u32::try_from(number * 7).unwrap_or(0),
    };
    wit::Material {
        callee_name: "Wilhelmina".to_owned(),
        language: "en".to_owned(),
        turns: (0..40).map(turn).collect(),
        provider_summary: Some(sentence(3)),
        collected: Vec::new(),
        duration_s: 280,
        extra: Vec::new(),
    }
}
