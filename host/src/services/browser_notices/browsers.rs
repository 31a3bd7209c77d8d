//! Browsers: in which of their own browsers somebody wants to be told. Their page walks in.

use futures::FutureExt;

use crate::app::App;
use crate::db::notice_browsers::{self, NoticeBrowser};
use crate::domain::{AccountId, Moment, NoticeBrowserId};
use crate::services::devices::ADDRESS_BYTES;
use crate::services::error::ServiceError;
use crate::services::sealing::Kind;

/// Browsers of one account: with another one, the oldest is forgotten.
const BROWSERS_MAX: usize = 10;

const REFUSED: ServiceError = ServiceError::Invalid { field: "subscription", code: "browser-refused" };

/// One of somebody's browsers, as far as they see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Browser {
    /// Its id.
    pub id: NoticeBrowserId,
    /// When notices were turned on in it.
    pub made_at: Moment,
    /// Whether nothing arrives there any more.
    pub is_gone: bool,
}

/// Whether this installation tells people in their browsers at all.
pub fn are_told(app: &App) -> bool {
    app.plugins.browser_notifier().is_some()
}

/// The browsers of an account, the last one first.
pub async fn of(app: &App, account: AccountId) -> Result<Vec<Browser>, ServiceError> {
    let known = notice_browsers::of_account(&mut app.db.read().await?, account).await?;
    let seen = |row: NoticeBrowser| Browser { id: row.id, made_at: row.made_at, is_gone: row.gone_at.is_some() };
    Ok(known.into_iter().map(seen).collect())
}

/// Tells the account in one more browser. `subscription` is what `JSON.stringify(subscription)` gives there, to the key of
/// [`web_push_key`](crate::services::web_push_key). Whoever turned it on in that browser before is not told there any more.
///
/// # Errors
/// [`ServiceError::Invalid`] for `subscription` when it is none, or is of a push service that is not granted;
/// [`ServiceError::NotFound`] where nobody is told in browsers.
pub async fn add(app: &App, account: AccountId, subscription: &str) -> Result<(), ServiceError> {
    let notifier = app.plugins.browser_notifier().ok_or(ServiceError::NotFound)?;
    if subscription.len() > ADDRESS_BYTES {
        return Err(REFUSED);
    }
    let read = app.plugins.read_browser(&notifier, subscription).ok_or(ServiceError::NotFound)?;
    let address = read.map_err(|error| {
        tracing::warn!(%account, %error, "a browser for notices was refused");
        REFUSED
    })?;
    let forms = app.sealer.forms(Kind::PushAddress, &address);
    let browser = NoticeBrowser {
        id: NoticeBrowserId::new(),
        account_id: account,
        address: app.sealer.seal(Kind::PushAddress, &address),
        made_at: app.clock.now(),
        gone_at: None,
    };
    app.db
        .write(move |c| {
            async move {
                notice_browsers::delete_address(c, &forms).await?;
                notice_browsers::insert(c, &browser).await?;
                for old in notice_browsers::of_account(c, account).await?.into_iter().skip(BROWSERS_MAX) {
                    notice_browsers::delete(c, account, old.id).await?;
                }
                Ok::<_, ServiceError>(())
            }
            .boxed()
        })
        .await
}

/// Tells the account no more in one of its browsers; in nobody else's.
pub async fn remove(app: &App, account: AccountId, browser: NoticeBrowserId) -> Result<(), ServiceError> {
    Ok(app.db.write(move |c| notice_browsers::delete(c, account, browser).boxed()).await?)
}
