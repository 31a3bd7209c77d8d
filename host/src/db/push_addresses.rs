//! Push addresses: where a channel reaches a device. The device service walks in;
//! the calls read them through [`super::ring_targets`].

use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel::upsert::excluded;
use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::schema::push_addresses;
use super::{Conn, DbError, on};
use crate::domain::{DeviceId, Moment, PushAddressId};

/// Where a channel reaches a device.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = push_addresses, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "an address may not be logged")]
pub struct PushAddress {
    /// Its id.
    pub id: PushAddressId,
    /// The device.
    pub device_id: DeviceId,
    /// The plugin id of the channel.
    pub channel: String,
    /// In the channel's own form, perhaps sealed.
    pub address: String,
    /// Which of the vendor's environments it belongs to; empty when there is one.
    pub environment: String,
    /// When the device last sent it.
    pub registered_at: Moment,
    /// When the vendor said that it is dead.
    pub gone_at: Option<Moment>,
}

/// A device that registers the same address again and names no environment does not know better than the vendor, whose
/// word is kept ([`super::ring_targets::keep_environment`]).
const ENVIRONMENT: &str = "CASE WHEN excluded.environment = '' AND excluded.address = push_addresses.address \
                           THEN push_addresses.environment ELSE excluded.environment END";

/// Stores the address; an earlier one of the device and channel is replaced and is no longer gone.
pub async fn put(c: &mut Conn, address: &PushAddress) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(push_addresses::table)
        .values(address)
        .on_conflict((push_addresses::device_id, push_addresses::channel))
        .do_update()
        .set((
            push_addresses::address.eq(excluded(push_addresses::address)),
            push_addresses::environment.eq(sql::<Text>(ENVIRONMENT)),
            push_addresses::registered_at.eq(excluded(push_addresses::registered_at)),
            push_addresses::gone_at.eq(None::<Moment>),
        ))
        .execute(c)
        .await)?;
    Ok(())
}

/// Drops an address, in whichever of these forms it is stored, from every other device.
pub async fn delete_elsewhere(
    c: &mut Conn,
    channel: &str,
    forms: &[String],
    device: DeviceId,
) -> Result<usize, DbError> {
    Ok(on!(c, c => diesel::delete(
        push_addresses::table
            .filter(push_addresses::channel.eq(channel))
            .filter(push_addresses::address.eq_any(forms))
            .filter(push_addresses::device_id.ne(device)),
    )
    .execute(c)
    .await)?)
}

/// Drops all addresses of the device.
pub async fn delete_of_device(c: &mut Conn, device: DeviceId) -> Result<usize, DbError> {
    Ok(on!(c, c => diesel::delete(push_addresses::table.filter(push_addresses::device_id.eq(device)))
        .execute(c)
        .await)?)
}

/// The addresses of these devices, by channel.
pub async fn of_devices(c: &mut Conn, devices: &[DeviceId]) -> Result<Vec<PushAddress>, DbError> {
    Ok(on!(c, c => push_addresses::table
        .filter(push_addresses::device_id.eq_any(devices))
        .order(push_addresses::channel)
        .select(PushAddress::as_select())
        .load(c)
        .await)?)
}
