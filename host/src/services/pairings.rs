//! Pairings: how a device becomes a callee's. The family asks for a code, the device claims it,
//! and the family confirms the device on its own page. Until then the device never rings, so that
//! six digits alone are worth nothing.

use futures::FutureExt;

use super::error::ServiceError;
use super::throttle::{self, Throttle, Tried, network_of};
use super::{families, fields, secrets};
use crate::app::App;
use crate::config;
use crate::db::devices::{self, Device};
use crate::db::pairings::{self, Pairing};
use crate::db::{Conn, DbError, callees, push_addresses};
use crate::domain::{AccountId, CalleeId, DeviceId, DevicePlatform, DeviceState, FamilyId, Moment, PairingId};
use crate::services::sealing::Kind;

/// Codes that one callee's family can ask for within an hour.
const CODES_PER_CALLEE: u32 = 20;
const HOUR_S: u32 = 3_600;
/// Tries to find a code that is not live; with a thousand live codes the first does in 999 of 1000 cases.
const CODE_DRAWS: usize = 20;

/// A live code, for the family's page.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a code")]
pub struct Issued {
    /// The pairing's id.
    pub id: PairingId,
    /// Six digits.
    pub code: String,
    /// After which it is worth nothing.
    pub expires_at: Moment,
}

/// What a device says when it claims a code.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a code")]
pub struct Claim {
    /// The code as it was typed; spaces and hyphens do not matter.
    pub code: String,
    /// What the device is, if it says so.
    pub platform: Option<DevicePlatform>,
    /// What it calls itself, if it does.
    pub name: String,
    /// The client's network address.
    pub address: String,
}

/// A claimed code, for the device.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a secret and a name")]
pub struct Claimed {
    /// The device's id.
    pub device_id: DeviceId,
    /// What it authenticates with from now on.
    pub device_secret: String,
    /// Whose device it is.
    pub callee_id: CalleeId,
    /// Their family.
    pub family_id: FamilyId,
    /// Their name.
    pub callee_name: String,
}

