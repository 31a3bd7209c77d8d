//! What push services say of addresses, projects, connections and clocks, and what the house makes of it.

use callpanion::domain::{AlertKind, CallMethod, CallReason, CallState};
use callpanion_emulators::{Environment, Fault, apns, fcm};
use serde_json::json;

use crate::testing::{Household, Paired, Settings, TestApp, on_both};

const REGISTER: &str = "/api/device/v1/push-addresses";
const LIVING: &str = "push_addresses WHERE gone_at IS NULL";
const RING_WINDOW_S: i64 = 45;

/// An iPhone whose app is a development build and says that it is from the store.
async fn mistaken_iphone(app: &TestApp, home: &Household) -> Paired {
    let paired = app.pair(home, app.world.iphone_in("Margaret's iPhone", Environment::Sandbox).unwrap()).await;
    register(app, &paired, "apns-voip", &paired.phone.push_address(), "production").await;
    paired
}

async fn register(app: &TestApp, paired: &Paired, channel: &str, address: &str, environment: &str) {
    let body = json!({ "channel": channel, "address": address, "environment": environment });
    assert_eq!(app.device_post(&paired.phone, REGISTER, body).await.0, 200);
}

async fn environments(app: &TestApp) -> Vec<String> {
    app.database.texts("SELECT environment AS text FROM push_addresses").await
}

