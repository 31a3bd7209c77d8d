//! What keeps failing is left alone: calls take the callee's other device at once, or wait, and the staff see it.

use callpanion::config::Config;
use callpanion::domain::{AlertKind, AttemptState, CallMethod, CallReason, CallState, PluginHealth, PluginState};
use callpanion::services::plugin_health;
use callpanion_emulators::eleven::answers::Refusal;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Line, World, WorldConfig, fcm};

use crate::testing::{Household, Paired, Settings, TestApp, environment, on_both, program, tick};

/// Of the plugins that are a part of the program.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Enough for a vendor that fails them all to be left alone.
const MANY: usize = 5;

on_both! {
    async fn rings_of_a_vendor_that_keeps_failing_move_to_the_other_device_at_once(app: TestApp) {
        let staff = app.staff().await;
        let by_phone = app.household(CallMethod::Phone, &["09:10"]).await;
        app.world.line(&by_phone.number, Line::Answers(scripts::cheerful(Language::English)));
        let both = app.household(CallMethod::App, &["09:10"]).await;
        let iphone = app.iphone(&both).await;
        app.advance(1).await;
        // Seen last, it is the first to ring.
        let android = app.android(&both).await;
        let others = androids(&app, MANY, "09:10").await;
        assert!(staff.get("/staff").await.says(&format!("fcm channel · {VERSION} not used yet")), "{}", staff.get("/staff").await.text());
        app.world.fcm.faults().always(fcm::Refusal::Unavailable.into());

        app.advance_until(700, || async { !iphone.phone.rings().is_empty() }).await;
        let call = app.call(&both).await;
        let late_s = app.now().secs() - call.due_at.secs();
        assert!(late_s <= 2, "the other device rings at once, not {late_s} s later");
        let attempts = app.attempts(call.id).await;
        assert_eq!((attempts[0].channel.as_str(), attempts[0].state), ("fcm", AttemptState::Failed));
        assert_eq!(attempts[1].channel, "apns-voip");
        let health = of(&app, "fcm");
        assert_eq!((health.state, health.rest.is_some()), (PluginState::Resting, true));
        for (home, paired) in &others {
            let waiting = app.attempts(app.call(home).await.id).await;
            assert_eq!((waiting.len(), waiting[0].state, paired.phone.rings().len()), (1, AttemptState::Armed, 0));
            assert_eq!(waiting[0].sends, 1, "what was not handed over does not count");
        }

        // All of it is told, once.
        app.advance(16).await;
        let page = staff.get("/staff").await;
        assert!(page.says("resting until") && page.says("has kept failing"), "{}", page.text());
        assert!(page.says("Meanwhile calls ring on other devices"), "{}", page.text());
        assert_eq!(kinds(&app).await, [AlertKind::Resting]);
        let well = app.another_host().await;
        plugin_health::tick(&well).await.unwrap();
        tick(&app.host).await;
        assert_eq!(kinds(&app).await, [AlertKind::Resting], "a host whose calls go well closes no other's alert");

        // The vendor is well again, within the ring window: the next call finds it out, and the waiting ones ring.
        app.world.fcm.faults().clear();
        app.advance_until(30, || async { others.iter().all(|(_, paired)| !paired.phone.rings().is_empty()) }).await;
        app.advance(400).await;
        for (home, paired) in &others {
            let call = app.call(home).await;
            assert_eq!((call.state, call.tries, paired.phone.rings().len()), (CallState::Completed, 1, 1));
        }
        assert_eq!((iphone.phone.rings().len(), android.phone.rings().len()), (1, 0), "nothing rings twice");
        assert_eq!(app.call(&both).await.state, CallState::Completed);
        let call = app.call(&by_phone).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1), "other plugins' calls are untouched");
        for plugin in ["apns-voip", "elevenlabs", "twilio-batch", "family-summary"] {
            let health = of(&app, plugin);
            assert_eq!((health.state, health.failures), (PluginState::Well, 0), "{plugin}");
        }
        let health = of(&app, "fcm");
        assert_eq!((health.state, health.rest), (PluginState::Well, None));
        assert!(health.calls >= 2 && health.failures >= 1 && health.failures < health.calls, "{}", health.calls);
        assert!(health.plugin_time.is_some() && health.vendor_time.is_some());
        assert_eq!(kinds(&app).await, [], "an alert of a rest closes when it has ended well");
        let page = staff.get("/staff").await;
        assert!(page.says(&format!("fcm channel · {VERSION} well")) && !page.says("kept failing"), "{}", page.text());
    }

    async fn rest_that_outlasts_the_window_ends_the_try_and_is_one_opening(app: TestApp) {
        let others = androids(&app, MANY, "09:00").await;
        app.world.fcm.faults().always(fcm::Refusal::Unavailable.into());
        app.advance(150).await;
        for (home, paired) in &others {
            let call = app.call(home).await;
            assert_eq!((call.state, call.reason), (CallState::Queued, Some(CallReason::ChannelResting)));
            assert_eq!((call.tries, paired.phone.rings().len()), (2, 0));
        }
        app.world.fcm.faults().clear();
        app.advance(900).await;
        for (home, paired) in &others {
            let call = app.call(home).await;
            assert_eq!((call.state, call.tries, paired.phone.rings().len()), (CallState::Completed, 2, 1));
            assert!(app.alerts(home).await.is_empty());
        }
        assert_eq!(app.database.count("alerts WHERE kind = 'resting'").await, 1, "one for each opening");
    }

    async fn phone_call_waits_for_its_vendor_and_is_submitted_once(app: TestApp) {
        let first = app.household(CallMethod::Phone, &["09:06"]).await;
        app.world.line(&first.number, Line::Answers(scripts::cheerful(Language::English)));
        let eleven = &app.world.eleven;
        eleven.fail_always(Op::Submit, Refusal::UNAVAILABLE);
        eleven.fail_always(Op::Batches, Refusal::UNAVAILABLE);
        app.advance_until(200, || async { of(&app, "twilio-batch").state == PluginState::Resting }).await;
        let submitted = eleven.count(Op::Submit);
        let second = app.household(CallMethod::Phone, &["09:06"]).await;
        app.world.line(&second.number, Line::Answers(scripts::cheerful(Language::English)));
        app.advance_until(10, || async { !app.calls(&second).await.is_empty() }).await;
        app.advance(2).await;
        let call = app.call(&second).await;
        let attempts = app.attempts(call.id).await;
        assert_eq!((attempts[0].state, attempts[0].sends), (AttemptState::Armed, 0), "nothing was sent, and nothing is unknown");
        assert_eq!(eleven.count(Op::Submit), submitted);

        eleven.mend();
        app.advance_until(500, || async { app.calls(&second).await[0].state == CallState::Completed }).await;
        let call = app.call(&second).await;
        let attempts = app.attempts(call.id).await;
        assert_eq!((call.tries, attempts.len(), attempts[0].sends), (1, 1, 1));
        app.advance(900).await;
        assert_eq!(app.call(&first).await.state, CallState::Completed);
        assert_eq!(eleven.dials().len(), 2, "each was rung once");
    }

    async fn reports_of_hosts_that_are_gone_are_left_out_and_forgotten(app: TestApp) {
        plugin_health::tick(&app.host).await.unwrap();
        let loaded = app.host.plugins.manifests().len();
        let reported = || async { plugin_health::reported(&app.host.config, app.now()).await.unwrap().len() };
        assert_eq!((reported().await, app.database.count("plugin_health").await), (loaded, loaded));
        plugin_health::tick(&app.host).await.unwrap();
        assert_eq!(app.database.count("plugin_health").await, loaded, "a report takes the place of the one before");
        app.jump_to("2026-10-12T08:01:00Z").await;
        assert_eq!(reported().await, 0);
        app.jump_to("2026-10-12T09:00:00Z").await;
        callpanion::services::housekeeping::tick(&app.host).await.unwrap();
        assert_eq!(app.database.count("plugin_health").await, 0);
    }
}

