//! Wishes: what somebody wants to be told of in each of their families, in which language, and at which hours not.
//! Everybody chooses for themselves; an owner has no say in what others read.

use futures::FutureExt;

use super::recipients;
use crate::app::App;
use crate::db::notice_readers::{self, NoticeReader};
use crate::db::notice_wishes::{self, NoticeWish};
use crate::db::{Conn, families, notice_browsers, notice_numbers};
use crate::domain::schedule::parse_time;
use crate::domain::{AccountId, FamilyId, Locale, NoticeEvent, NoticeWay, QuietHours};
use crate::services::error::ServiceError;

/// How somebody wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// In which language; none: in that of their pages.
    pub locale: Option<Locale>,
    /// When not, on the clock of their account's zone.
    pub quiet: Option<QuietHours>,
    /// Whether worrying words may come in quiet hours too.
    pub worries_wake: bool,
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

/// Whether somebody is told of one kind of event by mail, and by other ways beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventWish {
    /// Which.
    pub event: NoticeEvent,
    /// Whether they are.
    pub told: bool,
    /// They cannot change it while they come first in their family.
    pub must: bool,
    /// Whether a text message comes beside the letter; none where it cannot: for what can wait, or without a number that
    /// they have proven.
    pub texted: Option<bool>,
    /// Whether it is shown in their browsers; none where they have turned that on in none.
    pub pushed: Option<bool>,
}

/// What somebody wishes from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWishes {
    /// In which language: a [`Locale`], or nothing for that of the pages.
    pub locale: String,
    /// When not: two times of day, `HH:MM`.
    pub quiet: Option<(String, String)>,
    /// Whether worrying words may come in quiet hours too.
    pub worries_wake: bool,
    /// Of what, in which family. What is not here is not wanted any more.
    pub wanted: Vec<(FamilyId, NoticeEvent)>,
    /// Of what by a text message too. What is not here is not wanted so any more.
    pub texted: Vec<(FamilyId, NoticeEvent)>,
    /// Of what in their browsers too. What is not here is not wanted so any more.
    pub pushed: Vec<(FamilyId, NoticeEvent)>,
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
    Ok(Wishes {
        locale: reader.as_ref().and_then(|reader| reader.locale),
        quiet: reader.as_ref().and_then(NoticeReader::quiet),
        worries_wake: reader.is_none_or(|reader| reader.worries_wake),
        families: circles,
    })
}

/// Keeps how the account wants to be told, in all of its families. What it must be told stays as it was wished before.
pub async fn save(app: &App, account: AccountId, new: NewWishes) -> Result<(), ServiceError> {
    let reader = reader(account, &new)?;
    app.db
        .write(move |c| {
            async move {
                notice_readers::put(c, &reader).await?;
                for (family, _) in families::of_account(c, account).await? {
                    for wish in events(c, family.id, account).await? {
                        let one = (family.id, wish.event);
                        let wanted = new.wanted.contains(&one);
                        if !wish.must && wanted != wish.told {
                            put(c, account, one, NoticeWay::Mail, wanted).await?;
                        }
                        let texted = new.texted.contains(&one);
                        if wish.texted.is_some_and(|was| was != texted) {
                            put(c, account, one, NoticeWay::Sms, texted).await?;
                        }
                        let pushed = new.pushed.contains(&one);
                        if wish.pushed.is_some_and(|was| was != pushed) {
                            put(c, account, one, NoticeWay::Push, pushed).await?;
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
    let quiet = new.quiet.as_ref().map(|(from, until)| quiet_hours(from, until)).transpose()?;
    let (quiet_from, quiet_until) = quiet.map(QuietHours::texts).unzip();
    Ok(NoticeReader { account_id: account, locale, quiet_from, quiet_until, worries_wake: new.worries_wake })
}

fn quiet_hours(from: &str, until: &str) -> Result<QuietHours, ServiceError> {
    let time = |field, text| parse_time(text).map_err(|_| ServiceError::Invalid { field, code: "slots-bad-time" });
    let (from, until) = (time("quiet_from", from)?, time("quiet_until", until)?);
    QuietHours::new(from, until).ok_or(ServiceError::Invalid { field: "quiet_until", code: "quiet-hours-long" })
}

/// Every event as it stands for a member of a family; none for others.
async fn events(c: &mut Conn, family: FamilyId, account: AccountId) -> Result<Vec<EventWish>, ServiceError> {
    let people = recipients(c, family).await?;
    let Some(one) = people.into_iter().find(|recipient| recipient.account == account) else { return Ok(Vec::new()) };
    let number = notice_numbers::find(c, account).await?;
    let is_reached = number.is_some_and(|number| number.usable().is_some());
    let has_browsers = notice_browsers::of_account(c, account).await?.iter().any(|browser| browser.gone_at.is_none());
    let wish = |event: &NoticeEvent| EventWish {
        event: *event,
        told: one.is_told(*event, NoticeWay::Mail),
        must: one.must_be_told(*event, NoticeWay::Mail),
        texted: (is_reached && event.is_alert()).then(|| one.is_told(*event, NoticeWay::Sms)),
        pushed: (has_browsers && event.is_pushed()).then(|| one.is_told(*event, NoticeWay::Push)),
    };
    Ok(NoticeEvent::ALL.iter().map(wish).collect())
}

async fn put(
    c: &mut Conn,
    account_id: AccountId,
    (family_id, event): (FamilyId, NoticeEvent),
    way: NoticeWay,
    wanted: bool,
) -> Result<(), ServiceError> {
    let wish = NoticeWish { family_id, account_id, event, way, wanted };
    Ok(notice_wishes::put(c, &wish).await?)
}
