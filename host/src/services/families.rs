//! Families: who belongs to which, and who may see what. Every page and endpoint that shows something of
//! a family asks here first; what is none of the asker's business does not exist for them.

use futures::FutureExt;

use super::error::ServiceError;
use super::fields;
use crate::app::App;
use crate::db::callees::{self, Callee};
use crate::db::devices::{self, Device};
use crate::db::families::{self, Family};
use crate::db::members::{self, Member};
use crate::db::{Conn, DbError};
use crate::domain::{AccountId, CalleeId, DeviceId, FamilyId, Moment, Role};

/// A callee whom the asker may see.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds names and a phone number")]
pub struct CalleeAccess {
    /// The callee.
    pub callee: Callee,
    /// Their family.
    pub family: Family,
    /// What the asker may do there.
    pub role: Role,
}

/// A device that the asker may see.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds names and a phone number")]
pub struct DeviceAccess {
    /// The device.
    pub device: Device,
    /// Whose it is.
    pub callee: Callee,
    /// Their family.
    pub family: Family,
    /// What the asker may do there.
    pub role: Role,
}

/// Someone in a family, as its other members see them.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a name and an address")]
pub struct Person {
    /// Their account.
    pub account_id: AccountId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub joined_at: Moment,
}

/// Makes a family that the account owns.
pub async fn create(app: &App, account: AccountId, name: &str) -> Result<Family, ServiceError> {
    let name = fields::line("family_name", name, fields::NAME_CHARS)?;
    let now = app.clock.now();
    Ok(app.db.write(move |c| async move { found(c, account, name, now).await }.boxed()).await?)
}

/// The same, within a transaction.
pub(crate) async fn found(c: &mut Conn, account: AccountId, name: String, now: Moment) -> Result<Family, DbError> {
    let family = Family { id: FamilyId::new(), name, call_method: None, onboarded_at: None, created_at: now };
    families::insert(c, &family).await?;
    let owner = Member { family_id: family.id, account_id: account, role: Role::Owner, joined_at: now };
    members::insert(c, &owner).await?;
    Ok(family)
}

/// Renames the family; its owner may.
pub async fn rename(app: &App, account: AccountId, family: FamilyId, name: &str) -> Result<(), ServiceError> {
    let name = fields::line("family_name", name, fields::NAME_CHARS)?;
    app.db
        .write(move |c| {
            async move {
                let (_, role) = family_in(c, account, family).await?;
                own(role)?;
                Ok::<_, ServiceError>(families::set_name(c, family, &name).await?)
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    Ok(())
}

/// The account's families with its role in each, the oldest first.
pub async fn for_account(app: &App, account: AccountId) -> Result<Vec<(Family, Role)>, ServiceError> {
    Ok(families::of_account(&mut app.db.read().await?, account).await?)
}

/// The family's people, the first to join first.
pub async fn people(app: &App, account: AccountId, family: FamilyId) -> Result<Vec<Person>, ServiceError> {
    let mut c = app.db.read().await?;
    family_in(&mut c, account, family).await?;
    let members = members::of_family(&mut c, family).await?;
    Ok(members
        .into_iter()
        .map(|(member, account)| Person {
            account_id: account.id,
            name: account.name,
            email: account.email,
            role: member.role,
            joined_at: member.joined_at,
        })
        .collect())
}

/// What the account may do in the family; [`ServiceError::NotFound`] when it is no member.
pub async fn access(app: &App, account: AccountId, family: FamilyId) -> Result<Role, ServiceError> {
    members::role(&mut app.db.read().await?, family, account).await?.ok_or(ServiceError::NotFound)
}

/// The family and what the account may do there.
pub async fn find(app: &App, account: AccountId, family: FamilyId) -> Result<(Family, Role), ServiceError> {
    family_in(&mut app.db.read().await?, account, family).await
}

/// The callee, if they are of one of the account's families.
pub async fn callee_access(app: &App, account: AccountId, callee: CalleeId) -> Result<CalleeAccess, ServiceError> {
    callee_in(&mut app.db.read().await?, account, callee).await
}

/// The device, if it is of one of the account's families.
pub async fn device_access(app: &App, account: AccountId, device: DeviceId) -> Result<DeviceAccess, ServiceError> {
    device_in(&mut app.db.read().await?, account, device).await
}

/// [`find`], on a connection or within a transaction.
pub(crate) async fn family_in(
    c: &mut Conn,
    account: AccountId,
    family: FamilyId,
) -> Result<(Family, Role), ServiceError> {
    families::find_for(c, account, family).await?.ok_or(ServiceError::NotFound)
}

/// [`callee_access`], on a connection or within a transaction.
pub(crate) async fn callee_in(
    c: &mut Conn,
    account: AccountId,
    callee: CalleeId,
) -> Result<CalleeAccess, ServiceError> {
    let callee = callees::find(c, callee).await?.ok_or(ServiceError::NotFound)?;
    let (family, role) = family_in(c, account, callee.family_id).await?;
    Ok(CalleeAccess { callee, family, role })
}

/// [`device_access`], on a connection or within a transaction.
pub(crate) async fn device_in(
    c: &mut Conn,
    account: AccountId,
    device: DeviceId,
) -> Result<DeviceAccess, ServiceError> {
    let device = devices::find(c, device).await?.ok_or(ServiceError::NotFound)?;
    let CalleeAccess { callee, family, role } = callee_in(c, account, device.callee_id).await?;
    Ok(DeviceAccess { device, callee, family, role })
}

/// Refuses who may only look.
pub(crate) fn edit(role: Role) -> Result<(), ServiceError> {
    if role.may_edit() { Ok(()) } else { Err(ServiceError::Forbidden) }
}

/// Refuses who is not the owner.
pub(crate) fn own(role: Role) -> Result<(), ServiceError> {
    if role == Role::Owner { Ok(()) } else { Err(ServiceError::Forbidden) }
}
