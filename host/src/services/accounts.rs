//! Accounts: signing up, signing in, and the links that are mailed for it.
//!
//! Nobody learns here whether an address has an account: the replies are the same, after the same work,
//! and what differs goes by mail to the address itself.

use futures::FutureExt;

use super::error::ServiceError;
use super::mails::{self, MailJob};
use super::secrets::{self, NewSecret};
use super::sessions::{self, Opened};
use super::throttle::{self, Throttle, network_of};
use super::{fields, passwords};
use crate::app::App;
use crate::config::MailTransport;
use crate::db::accounts::{self, Account};
use crate::db::links::{self, Link};
use crate::db::{Conn, sessions as stored_sessions};
use crate::domain::{AccountId, LinkPurpose, Locale, Moment};

/// Wrong passwords for one account within [`SIGN_IN_WINDOW_S`].
const SIGN_INS_PER_ACCOUNT: u32 = 10;
/// Wrong passwords from one network within [`SIGN_IN_WINDOW_S`].
const SIGN_INS_PER_NETWORK: u32 = 50;
const SIGN_IN_WINDOW_S: u32 = 900;
/// Mails that anyone can cause to be sent to one address within an hour.
const MAILS_PER_ACCOUNT: u32 = 5;
/// Mails that one network can cause within an hour.
const MAILS_PER_NETWORK: u32 = 60;
const MAIL_WINDOW_S: u32 = 3_600;

const CONFIRM_LINK_S: i64 = 48 * 3_600;
const RESET_LINK_S: i64 = 3_600;
const SIGN_IN_LINK_S: i64 = 900;

/// What someone who signs up says.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a password")]
pub struct SignUp {
    /// The address that is to be proven.
    pub email: String,
    /// At least [`passwords::SHORTEST_CHARS`] characters.
    pub password: String,
    /// How pages and mails shall address the person.
    pub name: String,
    /// The language of pages and mails.
    pub locale: Locale,
    /// The IANA zone in which the person reads times.
    pub zone: String,
}

/// Makes an account that can sign in once its address is proven, and mails the link for that.
///
/// A proven address that signs up again is told so by mail. One that is not proven yet takes the newer
/// password, and the older link is closed. `address` is the client's network address.
pub async fn sign_up(app: &App, wish: SignUp, address: &str) -> Result<(), ServiceError> {
    let email = fields::email(&wish.email)?;
    passwords::check(&wish.password, &email)?;
    let name = fields::line("name", &wish.name, fields::NAME_CHARS)?;
    let zone = fields::zone(&wish.zone)?.name().to_owned();
    count_mail(app, &email, address).await?;

    let now = app.clock.now();
    let secret = secrets::new_secret()?;
    let account = Account {
        id: AccountId::new(),
        email,
        name,
        password_hash: passwords::hash(wish.password).await?,
        locale: wish.locale,
        zone,
        staff_role: None,
        confirmed_at: None,
        created_at: now,
    };
    app.db.write(move |c| async move { keep_sign_up(c, account, secret, now).await }.boxed()).await
}

async fn keep_sign_up(c: &mut Conn, mut account: Account, secret: NewSecret, now: Moment) -> Result<(), ServiceError> {
    if !accounts::insert(c, &account).await? {
        let Some(known) = accounts::find_by_email(c, &account.email).await? else {
            return Err(ServiceError::Conflict("account-gone"));
        };
        account.id = known.id;
        if !accounts::replace_unconfirmed(c, &account).await? {
            return Ok(mails::enqueue(c, MailJob::AccountExists { account_id: known.id, asked_at: now }, now).await?);
        }
    }
    let account_id = account.id;
    let token = keep_link(c, account_id, LinkPurpose::Confirm, CONFIRM_LINK_S, secret, now).await?;
    Ok(mails::enqueue(c, MailJob::ConfirmEmail { account_id, token }, now).await?)
}

