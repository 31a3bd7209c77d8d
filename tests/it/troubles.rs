//! Troubles: what only the operator can mend is told while it lasts, and is another trouble when it comes again.

use callpanion::app::App;
use callpanion::config::{Mail, MailTls, MailTransport};
use callpanion::db::alerts::Alert;
use callpanion::domain::{AlertId, AlertKind, CallMethod, CallReason, CallState};
use callpanion::mail::Mailer;
use callpanion::services::plugin_health;
use callpanion_emulators::Line;
use callpanion_emulators::eleven::answers::Refusal;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};

use crate::testing::{Household, TestApp, on_both, program, tick};

/// Until hosts have reported how their plugins are, and what is over is closed.
const REPORTED_S: u32 = 16;
/// Whom the set-up makes an admin.
const ADMIN: &str = "ada@operator.example";

/// Somebody who talks when they are rung at this time.
async fn talkative(app: &TestApp, method: CallMethod, time: &str) -> Household {
    let home = app.household(method, &[time]).await;
    match method {
        CallMethod::Phone => app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English))),
        CallMethod::App => drop(app.android(&home).await),
    }
    home
}

/// The vendor has no credit: the call of this time fails for it.
async fn fails_for_credit(app: &TestApp, time: &str) {
    let home = talkative(app, CallMethod::Phone, time).await;
    app.world.eleven.fail_always(Op::Submit, Refusal::NO_CREDITS);
    let call = app.outcome(&home, 2_400).await;
    assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::Misconfigured)));
    app.settle().await;
}

/// The vendor takes calls again, and the call of this time is made.
async fn goes_well(app: &TestApp, time: &str) {
    app.world.eleven.mend();
    let home = talkative(app, CallMethod::Phone, time).await;
    assert_eq!(app.outcome(&home, 2_400).await.state, CallState::Completed);
    app.advance(REPORTED_S).await;
}

async fn only(app: &TestApp) -> Alert {
    let mut open = app.staff_alerts().await;
    assert_eq!(open.len(), 1, "{open:?}");
    open.remove(0)
}

