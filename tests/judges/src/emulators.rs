//! The emulators, for clients that nobody here wrote. `main` walks in.

use callpanion_emulators::eleven::talks::Joining;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Line, World, WorldConfig};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// Who picks up, and whose line is engaged: `judge/emulated.py` has them dialled.
const TALKS: &str = "+442079460001";
const BUSY: &str = "+442079460002";
/// A talk, and its analysis: just long enough that something is said.
const TALK_S: i64 = 6;
const ANALYSIS_MS: i64 = 200;

/// Says as a line of JSON where everything is. Each line of its input is a conversation token, whose conversation is
/// then joined and talked through. At the end of its input it prints, as a list, what no correct client would have sent.
pub(crate) fn run(runtime: &Runtime, webhook_url: &str) -> anyhow::Result<()> {
    let world = runtime.block_on(World::start(WorldConfig::default()))?;
    world.set_webhook_url(webhook_url);
    world.eleven.switch(|switches| {
        switches.between_dials_ms = 0;
        switches.analysis_ms = ANALYSIS_MS;
    });
    let script = scripts::cheerful(Language::English).lasting(TALK_S);
    world.line(TALKS, Line::Answers(script.clone()));
    world.line(BUSY, Line::Busy);
    println!("{}", whereabouts(&world));
    for token in std::io::stdin().lines() {
        let talk = world.eleven.join(token?.trim(), Joining::new(script.clone()))?;
        runtime.block_on(world.eleven.talk(talk));
    }
    println!("{}", json!(world.unexpected()));
    runtime.block_on(world.stop());
    Ok(())
}

fn whereabouts(world: &World) -> Value {
    let settings = world.settings();
    json!({
        "eleven_url": settings.eleven_url,
        "eleven_api_key": settings.eleven_api_key,
        "phone_agent_id": settings.phone_agent_id,
        "app_agent_id": settings.app_agent_id,
        "phone_number_id": settings.phone_number_id,
        "webhook_secret": settings.webhook_secret,
        "fcm_url": settings.fcm_url,
        "fcm_service_account_json": settings.fcm_service_account_json,
        "fcm_phone": world.fcm.silent_phone(),
    })
}
