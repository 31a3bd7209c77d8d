//! A subscription, which is where a browser is reached: JSON, as `JSON.stringify(subscription)` gives it. The host has
//! checked it when the browser registered it. `notify` walks in.

use serde::Deserialize;

/// Where one browser can be reached, and who can read what is sent there.
#[derive(Deserialize)]
pub(crate) struct Subscription {
    pub(crate) endpoint: String,
    pub(crate) keys: Keys,
}

#[derive(Deserialize)]
pub(crate) struct Keys {
    pub(crate) p256dh: String,
    pub(crate) auth: String,
}

impl Subscription {
    /// `None` where the address is something else.
    pub(crate) fn read(address: &str) -> Option<Self> {
        serde_json::from_str(address).ok()
    }
}
