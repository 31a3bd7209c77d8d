//! Ring targets: the push addresses at which a callee's confirmed devices can ring.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::{devices, push_addresses};
use super::{Conn, DbError, on};
use crate::domain::{CalleeId, DeviceId, DeviceState, Moment, PushAddressId};

/// Where a device can be rung.
#[derive(Clone, Debug, Queryable)]
pub struct RingTarget {
    /// The device.
    pub device_id: DeviceId,
    /// The push address's id.
    pub push_address_id: PushAddressId,
    /// The channel plugin that knows the address.
    pub channel: String,
    /// The address, perhaps sealed.
    pub address: String,
    /// `production`, `sandbox` or empty.
    pub environment: String,
    /// When the device last gave a sign of life.
    pub last_seen_at: Moment,
}

/// A callee's targets, the device that was seen last first.
pub async fn of_callee(c: &mut Conn, callee: CalleeId) -> Result<Vec<RingTarget>, DbError> {
    Ok(on!(c, c => {
        devices::table
            .inner_join(push_addresses::table.on(push_addresses::device_id.eq(devices::id)))
            .filter(devices::callee_id.eq(callee))
            .filter(devices::state.eq(DeviceState::Active))
            .filter(push_addresses::gone_at.is_null())
            .order((devices::last_seen_at.desc(), push_addresses::registered_at.desc()))
            .select((
                devices::id,
                push_addresses::id,
                push_addresses::channel,
                push_addresses::address,
                push_addresses::environment,
                devices::last_seen_at,
            ))
            .load(c)
            .await
    })?)
}

/// The targets of many callees, each with its callee; one's own in the order of [`of_callee`].
pub async fn of_callees(c: &mut Conn, callees: &[CalleeId]) -> Result<HashMap<CalleeId, Vec<RingTarget>>, DbError> {
    let mut found: HashMap<CalleeId, Vec<RingTarget>> = HashMap::with_capacity(callees.len());
    for callees in callees.chunks(1_000) {
        let rows: Vec<(CalleeId, RingTarget)> = on!(c, c => {
            devices::table
                .inner_join(push_addresses::table.on(push_addresses::device_id.eq(devices::id)))
                .filter(devices::callee_id.eq_any(callees))
                .filter(devices::state.eq(DeviceState::Active))
                .filter(push_addresses::gone_at.is_null())
                .order((devices::last_seen_at.desc(), push_addresses::registered_at.desc()))
                .select((
                    devices::callee_id,
                    (
                        devices::id,
                        push_addresses::id,
                        push_addresses::channel,
                        push_addresses::address,
                        push_addresses::environment,
                        devices::last_seen_at,
                    ),
                ))
                .load(c)
                .await
        })?;
        for (callee, target) in rows {
            found.entry(callee).or_default().push(target);
        }
    }
    Ok(found)
}

/// Retires an address that the vendor knew to be dead at `known_at`, in whichever of these forms it is stored, unless the
/// device registered it anew, or another in its place, since then. Says whether it was retired.
pub async fn retire(
    c: &mut Conn,
    id: PushAddressId,
    forms: &[String],
    known_at: Moment,
    now: Moment,
) -> Result<bool, DbError> {
    let rows = on!(c, c => {
        diesel::update(
            push_addresses::table
                .filter(push_addresses::id.eq(id))
                .filter(push_addresses::address.eq_any(forms))
                .filter(push_addresses::registered_at.le(known_at)),
        )
        .set(push_addresses::gone_at.eq(Some(now)))
        .execute(c)
        .await
    })?;
    Ok(rows > 0)
}

/// Keeps that the vendor takes an address in this environment, in whichever of these forms it is stored, unless the device
/// registered it anew, or another in its place, since the ring was sent.
pub async fn keep_environment(
    c: &mut Conn,
    id: PushAddressId,
    forms: &[String],
    environment: &str,
    sent_at: Moment,
) -> Result<(), DbError> {
    on!(c, c => {
        diesel::update(
            push_addresses::table
                .filter(push_addresses::id.eq(id))
                .filter(push_addresses::address.eq_any(forms))
                .filter(push_addresses::registered_at.le(sent_at)),
        )
        .set(push_addresses::environment.eq(environment))
        .execute(c)
        .await
    })?;
    Ok(())
}
