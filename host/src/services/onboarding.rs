//! Onboarding: one path from a new account to the first call. Where someone stands follows from what is
//! there, so that they can leave half-way, come back on another device, and have lost nothing.

use futures::FutureExt;

use super::callees::Details;
use super::error::ServiceError;
use super::{callees, families, fields};
use crate::app::App;
use crate::db::callees::Callee;
use crate::db::families::Family;
use crate::db::{accounts, callees as stored_callees, devices, families as stored_families, slots};
use crate::domain::{AccountId, CallMethod, DeviceState, FamilyId, Role};

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Naming the family: [`set_family_name`].
    Family,
    /// Choosing how the callee is reached: [`choose_method`].
    Method,
    /// Describing the callee: [`save_callee`].
    Callee,
    /// Choosing the times: [`super::schedules::save`].
    Schedule,
    /// Pairing a device: [`super::pairings`]. It may be left for later.
    Pairing,
    /// Trying it out, and [`finish`].
    Ready,
    /// Nothing.
    Done,
}

/// Where someone stands, and what they have entered.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds names and a phone number")]
pub struct Onboarding {
    /// What is to be done next.
    pub step: Step,
    /// The family, once it has a name.
    pub family: Option<Family>,
    /// The callee, once they are described.
    pub callee: Option<Callee>,
}

/// Where the account stands: in the family that it owns and has not finished, else in its first one.
pub async fn state(app: &App, account: AccountId) -> Result<Onboarding, ServiceError> {
    let mut c = app.db.read().await?;
    let families = stored_families::of_account(&mut c, account).await?;
    let unfinished = families.iter().position(is_unfinished).unwrap_or(0);
    let Some((family, _)) = families.into_iter().nth(unfinished) else {
        return Ok(Onboarding { step: Step::Family, family: None, callee: None });
    };
    let callee = stored_callees::of_family(&mut c, family.id).await?.into_iter().next();
    let step = match (&family, &callee) {
        (Family { onboarded_at: Some(_), .. }, _) => Step::Done,
        (Family { call_method: None, .. }, _) => Step::Method,
        (_, None) => Step::Callee,
        // The method was chosen anew, and what it needs of the callee may be missing.
        (family, Some(callee)) if family.call_method != Some(callee.call_method) => Step::Callee,
        (_, Some(callee)) => {
            if slots::of_callee(&mut c, callee.id).await?.is_empty() {
                Step::Schedule
            } else if callee.call_method == CallMethod::App {
                let devices = devices::of_callee(&mut c, callee.id).await?;
                let rings = devices.iter().any(|device| device.state == DeviceState::Active);
                if rings { Step::Ready } else { Step::Pairing }
            } else {
                Step::Ready
            }
        }
    };
    Ok(Onboarding { step, family: Some(family), callee })
}

/// Names the family: makes it, or renames the one that is not finished.
pub async fn set_family_name(app: &App, account: AccountId, name: &str) -> Result<Family, ServiceError> {
    let name = fields::line("family_name", name, fields::NAME_CHARS)?;
    let now = app.clock.now();
    app.db
        .write(move |c| {
            async move {
                // Two clicks at once shall not make two families.
                accounts::lock(c, account).await?;
                let known = stored_families::of_account(c, account).await?;
                let Some((mut family, _)) = known.into_iter().find(is_unfinished) else {
                    return Ok(families::found(c, account, name, now).await?);
                };
                stored_families::set_name(c, family.id, &name).await?;
                family.name = name;
                Ok(family)
            }
            .boxed()
        })
        .await
}

/// Chooses how the callee is reached. A callee who is there already follows once they are saved again.
pub async fn choose_method(
    app: &App,
    account: AccountId,
    family: FamilyId,
    method: CallMethod,
) -> Result<(), ServiceError> {
    app.db
        .write(move |c| {
            async move {
                let (known, role) = families::family_in(c, account, family).await?;
                families::own(role)?;
                if known.onboarded_at.is_some() {
                    return Err(ServiceError::Conflict("onboarding-done"));
                }
                Ok(stored_families::set_call_method(c, family, method).await?)
            }
            .boxed()
        })
        .await
}

/// Describes the callee, who agreed to the words of `consent`.
pub async fn save_callee(
    app: &App,
    account: AccountId,
    family: FamilyId,
    details: &Details,
    consent: &str,
) -> Result<Callee, ServiceError> {
    callees::save_first(app, account, family, details, consent).await
}

/// Onboarding is done, with a callee and a schedule; a device can be paired later.
pub async fn finish(app: &App, account: AccountId, family: FamilyId) -> Result<(), ServiceError> {
    let now = app.clock.now();
    app.db
        .write(move |c| {
            async move {
                let (_, role) = families::family_in(c, account, family).await?;
                families::edit(role)?;
                let callees = stored_callees::of_family(c, family).await?;
                let first = callees.first().ok_or(ServiceError::Conflict("onboarding-incomplete"))?;
                if slots::of_callee(c, first.id).await?.is_empty() {
                    return Err(ServiceError::Conflict("onboarding-incomplete"));
                }
                // Finished twice is finished.
                stored_families::finish_onboarding(c, family, now).await?;
                Ok(())
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    Ok(())
}

fn is_unfinished((family, role): &(Family, Role)) -> bool {
    *role == Role::Owner && family.onboarded_at.is_none()
}
