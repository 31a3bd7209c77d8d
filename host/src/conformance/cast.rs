//! Who plays in the kit: invented people, addresses and keys, and the moment at which it all happens. The names and
//! numbers are canaries: where one shows up in an error, somebody's would have. It calls nobody.

use serde_json::json;

use crate::domain::manifest::{DataKind, Manifest, ReachWord, Reaches, Submits};
use crate::plugins::wit::{Context, Notice, RingAttempt, RingRef, SessionRequest, Wanted};

/// The moment of every trial: 2026-11-18 08:20:00 UTC.
pub(super) const NOW_MS: u64 = 1_794_990_000_000;
/// Nine seconds later, as HTTP writes it.
pub(super) const IN_NINE_SECONDS: &str = "Wed, 18 Nov 2026 08:20:09 GMT";
/// How long before its moment a ring is handed over, where the vendor keeps the schedule.
const AHEAD_MS: u64 = 300_000;
const WINDOW_MS: u64 = 45_000;

/// A host that is required, and that the project does not name.
pub(super) const VENDOR: &str = "https://vendor.example";

const ADDRESS: &str = "5ca1ab1e0ddba11c0ffee5eed0fade5facade0fbada55e75b01dfacedeadbea7";
const NUMBER: &str = "+12025550142";
const KEY: &str = "sk-canary-4b1d7e0f9a";
pub(super) const CALLEE: &str = "Quillon Vexworth";
/// What the callee said, which is nobody's business but the family's.
pub(super) const SAID: &str = "the marmalade is behind the piano";

/// What would be personal or secret, were it real, and what it is.
const CANARIES: [(&str, &str); 8] = [
    (ADDRESS, "a push address"),
    ("5ca1ab1e0ddba11c", "part of a push address"),
    (NUMBER, "a phone number"),
    ("2025550142", "a phone number"),
    (KEY, "a key"),
    ("Quillon", "a name"),
    ("Vexworth", "a name"),
    ("marmalade", "what was said"),
];

/// What a text gives away.
pub(super) fn leaked(text: &str) -> Option<&'static str> {
    CANARIES.iter().find(|(canary, _)| text.contains(canary)).map(|(_, what)| *what)
}

/// How a talkative vendor repeats what it was sent.
pub(super) fn quoted() -> String {
    format!("{ADDRESS} or {NUMBER} of {CALLEE}, sent with the key {KEY}, is not valid: \"{SAID}\"")
}

/// All that varies, at the moment of the trial.
pub(super) fn context(settings: &str) -> Context {
    Context {
        now_ms: NOW_MS,
        locale: "en".to_owned(),
        settings: settings.to_owned(),
        entropy: (0..32).collect(),
        extra: Vec::new(),
    }
}

