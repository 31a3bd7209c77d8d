//! Devices: what a paired phone, tablet or browser tells the house, and what the family sees of it.

use futures::FutureExt;

use super::arming::Channels;
use super::error::ServiceError;
use super::{families, fields, secrets};
use crate::app::App;
pub use crate::db::devices::Device;
use crate::db::devices::{self, Report};
use crate::db::push_addresses::{self, PushAddress};
use crate::domain::{AccountId, CalleeId, DeviceId, DevicePlatform, DeviceState, PushAddressId};
use crate::egress::web_push::NoSubscription;
use crate::services::sealing::{self, Kind};

/// A sign of life is written down no more often than this.
const TOUCH_EVERY_S: i64 = 60;
/// Longest push address: Web Push subscriptions are the longest, some hundred bytes.
pub(crate) const ADDRESS_BYTES: usize = 1_536;
const CHANNEL_CHARS: usize = 40;
const VERSION_CHARS: usize = 40;

/// Where a channel reaches the device, as the device says.
#[derive(Clone, Default)]
#[allow(missing_debug_implementations, reason = "an address may not be logged")]
pub struct Registration {
    /// The plugin id of the channel.
    pub channel: String,
    /// In the channel's own form.
    pub address: String,
    /// `production`, `sandbox` or empty.
    pub environment: String,
    /// The app that the device runs.
    pub app_version: Option<String>,
    /// What the device is.
    pub platform: Option<DevicePlatform>,
}

/// How the device is, as it says.
#[derive(Clone, Debug, Default)]
pub struct Heartbeat {
    /// 0 to 100.
    pub battery_percent: Option<i32>,
    /// For example `wifi`.
    pub network: Option<String>,
    /// The app that the device runs.
    pub app_version: Option<String>,
}

/// The device that has this secret, pending or active; [`ServiceError::Unauthenticated`] when it was revoked.
///
/// A pending device may only register and report: everything else asks [`authenticate_active`].
pub async fn authenticate(app: &App, secret: &str) -> Result<Device, ServiceError> {
    let device = devices::find_by_hash(&mut app.db.read().await?, &secrets::hash(secret)).await?;
    let device = device.filter(|device| device.state != DeviceState::Revoked).ok_or(ServiceError::Unauthenticated)?;
    let now = app.clock.now();
    if device.last_seen_at.plus_secs(TOUCH_EVERY_S) <= now {
        let id = device.id;
        app.db.write(move |c| devices::touch(c, id, now).boxed()).await?;
    }
    Ok(device)
}

/// The active device that has this secret; [`ServiceError::Forbidden`] while the family has not confirmed it.
pub async fn authenticate_active(app: &App, secret: &str) -> Result<Device, ServiceError> {
    let device = authenticate(app, secret).await?;
    if device.state == DeviceState::Active { Ok(device) } else { Err(ServiceError::Forbidden) }
}

/// Keeps where a channel reaches the device. The address leaves every other device: phones are handed on.
pub async fn register_push_address(app: &App, device: &Device, wish: Registration) -> Result<(), ServiceError> {
    let channel = fields::line("channel", &wish.channel, CHANNEL_CHARS)?;
    if Channels::of(&app.plugins).is_loaded_for_numbers(&channel) {
        return Err(ServiceError::Invalid { field: "channel", code: "push-channel-wrong" });
    }
    let address = wish.address.trim().to_owned();
    if address.is_empty()
        || address.len() > ADDRESS_BYTES
        || address.chars().any(char::is_control)
        || sealing::looks_sealed(&address)
    {
        return Err(ServiceError::Invalid { field: "address", code: "push-address-wrong" });
    }
    let address = match app.plugins.read_subscription(&channel, &address) {
        Some(read) => read.map_err(|why| no_subscription(device.id, why))?,
        None => address,
    };
    if !["", "production", "sandbox"].contains(&wish.environment.as_str()) {
        return Err(ServiceError::Invalid { field: "environment", code: "push-environment-unknown" });
    }
    let (now, forms) = (app.clock.now(), app.sealer.forms(Kind::PushAddress, &address));
    let report =
        Report { platform: wish.platform, app_version: version(wish.app_version.as_deref()), ..Report::default() };
    let row = PushAddress {
        id: PushAddressId::new(),
        device_id: device.id,
        channel,
        address: app.sealer.seal(Kind::PushAddress, &address),
        environment: wish.environment,
        registered_at: now,
        gone_at: None,
    };
    app.db
        .write(move |c| {
            async move {
                still_paired(devices::find(c, row.device_id).await?)?;
                push_addresses::delete_elsewhere(c, &row.channel, &forms, row.device_id).await?;
                push_addresses::put(c, &row).await?;
                Ok::<_, ServiceError>(devices::set_report(c, row.device_id, &report, now).await?)
            }
            .boxed()
        })
        .await?;
    app.live.changed(device.family_id);
    Ok(())
}

