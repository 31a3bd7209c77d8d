//! Notices: who of a family is told of what, when, and in which language, as each of them wishes.
//!
//! Summaries and alerts walk in with what happened. Everybody chooses for themselves ([`wishes`]), with one limit: what
//! is wrong is always told to whoever comes first in the family's order, so that no alert is told to nobody. A letter
//! that would come in quiet hours is queued for their end, together with its cause; an alert goes to somebody else
//! first, who is awake (`services::escalation`).

pub mod links;
pub mod wishes;

use crate::db::accounts::Account;
use crate::db::members::{self, Member};
use crate::db::notice_links::{self, NoticeLink};
use crate::db::notice_readers::{self, NoticeReader};
use crate::db::notice_wishes::{self, NoticeWish};
use crate::db::{Conn, DbError};
use crate::domain::zone::Zone;
use crate::domain::{AccountId, FamilyId, Locale, Moment, NoticeEvent, NoticeWay, QuietHours};
use crate::services::error::ServiceError;
use crate::services::mails::{self, MailJob};
use crate::services::secrets;

/// Somebody of a family, as far as notices go.
pub(crate) struct Recipient {
    /// Their account.
    pub(crate) account: AccountId,
    /// In which language they want to read.
    pub(crate) locale: Locale,
    /// When they want to be left in peace, on their own clock.
    pub(crate) quiet: Option<QuietHours>,
    zone: Zone,
    worries_wake: bool,
    is_first: bool,
    wishes: Vec<NoticeWish>,
}

impl Recipient {
    /// Whether they are told of such an event by such a way.
    pub(crate) fn is_told(&self, event: NoticeEvent, way: NoticeWay) -> bool {
        let said = self.wishes.iter().find(|wish| wish.event == event && wish.way == way);
        self.must_be_told(event, way) || said.map_or(way.is_usual(), |wish| wish.wanted)
    }

    /// What they are told of by mail.
    pub(crate) fn told_of(&self) -> Vec<NoticeEvent> {
        NoticeEvent::ALL.iter().copied().filter(|event| self.is_told(*event, NoticeWay::Mail)).collect()
    }

    /// The first moment from `at` on at which they may be told of such an event.
    pub(crate) fn free_at(&self, event: NoticeEvent, at: Moment) -> Moment {
        let wakes = event == NoticeEvent::Worrying && self.worries_wake;
        self.quiet.filter(|_| !wakes).map_or(at, |quiet| quiet.free_at(at, &self.zone))
    }

    /// Whether they are told of it whatever they wish.
    fn must_be_told(&self, event: NoticeEvent, way: NoticeWay) -> bool {
        self.is_first && event.is_alert() && way.reaches_everybody()
    }
}

/// The people of a family in the order in which they are told of alerts.
pub(crate) async fn recipients(c: &mut Conn, family: FamilyId) -> Result<Vec<Recipient>, DbError> {
    Ok(contacts(c, family).await?.into_iter().map(|(_, recipient)| recipient).collect())
}

/// The same, each with the member and the account that they are.
pub(crate) async fn contacts(c: &mut Conn, family: FamilyId) -> Result<Vec<((Member, Account), Recipient)>, DbError> {
    let contacts = members::contacts(c, family).await?;
    let wishes = notice_wishes::of_family(c, family).await?;
    let readers = notice_readers::of_family(c, family).await?;
    let mut people = Vec::with_capacity(contacts.len());
    for (member, account) in contacts {
        let reader = readers.iter().find(|reader| reader.account_id == account.id);
        let recipient = recipient(&account, people.is_empty(), reader, &wishes);
        people.push(((member, account), recipient));
    }
    Ok(people)
}

fn recipient(account: &Account, is_first: bool, reader: Option<&NoticeReader>, wishes: &[NoticeWish]) -> Recipient {
    Recipient {
        account: account.id,
        locale: reader.and_then(|reader| reader.locale).unwrap_or(account.locale),
        quiet: reader.and_then(NoticeReader::quiet),
        zone: Zone::parse(&account.zone).unwrap_or_else(|_| Zone::utc()),
        worries_wake: reader.is_none_or(|reader| reader.worries_wake),
        is_first,
        wishes: wishes.iter().filter(|wish| wish.account_id == account.id).copied().collect(),
    }
}

/// One of the people of a family; none when the account has left it.
pub(crate) async fn find(c: &mut Conn, family: FamilyId, account: AccountId) -> Result<Option<Recipient>, DbError> {
    Ok(recipients(c, family).await?.into_iter().find(|recipient| recipient.account == account))
}

/// Queues a letter for everybody of a family who wants to be told of such an event, each for when they may be told.
pub(crate) async fn tell_all(
    c: &mut Conn,
    family: FamilyId,
    event: NoticeEvent,
    now: Moment,
    letter: impl Fn(AccountId, Option<String>) -> MailJob,
) -> Result<(), ServiceError> {
    for recipient in recipients(c, family).await? {
        if recipient.is_told(event, NoticeWay::Mail) {
            tell(c, family, &recipient, event, now, |off| letter(recipient.account, off)).await?;
        }
    }
    Ok(())
}

/// Queues a letter for one of a family, for when they may be told. It is given the secret of the link with which they
/// end this wish ([`links`]); none when they must be told.
pub(crate) async fn tell(
    c: &mut Conn,
    family: FamilyId,
    recipient: &Recipient,
    event: NoticeEvent,
    now: Moment,
    letter: impl FnOnce(Option<String>) -> MailJob,
) -> Result<(), ServiceError> {
    let way = NoticeWay::Mail;
    let off = if recipient.must_be_told(event, way) { None } else { Some(secrets::new_secret()?) };
    let (text, hash) = off.map(|off| (off.text, off.hash)).unzip();
    let is_new = mails::enqueue_at(c, letter(text), recipient.free_at(event, now), now).await?;
    if let (true, Some(secret_hash)) = (is_new, hash) {
        let link =
            NoticeLink { secret_hash, family_id: family, account_id: recipient.account, event, way, made_at: now };
        notice_links::insert(c, &link).await?;
    }
    Ok(())
}
