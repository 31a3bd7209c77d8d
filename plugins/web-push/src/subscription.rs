//! A subscription, which is the push address of a browser: JSON, as `JSON.stringify(subscription)` gives it. The host
//! has checked it when the device registered it. `ring` and `cancel` walk in.

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

    /// The push service: scheme, host and port of the endpoint.
    pub(crate) fn origin(&self) -> &str {
        let host = self.endpoint.find("://").map_or(0, |at| at + 3);
        let path = self.endpoint.get(host..).and_then(|rest| rest.find('/'));
        path.and_then(|at| self.endpoint.get(..host + at)).unwrap_or(&self.endpoint)
    }
}
