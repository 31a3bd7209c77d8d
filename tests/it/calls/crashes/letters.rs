//! Letters: a host dies when the mail server has taken one, and before that is written.

use callpanion::app::App;
use callpanion::domain::{AlertKind, CallMethod, CallReason, CallState, Locale};
use callpanion::services::accounts::{self, SignUp};
use callpanion::services::{jobs, queueing};

use super::{death_before_the_commit, steps, until_the_dead_are_buried};
use crate::testing::{Household, PASSWORD, TestApp, on_both};

/// The one letter that waits leaves a host, which does not live to write so, and then another. By its name, which is
/// its `Message-ID`, a mail server can tell that it is the same.
async fn leaves_twice_under_one_name(app: &TestApp, home: &Household, other: App) {
    let before = app.mail.to(&home.email).len();
    let (begin, end) = death_before_the_commit(&app.database, "UPDATE OF state ON jobs");
    app.database.execute(&begin).await;
    assert!(jobs::run_due(&other).await.is_err(), "that it was sent is not committed");
    let left = other.mailer.outbox().unwrap().to(&home.email);
    assert_eq!(left.len(), 1, "it has left");
    drop(other);
    assert_eq!(app.database.count("jobs WHERE state = 'waiting'").await, 1);
    app.database.execute(&end).await;

    until_the_dead_are_buried(app).await;
    assert_eq!(app.mail.to(&home.email).split_off(before), left, "the same letter, by its name too");
    // Longer than a job may take.
    app.advance(180).await;
    assert_eq!(app.mail.to(&home.email).len(), before + 1, "and not a third time");
}

on_both! {
    async fn letter_that_left_before_the_host_died_goes_once_more_under_its_name(app: TestApp) {
        // They have no device: that is told to them.
        let home = app.app_household().await;
        let other = app.another_host().await;
        assert_eq!(queueing::tick(&other).await.unwrap(), 1);
        assert_eq!(jobs::run_due(&other).await.unwrap(), 1, "it is known whom to tell");
        leaves_twice_under_one_name(&app, &home, other).await;

        let call = app.call(&home).await;
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::NoDevice)));
        assert_eq!(steps(&app, &call).await, ["queued", "failed (no_device)"]);
        assert_eq!(app.alert_kinds(&home).await, [AlertKind::NoDevice]);
        assert_eq!(app.database.count("alert_notices").await, 1, "one contact was told, once");
    }

    async fn letter_that_is_about_nothing_but_an_account_has_one_name_too(app: TestApp) {
        let home = app.household(CallMethod::App, &["20:30"]).await;
        let other = app.another_host().await;
        let wish = SignUp {
            email: home.email.clone(),
            password: PASSWORD.to_owned(),
            name: "Rosalind".to_owned(),
            locale: Locale::En,
            zone: "Europe/London".to_owned(),
        };
        accounts::sign_up(&app.host, wish, "198.18.0.7").await.unwrap();
        leaves_twice_under_one_name(&app, &home, other).await;
    }
}
