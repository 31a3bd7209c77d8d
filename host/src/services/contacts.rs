//! Contacts: the people of a family in the order in which they are told when something is wrong, and what each of
//! them is told of.

use futures::FutureExt;

use super::error::ServiceError;
use super::families::{edit, family_in};
use super::notices;
use crate::app::App;
use crate::db::{families as stored_families, members};
use crate::domain::{AccountId, FamilyId, Locale, NoticeEvent, QuietHours, Role};

/// Somebody of a family.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a name and an address")]
pub struct Contact {
    /// Their account.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// Where they are told.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// What they are told of.
    pub told_of: Vec<NoticeEvent>,
    /// In which language.
    pub locale: Locale,
    /// When they want to be left in peace.
    pub quiet: Option<QuietHours>,
    /// On the clock of this IANA zone.
    pub zone: String,
}

/// A family and its contacts, who is told first first.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds names and addresses")]
pub struct Circle {
    /// The family.
    pub family: FamilyId,
    /// Its name.
    pub name: String,
    /// What the asker may do there.
    pub role: Role,
    /// Its people.
    pub contacts: Vec<Contact>,
}

/// The account's families with their contacts.
pub async fn list(app: &App, account: AccountId) -> Result<Vec<Circle>, ServiceError> {
    let mut c = app.db.read().await?;
    let mut circles = Vec::new();
    for (family, role) in stored_families::of_account(&mut c, account).await? {
        let mut contacts = Vec::new();
        for ((member, account), recipient) in notices::contacts(&mut c, family.id).await? {
            contacts.push(Contact {
                account: account.id,
                name: account.name,
                email: account.email,
                role: member.role,
                told_of: recipient.told_of(),
                locale: recipient.locale,
                quiet: recipient.quiet,
                zone: account.zone,
            });
        }
        circles.push(Circle { family: family.id, name: family.name, role, contacts });
    }
    Ok(circles)
}

/// How long a contact has to answer before the next one is told, in minutes.
pub fn next_after_minutes(app: &App) -> u32 {
    app.config.calling.escalate_after_s.div_ceil(60)
}

/// Moves somebody one place up: they are told before whoever was before them. Who is first stays it.
pub async fn move_up(app: &App, asker: AccountId, family: FamilyId, account: AccountId) -> Result<(), ServiceError> {
    app.db
        .write(move |c| {
            async move {
                // Two moves at once shall not give two people the same place.
                stored_families::lock(c, family).await?;
                let (_, role) = family_in(c, asker, family).await?;
                edit(role)?;
                let contacts = members::contacts(c, family).await?;
                let mut order: Vec<AccountId> = contacts.iter().map(|(member, _)| member.account_id).collect();
                let at = order.iter().position(|known| *known == account).ok_or(ServiceError::NotFound)?;
                order.swap(at, at.saturating_sub(1));
                Ok::<_, ServiceError>(members::put_in_order(c, family, &order).await?)
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    Ok(())
}