/// Makes a code for a device of this callee; an earlier one is worth nothing from now on.
pub async fn issue(app: &App, account: AccountId, callee: CalleeId) -> Result<Issued, ServiceError> {
    families::edit(families::callee_access(app, account, callee).await?.role)?;
    let throttle = Throttle::new("pairing-issue", &callee.to_string(), CODES_PER_CALLEE, HOUR_S);
    throttle::count_all(app, vec![throttle]).await?;

    let (now, sealer) = (app.clock.now(), app.sealer.clone());
    let expires_at = now.plus_secs(i64::from(app.config.pairing.code_ttl_s));
    let codes = (0..CODE_DRAWS).map(|_| secrets::six_digits()).collect::<Result<Vec<_>, _>>()?;
    let (family, issued) = app
        .db
        .write(move |c| {
            async move {
                // Two that ask at once shall not leave two live codes.
                callees::lock(c, callee).await?;
                let access = families::callee_in(c, account, callee).await?;
                families::edit(access.role)?;
                pairings::close_expired(c, now).await?;
                pairings::close_of_callee(c, callee, now).await?;
                for code in codes {
                    if pairings::is_live(c, &sealer.forms(Kind::PairingCode, &code)).await? {
                        continue;
                    }
                    let id = PairingId::new();
                    let pairing = Pairing {
                        id,
                        callee_id: callee,
                        code: Some(sealer.seal(Kind::PairingCode, &code)),
                        issued_by: account,
                        issued_at: now,
                        expires_at,
                        device_id: None,
                        closed_at: None,
                    };
                    if pairings::insert(c, &pairing).await? {
                        return Ok((access.family.id, Issued { id, code, expires_at }));
                    }
                }
                Err(ServiceError::Unavailable("pairing-codes"))
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    Ok(issued)
}

/// The callee's live code, if there is one.
pub async fn live(app: &App, account: AccountId, callee: CalleeId) -> Result<Option<Issued>, ServiceError> {
    let mut c = app.db.read().await?;
    families::edit(families::callee_in(&mut c, account, callee).await?.role)?;
    let live = pairings::live_of_callee(&mut c, callee, app.clock.now()).await?;
    // One that cannot be read cannot be used: the family asks for another.
    let code = |kept: String| app.sealer.open(Kind::PairingCode, &kept).ok();
    Ok(live.and_then(|live| Some(Issued { id: live.id, code: code(live.code?)?, expires_at: live.expires_at })))
}

/// Makes a pending device of whoever has a live code.
///
/// A code that is wrong, expired or used gives the same answer, and is counted against the network and the
/// whole installation, in the transaction that looks it up: a thousand guesses at once are a thousand guesses.
pub async fn claim(app: &App, wish: Claim) -> Result<Claimed, ServiceError> {
    let wrong = || ServiceError::Invalid { field: "pairing_code", code: "pairing-code-wrong" };
    let codes = app.sealer.forms(Kind::PairingCode, &read_code(&wish.code).ok_or_else(wrong)?);
    let guesses = Guesses::new(&app.config.pairing, &wish.address);
    let now = app.clock.now();
    let secret = secrets::new_secret()?;
    let mut device = Device {
        id: DeviceId::new(),
        // Known once the code is.
        callee_id: CalleeId::default(),
        family_id: FamilyId::default(),
        name: fields::said(&wish.name, fields::NAME_CHARS).unwrap_or_default(),
        platform: wish.platform,
        state: DeviceState::Pending,
        secret_hash: secret.hash,
        app_version: None,
        battery_percent: None,
        network: None,
        claimed_at: now,
        confirmed_at: None,
        revoked_at: None,
        last_seen_at: now,
    };
    let found = app
        .db
        .write(move |c| {
            async move {
                // Both refusals are results, not errors: the counting is to be kept.
                let tried = guesses.count(c, now).await?;
                if tried != Tried::Allowed {
                    return Ok::<_, DbError>(Err(tried));
                }
                let Some(pairing) = pairings::claim(c, &codes, device.id, now).await? else {
                    return Ok(Err(Tried::Allowed));
                };
                let Some(callee) = callees::find(c, pairing.callee_id).await? else {
                    return Ok(Err(Tried::Allowed));
                };
                guesses.forgive(c).await?;
                device.callee_id = callee.id;
                device.family_id = callee.family_id;
                devices::insert(c, &device).await?;
                Ok(Ok((device.id, callee)))
            }
            .boxed()
        })
        .await?;
    match found {
        Ok((device_id, callee)) => {
            app.live.changed(callee.family_id);
            Ok(Claimed {
                device_id,
                device_secret: secret.text,
                callee_id: callee.id,
                family_id: callee.family_id,
                callee_name: callee.name,
            })
        }
        Err(tried) => {
            tried.allowed()?;
            Err(wrong())
        }
    }
}

/// The family says that the device is the callee's: it rings from now on. With `replace`, no other does.
pub async fn confirm(app: &App, account: AccountId, device: DeviceId, replace: bool) -> Result<(), ServiceError> {
    let now = app.clock.now();
    let family = app
        .db
        .write(move |c| {
            async move {
                let access = families::device_in(c, account, device).await?;
                families::edit(access.role)?;
                if !devices::confirm(c, device, now).await? {
                    return Err(ServiceError::Conflict("device-not-pending"));
                }
                if replace {
                    for other in devices::of_callee(c, access.callee.id).await? {
                        if other.id != device && other.state == DeviceState::Active {
                            revoke(c, &other, now).await?;
                        }
                    }
                }
                Ok(access.family.id)
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    Ok(())
}

/// The family says that the device is not the callee's.
pub async fn decline(app: &App, account: AccountId, device: DeviceId) -> Result<(), ServiceError> {
    end(app, account, device, &[DeviceState::Pending]).await
}

/// The device is the callee's no longer. Its secret is worth nothing from now on.
pub async fn unpair(app: &App, account: AccountId, device: DeviceId) -> Result<(), ServiceError> {
    end(app, account, device, &[DeviceState::Pending, DeviceState::Active]).await
}

/// Closes codes past their end, and erases them. A tick calls it.
pub async fn expire(app: &App) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    Ok(app.db.write(move |c| pairings::close_expired(c, now).boxed()).await?)
}

async fn end(
    app: &App,
    account: AccountId,
    device: DeviceId,
    from: &'static [DeviceState],
) -> Result<(), ServiceError> {
    let now = app.clock.now();
    let family = app
        .db
        .write(move |c| {
            async move {
                let access = families::device_in(c, account, device).await?;
                families::edit(access.role)?;
                if !from.contains(&access.device.state) || !revoke(c, &access.device, now).await? {
                    return Err(ServiceError::Conflict("device-changed"));
                }
                Ok(access.family.id)
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    Ok(())
}

/// Revokes the device as it was read, and forgets where it was rung.
async fn revoke(c: &mut Conn, device: &Device, now: Moment) -> Result<bool, DbError> {
    let revoked = devices::revoke(c, device.id, device.state, now).await?;
    if revoked {
        push_addresses::delete_of_device(c, device.id).await?;
    }
    Ok(revoked)
}

/// Six digits, with or without the space that the page shows between them.
fn read_code(typed: &str) -> Option<String> {
    let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

/// Wrong codes, from one network and from everywhere.
struct Guesses {
    network: Throttle,
    total: Throttle,
}

impl Guesses {
    fn new(limits: &config::Pairing, address: &str) -> Self {
        let network = network_of(address);
        Self {
            network: Throttle::new("pairing-network", &network, limits.guesses_per_address_per_hour, HOUR_S),
            total: Throttle::new("pairing-total", "", limits.guesses_total_per_hour, HOUR_S),
        }
    }

    /// A network that is refused does not use up everyone's guesses.
    async fn count(&self, c: &mut Conn, now: Moment) -> Result<Tried, DbError> {
        match self.network.count(c, now).await? {
            Tried::Allowed => self.total.count(c, now).await,
            refused @ Tried::Refused { .. } => Ok(refused),
        }
    }

    async fn forgive(&self, c: &mut Conn) -> Result<(), DbError> {
        self.network.forgive(c).await?;
        self.total.forgive(c).await
    }
}