/// The address is proven by the mailed link. The person signs in next, with the password:
/// whoever typed the address need not be whoever reads its mail.
pub async fn confirm(app: &App, token: &str) -> Result<AccountId, ServiceError> {
    let now = app.clock.now();
    let hash = secrets::hash(token);
    app.db
        .write(move |c| {
            async move {
                let account = take_link(c, &hash, LinkPurpose::Confirm, now).await?;
                accounts::confirm(c, account, now).await?;
                Ok(account)
            }
            .boxed()
        })
        .await
}

/// Opens a session for whoever knows the password. `address` is the client's network address.
pub async fn sign_in(app: &App, email: &str, password: &str, address: &str) -> Result<Opened, ServiceError> {
    let wrong = || ServiceError::Invalid { field: "password", code: "sign-in-wrong" };
    let email = fields::email(email).map_err(|_| wrong())?;
    let by_account = sign_in_throttle(&email);
    let by_network = Throttle::new("sign-in-network", &network_of(address), SIGN_INS_PER_NETWORK, SIGN_IN_WINDOW_S);
    // Counted before the work, so that a thousand tries at once are a thousand tries.
    throttle::count_all(app, vec![by_network.clone(), by_account.clone()]).await?;

    let account = accounts::find_by_email(&mut app.db.read().await?, &email).await?;
    let known = account.as_ref().map(|account| account.password_hash.clone());
    // No password that could have been chosen is longer.
    let possible = password.chars().count() <= passwords::LONGEST_CHARS;
    let right = possible && passwords::verify(password.to_owned(), known).await?;
    let Some(account) = account.filter(|_| right) else { return Err(wrong()) };
    if account.confirmed_at.is_none() {
        return Err(ServiceError::Invalid { field: "email", code: "email-unconfirmed" });
    }

    let (now, rules, secret) = (app.clock.now(), app.config.sessions.clone(), secrets::new_secret()?);
    app.db
        .write(move |c| {
            async move {
                // A password that was changed since it was checked opens nothing.
                accounts::lock(c, account.id).await?;
                let current = accounts::find(c, account.id).await?;
                if current.is_none_or(|current| current.password_hash != account.password_hash) {
                    return Err(wrong());
                }
                by_network.forgive(c).await?;
                by_account.clear(c).await?;
                Ok(sessions::open(c, account.id, secret, &rules, now).await?)
            }
            .boxed()
        })
        .await
}

/// Mails a link to choose a new password, if the address has an account.
/// `address` is the client's network address.
pub async fn forgot(app: &App, email: &str, address: &str) -> Result<(), ServiceError> {
    let email = fields::email(email)?;
    count_mail(app, &email, address).await?;
    let (now, secret) = (app.clock.now(), secrets::new_secret()?);
    app.db
        .write(move |c| {
            async move {
                let Some(account) = accounts::find_by_email(c, &email).await? else { return Ok(()) };
                let account_id = account.id;
                let token = keep_link(c, account_id, LinkPurpose::Reset, RESET_LINK_S, secret, now).await?;
                Ok(mails::enqueue(c, MailJob::ResetPassword { account_id, token }, now).await?)
            }
            .boxed()
        })
        .await
}

/// Takes the new password of whoever got the mailed link, ends all sessions, and counts the address as proven.
pub async fn reset(app: &App, token: &str, password: &str) -> Result<AccountId, ServiceError> {
    let hash = secrets::hash(token);
    let now = app.clock.now();
    let account = {
        let mut c = app.db.read().await?;
        let link = links::find_live(&mut c, &hash, LinkPurpose::Reset, now).await?;
        let account = link.and_then(|link| link.account_id).ok_or(ServiceError::Gone("link-gone"))?;
        accounts::find(&mut c, account).await?.ok_or(ServiceError::Gone("link-gone"))?
    };
    passwords::check(password, &account.email)?;
    let password_hash = passwords::hash(password.to_owned()).await?;
    app.db
        .write(move |c| {
            async move {
                let id = take_link(c, &hash, LinkPurpose::Reset, now).await?;
                accounts::set_password(c, id, &password_hash).await?;
                accounts::confirm(c, id, now).await?;
                stored_sessions::delete_of_account(c, id).await?;
                for purpose in [LinkPurpose::Confirm, LinkPurpose::Reset, LinkPurpose::SignIn] {
                    links::close_of_account(c, id, purpose, now).await?;
                }
                sign_in_throttle(&account.email).clear(c).await?;
                Ok(id)
            }
            .boxed()
        })
        .await
}

