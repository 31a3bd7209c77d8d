//! A house for tests: an app with an empty database, a clock that stands still, and people in it.

use std::ops::Deref;
use std::sync::Mutex;

use futures::FutureExt;

use crate::app::{App, testing};
use crate::db::callees::Callee;
use crate::db::ring_attempts::steps::Claim;
use crate::db::{Span, accounts as stored_accounts, jobs};
use crate::domain::{AccountId, CallMethod, Locale, Moment};
use crate::services::accounts::{self, SignUp};
use crate::services::callees::{self, Details};
use crate::services::families;
use crate::services::jobs::Job;
use crate::services::mails::MailJob;

/// The password of every account here.
pub(super) const PASSWORD: &str = "correct horse";

pub(super) struct World {
    pub(super) app: App,
    letters: Mutex<Vec<MailJob>>,
    _folder: tempfile::TempDir,
}

impl Deref for World {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

pub(super) async fn world() -> World {
    world_at("2026-11-20T12:00:00Z").await
}

pub(super) async fn world_at(start: &str) -> World {
    let folder = tempfile::tempdir().unwrap();
    let app = testing::app(folder.path(), start).await;
    World { app, letters: Mutex::default(), _folder: folder }
}

impl World {
    /// The letters queued for an address so far, oldest first: what each is, and its link's secret.
    pub(super) async fn letters(&self, email: &str) -> Vec<(&'static str, String)> {
        let due = Span { from: Moment(0), until: self.clock.now(), limit: 100 };
        let claim = Claim { node: self.node, now: due.until, until: Moment(i64::MAX) };
        let queued = self.db.write(move |c| async move { jobs::claim(c, claim, due).await }.boxed()).await.unwrap();
        let id = stored_accounts::find_by_email(&mut self.db.read().await.unwrap(), email).await.unwrap().unwrap().id;
        let mut letters = self.letters.lock().unwrap();
        letters.extend(queued.iter().filter_map(|row| match serde_json::from_str(&row.payload).unwrap() {
            Job::SendMail { mail } => Some(mail),
            _ => None,
        }));
        let mine = letters.iter().filter_map(|letter| match letter {
            MailJob::ConfirmEmail { account_id, token } if *account_id == id => Some(("confirm", token.clone())),
            MailJob::ResetPassword { account_id, token } if *account_id == id => Some(("reset", token.clone())),
            MailJob::AccountExists { account_id, .. } if *account_id == id => Some(("exists", String::new())),
            _ => None,
        });
        mine.collect()
    }

    /// An account whose address is proven.
    pub(super) async fn account(&self, email: &str) -> AccountId {
        let wish = SignUp {
            email: email.into(),
            password: PASSWORD.into(),
            name: "Ayu".into(),
            locale: Locale::En,
            zone: "Europe/London".into(),
        };
        accounts::sign_up(self, wish, "192.0.2.1").await.unwrap();
        let (_, token) = self.letters(email).await.pop().unwrap();
        accounts::confirm(self, &token).await.unwrap()
    }

    /// A callee in a new family of the account.
    pub(super) async fn callee(&self, account: AccountId, method: CallMethod) -> Callee {
        let family = families::create(self, account, "Wijaya").await.unwrap();
        callees::add(self, account, family.id, method, &details(), "She agreed.").await.unwrap()
    }
}

pub(super) fn details() -> Details {
    Details {
        name: "Sari".into(),
        address_form: "Oma Sari".into(),
        language: "id".into(),
        phone: "0812-3456-7890".into(),
        country: "ID".into(),
        zone: "Asia/Jakarta".into(),
        interests: "roses".into(),
    }
}