/// Keeps how the device is.
pub async fn heartbeat(app: &App, device: &Device, beat: Heartbeat) -> Result<(), ServiceError> {
    if beat.battery_percent.is_some_and(|percent| !(0..=100).contains(&percent)) {
        return Err(ServiceError::Invalid { field: "battery_percent", code: "battery-wrong" });
    }
    let report = Report {
        platform: None,
        app_version: version(beat.app_version.as_deref()),
        battery_percent: beat.battery_percent,
        network: beat.network.as_deref().and_then(|network| fields::said(network, VERSION_CHARS)),
    };
    let (id, now) = (device.id, app.clock.now());
    app.db.write(move |c| async move { devices::set_report(c, id, &report, now).await }.boxed()).await?;
    app.live.changed(device.family_id);
    Ok(())
}

/// The callee's devices that are pending or active, each with its push addresses, the last claimed first.
pub async fn list(
    app: &App,
    account: AccountId,
    callee: CalleeId,
) -> Result<Vec<(Device, Vec<PushAddress>)>, ServiceError> {
    let mut c = app.db.read().await?;
    families::callee_in(&mut c, account, callee).await?;
    let devices = devices::of_callee(&mut c, callee).await?;
    let ids: Vec<DeviceId> = devices.iter().map(|device| device.id).collect();
    let addresses = push_addresses::of_devices(&mut c, &ids).await?;
    let with_addresses = |device: Device| {
        let of_device = addresses.iter().filter(|address| address.device_id == device.id).cloned().collect();
        (device, of_device)
    };
    Ok(devices.into_iter().map(with_addresses).collect())
}

/// Gives the device another name.
pub async fn rename(app: &App, account: AccountId, device: DeviceId, name: &str) -> Result<(), ServiceError> {
    let name = fields::line("device_name", name, fields::NAME_CHARS)?;
    let family = app
        .db
        .write(move |c| {
            async move {
                let access = families::device_in(c, account, device).await?;
                families::edit(access.role)?;
                devices::set_name(c, device, &name).await?;
                Ok::<_, ServiceError>(access.family.id)
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    Ok(())
}

/// A device that was revoked since it was authenticated may not come back by a late registration.
fn still_paired(device: Option<Device>) -> Result<(), ServiceError> {
    match device {
        Some(device) if device.state != DeviceState::Revoked => Ok(()),
        _ => Err(ServiceError::Unauthenticated),
    }
}

fn no_subscription(device: DeviceId, why: NoSubscription) -> ServiceError {
    if why == NoSubscription::NotGranted {
        tracing::warn!(%device, "a device uses a push service that is not granted: it cannot be rung there");
        return ServiceError::Invalid { field: "address", code: "push-service-not-granted" };
    }
    ServiceError::Invalid { field: "address", code: "push-address-wrong" }
}

fn version(said: Option<&str>) -> Option<String> {
    said.and_then(|version| fields::said(version, VERSION_CHARS))
}
