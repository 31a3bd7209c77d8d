//! Signing up and in, resetting, sessions, set-up.

use std::time::Duration;

use super::world::{PASSWORD, world};
use crate::domain::{Locale, StaffRole};
use crate::services::accounts::{self, SignUp};
use crate::services::{ServiceError, sessions, setup};

const HERE: &str = "192.0.2.1";
const DAY: Duration = Duration::from_hours(24);

fn wish(email: &str, password: &str) -> SignUp {
    SignUp {
        email: email.into(),
        password: password.into(),
        name: "Ayu".into(),
        locale: Locale::Id,
        zone: "Europe/London".into(),
    }
}

fn code(error: ServiceError) -> &'static str {
    match error {
        ServiceError::Invalid { code, .. } | ServiceError::Gone(code) | ServiceError::Conflict(code) => code,
        ServiceError::Throttled { .. } => "throttled",
        ServiceError::Unauthenticated => "unauthenticated",
        ServiceError::NotFound => "not-found",
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_account_signs_in_once_its_address_is_proven() {
    let w = world().await;
    accounts::sign_up(&w, wish(" Ayu@Example.org ", PASSWORD), HERE).await.unwrap();
    let early = accounts::sign_in(&w, "ayu@example.org", PASSWORD, HERE).await.err().unwrap();
    assert_eq!(code(early), "email-unconfirmed");

    let (letter, token) = w.letters("ayu@example.org").await.pop().unwrap();
    assert_eq!(letter, "confirm");
    accounts::confirm(&w, &token).await.unwrap();
    assert_eq!(code(accounts::confirm(&w, &token).await.unwrap_err()), "link-gone");

    let opened = accounts::sign_in(&w, "AYU@example.org", PASSWORD, HERE).await.unwrap();
    let who = sessions::find(&w, &opened.secret).await.unwrap();
    assert_eq!((who.account.name.as_str(), who.account.locale), ("Ayu", Locale::Id));
    assert_eq!(code(sessions::find(&w, "another").await.err().unwrap()), "unauthenticated");
}

#[tokio::test]
async fn nobody_learns_whether_an_address_has_an_account() {
    let w = world().await;
    w.account("ayu@example.org").await;
    accounts::sign_up(&w, wish("ayu@example.org", "another password"), HERE).await.unwrap();
    assert_eq!(w.letters("ayu@example.org").await.last().unwrap().0, "exists");
    accounts::forgot(&w, "nobody@example.org", HERE).await.unwrap();

    for (email, password) in [("ayu@example.org", "another password"), ("nobody@example.org", PASSWORD), ("", "")] {
        let error = accounts::sign_in(&w, email, password, HERE).await.err().unwrap();
        assert_eq!(code(error), "sign-in-wrong", "{email}");
    }
    accounts::sign_in(&w, "ayu@example.org", PASSWORD, HERE).await.unwrap();
}

#[tokio::test]
async fn a_second_sign_up_before_the_proof_replaces_the_first() {
    let w = world().await;
    accounts::sign_up(&w, wish("ayu@example.org", "first password"), HERE).await.unwrap();
    accounts::sign_up(&w, wish("ayu@example.org", "second password"), HERE).await.unwrap();
    let letters = w.letters("ayu@example.org").await;
    assert_eq!(code(accounts::confirm(&w, &letters[0].1).await.unwrap_err()), "link-gone");
    accounts::confirm(&w, &letters[1].1).await.unwrap();
    assert!(accounts::sign_in(&w, "ayu@example.org", "first password", HERE).await.is_err());
    assert!(accounts::sign_in(&w, "ayu@example.org", "second password", HERE).await.is_ok());
}

#[tokio::test]
async fn wrong_passwords_are_throttled_and_a_reset_opens_again() {
    let w = world().await;
    w.account("ayu@example.org").await;
    for _ in 0..10 {
        let error = accounts::sign_in(&w, "ayu@example.org", "a wrong password", HERE).await.err().unwrap();
        assert_eq!(code(error), "sign-in-wrong");
    }
    // Even the right one, and from elsewhere.
    let error = accounts::sign_in(&w, "ayu@example.org", PASSWORD, "198.51.100.7").await.err().unwrap();
    assert_eq!(code(error), "throttled");

    accounts::forgot(&w, "ayu@example.org", HERE).await.unwrap();
    let token = w.letters("ayu@example.org").await.pop().unwrap().1;
    accounts::reset(&w, &token, "a new password").await.unwrap();
    accounts::sign_in(&w, "ayu@example.org", "a new password", HERE).await.unwrap();
}

#[tokio::test]
async fn a_reset_ends_every_session_and_works_once() {
    let w = world().await;
    w.account("ayu@example.org").await;
    let opened = accounts::sign_in(&w, "ayu@example.org", PASSWORD, HERE).await.unwrap();
    accounts::forgot(&w, "ayu@example.org", HERE).await.unwrap();
    let token = w.letters("ayu@example.org").await.pop().unwrap().1;
    let refused = accounts::reset(&w, &token, "ayu@example.org").await.unwrap_err();
    assert_eq!(code(refused), "password-is-email", "and the link is still good");
    accounts::reset(&w, &token, "a new password").await.unwrap();

    assert_eq!(code(sessions::find(&w, &opened.secret).await.err().unwrap()), "unauthenticated");
    assert_eq!(code(accounts::reset(&w, &token, "a newer password").await.unwrap_err()), "link-gone");
    assert!(accounts::sign_in(&w, "ayu@example.org", PASSWORD, HERE).await.is_err());
}

#[tokio::test]
async fn links_end_with_their_time() {
    let w = world().await;
    let account = w.account("ayu@example.org").await;
    let link = accounts::new_sign_in_link(&w, account).await.unwrap();
    accounts::use_sign_in_link(&w, &link).await.unwrap();
    assert_eq!(code(accounts::use_sign_in_link(&w, &link).await.err().unwrap()), "link-gone");

    let late = accounts::new_sign_in_link(&w, account).await.unwrap();
    w.clock.advance(Duration::from_mins(15));
    assert_eq!(code(accounts::use_sign_in_link(&w, &late).await.err().unwrap()), "link-gone");
    assert!(accounts::sweep_links(&w).await.unwrap() >= 1);
}

#[tokio::test]
async fn a_session_slides_until_its_absolute_end() {
    let w = world().await;
    let account = w.account("ayu@example.org").await;
    let used = sessions::create(&w, account).await.unwrap();
    let idle = sessions::create(&w, account).await.unwrap();
    for _ in 0..8 {
        w.clock.advance(10 * DAY);
        sessions::find(&w, &used.secret).await.unwrap();
    }
    assert!(sessions::find(&w, &idle.secret).await.is_err());
    assert_eq!(sessions::list(&w, account).await.unwrap().len(), 1);
    w.clock.advance(10 * DAY);
    assert!(sessions::find(&w, &used.secret).await.is_err());
    assert_eq!(sessions::sweep(&w).await.unwrap(), 2);
}

#[tokio::test]
async fn a_session_is_revoked_by_its_account_only() {
    let w = world().await;
    let (ayu, budi) = (w.account("ayu@example.org").await, w.account("budi@example.org").await);
    let opened = sessions::create(&w, ayu).await.unwrap();
    let session = sessions::find(&w, &opened.secret).await.unwrap().session_id;
    assert_eq!(code(sessions::revoke(&w, budi, session).await.unwrap_err()), "not-found");
    sessions::revoke(&w, ayu, session).await.unwrap();
    assert!(sessions::find(&w, &opened.secret).await.is_err());
}

#[tokio::test]
async fn the_first_staff_account_is_made_once() {
    let w = world().await;
    let one = setup::ensure_setup_link(&w).await.unwrap().unwrap();
    let two = setup::ensure_setup_link(&w).await.unwrap().unwrap();
    let complete = async |path: &str, email: &str| {
        let token = path.strip_prefix("/setup/").unwrap().to_owned();
        setup::complete(&w, &token, email, "Admin", PASSWORD, Locale::En).await
    };
    assert_eq!(code(complete("/setup/guess", "eve@example.org").await.err().unwrap()), "link-gone");
    let (a, b) = tokio::join!(complete(&one, "ann@example.org"), complete(&two, "eve@example.org"));
    assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|&&won| won).count(), 1, "one of two links wins");
    let opened = a.or(b).unwrap();
    let who = sessions::find(&w, &opened.secret).await.unwrap();
    assert_eq!(who.account.staff_role, Some(StaffRole::Admin));
    assert_eq!(setup::ensure_setup_link(&w).await.unwrap(), None);
}