/// What a host tells of itself with a check; the channel that dials is made up, as its settings are.
pub(super) fn facts(manifest: &Manifest) -> Vec<(String, String)> {
    let facts = [
        ("webhook-urls", format!("https://callpanion.example/webhooks/{}", manifest.id)),
        ("variables", "callpanion_call_id callee_name language".to_owned()),
        ("renderer", "family-summary".to_owned()),
        ("phone-channel", "sample-channel".to_owned()),
        (
            "phone-channel-settings",
            r#"{"agent_id": "sample-agent", "agent_phone_number_id": "sample-number"}"#.to_owned(),
        ),
    ];
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The `i`th ring that this channel may get.
pub(super) fn ring(manifest: &Manifest, i: usize) -> RingAttempt {
    let channel = manifest.channel_info(&manifest.id);
    let ahead = channel.as_ref().is_some_and(|channel| channel.submits == Submits::Ahead);
    let ring_at_ms = if ahead { NOW_MS + AHEAD_MS } else { NOW_MS };
    RingAttempt {
        ring_id: uuid(1, i),
        call_id: uuid(2, i),
        group_id: uuid(3, 0),
        family_id: uuid(4, i),
        callee_id: uuid(5, i),
        address: address(manifest, i),
        environment: if is_number(manifest) { String::new() } else { "production".to_owned() },
        ring_at_ms,
        expires_at_ms: ring_at_ms + WINDOW_MS,
        language: ["en", "id", "ar"][i % 3].to_owned(),
        zone: "Asia/Jakarta".to_owned(),
        variables: variables(manifest),
        extra: Vec::new(),
    }
}

/// The same rings, once they were submitted. `reference` is what `accepted` gave.
pub(super) fn ring_ref(manifest: &Manifest, i: usize, reference: Option<&str>) -> RingRef {
    let ring = ring(manifest, i);
    RingRef {
        ring_id: ring.ring_id,
        call_id: ring.call_id,
        group_id: ring.group_id,
        address: ring.address,
        environment: ring.environment,
        ring_at_ms: ring.ring_at_ms,
        reference: reference.map(str::to_owned),
    }
}

/// Somebody who has answered and waits.
pub(super) fn session_request(manifest: &Manifest) -> SessionRequest {
    SessionRequest {
        call_id: uuid(2, 0),
        callee_id: uuid(5, 0),
        language: "id".to_owned(),
        variables: variables(manifest),
    }
}

/// The `i`th notice that this notifier may get.
pub(super) fn notice(manifest: &Manifest, i: usize) -> Notice {
    Notice {
        id: uuid(6, i),
        to: address(manifest, i),
        language: ["en", "id", "ar"][i % 3].to_owned(),
        title: "A missed call".to_owned(),
        text: format!("{CALLEE} did not pick up at 9:00."),
        link: "https://callpanion.example/calls/1".to_owned(),
        expires_at_ms: NOW_MS + 3_600_000,
        extra: Vec::new(),
    }
}

/// How an installation may want a vendor's side to be.
pub(super) fn wanted(manifest: &Manifest) -> Wanted {
    Wanted {
        name: "Callpanion".to_owned(),
        languages: vec!["en".to_owned(), "id".to_owned()],
        webhook_url: format!("https://callpanion.example/webhooks/{}", manifest.id),
        retention_days: Some(30),
        keep_audio: false,
        variables: vec!["callpanion_call_id".to_owned(), "callee_name".to_owned()],
        extra: vec![("renderer".to_owned(), "family-summary".to_owned())],
    }
}

/// Somebody's number, to be looked up.
pub(super) const LOOKED_UP: &str = NUMBER;

/// What the agent is told, where the manifest asks to be shown it.
fn variables(manifest: &Manifest) -> Vec<(String, String)> {
    if !manifest.asks_for(DataKind::Profile) {
        return Vec::new();
    }
    let names = ["callee_name", "user_name", "family_name", "language", "interests", "last_talk"];
    names.map(|name| (name.to_owned(), CALLEE.to_owned())).to_vec()
}

fn is_number(manifest: &Manifest) -> bool {
    manifest.channel_info(&manifest.id).is_some_and(|channel| channel.reaches == Reaches::Number)
        || manifest.notifier.is_some_and(|notifier| notifier.reaches == ReachWord::Number)
}

fn address(manifest: &Manifest, i: usize) -> String {
    match (is_number(manifest), i) {
        (true, 0) => NUMBER.to_owned(),
        (true, _) => format!("+1202555{:04}", 1_000 + i),
        (false, _) if manifest.takes_subscriptions() => {
            subscription(&format!("{}/send/{}", push_service(manifest), token(i)))
        }
        (false, _) => token(i),
    }
}

fn token(i: usize) -> String {
    match i {
        0 => ADDRESS.to_owned(),
        // Of the same length and letters, as push addresses are.
        _ => format!("{}{i:08x}", &ADDRESS[..56]),
    }
}

/// The first of the hosts that the manifest names.
fn push_service(manifest: &Manifest) -> &str {
    let default = |setting: &str| manifest.settings.get(setting)?.default.as_ref()?.as_str();
    let mut named = manifest.hosts.iter().filter_map(|host| default(&host.setting));
    named.find(|url| !url.is_empty()).unwrap_or(VENDOR)
}

/// What a browser registers whose messages are taken at `endpoint`. Its key is an example of RFC 8291 (appendix A).
pub fn subscription(endpoint: &str) -> String {
    json!({
        "endpoint": endpoint,
        "keys": {
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        },
    })
    .to_string()
}

fn uuid(kind: usize, i: usize) -> String {
    format!("0192a000-000{kind}-7000-8000-{i:012x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_found() {
        assert_eq!(leaked(&quoted()), Some("a push address"));
        assert_eq!(leaked("the vendor answered 404"), None);
    }
}