/// Makes a link that signs the account in once, without the password. Gives the link's secret.
pub async fn new_sign_in_link(app: &App, account: AccountId) -> Result<String, ServiceError> {
    let (now, secret) = (app.clock.now(), secrets::new_secret()?);
    app.db.write(move |c| keep_link(c, account, LinkPurpose::SignIn, SIGN_IN_LINK_S, secret, now).boxed()).await
}

/// Opens a session for whoever has such a link.
pub async fn use_sign_in_link(app: &App, token: &str) -> Result<Opened, ServiceError> {
    let (now, rules, secret) = (app.clock.now(), app.config.sessions.clone(), secrets::new_secret()?);
    let hash = secrets::hash(token);
    app.db
        .write(move |c| {
            async move {
                let account = take_link(c, &hash, LinkPurpose::SignIn, now).await?;
                Ok(sessions::open(c, account, secret, &rules, now).await?)
            }
            .boxed()
        })
        .await
}

/// Chooses the IANA zone in which the person reads times.
pub async fn set_zone(app: &App, account: AccountId, zone: &str) -> Result<(), ServiceError> {
    let zone = fields::zone(zone)?.name().to_owned();
    Ok(app.db.write(move |c| async move { accounts::set_zone(c, account, &zone).await }.boxed()).await?)
}

/// Chooses the language of pages and mails.
pub async fn set_locale(app: &App, account: AccountId, locale: Locale) -> Result<(), ServiceError> {
    Ok(app.db.write(move |c| accounts::set_locale(c, account, locale).boxed()).await?)
}

/// Drops links past their end. A housekeeping tick calls it.
pub async fn sweep_links(app: &App) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    Ok(app.db.write(move |c| links::delete_expired(c, now).boxed()).await?)
}

fn sign_in_throttle(email: &str) -> Throttle {
    Throttle::new("sign-in-account", email, SIGN_INS_PER_ACCOUNT, SIGN_IN_WINDOW_S)
}

async fn count_mail(app: &App, email: &str, address: &str) -> Result<(), ServiceError> {
    if app.config.mail.transport == MailTransport::None {
        return Err(ServiceError::Unavailable("mail"));
    }
    let throttles = vec![
        Throttle::new("mail-network", &network_of(address), MAILS_PER_NETWORK, MAIL_WINDOW_S),
        Throttle::new("mail-account", email, MAILS_PER_ACCOUNT, MAIL_WINDOW_S),
    ];
    throttle::count_all(app, throttles).await
}

/// Stores a link, closes the account's older ones of the purpose, and gives the link's secret.
async fn keep_link(
    c: &mut Conn,
    account: AccountId,
    purpose: LinkPurpose,
    life_s: i64,
    secret: NewSecret,
    now: Moment,
) -> Result<String, ServiceError> {
    links::close_of_account(c, account, purpose, now).await?;
    let link = Link {
        secret_hash: secret.hash,
        account_id: Some(account),
        purpose,
        expires_at: now.plus_secs(life_s),
        used_at: None,
    };
    links::insert(c, &link).await?;
    Ok(secret.text)
}

async fn take_link(c: &mut Conn, hash: &[u8], purpose: LinkPurpose, now: Moment) -> Result<AccountId, ServiceError> {
    let link = links::take(c, hash, purpose, now).await?;
    link.and_then(|link| link.account_id).ok_or(ServiceError::Gone("link-gone"))
}