on_both! {
    async fn environment_that_the_probe_found_is_kept_and_the_next_ring_goes_there_at_once(app: TestApp) {
        let home = app.household(CallMethod::App, &["09:00", "09:10"]).await;
        let paired = mistaken_iphone(&app, &home).await;
        assert_eq!(environments(&app).await, ["production"]);
        app.advance(240).await;
        assert_eq!((environments(&app).await, paired.phone.rings().len()), (vec!["sandbox".to_owned()], 1));

        // An app that names none knows no better than Apple, and the other environment is not asked again.
        register(&app, &paired, "apns-voip", &paired.phone.push_address(), "").await;
        assert_eq!(environments(&app).await, ["sandbox"]);
        let production = app.world.apns.faults(Environment::Production);
        production.always(apns::refusal("BadDeviceToken"));
        app.advance(700).await;
        assert_eq!((production.hits(), paired.phone.rings().len()), (0, 2));
        let states: Vec<_> = app.calls(&home).await.iter().map(|call| call.state).collect();
        assert_eq!(states, [CallState::Completed; 2]);
        // One that names it does.
        register(&app, &paired, "apns-voip", &paired.phone.push_address(), "production").await;
        assert_eq!(environments(&app).await, ["production"]);
    }

    async fn address_that_was_registered_after_apple_knew_it_dead_is_kept(app: TestApp) {
        let home = app.household(CallMethod::App, &["09:00", "09:10"]).await;
        let paired = app.iphone(&home).await;
        let faults = app.world.apns.faults(Environment::Production);
        faults.next(apns::unregistered_since("Unregistered", app.now().millis() - 3_600_000));
        app.advance(240).await;
        let call = app.calls(&home).await.remove(0);
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::Refused)));
        let why = app.attempts(call.id).await[0].reason.clone().unwrap_or_default();
        assert!(why.contains("Unregistered") && why.contains("its address is kept"), "{why}");
        assert_eq!(app.database.count(LIVING).await, 1);

        faults.next(apns::unregistered_since("Unregistered", app.now().millis()));
        app.advance(700).await;
        let call = app.calls(&home).await.remove(1);
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::AddressGone)));
        assert_eq!((app.database.count(LIVING).await, paired.phone.rings().len()), (0, 0));
    }

    async fn connection_that_apple_parts_from_is_left_for_another(app: TestApp) {
        let home = app.household(CallMethod::App, &["09:00", "09:10", "09:20"]).await;
        let paired = app.iphone(&home).await;
        app.advance(240).await;
        app.world.apns.spoil_connections(Environment::Production, "UnrelatedKeyIdInToken");
        app.advance(600).await;
        app.world.apns.spoil_connections(Environment::Production, "TooManyProviderTokenUpdates");
        app.advance(900).await;
        let ends: Vec<_> = app.calls(&home).await.iter().map(|call| (call.state, call.tries)).collect();
        assert_eq!(ends, [(CallState::Completed, 1); 3]);
        assert_eq!(paired.phone.rings().len(), 3);
        assert_eq!(app.world.apns.provider_tokens_seen(Environment::Production), 1, "no other was signed for it");
    }

    async fn vendor_is_asked_again_when_it_says_and_not_before(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        let crowded = Fault::from(fcm::Refusal::QuotaExceeded);
        app.world.fcm.faults().next(crowded.retry_after("Mon, 12 Oct 2026 08:00:10 GMT"));
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        let late_ms = paired.phone.rings()[0].at_ms - call.due_at.millis();
        assert!((10_000..12_000).contains(&late_ms), "{late_ms} ms");
        // What is left of the window is counted anew: so long it may be on its way, and so long the phone ring.
        let sent = app.world.fcm.sent();
        let rings_ms: i64 = sent[0].message.data["duration"].parse().unwrap();
        let last_ms = sent[0].at_ms + sent[0].message.ttl_ms + rings_ms;
        let over_ms = call.due_at.plus_secs(RING_WINDOW_S).millis();
        assert!(last_ms <= over_ms, "it may ring until {} ms after its window", last_ms - over_ms);
    }

    async fn vendor_that_wants_more_time_than_there_is_loses_the_ring_to_the_next_device_at_once(app: TestApp) {
        let home = app.app_household().await;
        let (android, iphone) = (app.android(&home).await, app.iphone(&home).await);
        // What was seen last is rung first.
        app.database.execute("UPDATE devices SET last_seen_at = last_seen_at + 3600000000 WHERE platform = 'android'").await;
        let faults = app.world.fcm.faults();
        let crowded = Fault::from(fcm::Refusal::QuotaExceeded);
        faults.always(crowded.retry_after("Mon, 12 Oct 2026 09:00:00 GMT"));
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        assert_eq!((faults.hits(), android.phone.rings().len(), iphone.phone.rings().len()), (1, 0, 1));
        let late_ms = iphone.phone.rings()[0].at_ms - call.due_at.millis();
        assert!((0..3_000).contains(&late_ms), "{late_ms} ms");
    }

    async fn phone_that_registered_its_installation_id_is_rung_by_it(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        let fid = app.world.fcm.installation_id(&paired.phone.push_address());
        app.keep_out_of_the_log(fid.clone());
        register(&app, &paired, "fcm", &format!("fid:{fid}"), "").await;
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, paired.phone.rings().len()), (CallState::Completed, 1));
        assert!(app.world.fcm.sent().iter().all(|sent| sent.target == fid));
    }

    async fn clock_that_google_finds_wrong_is_told_to_the_staff(app: TestApp) {
        let home = app.app_household().await;
        app.android(&home).await;
        let refusal = json!({
            "error": "invalid_grant",
            "error_description": "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable \
                                  timeframe. Check your iat and exp values in the JWT claim.",
        });
        app.world.fcm.token_faults().always(Fault::answer(400, &refusal).dated("Wed, 11 Oct 2023 07:00:00 GMT"));
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::Misconfigured)));
        let staff = app.staff_alerts().await;
        let told = &staff[0].detail;
        assert!(told.contains("clock is") && told.contains("ahead of") && told.contains("NTP"), "{told}");
        assert_eq!(app.database.count(LIVING).await, 1);
    }
}

/// The operator took id and key from the wrong project.
fn of_another_project(settings: &mut Settings) {
    let project = settings.insert("CALLPANION__PLUGINS__FCM__SETTINGS__PROJECT_ID".into(), fcm::ANOTHER_PROJECT.into());
    let json = settings.get_mut("CALLPANION__PLUGINS__FCM__CREDENTIALS__SERVICE_ACCOUNT__JSON").unwrap();
    *json = json.replace(&format!("\"{}\"", project.unwrap()), &format!("\"{}\"", fcm::ANOTHER_PROJECT));
}

on_both! {
    with: of_another_project;

    async fn wrong_project_id_retires_nobodys_address_and_is_told_to_the_staff(app: TestApp) {
        let home = app.app_household().await;
        app.android(&home).await;
        app.android(&home).await;
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::Misconfigured)));
        assert_eq!(app.database.count(LIVING).await, 2);
        let staff = app.staff_alerts().await;
        assert_eq!(staff.iter().map(|alert| alert.kind).collect::<Vec<_>>(), [AlertKind::Misconfigured]);
        for said in [fcm::ANOTHER_PROJECT, "`project_id`", "SENDER_ID_MISMATCH"] {
            assert!(staff[0].detail.contains(said), "{}", staff[0].detail);
        }
    }
}
