//! All that our plugins ever ask ElevenLabs, each thing once, through the host's own egress. `main` walks in.
//!
//! The vendor is a mock that answers with the examples of `elevenlabs.openapi.yaml`: the ids here are those there.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use callpanion::clock::Clock;
use callpanion::config::plugins::PluginConfig;
use callpanion::domain::{
    AttemptId, CallId, CalleeId, FamilyId, GroupId, Moment, Ring, RingPhase, RingRef, SessionRequest, Severity, Verdict,
};
use callpanion::plugins::{Entropy, Plugins, Surroundings};
use uuid::Uuid;

const DEADLINE: Duration = Duration::from_secs(20);
const CHANNEL: &str = "twilio-batch";
const PROVIDER: &str = "elevenlabs";
const BATCH: &str = "btcal_judged";
const CONVERSATION: &str = "conv_judged";
/// Where the webhook of the examples goes.
const WEBHOOKS: &str = "https://calls.example.org/webhooks/elevenlabs";
/// When the batch of the examples was to ring.
const RANG_AT: Moment = Moment::from_secs(1_794_990_300);
/// How long before its moment a ring is handed over here.
const AHEAD_S: i64 = 300;
const WINDOW_S: i64 = 60;

/// Fails where an answer is not what the example says: it was not understood, or the request was refused.
pub(crate) async fn run(origin: &str, key: &str) -> anyhow::Result<()> {
    let configs = BTreeMap::from([
        (CHANNEL.to_owned(), toml::from_str(&channel(origin, key))?),
        (PROVIDER.to_owned(), toml::from_str(&provider(origin, key))?),
    ]);
    let plugins = load(configs).await?;
    set_up(&plugins).await?;
    talk(&plugins).await?;
    hand_over(&plugins).await?;
    look_up(&plugins).await
}

async fn load(configs: BTreeMap<String, PluginConfig>) -> anyhow::Result<Plugins> {
    let surroundings = Surroundings::new(Clock::system(), Entropy::system())?;
    let loading = tokio::task::spawn_blocking(move || Plugins::load(&configs, surroundings));
    Ok(loading.await??)
}

async fn set_up(plugins: &Plugins) -> anyhow::Result<()> {
    for finding in plugins.check(PROVIDER, facts(plugins)?, DEADLINE).await? {
        ensure!(finding.severity == Severity::Ok, "{} {}", finding.what, finding.mend);
    }
    Ok(())
}

/// What a host tells with the check: where it takes webhooks, and who dials.
fn facts(plugins: &Plugins) -> anyhow::Result<Vec<(String, String)>> {
    let dialling = plugins.settings_of_channel(CHANNEL).context("the channel is not loaded")?;
    let facts = [("webhook-urls", WEBHOOKS), ("phone-channel", CHANNEL), ("phone-channel-settings", dialling.as_str())];
    Ok(facts.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
}

async fn talk(plugins: &Plugins) -> anyhow::Result<()> {
    let wanted = SessionRequest {
        call: CallId(id(11)),
        callee: CalleeId::new(),
        language: "en".to_owned(),
        variables: vec![("callee_name".to_owned(), "Margaret".to_owned())],
        join: None,
    };
    let session = plugins.open_session(PROVIDER, wanted, DEADLINE).await?;
    ensure!(session.conversation.as_deref() == Some(CONVERSATION), "the token is for {:?}", session.conversation);
    let told = plugins.fetch_session(PROVIDER, CONVERSATION, DEADLINE).await?;
    ensure!(told.is_some_and(|told| told.turns.len() == 2), "the conversation has other turns");
    Ok(())
}

async fn hand_over(plugins: &Plugins) -> anyhow::Result<()> {
    let ring_at = Clock::system().now().plus_secs(AHEAD_S);
    let ring = Ring {
        attempt: AttemptId::new(),
        call: CallId::new(),
        group: GroupId::new(),
        family: FamilyId::new(),
        callee: CalleeId::new(),
        address: "+442079460998".to_owned(),
        environment: String::new(),
        ring_at,
        expires_at: ring_at.plus_secs(WINDOW_S),
        language: "en".to_owned(),
        zone: "Europe/London".to_owned(),
        variables: vec![("callee_name".to_owned(), "Margaret".to_owned())],
    };
    let verdicts = plugins.ring(CHANNEL, vec![ring], DEADLINE).await?;
    ensure!(verdicts == [Verdict::Accepted(Some(BATCH.to_owned()))], "the ring: {verdicts:?}");
    Ok(())
}

/// By the batch's id, and by its name where no id was learnt; then both rings are wanted back.
async fn look_up(plugins: &Plugins) -> anyhow::Result<()> {
    for reference in [Some(BATCH), None] {
        let found = plugins.inspect(CHANNEL, rings(reference), DEADLINE).await?;
        let phases: Vec<RingPhase> = found.iter().map(|inspection| inspection.phase).collect();
        ensure!(phases == [RingPhase::Waiting, RingPhase::Failed], "found by {reference:?}: {phases:?}");
    }
    let silent = plugins.cancel(CHANNEL, rings(Some(BATCH)), DEADLINE).await?;
    ensure!(silent == [true, false], "what was taken back: {silent:?}");
    Ok(())
}

/// The two rings of the examples' batch: one waits, nobody picked up the other.
fn rings(reference: Option<&str>) -> Vec<RingRef> {
    let ring = |number: u128, address: &str| RingRef {
        attempt: AttemptId(id(number)),
        call: CallId(id(10 + number)),
        group: GroupId(id(3)),
        address: address.to_owned(),
        environment: String::new(),
        ring_at: RANG_AT,
        reference: reference.map(str::to_owned),
    };
    vec![ring(1, "+442079460998"), ring(2, "+442079460999")]
}

/// An id of the examples, by its last digits.
const fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0192_a000_0000_7000_8000_0000_0000_0000 + number)
}

fn channel(origin: &str, key: &str) -> String {
    format!(
        r#"
        grants = {{ hosts = ["{origin}"], credentials = ["api-key"], data = ["phone-number", "profile"], private_addresses = true }}
        settings = {{ base_url = "{origin}", agent_id = "agent_judged_phone", agent_phone_number_id = "phnum_judged" }}
        [credentials.api-key]
        kind = "header"
        header = "xi-api-key"
        value = "{key}"
        "#
    )
}

fn provider(origin: &str, key: &str) -> String {
    format!(
        r#"
        grants = {{ hosts = ["{origin}"], credentials = ["api-key", "webhook-secret"], data = ["profile", "transcript", "health"], private_addresses = true, webhooks = true }}
        settings = {{ base_url = "{origin}", agent_id = "agent_judged_app", phone_agent_id = "agent_judged_phone" }}
        [credentials.api-key]
        kind = "header"
        header = "xi-api-key"
        value = "{key}"
        [credentials.webhook-secret]
        kind = "hmac-secret"
        value = "wsec_judged"
        "#
    )
}