on_both! {
    async fn trouble_is_closed_when_its_vendor_takes_a_call_and_is_another_one_when_it_comes_again(app: TestApp) {
        fails_for_credit(&app, "09:02").await;
        let first = only(&app).await;
        app.advance(REPORTED_S).await;
        assert_eq!(only(&app).await.id, first.id, "nothing has worked yet");
        goes_well(&app, "09:20").await;
        assert!(app.staff_alerts().await.is_empty(), "it is over");
        let closed = app.now();

        fails_for_credit(&app, "09:40").await;
        let second = only(&app).await;
        assert_ne!(second.id, first.id);
        assert!(second.opened_at >= closed, "it is as old as its own first call");
        assert_eq!((second.times, second.last_at), (1, None));
        goes_well(&app, "09:50").await;
        assert!(app.staff_alerts().await.is_empty());
        assert_eq!(app.database.count("alerts WHERE kind = 'misconfigured' AND state = 'closed'").await, 2);
    }

    async fn trouble_that_lasts_is_one_and_is_counted(app: TestApp) {
        fails_for_credit(&app, "09:02").await;
        let before = only(&app).await;
        fails_for_credit(&app, "09:20").await;
        fails_for_credit(&app, "09:40").await;
        let after = only(&app).await;
        assert_eq!((after.id, after.opened_at, after.times), (before.id, before.opened_at, 3));
        assert!(after.last_at > before.last_at && after.seen_at() > before.seen_at());
    }

    async fn call_over_another_channel_proves_nothing(app: TestApp) {
        fails_for_credit(&app, "09:02").await;
        let home = talkative(&app, CallMethod::App, "09:20").await;
        assert_eq!(app.outcome(&home, 2_400).await.state, CallState::Completed);
        app.advance(REPORTED_S).await;
        assert!(only(&app).await.detail.contains("twilio-batch"));
    }

    async fn vendor_that_does_not_tell_what_became_of_calls_is_told_of_until_it_does(app: TestApp) {
        let home = talkative(&app, CallMethod::Phone, "09:00").await;
        app.world.eleven.fail_always(Op::Batch, Refusal::BAD_KEY);
        app.advance_until(120, || async { !app.staff_alerts().await.is_empty() }).await;
        app.advance(15).await;
        let trouble = only(&app).await;
        assert!(trouble.detail.contains("looking_up") && trouble.times > 1, "{trouble:?}");
        app.world.eleven.mend();
        assert_eq!(app.outcome(&home, 600).await.state, CallState::Completed);
        app.advance(REPORTED_S).await;
        assert!(app.staff_alerts().await.is_empty());
    }

    async fn trouble_that_nobody_has_met_for_longer_than_a_week_is_over(app: TestApp) {
        fails_for_credit(&app, "09:02").await;
        app.jump_to("2026-10-20T07:00:00Z").await;
        plugin_health::tick(&app.host).await.unwrap();
        only(&app).await;
        app.jump_to("2026-10-20T09:00:00Z").await;
        plugin_health::tick(&app.host).await.unwrap();
        assert!(app.staff_alerts().await.is_empty());
    }

    async fn page_tells_what_is_wrong_since_when_and_how_it_is_mended_in_the_readers_words_and_time(app: TestApp) {
        let staff = app.staff().await;
        fails_for_credit(&app, "09:02").await;
        fails_for_credit(&app, "09:20").await;
        let page = staff.get("/staff").await;
        page.must_say("Calls over twilio-batch fail: the vendor refuses them until you have acted.");
        page.must_say("the ElevenLabs account has no credit left: top it up");
        page.must_say("Since today, 07:59. Seen at least 2 times, last today, 08:15.");
        page.must_say("This closes by itself with the next call that goes through.");
        page.must_say("does not work");

        assert_eq!(staff.post("/staff/zone", &[("zone", "Mars/Base")]).await.status, 422);
        let page = staff.post("/staff/zone", &[("zone", "Asia/Jakarta")]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/staff"));
        page.must_say("Since today, 14:59.");
        let page = staff.post("/language", &[("locale", "id"), ("next", "/staff")]).await;
        page.must_say("Panggilan lewat twilio-batch gagal: vendor menolaknya sampai Anda bertindak.");
        page.must_say("Sejak hari ini, 14:59. Terlihat sedikitnya 2 kali, terakhir hari ini, 15:15.");
        assert!(!page.says("Seen at least") && !page.says("by itself"), "{}", page.text());
    }

    async fn doctor_tells_of_it_on_the_terminal(app: TestApp) {
        fails_for_credit(&app, "09:02").await;
        let (ended, printed) = program::run_and_read(&["doctor"], &app.settings).await;
        assert_eq!(ended.code, 1, "{}", ended.said);
        for words in [
            "PROBLEM  Trouble: Calls over twilio-batch fail",
            "has no credit left",
            "Since 2026-10-12 07:59 UTC.",
            "This closes by itself with the next call that goes through.",
        ] {
            assert!(printed.contains(words), "{words}: {printed}");
        }
    }

    async fn admin_says_that_a_trouble_is_mended_and_nobody_else(app: TestApp) {
        let staff = app.staff().await;
        let home = talkative(&app, CallMethod::Phone, "09:02").await;
        fails_for_credit(&app, "09:02").await;
        let path = |id: AlertId| format!("/staff/troubles/{id}/close");
        let trouble = path(only(&app).await.id);
        let family = app.signed_in(&home).await;
        assert_eq!(family.post(&trouble, &[]).await.status, 404);
        assert_eq!(app.browser().post(&trouble, &[]).await.path, "/sign-in");
        assert_eq!(staff.post_from_elsewhere(&trouble, &[]).await.status, 403);
        let of_family = path(app.alerts(&home).await[0].id);
        assert_eq!(staff.post(&of_family, &[]).await.status, 404, "that is the family's own");
        let coordinator = format!("UPDATE accounts SET staff_role = 'coordinator' WHERE email = '{}'", home.email);
        app.database.execute(&coordinator).await;
        assert_eq!(family.post(&trouble, &[]).await.status, 403);
        assert!(!family.get("/staff").await.html.contains(&trouble), "who may not, is not asked");
        only(&app).await;

        assert!(staff.get("/staff").await.html.contains(&trouble));
        let page = staff.post(&trouble, &[]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/staff"));
        page.must_say("Closed. If it is seen again, it comes back.");
        assert!(app.staff_alerts().await.is_empty());
        staff.post(&trouble, &[]).await.must_say("Somebody else was faster.");
        fails_for_credit(&app, "09:20").await;
        assert_ne!(path(only(&app).await.id), trouble, "it was not mended");
    }

    async fn every_admin_gets_one_letter_about_a_trouble_and_another_one_when_it_comes_again_later(app: TestApp) {
        let _signed_in = app.staff().await;
        let deputy = app.household(CallMethod::App, &["20:30"]).await;
        let made = "UPDATE accounts SET staff_role = 'admin', locale = 'id', zone = 'Asia/Jakarta' WHERE email = ";
        app.database.execute(&format!("{made}'{}'", deputy.email)).await;
        let colleague = app.household(CallMethod::App, &["20:30"]).await;
        let made = "UPDATE accounts SET staff_role = 'coordinator' WHERE email = ";
        app.database.execute(&format!("{made}'{}'", colleague.email)).await;
        let told = || [app.mail.to(ADMIN).len(), app.letters(&deputy).len(), app.letters(&colleague).len()];

        fails_for_credit(&app, "09:02").await;
        assert_eq!(told(), [1, 1, 0]);
        let letter = app.mail.to(ADMIN).remove(0);
        assert_eq!(letter.subject, "Callpanion needs you: twilio-batch");
        let page = format!("{}/staff", app.url);
        for words in [
            "Dear Ada Admin,",
            "Calls over twilio-batch fail",
            "has no credit left",
            "Since today, 07:59.",
            "`callpanion check`",
            page.as_str(),
        ] {
            assert!(letter.text.contains(words) && letter.html.contains(words), "{words}: {}", letter.text);
        }
        let translated = app.mail.to(&deputy.email).pop().unwrap().text;
        for words in ["Panggilan lewat twilio-batch gagal", "Sejak hari ini, 14:59.", "has no credit left"] {
            assert!(translated.contains(words), "{words}: {translated}");
        }

        fails_for_credit(&app, "09:20").await;
        assert_eq!(told(), [1, 1, 0], "it is the same trouble");
        goes_well(&app, "09:40").await;
        fails_for_credit(&app, "10:00").await;
        only(&app).await;
        assert_eq!(told(), [1, 1, 0], "who was told this morning need not be told again");
        goes_well(&app, "10:20").await;
        app.jump_to("2026-10-12T12:50:00Z").await;
        fails_for_credit(&app, "14:00").await;
        assert_eq!(told(), [2, 2, 0]);
    }

    async fn mail_server_that_takes_nothing_is_told_of_on_the_page_until_it_does(app: TestApp) {
        let staff = app.staff().await;
        let home = app.household(CallMethod::App, &["20:30"]).await;
        let broken = without_a_mail_server(&app);
        app.browser().post("/forgot", &[("email", &home.email)]).await;
        while tick(&broken).await > 0 {}
        let trouble = only(&app).await;
        assert_eq!(trouble.kind, AlertKind::MailFailing);
        let page = staff.get("/staff").await;
        page.must_say("Letters cannot be sent");
        page.must_say("the mail server cannot be reached");
        assert_eq!(app.mail.to(ADMIN).len(), 0);

        app.advance(2 * REPORTED_S).await;
        assert!(app.staff_alerts().await.is_empty(), "the letter went, so it is over");
        assert_eq!(app.letters(&home).len(), 1);
        assert_eq!(app.mail.to(ADMIN).len(), 0, "what could not be mailed is not mailed afterwards");
    }

    async fn letter_that_could_not_be_sent_before_its_trouble_was_over_is_not_sent(app: TestApp) {
        let staff = app.staff().await;
        let home = talkative(&app, CallMethod::Phone, "09:02").await;
        app.world.eleven.fail_always(Op::Submit, Refusal::NO_CREDITS);
        let broken = without_a_mail_server(&app);
        while tick(&broken).await > 0 {}
        let mut open = app.staff_alerts().await;
        open.retain(|alert| alert.kind == AlertKind::Misconfigured);
        let page = staff.post(&format!("/staff/troubles/{}/close", open[0].id), &[]).await;
        assert_eq!(page.status, 200);
        app.advance(2 * REPORTED_S).await;
        assert_eq!(app.letters(&home).len(), 1, "the family is told of its call");
        assert_eq!(app.mail.to(ADMIN).len(), 0);
    }
}

/// The same host, whose mail server is not there.
fn without_a_mail_server(app: &TestApp) -> App {
    let nowhere = Mail {
        transport: MailTransport::Smtp,
        host: Some("127.0.0.1".to_owned()),
        port: 1,
        tls: MailTls::None,
        ..app.host.config.mail.clone()
    };
    App { mailer: Mailer::from_config(&nowhere).unwrap(), ..app.host.clone() }
}
