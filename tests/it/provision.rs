//! `callpanion provision`: what differs is told before anything is changed, and what is changed is what was told.

use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::{World, WorldConfig};
use serde_json::{Value, json};

use crate::testing::program::{Ended, run_and_read};
use crate::testing::{Settings, environment};

const PUBLIC_URL: &str = "https://calls.example.org";
const OUR_WEBHOOKS: &str = "https://calls.example.org/webhooks/elevenlabs";

/// A vendor whose agents were made by hand, in a hurry.
async fn in_a_hurry() -> (World, Settings) {
    let world = World::start(WorldConfig::default()).await.unwrap();
    world.set_webhook_url(OUR_WEBHOOKS);
    world.eleven.console(|account| {
        account.app_agent["platform_settings"]["auth"]["enable_auth"] = json!(false);
        account.app_agent["platform_settings"]["privacy"]["retention_days"] = json!(-1);
        account.app_agent["platform_settings"]["data_collection"].as_object_mut().unwrap().remove("notes");
        account.settings["webhooks"] = Value::Null;
        account.webhooks["webhooks"][0]["is_disabled"] = json!(true);
    });
    let mut settings = environment(&world.settings(), PUBLIC_URL, "sqlite:unused");
    settings.insert("CALLPANION__LOG__LEVEL".into(), "info".into());
    (world, settings)
}

async fn provision(settings: &Settings, more: &[&str]) -> (Ended, String) {
    let line: Vec<&str> = ["provision"].iter().chain(more).copied().collect();
    let (ended, printed) = run_and_read(&line, settings).await;
    (ended, printed.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_is_told_first_then_changed_and_then_nothing_differs() {
    let (world, settings) = in_a_hurry().await;
    let before = world.eleven.in_console();
    let (ended, told) = provision(&settings, &[]).await;
    assert_eq!(ended.code, 0, "{told}\n{}", ended.said);
    for change in [
        "Agent \"Companion in the app\": whether talks want a token - no + yes",
        "Agent \"Companion in the app\": days that talks are kept - -1 + 30",
        "Agent \"Companion in the app\": what it notes of a talk (data collection) + notes",
        "Agent \"Companion in the app\": whom its webhook tells of talks",
        "Agent \"Companion by phone\": default values of variables",
        "Webhook \"post-call\" - off + on",
        "Nothing has been changed.",
    ] {
        assert!(told.contains(change), "{change}: {told}");
    }
    assert_eq!(world.eleven.count(Op::Console), 0, "to plan is to read");

    let (ended, changed) = provision(&settings, &["--apply"]).await;
    assert_eq!(ended.code, 0, "{changed}\n{}", ended.said);
    assert!(changed.contains("days that talks are kept - -1 + 30"), "{changed}");
    let after = world.eleven.in_console();
    let app = &after.app_agent;
    assert_eq!(app["platform_settings"]["auth"]["enable_auth"], true);
    assert_eq!(app["platform_settings"]["privacy"]["retention_days"], 30);
    assert_eq!(app["platform_settings"]["data_collection"]["notes"]["type"], "string");
    // What the operator wrote is as it was, though whole sections were sent.
    for kept in [
        "/conversation_config/agent/prompt",
        "/conversation_config/tts",
        "/platform_settings/overrides",
        "/platform_settings/call_limits",
        "/platform_settings/data_collection/mood_score",
    ] {
        assert_eq!(app.pointer(kept), before.app_agent.pointer(kept), "{kept}");
    }
    assert_eq!(after.webhooks["webhooks"][0]["is_disabled"], false);
    assert_eq!(after.settings, before.settings, "the workspace is others' too");

    let sent = world.eleven.count(Op::Console);
    let (_, again) = provision(&settings, &["--apply"]).await;
    assert!(again.contains("All is set up as this installation needs it."), "{again}");
    assert_eq!(world.eleven.count(Op::Console), sent, "applied again, it changes nothing");
    assert!(world.unexpected().is_empty(), "{:?}", world.unexpected());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_agent_one_is_made_and_its_id_is_told() {
    let (world, mut settings) = in_a_hurry().await;
    settings.insert("CALLPANION__PLUGINS__ELEVENLABS__SETTINGS__AGENT_ID".into(), "new".into());
    settings.remove("CALLPANION__PLUGINS__ELEVENLABS__SETTINGS__PHONE_AGENT_ID");
    let (ended, told) = provision(&settings, &["--apply"]).await;
    assert_eq!(ended.code, 0, "{told}\n{}", ended.said);
    let made = world.eleven.in_console().made;
    let [agent] = &made[..] else { panic!("{made:?}") };
    let id = agent["agent_id"].as_str().unwrap();
    assert!(told.contains(&format!("plugins.elevenlabs.settings.agent_id = \"{id}\"")), "{told}");
    assert!(told.contains(&format!("plugins.twilio-batch.settings.agent_id = \"{id}\"")), "{told}");
    let privacy = &agent["platform_settings"]["privacy"];
    assert_eq!((&privacy["retention_days"], &privacy["record_voice"]), (&json!(30), &json!(false)));
    // Set as it was told, all is in order.
    for name in ["AGENT_ID", "PHONE_AGENT_ID"] {
        settings.insert(format!("CALLPANION__PLUGINS__ELEVENLABS__SETTINGS__{name}"), id.to_owned());
    }
    let (_, told) = provision(&settings, &[]).await;
    assert!(told.contains("All is set up as this installation needs it."), "{told}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_person_can_do_is_said_and_a_key_that_may_not_is_told() {
    let (world, settings) = in_a_hurry().await;
    world.eleven.console(|account| account.webhooks = json!({ "webhooks": [] }));
    let (_, told) = provision(&settings, &["--apply"]).await;
    assert!(told.contains("To do:") && told.contains(OUR_WEBHOOKS), "{told}");
    world.eleven.console(|account| {
        account.lacks = vec!["convai_write"];
        account.app_agent["platform_settings"]["auth"]["enable_auth"] = json!(false);
    });
    let (ended, told) = provision(&settings, &["--apply"]).await;
    assert_eq!(ended.code, 1, "{told}");
    assert!(told.contains("PROBLEM") && told.contains("convai_write"), "{told}");
    assert!(!told.contains(world.eleven.api_key()));
    world.stop().await;
}
