//! Wishes: what somebody wants to be told of in each of their families, and in which language. Everybody chooses for
//! themselves; an owner has no say in what others read.

use futures::FutureExt;

use super::recipients;
use crate::app::App;
use crate::db::notice_readers::{self, NoticeReader};
use crate::db::notice_wishes::{self, NoticeWish};
use crate::db::{Conn, families};
use crate::domain::{AccountId, FamilyId, Locale, NoticeEvent, NoticeWay};
use crate::services::error::ServiceError;

/// How somebody wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// In which language; none: in that of their pages.
    pub locale: Option<Locale>,
    /// Of what, in each of their families.
    pub families: Vec<FamilyWishes>,
}

/// What somebody wants to be told of in one family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyWishes {
    /// The family.
    pub family: FamilyId,
    /// Its name.
    pub name: String,
    /// Every event.
    pub events: Vec<EventWish>,
}

/// Whether somebody is told of one kind of event by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventWish {
    /// Which.
    pub event: NoticeEvent,
    /// Whether they are.
    pub told: bool,
    /// They cannot change it while they come first in their family.
    pub must: bool,
}

/// What somebody wishes from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWishes {
    /// In which language: a [`Locale`], or nothing for that of the pages.
    pub locale: String,
    /// Of what, in which family. What is not here is not wanted any more.
    pub wanted: Vec<(FamilyId, NoticeEvent)>,
}

/// How the account wants to be told.
pub async fn of(app: &App, account: AccountId) -> Result<Wishes, ServiceError> {
    let mut c = app.db.read().await?;
    let reader = notice_readers::find(&mut c, account).await?;
    let mut circles = Vec::new();
    for (family, _) in families::of_account(&mut c, account).await? {
        let events = events(&mut c, family.id, account).await?;
        circles.push(FamilyWishes { family: family.id, name: family.name, events });
    }
    Ok(Wishes { locale: reader.and_then(|reader| reader.locale), families: circles })
}

/// Keeps how the account wants to be told, in all of its families. What it must be told stays as it was wished before.
pub async fn save(app: &App, account: AccountId, new: NewWishes) -> Result<(), ServiceError> {
    let reader = reader(account, &new)?;
    app.db
        .write(move |c| {
            async move {
                notice_readers::put(c, &reader).await?;
                for (family, _) in families::of_account(c, account).await? {
                    for wish in events(c, family.id, account).await?.into_iter().filter(|wish| !wish.must) {
                        let wanted = new.wanted.contains(&(family.id, wish.event));
                        if wanted != wish.told {
                            put(c, family.id, account, wish.event, wanted).await?;
                        }
                    }
                }
                Ok(())
            }
            .boxed()
        })
        .await
}

fn reader(account: AccountId, new: &NewWishes) -> Result<NoticeReader, ServiceError> {
    let refused = |_| ServiceError::Invalid { field: "locale", code: "language-unknown" };
    let locale: Option<Locale> = match new.locale.as_str() {
        "" => None,
        word => Some(word.parse().map_err(refused)?),
    };
    Ok(NoticeReader { account_id: account, locale, quiet_from: None, quiet_until: None, worries_wake: true })
}

/// Every event as it stands for a member of a family; none for others.
async fn events(c: &mut Conn, family: FamilyId, account: AccountId) -> Result<Vec<EventWish>, ServiceError> {
    let people = recipients(c, family).await?;
    let Some(one) = people.into_iter().find(|recipient| recipient.account == account) else { return Ok(Vec::new()) };
    let wish = |event: &NoticeEvent| EventWish {
        event: *event,
        told: one.is_told(*event, NoticeWay::Mail),
        must: one.must_be_told(*event, NoticeWay::Mail),
    };
    Ok(NoticeEvent::ALL.iter().map(wish).collect())
}

async fn put(
    c: &mut Conn,
    family_id: FamilyId,
    account_id: AccountId,
    event: NoticeEvent,
    wanted: bool,
) -> Result<(), ServiceError> {
    let wish = NoticeWish { family_id, account_id, event, way: NoticeWay::Mail, wanted };
    Ok(notice_wishes::put(c, &wish).await?)
}
