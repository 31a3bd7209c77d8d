//! A plugin's manifest: what a `plugin.toml` says. The plugins room reads it at
//! load, and the operator's pages show it. It calls nobody.

mod also;
mod channel;
mod check;
mod notifier;
mod power;
#[cfg(test)]
mod schema_tests;
mod setting;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::also::Also;
pub use self::channel::{ChannelInfo, ChannelSection, ReachWord, Reaches, Submits};
pub use self::check::ManifestError;
pub use self::notifier::NotifierSection;
pub use self::power::{DataKind, DataWish, Power};
pub use self::setting::{Setting, SettingType};
use super::word::word_enum;

/// Everything that a plugin says of itself, before any of its code runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Manifest {
    /// The plugin's id, for example `fcm`. The operator's section is `[plugins.<id>]`, and a device registers its push
    /// address under it.
    pub id: String,
    /// Which of the four kinds it is, and so which world the component exports.
    pub kind: PluginKind,
    /// What the component exports beside that, and the host may call.
    #[serde(default)]
    pub also: Vec<Also>,
    /// The lowest version of the plugin API that it needs, for example `1.0.0`.
    pub api: String,
    /// The plugin's own version. The component must say the same of itself, and the same `id`.
    pub version: String,
    /// Its name for people.
    pub name: String,
    /// One sentence for the operator.
    pub purpose: String,
    /// Where what it is given is worked on: a country code, or words such as `none: it runs inside this installation`.
    pub processing_country: String,
    /// What a channel reaches, and when. Every channel has it, and no other kind.
    pub channel: Option<ChannelSection>,
    /// Whom a notifier reaches. Every notifier has it, and no other kind.
    pub notifier: Option<NotifierSection>,
    /// The origins that it wants to talk to. Each comes from a setting, so that operators can point at another region.
    #[serde(default)]
    pub hosts: Vec<HostWish>,
    /// The credentials that it wants the host to put in place. One that is listed must be configured.
    #[serde(default)]
    pub credentials: Vec<CredentialWish>,
    /// The personal things that it wants to be shown. What is not asked for arrives empty.
    #[serde(default)]
    pub data: Vec<DataWish>,
    /// That it wants to be handed webhooks, and how they are signed; providers and notifiers only.
    pub webhook: Option<WebhookScheme>,
    /// What the operator can set, by name.
    #[serde(default)]
    pub settings: BTreeMap<String, Setting>,
}

word_enum! {
    /// The four kinds of plugins.
    PluginKind {
        /// Makes a callee's phone ring.
        Channel = "channel",
        /// A conversation service.
        Provider = "provider",
        /// Makes reading matter from a talk.
        Renderer = "renderer",
        /// Tells a person something in a few words.
        Notifier = "notifier",
    }
}

/// A wish to talk to the origin of the URL in a setting.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HostWish {
    /// The setting that holds the URL, of type `string`, or several with blanks between. While it is empty, nothing is
    /// asked for.
    pub setting: String,
    /// Why, in plain words.
    pub reason: String,
}

/// A wish for a credential.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CredentialWish {
    /// Its name, which the plugin's requests carry.
    pub name: String,
    /// How it is put in place.
    pub kind: CredentialKind,
    /// Why, in plain words.
    pub reason: String,
}

word_enum! {
    /// How a credential is put in place: what the request gets.
    CredentialKind {
        /// A header of the operator's choice, with a fixed value.
        Header = "header",
        /// `authorization: Basic …`, from a user name and a password.
        Basic = "basic",
        /// `authorization: Bearer …`, with a fixed value.
        Bearer = "bearer",
        /// `authorization: Bearer …`, with an OAuth access token for Firebase messaging: bought with a service
        /// account's key, and renewed by the host.
        GoogleServiceAccount = "google-service-account",
        /// `authorization: bearer …`, with a JWT signed with ES256, as APNs wants it.
        JwtEs256 = "jwt-es256",
        /// For Web Push: the body sealed for one reader (RFC 8291), whose keys the request names in the headers
        /// `web-push-p256dh` and `web-push-auth`; and `authorization: vapid …` (RFC 8292), signed as the
        /// installation.
        WebPush = "web-push",
        /// Nothing: it verifies webhooks, and is never sent.
        HmacSecret = "hmac-secret",
    }
}

impl CredentialKind {
    /// What the operator writes for it beside the kind, with secrets in files.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Header => &["header", "value_file"],
            Self::Basic => &["username", "password_file"],
            Self::Bearer | Self::HmacSecret => &["value_file"],
            Self::GoogleServiceAccount => &["json_file"],
            Self::JwtEs256 => &["team_id", "key_id", "key_file"],
            Self::WebPush => &["contact"],
        }
    }
}

/// How a provider's or notifier's webhooks are signed. The host verifies before the plugin runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WebhookScheme {
    /// Why it wants to be handed webhooks, in plain words.
    pub reason: String,
    /// The formula.
    pub scheme: SignatureScheme,
    /// The header that carries the signature, in lower case.
    pub header: String,
    /// The credential, of kind `hmac-secret`, that signs.
    pub credential: String,
    /// How old a signature may be, in seconds; 0 where the formula has no time.
    pub tolerance_s: u32,
}

word_enum! {
    /// The signature formulas that the host can verify.
    SignatureScheme {
        /// `t=<unix seconds>,v0=<hex>` over `t.body`, HMAC with SHA-256.
        HmacSha256Timestamped = "hmac-sha256-timestamped",
        /// Base64 of the HMAC with SHA-1 over the webhook's URL and the sorted names and values of its form, as Twilio signs.
        /// It has no time: `tolerance_s` is 0.
        TwilioHmacSha1 = "twilio-hmac-sha1",
    }
}

impl Manifest {
    /// What the pipeline must know of this channel; `None` for other kinds.
    pub fn channel_info(&self, id: &str) -> Option<ChannelInfo> {
        let section = self.channel?;
        let (reaches, version) = (section.reaches()?, self.version.clone());
        let is_told = self.asks_for(DataKind::Profile);
        Some(ChannelInfo { id: id.to_owned(), reaches, submits: section.submits, version, is_told })
    }

    /// Whether the addresses of this channel are subscriptions of Web Push.
    pub fn takes_subscriptions(&self) -> bool {
        self.credentials.iter().any(|wish| wish.kind == CredentialKind::WebPush)
    }

    /// Whether it has this interface beside that of its kind.
    pub fn has(&self, also: Also) -> bool {
        self.also.contains(&also)
    }

    /// Whether it asks to be shown this.
    pub fn asks_for(&self, what: DataKind) -> bool {
        self.data.iter().any(|wish| wish.what == what)
    }
}
