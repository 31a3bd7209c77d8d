//! Set-up: the first staff account of an installation, by a link that the start prints.

use futures::FutureExt;

use super::error::ServiceError;
use super::sessions::{self, Opened};
use super::{fields, passwords, secrets};
use crate::app::App;
use crate::db::accounts::{self, Account};
use crate::db::links::{self, Link};
use crate::domain::{AccountId, LinkPurpose, Locale, StaffRole};

/// A restart prints a new link.
const SETUP_LINK_S: i64 = 24 * 3_600;

/// The path of a new set-up link, while nobody has rights over the installation.
pub async fn ensure_setup_link(app: &App) -> Result<Option<String>, ServiceError> {
    if accounts::any_staff(&mut app.db.read().await?).await? {
        return Ok(None);
    }
    let secret = secrets::new_secret()?;
    let link = Link {
        secret_hash: secret.hash,
        account_id: None,
        purpose: LinkPurpose::Setup,
        expires_at: app.clock.now().plus_secs(SETUP_LINK_S),
        used_at: None,
    };
    app.db.write(move |c| async move { links::insert(c, &link).await }.boxed()).await?;
    Ok(Some(format!("/setup/{}", secret.text)))
}

/// Whether the link is still good: what its page asks before it shows the form.
pub async fn is_open(app: &App, token: &str) -> Result<bool, ServiceError> {
    let mut c = app.db.read().await?;
    Ok(links::find_live(&mut c, &secrets::hash(token), LinkPurpose::Setup, app.clock.now()).await?.is_some())
}

/// Makes the first staff account, an admin whose address needs no proof, and signs it in.
/// Every set-up link is used up by it.
pub async fn complete(
    app: &App,
    token: &str,
    email: &str,
    name: &str,
    password: &str,
    locale: Locale,
) -> Result<Opened, ServiceError> {
    if !is_open(app, token).await? {
        return Err(ServiceError::Gone("link-gone"));
    }
    let email = fields::email(email)?;
    let name = fields::line("name", name, fields::NAME_CHARS)?;
    passwords::check(password, &email)?;
    let password_hash = passwords::hash(password.to_owned()).await?;
    let (now, rules, secret) = (app.clock.now(), app.config.sessions.clone(), secrets::new_secret()?);
    let account = Account {
        id: AccountId::new(),
        email,
        name,
        password_hash,
        locale,
        zone: "UTC".to_owned(),
        staff_role: Some(StaffRole::Admin),
        confirmed_at: Some(now),
        created_at: now,
    };
    let hash = secrets::hash(token);
    app.db
        .write(move |c| {
            async move {
                // All links at once: of two set-ups by two links one finds its own used up.
                let taken = links::take_all(c, LinkPurpose::Setup, now).await?;
                if !taken.contains(&hash) || accounts::any_staff(c).await? {
                    return Err(ServiceError::Gone("link-gone"));
                }
                if !accounts::insert(c, &account).await? {
                    return Err(ServiceError::Invalid { field: "email", code: "email-taken" });
                }
                Ok(sessions::open(c, account.id, secret, &rules, now).await?)
            }
            .boxed()
        })
        .await
}
