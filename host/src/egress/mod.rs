//! The egress room: the one door for outgoing HTTP of plugins.
//!
//! The plugins room brings a plugin's requests here. Each is checked against the
//! grants, gets its credential, is sent within its deadline, and comes back as an
//! [`Answer`], which tells apart what certainly never left from what may have
//! arrived: the difference keeps a phone from being dialled twice.
//!
//! No redirect is followed, no proxy of the environment is used, no cookie is kept.

mod address;
mod client;
mod conceal;
mod credential;
mod es256;
mod exchange;
pub mod form_signature;
mod google;
mod headers;
mod http2;
mod lane;
mod origin;
mod pace;
mod parting;
pub mod plugin_signature;
mod reason;
pub mod registry;
mod room;
mod send;
#[cfg(test)]
mod tests;
mod vendor_clock;
pub mod web_push;
pub mod webhook_signature;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

pub use address::{AddressRefused, Names, check_literal};
pub use client::{ClientError, Trust};
pub use credential::{CredentialError, NoCredential};
pub use es256::NoP8Key;
pub use google::{NoServiceAccount, project_of};
pub use origin::{NoOrigin, Origin};
pub use room::{Room, Rooms};
pub use send::{Prepared, flaw};

use self::client::{Client, ClientMaker};
use self::credential::Credential;
use self::lane::Lane;
use self::web_push::{InstallationKey, NoSubscription, Subscription};
use crate::clock::Clock;
use crate::config::plugins::CredentialConfig;

/// One request that a plugin wants sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST`, `PUT`, `PATCH`, `DELETE` or `HEAD`.
    pub method: String,
    /// Absolute URL.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Bytes,
    /// The name of the credential to put in place.
    pub credential: Option<String>,
    /// A repeat does no harm.
    pub repeatable: bool,
    /// How long the plugin would wait; zero means as long as it may.
    pub timeout: Duration,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was answered.
    Reply(Reply),
    /// It certainly never left: a repeat is safe.
    Unsent(String),
    /// It certainly never left, and will not until the operator acts.
    Misconfigured(String),
    /// It may have arrived: look before you repeat.
    Unknown(String),
}

/// How an [`Answer::Unsent`] begins when it was the host that would not send the request.
const NOT_SENT: &str = "the host does not send this: ";
/// The [`Answer::Unsent`] of a request that came after its deadline.
const NO_TIME: &str = "no time was left";
/// How an [`Answer::Unknown`] begins when another request failed just before it, in the same place.
const BROKE_TOGETHER: &str = "failed with others: ";

impl Answer {
    /// Whether it says something of the vendor. What the host would not send says something of the plugin or of the
    /// config only.
    pub fn tells_of_vendor(&self) -> bool {
        match self {
            Self::Reply(_) | Self::Unknown(_) => true,
            Self::Unsent(why) => !why.starts_with(NOT_SENT) && why != NO_TIME,
            Self::Misconfigured(_) => false,
        }
    }

    /// Whether another request failed just before it, most probably for the same reason: a connection that breaks under a
    /// hundred requests is one thing that went wrong.
    pub fn broke_together(&self) -> bool {
        matches!(self, Self::Unknown(why) if why.starts_with(BROKE_TOGETHER))
    }
}

/// A server's reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP's status.
    pub status: u16,
    /// Lower-case names, and values.
    pub headers: Vec<(String, String)>,
    /// What was sent back.
    pub body: Vec<u8>,
}

/// What a plugin may do on the network.
#[derive(Clone, Debug)]
pub struct Permits {
    /// The plugin's section in the config, for messages.
    pub plugin: String,
    /// The origins that it may talk to.
    pub origins: BTreeSet<Origin>,
    /// Whether they may lie on private or loopback addresses.
    pub private_addresses: bool,
}

/// The door of one plugin, with its permits, its credentials and its connections.
pub struct Egress {
    permits: Permits,
    clock: Clock,
    /// Connections without a credential.
    bare: Client,
    /// Connections of each credential: vendors tie a connection to who opened it. One that many vendors take has a lane
    /// to each, so that none waits for another.
    lanes: BTreeMap<String, Vec<(Option<Origin>, Lane)>>,
}

impl Egress {
    /// Opens a door. `credentials` are those of the config that the plugin may use, by name; what is signed as the
    /// installation is signed with `installation`.
    pub fn new(
        permits: Permits,
        credentials: &BTreeMap<String, CredentialConfig>,
        clock: Clock,
        trust: &Trust,
        installation: &InstallationKey,
    ) -> Result<Self, CredentialError> {
        let clients = ClientMaker { trust, private_addresses: permits.private_addresses };
        let mut lanes = BTreeMap::new();
        for (name, config) in credentials {
            let key = format!("plugins.{}.credentials.{name}", permits.plugin);
            let credential = Arc::new(Credential::read(config, &key, (&clients, installation), &clock)?);
            let to: Vec<Option<Origin>> =
                if credential.is_for_many() { permits.origins.iter().cloned().map(Some).collect() } else { vec![None] };
            let of_credential = to.into_iter().map(|to| Ok((to, Lane::new(credential.clone(), &clients)?)));
            lanes.insert(name.clone(), of_credential.collect::<Result<_, ClientError>>()?);
        }
        let bare = Client::Negotiated(clients.negotiated()?);
        Ok(Self { permits, clock, bare, lanes })
    }

    /// Reads what a device says of where Web Push reaches it. Its push service must be one that is granted.
    pub fn read_subscription(&self, text: &str) -> Result<Subscription, NoSubscription> {
        let subscription = Subscription::read(text, self.permits.private_addresses)?;
        let endpoint = subscription.endpoint();
        let origin = Origin::of(endpoint).ok_or(NoSubscription::Endpoint)?;
        self.check_grants(endpoint, &origin).map_err(|_| NoSubscription::NotGranted)?;
        Ok(subscription)
    }

    /// Whether so many requests may come now: false while a vendor, or each of many, has said that it is asked too
    /// much.
    pub fn admits(&self, requests: usize) -> bool {
        let admits = |(_, lane): &(Option<Origin>, Lane)| lane.pace.admits(requests, &self.clock);
        self.lanes.values().all(|lanes| lanes.is_empty() || lanes.iter().any(admits))
    }
}
