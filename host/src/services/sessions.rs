//! Sessions: browsers that are signed in. The web door asks here, at every request, who is asking.

use futures::FutureExt;

use super::error::ServiceError;
use super::secrets::{self, NewSecret};
use crate::app::App;
use crate::config;
use crate::db::accounts::Account;
use crate::db::sessions::{self, Session};
use crate::db::{Conn, DbError};
use crate::domain::{AccountId, Moment, SessionId};

/// A use is written down no more often than this.
const TOUCH_EVERY_S: i64 = 300;
const DAY_S: i64 = 86_400;

/// A session that was just opened.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a secret")]
pub struct Opened {
    /// Who signed in.
    pub account_id: AccountId,
    /// For the cookie.
    pub secret: String,
    /// When the session ends in any case.
    pub expires_at: Moment,
}

/// Who is asking, and through which session.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a name and an address")]
pub struct SignedIn {
    /// Who.
    pub account: Account,
    /// Through which session.
    pub session_id: SessionId,
}

/// Opens a session for an account that has proven itself.
pub async fn create(app: &App, account: AccountId) -> Result<Opened, ServiceError> {
    let (now, rules, secret) = (app.clock.now(), app.config.sessions.clone(), secrets::new_secret()?);
    Ok(app.db.write(move |c| async move { open(c, account, secret, &rules, now).await }.boxed()).await?)
}

/// The same, within a transaction.
pub(crate) async fn open(
    c: &mut Conn,
    account: AccountId,
    secret: NewSecret,
    rules: &config::Sessions,
    now: Moment,
) -> Result<Opened, DbError> {
    let session = Session {
        id: SessionId::new(),
        account_id: account,
        secret_hash: secret.hash,
        created_at: now,
        last_seen_at: now,
        expires_at: now.plus_secs(i64::from(rules.absolute_days) * DAY_S),
    };
    sessions::insert(c, &session).await?;
    Ok(Opened { account_id: account, secret: secret.text, expires_at: session.expires_at })
}

/// Who has this secret; [`ServiceError::Unauthenticated`] when the session has ended or never was.
pub async fn find(app: &App, secret: &str) -> Result<SignedIn, ServiceError> {
    let now = app.clock.now();
    let found = sessions::find_by_hash(&mut app.db.read().await?, &secrets::hash(secret)).await?;
    let live = found.filter(|(session, _)| is_live(session, now, idle_since(app, now)));
    let (session, account) = live.ok_or(ServiceError::Unauthenticated)?;
    let session_id = session.id;
    if session.last_seen_at.plus_secs(TOUCH_EVERY_S) <= now {
        app.db.write(move |c| sessions::touch(c, session_id, now).boxed()).await?;
    }
    Ok(SignedIn { account, session_id })
}

/// The account's live sessions, the last used first.
pub async fn list(app: &App, account: AccountId) -> Result<Vec<Session>, ServiceError> {
    let now = app.clock.now();
    let idle_since = idle_since(app, now);
    let mut found = sessions::of_account(&mut app.db.read().await?, account).await?;
    found.retain(|session| is_live(session, now, idle_since));
    Ok(found)
}

/// Ends one of the account's sessions.
pub async fn revoke(app: &App, account: AccountId, session: SessionId) -> Result<(), ServiceError> {
    let ended = app.db.write(move |c| sessions::delete(c, account, session).boxed()).await?;
    if ended { Ok(()) } else { Err(ServiceError::NotFound) }
}

/// Ends all of the account's sessions.
pub async fn revoke_all(app: &App, account: AccountId) -> Result<usize, ServiceError> {
    Ok(app.db.write(move |c| sessions::delete_of_account(c, account).boxed()).await?)
}

/// Drops sessions that have ended. A housekeeping tick calls it.
pub async fn sweep(app: &App) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let idle_since = idle_since(app, now);
    Ok(app.db.write(move |c| sessions::delete_ended(c, now, idle_since).boxed()).await?)
}

fn idle_since(app: &App, now: Moment) -> Moment {
    now.plus_secs(-i64::from(app.config.sessions.idle_days) * DAY_S)
}

fn is_live(session: &Session, now: Moment, idle_since: Moment) -> bool {
    session.expires_at > now && session.last_seen_at > idle_since
}
