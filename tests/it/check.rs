//! `callpanion check`: who has pasted the keys is told that it works, or all that is wrong and how it is mended.

use callpanion_emulators::twilio::Account;
use callpanion_emulators::{World, WorldConfig};
use serde_json::json;

use crate::testing::program::{Ended, run_and_read};
use crate::testing::{Settings, environment};

const PUBLIC_URL: &str = "https://calls.example.org";
const OUR_WEBHOOKS: &str = "https://calls.example.org/webhooks/elevenlabs";
const FAILED: i32 = 1;

/// Vendors and a configuration that go together.
async fn in_order() -> (World, Settings) {
    let world = World::start(WorldConfig::default()).await.unwrap();
    world.set_webhook_url(OUR_WEBHOOKS);
    let mut settings = environment(&world.settings(), PUBLIC_URL, "sqlite:unused");
    settings.insert("CALLPANION__LOG__LEVEL".into(), "info".into());
    (world, settings)
}

/// What `callpanion check` printed.
struct Printed(String);

impl Printed {
    /// The findings, each a mark and what was found.
    fn findings(&self) -> Vec<String> {
        let marks = ["ok ", "note ", "WARNING ", "PROBLEM "];
        let lines = self.0.lines().filter_map(|line| line.strip_prefix("  "));
        let found = lines.filter(|line| marks.iter().any(|mark| line.starts_with(mark)));
        found.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    /// The findings that are neither in order nor notes.
    fn faults(&self) -> Vec<String> {
        let mut found = self.findings();
        found.retain(|line| line.starts_with("WARNING") || line.starts_with("PROBLEM"));
        found
    }

    /// Everything in one line, wherever it was broken.
    fn text(&self) -> String {
        self.0.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

async fn check(settings: &Settings) -> (Ended, Printed) {
    let (ended, printed) = run_and_read(&["check"], settings).await;
    (ended, Printed(printed))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_order_is_told_and_nobody_is_called() {
    let (world, settings) = in_order().await;
    let (ended, printed) = check(&settings).await;
    assert_eq!(ended.code, 0, "{}\n{}", printed.0, ended.said);
    let vendors = world.settings();
    assert_eq!(
        printed.findings(),
        [
            "ok ElevenLabs accepts the key.",
            "ok Agent \"Companion in the app\" (in the app) is in order: it wants a token, its variables and notes \
             fit, and its talks are deleted after 30 days.",
            "ok Agent \"Companion by phone\" (on the phone) is in order: it wants a token, its variables and notes \
             fit, and its talks are deleted after 30 days.",
            "ok Phone calls go out through Twilio, from a number that can make calls.",
            "ok The webhook \"post-call\" is on and signed, and comes to this Callpanion.",
            "note Whether the webhook \"post-call\" is sent again when it fails cannot be seen from here.",
            "ok 488000 of 500000 credits are left. How many can talk at the same time depends on the plan, pro.",
            "note Only a call shows whether the key may start talks, whether the terms of batch calling were accepted, \
             and whether the webhook's secret is right.",
            &format!("ok Apple takes pushes for {}.voip, in production and in the sandbox.", vendors.apns_bundle_id),
            "note Only a call shows whether it rings.",
            &format!("ok Google takes messages for the project `{}` from the service account.", vendors.fcm_project_id),
            "note Only a call shows whether it rings.",
            "ok ElevenLabs answers, and accepts the key for batch calls.",
        ]
    );
    assert!(printed.text().contains("No problem was found."), "{}", printed.0);
    assert!(world.eleven.batches().is_empty() && world.eleven.conversation_ids().is_empty());
    assert!(world.fcm.sent().is_empty() && world.apns.sent().is_empty());
    assert!(world.eleven.requests().iter().all(|request| request.status == Some(200)));
    assert!(world.unexpected().is_empty(), "{:?}", world.unexpected());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_is_told_at_once_and_where_it_is_mended() {
    let (world, settings) = in_order().await;
    world.eleven.console(|account| {
        account.app_agent["platform_settings"]["auth"]["enable_auth"] = json!(false);
        account.phone_agent["conversation_config"]["agent"]["first_message"] = json!("Hello {{elder_name}}!");
        account.webhooks["webhooks"][0]["webhook_url"] = json!("https://old.example.org/hook");
    });
    let (ended, printed) = check(&settings).await;
    assert_eq!(ended.code, FAILED, "{}\n{}", printed.0, ended.said);
    assert_eq!(
        printed.faults(),
        [
            "WARNING Agent \"Companion in the app\" (in the app) talks to anyone who knows its id, at your cost.",
            "PROBLEM Agent \"Companion by phone\" (on the phone) wants a value for {{elder_name}}, which Callpanion \
             does not send: each call ends before a word is said.",
            "PROBLEM The webhook \"post-call\" goes to https://old.example.org/hook, and not to this Callpanion.",
        ]
    );
    let text = printed.text();
    for mend in [
        "on its Security tab switch on \"Enable authentication\".",
        "write one of these instead: {{address_form}}, {{callee_name}}, {{family_messages}},",
        "under Settings, Webhooks: HMAC, with the URL https://calls.example.org/webhooks/elevenlabs.",
        "2 problems: calls fail until they are mended. 1 warning:",
    ] {
        assert!(text.contains(mend), "{mend}: {}", printed.0);
    }
    let mut mends = printed.0.lines().filter(|line| line.starts_with("     "));
    assert!(mends.all(|line| line.chars().count() <= 100), "{}", printed.0);
    assert!(ended.said.contains("2 problems were found"), "{}", ended.said);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_key_is_tried_and_a_bad_one_is_told_without_being_shown() {
    let (world, mut settings) = in_order().await;
    settings.insert("CALLPANION__PLUGINS__TWILIO_BATCH__CREDENTIALS__API_KEY__VALUE".into(), "sk_mistyped".into());
    let (ended, printed) = check(&settings).await;
    assert_eq!(ended.code, FAILED, "{}", printed.0);
    let faults = printed.faults();
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert!(fault.starts_with("PROBLEM twilio-batch") && fault.contains("`api-key`"), "{fault}");

    settings.insert("CALLPANION__PLUGINS__ELEVENLABS__CREDENTIALS__API_KEY__VALUE".into(), "sk_mistyped".into());
    let (ended, printed) = check(&settings).await;
    assert_eq!(ended.code, FAILED);
    let faults = printed.faults();
    assert_eq!(faults[0], "PROBLEM ElevenLabs does not accept the key (invalid_api_key).");
    assert_eq!(faults.len(), 2, "{faults:?}");
    for said in [&printed.0, &ended.said] {
        assert!(!said.contains("sk_mistyped") && !said.contains(world.eleven.api_key()));
    }
    assert!(world.take_unexpected().iter().all(|what| what.contains("invalid_api_key")));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn key_that_lacks_a_right_is_not_called_a_bad_one() {
    let (world, settings) = in_order().await;
    world.eleven.console(|account| account.lacks = vec!["user_read", "webhooks_read"]);
    let (ended, printed) = check(&settings).await;
    assert_eq!(ended.code, 0, "calls work all the same: {}", printed.0);
    assert_eq!(
        printed.faults(),
        [
            "WARNING The key lacks the permission user_read, so nothing could be seen of the credit.",
            "WARNING The key lacks the permission webhooks_read, so nothing could be seen of the webhooks.",
        ]
    );
    world.eleven.console(|account| account.lacks = vec!["convai_read"]);
    let (ended, printed) = check(&settings).await;
    assert_eq!(ended.code, FAILED);
    assert_eq!(
        printed.faults()[0],
        "PROBLEM The key lacks the permission convai_read, so nothing could be seen of the agents, the phone numbers \
         and the choice of the webhook."
    );
    assert!(printed.text().contains("the ElevenLabs key may not do this (missing_permissions, convai_read)"));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_plugins_of_phone_calls_that_do_not_go_together_are_told() {
    let (world, mut settings) = in_order().await;
    settings.insert("CALLPANION__PLUGINS__ELEVENLABS__SETTINGS__PHONE_AGENT_ID".into(), "agent_of_last_year".into());
    settings.insert("CALLPANION__PLUGINS__TWILIO_BATCH__SETTINGS__AGENT_PHONE_NUMBER_ID".into(), "phnum_old".into());
    settings.insert("CALLPANION__PLUGINS__TWILIO_BATCH__SETTINGS__OVERRIDE_LANGUAGE".into(), "true".into());
    world.eleven.console(|account| {
        account.phone_agent["platform_settings"]["overrides"] = json!({});
    });
    let (ended, printed) = check(&settings).await;
    assert_eq!(ended.code, FAILED, "{}", printed.0);
    let faults = printed.faults();
    for words in [
        "does not show agent agent_of_last_year",
        "does not let calls set its language, and `twilio-batch` does: no phone will ring.",
        "`twilio-batch` calls with agent agent_7401kb2m8x4teqf9v6r3d5n0hyjs, and what webhooks tell",
        "does not know the phone number phnum_old.",
    ] {
        assert!(faults.iter().any(|fault| fault.contains(words)), "{words}: {faults:?}");
    }
    assert_eq!(faults.len(), 4, "{faults:?}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notifiers_are_looked_at_too_and_nobody_is_told_anything() {
    let (world, mut settings) = in_order().await;
    for plugin in ["TWILIO", "WEB_PUSH_NOTICES"] {
        settings.insert(format!("CALLPANION__PLUGINS__{plugin}__ENABLED"), "true".into());
    }
    let (ended, printed) = check(&settings).await;
    assert_eq!(ended.code, 0, "{}\n{}", printed.0, ended.said);
    let findings = printed.findings();
    assert_eq!(
        findings[findings.len() - 4..],
        [
            "ok Twilio accepts the credential, and the account is active.",
            "ok The number in `from` is the account's, and can send text messages.",
            "note Only a message shows whether it is delivered, and whether the credential `callback-secret` is right.",
            "note Only a notice shows whether it arrives.",
        ]
    );
    assert!(world.twilio.sent().is_empty() && world.unexpected().is_empty(), "{:?}", world.unexpected());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_texts_from_families_is_told_with_its_mend() {
    let (world, mut settings) = in_order().await;
    settings.insert("CALLPANION__PLUGINS__TWILIO__ENABLED".into(), "true".into());
    world.twilio.console(|account| (account.kind, account.numbers) = ("Trial", Vec::new()));
    let (ended, printed) = check(&settings).await;
    assert_eq!(ended.code, FAILED, "{}\n{}", printed.0, ended.said);
    assert_eq!(
        printed.faults(),
        [
            "WARNING The Twilio account is a trial: it sends only to numbers that were verified at Twilio.",
            "PROBLEM The number in `from` is none of this Twilio account.",
        ]
    );
    let text = printed.text();
    for said in ["Upgrade it in the Twilio console", "1 problem: notices fail until it is mended."] {
        assert!(text.contains(said), "{said}: {}", printed.0);
    }
    world.twilio.console(|account| account.status = "suspended");
    let (_, printed) = check(&settings).await;
    assert_eq!(printed.faults(), ["PROBLEM The Twilio account is suspended or closed: it sends nothing."]);

    world.twilio.console(|account| *account = Account { is_hidden: true, ..Account::default() });
    let (ended, printed) = check(&settings).await;
    assert_eq!((ended.code, printed.faults().len()), (0, 0), "a standard API key is none that is wrong: {}", printed.0);
    settings.insert("CALLPANION__PLUGINS__TWILIO__CREDENTIALS__ACCOUNT__PASSWORD".into(), "token-mistyped".into());
    let (ended, printed) = check(&settings).await;
    assert_eq!(ended.code, FAILED);
    assert_eq!(printed.faults(), ["PROBLEM Twilio does not accept the credential `account` (Twilio 20003)."]);
    for said in [&printed.0, &ended.said] {
        assert!(!said.contains("token-mistyped") && !said.contains(world.twilio.auth_token()));
    }
    world.stop().await;
}