/// Households with one Android phone each.
async fn androids(app: &TestApp, number: usize, time: &str) -> Vec<(Household, Paired)> {
    let mut homes = Vec::new();
    for _ in 0..number {
        let home = app.household(CallMethod::App, &[time]).await;
        let paired = app.android(&home).await;
        homes.push((home, paired));
    }
    homes
}

/// How a plugin is in this host.
fn of(app: &TestApp, plugin: &str) -> PluginHealth {
    app.host.plugins.health().into_iter().find(|health| health.plugin == plugin).unwrap()
}

/// What the staff's open alerts are about.
async fn kinds(app: &TestApp) -> Vec<AlertKind> {
    app.staff_alerts().await.iter().map(|alert| alert.kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn list_makes_no_database_and_needs_none() {
    let world = World::start(WorldConfig::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.sqlite");
    let listed = |url: String| {
        let mut settings: Settings = environment(&world.settings(), "http://127.0.0.1:1", &url);
        settings.insert("CALLPANION__DATA_DIR".to_owned(), folder.path().display().to_string());
        Config::load(None, settings.clone().into_iter()).unwrap_or_else(|error| panic!("{error}"));
        async move { program::run(&["plugin", "list"], &settings).await }
    };
    let ended = listed(format!("sqlite:{}", file.display())).await;
    assert_eq!((ended.code, ended.said.as_str()), (0, ""), "{}", ended.said);
    assert!(!file.exists());
    // One that no version has migrated, and one that cannot be reached: said, and no failure.
    std::fs::write(&file, "").unwrap();
    let ended = listed(format!("sqlite:{}", file.display())).await;
    assert!(ended.code == 0 && ended.said.contains("no such table"), "{}", ended.said);
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 0);
    let ended = listed("postgres://nobody@127.0.0.1:1/none".to_owned()).await;
    assert!(ended.code == 0 && ended.said.contains("cannot be read from the database"), "{}", ended.said);
    world.stop().await;
}
