//! Every export of every plugin, called once. The search for secrets walks in.

use super::*;
use crate::conformance::subscription;
use crate::domain::{
    AttemptId, CallId, CallState, CalleeId, FamilyId, GroupId, Material, Ring, RingRef, SessionRequest, Speaker,
    Turn as SpokenTurn, Wanted, WeekCall, WeekMaterial,
};

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
        zone: "Europe/London".to_owned(),
        variables: Vec::new(),
    }
}

fn ring_ref(ring: &Ring) -> RingRef {
    RingRef {
        attempt: ring.attempt,
        call: ring.call,
        group: ring.group,
        address: ring.address.clone(),
        environment: ring.environment.clone(),
        ring_at: ring.ring_at,
        reference: Some("a-reference".to_owned()),
    }
}

fn wanted() -> Wanted {
    Wanted {
        name: "Callpanion".to_owned(),
        languages: vec!["en".to_owned()],
        webhook_url: "https://calls.example.org/webhooks/elevenlabs".to_owned(),
        retention_days: Some(30),
        keep_audio: false,
        variables: vec!["callee_name".to_owned()],
        renderer: "family-summary".to_owned(),
    }
}

/// Calls every export of every plugin, and says before each which. What they make of a vendor that says `{}` is no matter
/// here.
pub(super) async fn call_everything(plugins: &Plugins, label: impl Fn(&str, Export), origin: &str) {
    for channel in plugins.channels() {
        let id = channel.id.as_str();
        let address = if id == "web-push" { subscription(origin) } else { "a".repeat(64) };
        let rings = vec![ring(&address), ring(&address)];
        let refs: Vec<_> = rings.iter().map(ring_ref).collect();
        label(id, Export::Ring);
        let _ = plugins.ring(id, rings, DEADLINE).await;
        label(id, Export::Cancel);
        let _ = plugins.cancel(id, refs.clone(), DEADLINE).await;
        label(id, Export::Inspect);
        let _ = plugins.inspect(id, refs, DEADLINE).await;
        label(id, Export::Check);
        let _ = plugins.check_channel(id, Vec::new(), DEADLINE).await;
    }
    for id in plugins.provider_ids() {
        label(&id, Export::OpenSession);
        let asked = SessionRequest {
            call: CallId::new(),
            callee: CalleeId::new(),
            language: "en".to_owned(),
            variables: Vec::new(),
            join: None,
        };
        let _ = plugins.open_session(&id, asked, DEADLINE).await;
        label(&id, Export::ReadWebhook);
        let headers = vec![("elevenlabs-signature".to_owned(), "t=1,v0=00".to_owned())];
        let body = br#"{"type":"post_call_transcription","event_timestamp":1,"data":{}}"#.to_vec();
        let _ = plugins.read_webhook(&id, headers, body).await;
        label(&id, Export::FetchSession);
        let _ = plugins.fetch_session(&id, "conv_1", DEADLINE).await;
        label(&id, Export::Check);
        // A provider is told another plugin's settings, and no key with them.
        let settings = plugins.settings_of_channel("twilio-batch").unwrap();
        let facts = [("phone-channel", "twilio-batch".to_owned()), ("phone-channel-settings", settings)];
        let facts = facts.map(|(name, value)| (name.to_owned(), value));
        let _ = plugins.check(&id, facts.to_vec(), DEADLINE).await;
        label(&id, Export::FetchAudio);
        let _ = plugins.fetch_audio(&id, "conv_1", DEADLINE).await;
        label(&id, Export::Erase);
        let _ = plugins.erase(&id, "conv_1", DEADLINE).await;
        label(&id, Export::Plan);
        let _ = plugins.plan(&id, wanted(), DEADLINE).await;
        label(&id, Export::Apply);
        let _ = plugins.apply(&id, wanted(), DEADLINE).await;
    }
    for id in plugins.renderer_ids() {
        label(&id, Export::Render);
        let material = Material {
            callee_name: "Ibu Sari".to_owned(),
            language: "en".to_owned(),
            turns: vec![SpokenTurn { speaker: Speaker::Callee, text: "I am fine.".to_owned(), at_s: 1 }],
            provider_summary: None,
            collected: Vec::new(),
            duration_s: 30,
        };
        let _ = plugins.render(&id, material, "en").await;
    }
    for id in plugins.digest_renderer_ids() {
        label(&id, Export::RenderDigest);
        let day = jiff::civil::date(2026, 11, 22);
        let call = WeekCall {
            date: day,
            at: NOW,
            outcome: CallState::Completed,
            duration_s: 30,
            mood_score: Some(4),
            blocks: Vec::new(),
        };
        let callee_name = "Ibu Sari".to_owned();
        let week = WeekMaterial { callee_name, first_day: day, last_day: day, calls: vec![call], gaps: Vec::new() };
        let _ = plugins.render_digest(&id, &week, "en").await;
    }
}
