//! Push addresses, wherever they stand, as they are stored: for a change of keys. The sealing service walks in.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::{notice_browsers, push_addresses, ring_attempts};
use super::{Conn, DbError, on};

/// Where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The addresses of devices.
    PushAddresses,
    /// The addresses of devices that were or are to be rung; not numbers.
    RingAttempts,
    /// The browsers in which people want to be told.
    NoticeBrowsers,
}

/// One of them.
#[derive(Clone, Queryable)]
#[allow(missing_debug_implementations, reason = "it may be a secret")]
pub struct Row {
    /// The id of its row.
    pub id: Vec<u8>,
    /// As it is stored.
    pub address: String,
}

/// Those after the row `after`, in the order of ids, `limit` at most.
pub async fn page(c: &mut Conn, place: Place, after: Vec<u8>, limit: i64) -> Result<Vec<Row>, DbError> {
    Ok(on!(c, c => match place {
        Place::PushAddresses => {
            let rows = push_addresses::table.filter(push_addresses::id.gt(after)).order(push_addresses::id);
            rows.limit(limit).select((push_addresses::id, push_addresses::address)).load(c).await
        }
        Place::RingAttempts => {
            let of_devices = ring_attempts::table.filter(ring_attempts::push_address_id.is_not_null());
            let rows = of_devices.filter(ring_attempts::id.gt(after)).order(ring_attempts::id);
            rows.limit(limit).select((ring_attempts::id, ring_attempts::address)).load(c).await
        }
        Place::NoticeBrowsers => {
            let rows = notice_browsers::table.filter(notice_browsers::id.gt(after)).order(notice_browsers::id);
            rows.limit(limit).select((notice_browsers::id, notice_browsers::address)).load(c).await
        }
    })?)
}

/// Replaces addresses: each is a row's id, what stands there, and what shall stand there. One that has changed meanwhile stays.
/// Gives how many were replaced.
pub async fn replace(c: &mut Conn, place: Place, changes: &[(Vec<u8>, String, String)]) -> Result<usize, DbError> {
    let mut replaced = 0;
    for (id, old, new) in changes {
        replaced += on!(c, c => match place {
            Place::PushAddresses => {
                let row = push_addresses::table.filter(push_addresses::id.eq(id));
                let row = row.filter(push_addresses::address.eq(old));
                diesel::update(row).set(push_addresses::address.eq(new)).execute(c).await
            }
            Place::RingAttempts => {
                let row = ring_attempts::table.filter(ring_attempts::id.eq(id)).filter(ring_attempts::address.eq(old));
                diesel::update(row).set(ring_attempts::address.eq(new)).execute(c).await
            }
            Place::NoticeBrowsers => {
                let row = notice_browsers::table.filter(notice_browsers::id.eq(id));
                let row = row.filter(notice_browsers::address.eq(old));
                diesel::update(row).set(notice_browsers::address.eq(new)).execute(c).await
            }
        })?;
    }
    Ok(replaced)
}
