//! Links of letters with which their readers end one wish: by a press on a page, or by one in their mail program, which
//! sends it by itself (RFC 2369, 3.2, and RFC 8058).
//!
//! Whoever has the link is whom the letter was sent to, as with [`crate::services::alert_links`]. It is worth something
//! only as long as its owner is of the family, and does not end what its owner must be told.

use futures::FutureExt;

use super::Recipient;
use crate::app::App;
use crate::db::notice_links::{self, NoticeLink};
use crate::db::notice_wishes::{self, NoticeWish};
use crate::db::{Conn, families};
use crate::domain::NoticeEvent;
use crate::services::error::ServiceError;
use crate::services::secrets;

/// So long a link works. Canada's law asks for 60 days after a letter (S.C. 2010, c. 23, s. 11(2)), others for less.
const KEPT_S: i64 = 90 * 86_400;

/// The wish that a link is about, as it stands.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a name")]
pub struct LinkedWish {
    /// What its owner is told of.
    pub event: NoticeEvent,
    /// In which family.
    pub family_name: String,
    /// Whether they are.
    pub told: bool,
    /// It cannot be ended while they come first in their family.
    pub must: bool,
}

/// The wish of a link. [`ServiceError::NotFound`] when it is no link of ours.
pub async fn show(app: &App, token: &str) -> Result<LinkedWish, ServiceError> {
    let mut c = app.db.read().await?;
    let (link, owner) = of_link(&mut c, token).await?;
    seen(&mut c, &link, &owner).await
}

/// The owner of the link is not told any more, if that can be. Gives how the wish stands after it.
pub async fn end(app: &App, token: &str) -> Result<LinkedWish, ServiceError> {
    let token = token.to_owned();
    app.db
        .write(move |c| {
            async move {
                let (link, owner) = of_link(c, &token).await?;
                let stands = seen(c, &link, &owner).await?;
                if !stands.must {
                    let NoticeLink { family_id, account_id, event, way, .. } = link;
                    let wish = NoticeWish { family_id, account_id, event, way, wanted: false };
                    notice_wishes::put(c, &wish).await?;
                }
                Ok(LinkedWish { told: stands.must, ..stands })
            }
            .boxed()
        })
        .await
}

/// Forgets links that are too old, so many at the most. Gives how many.
pub(crate) async fn sweep(app: &App, limit: i64) -> Result<usize, ServiceError> {
    let before = app.clock.now().plus_secs(-KEPT_S);
    Ok(app.db.write(move |c| notice_links::sweep(c, before, limit).boxed()).await?)
}

async fn seen(c: &mut Conn, link: &NoticeLink, owner: &Recipient) -> Result<LinkedWish, ServiceError> {
    let family = families::find(c, link.family_id).await?.ok_or(ServiceError::NotFound)?;
    Ok(LinkedWish {
        event: link.event,
        family_name: family.name,
        told: owner.is_told(link.event, link.way),
        must: owner.must_be_told(link.event, link.way),
    })
}

/// The link and its owner, who must still be of the family.
async fn of_link(c: &mut Conn, token: &str) -> Result<(NoticeLink, Recipient), ServiceError> {
    let link = notice_links::by_secret(c, &secrets::hash(token)).await?.ok_or(ServiceError::NotFound)?;
    let owner = super::find(c, link.family_id, link.account_id).await?.ok_or(ServiceError::NotFound)?;
    Ok((link, owner))
}
