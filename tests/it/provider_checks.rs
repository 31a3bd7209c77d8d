//! Provider checks, and those of notifiers: what is wrong at a vendor is told within a day, once, and until it is mended.

use callpanion::db::alerts::Alert;
use callpanion::domain::AlertKind;
use callpanion_emulators::eleven::answers::Refusal;
use callpanion_emulators::eleven::requests::Op;
use serde_json::json;

use crate::testing::{Settings, TestApp, on_both, program};

const PUBLIC_URL: &str = "https://calls.example.org";
const OUR_WEBHOOKS: &str = "https://calls.example.org/webhooks/elevenlabs";
/// Whom the set-up makes an admin.
const ADMIN: &str = "ada@operator.example";
/// Until housekeeping has come, and what it queued is done.
const LOOKED_S: u32 = 60;

/// The host is where vendors reach it.
fn reachable(settings: &mut Settings) {
    settings.insert("CALLPANION__PUBLIC_URL".into(), PUBLIC_URL.into());
}

/// It sends text messages too.
fn reachable_and_texting(settings: &mut Settings) {
    reachable(settings);
    settings.insert("CALLPANION__PLUGINS__TWILIO__ENABLED".into(), "true".into());
}

/// What the staff is told when the first look of a day of October 2026 is over.
async fn told_on(app: &TestApp, day: u32) -> Vec<Alert> {
    app.jump_to(&format!("2026-10-{day}T08:00:00Z")).await;
    app.advance(LOOKED_S).await;
    app.staff_alerts().await
}

/// The vendor gives up our webhook, or somebody has switched it on again.
fn give_up_the_webhook(app: &TestApp, is_given_up: bool) {
    app.world.eleven.console(|account| account.webhooks["webhooks"][0]["is_auto_disabled"] = json!(is_given_up));
}

on_both! {
    with: reachable;
    async fn webhook_that_its_vendor_gave_up_is_told_once_and_until_a_look_finds_it_on(app: TestApp) {
        app.world.set_webhook_url(OUR_WEBHOOKS);
        let staff = app.staff().await;
        app.advance(LOOKED_S).await;
        let looks = app.world.eleven.count(Op::Account);
        assert!(looks > 0 && app.staff_alerts().await.is_empty(), "it was looked at, and all is in order");
        give_up_the_webhook(&app, true);
        app.advance(LOOKED_S).await;
        assert_eq!(app.world.eleven.count(Op::Account), looks, "once a day is enough");
        assert!(app.staff_alerts().await.is_empty());

        let first = told_on(&app, 13).await;
        assert_eq!((first.len(), first[0].kind), (1, AlertKind::Misconfigured), "{first:#?}");
        let page = staff.get("/staff").await;
        page.must_say("Something is not set up as elevenlabs needs it");
        page.must_say("ElevenLabs has given up the webhook \"post-call\"");
        let (_, printed) = program::run_and_read(&["doctor"], &app.settings).await;
        assert!(printed.contains("Trouble: Something is not set up as elevenlabs needs it"), "{printed}");
        let letter = app.mail.to(ADMIN).pop().unwrap().text;
        assert!(letter.contains("has given up the webhook"), "{letter}");

        let second = told_on(&app, 14).await;
        assert_eq!((second.len(), second[0].id, second[0].times), (1, first[0].id, 2), "it is the same trouble");
        give_up_the_webhook(&app, false);
        app.world.eleven.fail_always(Op::Agents, Refusal::UNAVAILABLE);
        assert_eq!(told_on(&app, 15).await.len(), 1, "a vendor that says nothing says nothing good");
        app.world.eleven.mend();
        assert_eq!(told_on(&app, 16).await.len(), 0, "it is on again");
        assert_eq!(app.mail.to(ADMIN).len(), 1);
    }

    async fn another_problem_takes_the_place_of_one_that_is_mended(app: TestApp) {
        app.world.set_webhook_url(OUR_WEBHOOKS);
        give_up_the_webhook(&app, true);
        app.advance(LOOKED_S).await;
        let first = app.staff_alerts().await;
        assert_eq!(first.len(), 1, "{first:#?}");
        app.world.eleven.console(|account| {
            account.webhooks["webhooks"][0]["is_auto_disabled"] = json!(false);
            account.webhooks["webhooks"][0]["webhook_url"] = json!("https://old.example.org/hook");
        });
        let second = told_on(&app, 13).await;
        assert_eq!(second.len(), 1, "{second:#?}");
        assert_ne!(second[0].id, first[0].id);
        assert!(second[0].detail.contains("goes to https://old.example.org/hook"), "{second:#?}");
    }
}

on_both! {
    with: reachable_and_texting;
    async fn account_that_sends_no_texts_any_more_is_told_until_it_does(app: TestApp) {
        app.world.set_webhook_url(OUR_WEBHOOKS);
        app.world.twilio.console(|account| account.status = "suspended");
        app.advance(LOOKED_S).await;
        let told = app.staff_alerts().await;
        assert_eq!((told.len(), told[0].kind), (1, AlertKind::Misconfigured), "{told:#?}");
        assert!(told[0].detail.contains("suspended or closed"), "{told:#?}");
        app.world.twilio.console(|account| account.status = "active");
        assert_eq!(told_on(&app, 13).await.len(), 0, "it sends again");
    }
}

on_both! {
    async fn host_that_no_vendor_reaches_looks_at_nothing(app: TestApp) {
        give_up_the_webhook(&app, true);
        app.advance(2 * LOOKED_S).await;
        assert_eq!((app.world.eleven.count(Op::Account), app.database.count("jobs").await), (0, 0));
        assert!(app.staff_alerts().await.is_empty());
    }
}
