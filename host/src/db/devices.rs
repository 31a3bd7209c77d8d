//! Devices: the callee's phones, tablets and browsers. The device and pairing services walk in.

use std::collections::{HashMap, HashSet};

use diesel::sql_types::{Binary, Text};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, QueryableByName, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;

use super::json_rows::{cells, json_rows};
use super::schema::devices;
use super::{Conn, DbError, on};
use crate::domain::{CalleeId, DeviceId, DevicePlatform, DeviceState, FamilyId, Moment};

/// A callee's device.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = devices, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "it holds a secret's hash")]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Whose it is.
    pub callee_id: CalleeId,
    /// Their family.
    pub family_id: FamilyId,
    /// What the family calls it.
    pub name: String,
    /// What it is; unknown until it says so.
    pub platform: Option<DevicePlatform>,
    /// How far its pairing got.
    pub state: DeviceState,
    /// SHA-256 of its secret.
    pub secret_hash: Vec<u8>,
    /// The app that it runs, in the app's words.
    pub app_version: Option<String>,
    /// How full its battery was, 0 to 100.
    pub battery_percent: Option<i32>,
    /// How it was on the net, in the app's words.
    pub network: Option<String>,
    /// When it claimed a code.
    pub claimed_at: Moment,
    /// When the family confirmed it.
    pub confirmed_at: Option<Moment>,
    /// When it was declined, replaced or un-paired.
    pub revoked_at: Option<Moment>,
    /// When it was last heard of, to within a minute.
    pub last_seen_at: Moment,
}

/// What a device tells about itself; what it leaves out stays as it was.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// See [`Device::platform`].
    pub platform: Option<DevicePlatform>,
    /// See [`Device::app_version`].
    pub app_version: Option<String>,
    /// See [`Device::battery_percent`].
    pub battery_percent: Option<i32>,
    /// See [`Device::network`].
    pub network: Option<String>,
}

/// Which of these have ever said that they ring.
pub async fn acknowledging(c: &mut Conn, ids: &[DeviceId]) -> Result<HashSet<DeviceId>, DbError> {
    if let Conn::Pg(pg) = c {
        let known = devices::table.filter(devices::id.eq_any(ids)).filter(devices::acknowledges);
        let rows: Vec<DeviceId> = known.select(devices::id).load(&mut ***pg).await?;
        return Ok(rows.into_iter().collect());
    }
    let mut known = HashSet::new();
    for rows in json_rows(ids, |id| cells![id.0]) {
        let rows: Vec<Id> = on!(c, c => {
            diesel::sql_query(
                "SELECT id FROM devices WHERE acknowledges AND id IN (SELECT unhex(value->>0) FROM jsonb_each(?1))",
            )
            .bind::<Text, _>(rows)
            .load(c)
            .await
        })?;
        known.extend(rows.into_iter().map(|row| row.id));
    }
    Ok(known)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Binary)]
    id: DeviceId,
}

/// What these call themselves.
pub async fn names(c: &mut Conn, ids: &[DeviceId]) -> Result<HashMap<DeviceId, String>, DbError> {
    let found: Vec<(DeviceId, String)> = on!(c, c => {
        devices::table.filter(devices::id.eq_any(ids)).select((devices::id, devices::name)).load(c).await
    })?;
    Ok(found.into_iter().collect())
}

/// It says that it rings.
pub async fn mark_acknowledging(c: &mut Conn, id: DeviceId) -> Result<(), DbError> {
    let silent = devices::table.find(id).filter(devices::acknowledges.eq(false));
    on!(c, c => diesel::update(silent).set(devices::acknowledges.eq(true)).execute(c).await)?;
    Ok(())
}

/// Stores a new device.
pub async fn insert(c: &mut Conn, device: &Device) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(devices::table).values(device).execute(c).await)?;
    Ok(())
}

/// The device with this id.
pub async fn find(c: &mut Conn, id: DeviceId) -> Result<Option<Device>, DbError> {
    Ok(on!(c, c => devices::table.find(id).select(Device::as_select()).first(c).await.optional())?)
}

/// The device whose secret has this hash, revoked or not.
pub async fn find_by_hash(c: &mut Conn, secret_hash: &[u8]) -> Result<Option<Device>, DbError> {
    Ok(on!(c, c => devices::table
        .filter(devices::secret_hash.eq(secret_hash))
        .select(Device::as_select())
        .first(c)
        .await
        .optional())?)
}

/// The callee's devices that are pending or active, the last claimed first.
pub async fn of_callee(c: &mut Conn, callee: CalleeId) -> Result<Vec<Device>, DbError> {
    Ok(on!(c, c => devices::table
        .filter(devices::callee_id.eq(callee))
        .filter(devices::state.ne(DeviceState::Revoked))
        .order((devices::claimed_at.desc(), devices::id.desc()))
        .select(Device::as_select())
        .load(c)
        .await)?)
}

/// From pending to active; false when it is not pending.
pub async fn confirm(c: &mut Conn, id: DeviceId, now: Moment) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::update(devices::table.find(id).filter(devices::state.eq(DeviceState::Pending)))
        .set((devices::state.eq(DeviceState::Active), devices::confirmed_at.eq(now)))
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// From `from` to revoked; false when it is not there.
pub async fn revoke(c: &mut Conn, id: DeviceId, from: DeviceState, now: Moment) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::update(devices::table.find(id).filter(devices::state.eq(from)))
        .set((devices::state.eq(DeviceState::Revoked), devices::revoked_at.eq(now)))
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// It was heard of.
pub async fn touch(c: &mut Conn, id: DeviceId, now: Moment) -> Result<(), DbError> {
    on!(c, c => diesel::update(devices::table.find(id)).set(devices::last_seen_at.eq(now)).execute(c).await)?;
    Ok(())
}

/// Renames it.
pub async fn set_name(c: &mut Conn, id: DeviceId, name: &str) -> Result<(), DbError> {
    on!(c, c => diesel::update(devices::table.find(id)).set(devices::name.eq(name)).execute(c).await)?;
    Ok(())
}

/// Writes down what it told about itself.
pub async fn set_report(c: &mut Conn, id: DeviceId, report: &Report, now: Moment) -> Result<(), DbError> {
    // `None` in a tuple of changes leaves its column alone.
    let changes = (
        report.platform.map(|platform| devices::platform.eq(platform)),
        report.app_version.as_ref().map(|version| devices::app_version.eq(version)),
        report.battery_percent.map(|percent| devices::battery_percent.eq(percent)),
        report.network.as_ref().map(|network| devices::network.eq(network)),
        devices::last_seen_at.eq(now),
    );
    on!(c, c => diesel::update(devices::table.find(id)).set(changes).execute(c).await)?;
    Ok(())
}
