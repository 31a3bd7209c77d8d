//! Throttle: how often someone may try. The counts lie in the database, so that all hosts share them.
//!
//! Names are stored as SHA-256: the table shows neither mail nor network addresses.

use std::net::IpAddr;

use futures::FutureExt;
use sha2::{Digest, Sha256};

use super::error::ServiceError;
use crate::app::App;
use crate::db::{Conn, DbError, throttles};
use crate::domain::Moment;

/// What is counted, and how much of it is allowed.
#[derive(Clone, Debug)]
pub(crate) struct Throttle {
    name: String,
    limit: u32,
    window_s: u32,
}

impl Throttle {
    /// Allows `limit` tries of `what` by `who` within `window_s` seconds.
    pub(crate) fn new(what: &str, who: &str, limit: u32, window_s: u32) -> Self {
        Self { name: hex::encode(Sha256::digest(format!("{what}:{who}"))), limit, window_s }
    }

    /// Counts one try; it is refused with [`Tried::Refused`] once there were too many.
    ///
    /// The count is kept only when the transaction is.
    pub(crate) async fn count(&self, c: &mut Conn, now: Moment) -> Result<Tried, DbError> {
        let resets_at = now.plus_secs(i64::from(self.window_s));
        let (count, resets_at) = throttles::count(c, &self.name, now, resets_at).await?;
        if u32::try_from(count).is_ok_and(|count| count <= self.limit) {
            return Ok(Tried::Allowed);
        }
        Ok(Tried::Refused { retry_after_s: resets_at.since(now).as_secs().max(1) })
    }

    /// Takes the last counted try back: it was a good one.
    pub(crate) async fn forgive(&self, c: &mut Conn) -> Result<(), DbError> {
        throttles::forgive(c, &self.name).await
    }

    /// Forgets all tries.
    pub(crate) async fn clear(&self, c: &mut Conn) -> Result<(), DbError> {
        throttles::clear(c, &self.name).await
    }
}

/// What a throttle says to a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    /// Go on.
    Allowed,
    /// Too often.
    Refused {
        /// Seconds until another try makes sense.
        retry_after_s: u64,
    },
}

impl Tried {
    /// The refusal as a service's error.
    pub(crate) fn allowed(self) -> Result<(), ServiceError> {
        match self {
            Self::Allowed => Ok(()),
            Self::Refused { retry_after_s } => Err(ServiceError::Throttled { retry_after_s }),
        }
    }
}

/// Counts one try of each throttle in turn, up to the first that refuses.
pub(crate) async fn count_all(app: &App, throttles: Vec<Throttle>) -> Result<(), ServiceError> {
    let now = app.clock.now();
    let tried: Tried = app
        .db
        .write(move |c| {
            async move {
                for throttle in &throttles {
                    let tried = throttle.count(c, now).await?;
                    if tried != Tried::Allowed {
                        return Ok(tried);
                    }
                }
                Ok::<_, DbError>(Tried::Allowed)
            }
            .boxed()
        })
        .await?;
    tried.allowed()
}

/// Counts one try of `name`; refused once there were more than `limit` within `window_s` seconds.
pub async fn check_and_count(app: &App, name: &str, limit: u32, window_s: u32) -> Result<(), ServiceError> {
    count_all(app, vec![Throttle::new("other", name, limit, window_s)]).await
}

/// Drops windows that have ended. A housekeeping tick calls it.
pub async fn sweep(app: &App) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    Ok(app.db.write(move |c| throttles::delete_ended(c, now).boxed()).await?)
}

/// Whom a network address stands for: IPv6 comes in networks of 2⁶⁴ addresses to one customer.
pub(crate) fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::network_of;

    #[test]
    fn an_ipv6_customer_is_one_network() {
        assert_eq!(network_of("2001:db8:1:2:3::4"), network_of("2001:db8:1:2:ffff::1"));
        assert_ne!(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
        assert_eq!(network_of("::ffff:192.0.2.7"), network_of("192.0.2.7"));
        assert_ne!(network_of("192.0.2.7"), network_of("192.0.2.8"));
    }
}
