//! A plugin's manifest: what a `plugin.toml` says. The plugins room reads it at
//! load, and the operator's pages show it. It calls nobody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::DevicePlatform;
use super::word::word_enum;

/// The plugin API that this host speaks: a plugin may ask for this version or an older minor one.
const API_MAJOR: u64 = 1;
const API_MINOR: u64 = 0;

/// Everything that a plugin says of itself, before any of its code runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The plugin's id, for example `fcm`.
    pub id: String,
    /// Which of the three worlds it exports.
    pub kind: PluginKind,
    /// The plugin API that it was built for, for example `1.0.0`.
    pub api: String,
    /// The plugin's own version.
    pub version: String,
    /// Its name for people.
    pub name: String,
    /// One sentence for the operator.
    pub purpose: String,
    /// Where what it is given is worked on: a country code, or words.
    pub processing_country: String,
    /// What a channel reaches; channels only.
    pub channel: Option<ChannelSection>,
    /// The origins that it wants to talk to.
    #[serde(default)]
    pub hosts: Vec<HostWish>,
    /// The credentials that it wants the host to put in place.
    #[serde(default)]
    pub credentials: Vec<CredentialWish>,
    /// What it gets to see.
    #[serde(default)]
    pub data: Vec<DataWish>,
    /// How its webhooks are signed; providers only.
    pub webhook: Option<WebhookScheme>,
    /// What the operator can set.
    #[serde(default)]
    pub settings: BTreeMap<String, Setting>,
}

word_enum! {
    /// The three kinds of plugins.
    PluginKind {
        /// Makes a callee's phone ring.
        Channel = "channel",
        /// A conversation service.
        Provider = "provider",
        /// Makes reading matter from a talk.
        Renderer = "renderer",
    }
}

/// What a channel reaches, and when it wants its rings.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelSection {
    reaches: ReachWord,
    platform: Option<DevicePlatform>,
    /// When the host submits.
    pub submits: Submits,
}

word_enum! {
    /// The manifest's word for what a channel reaches.
    ReachWord {
        /// A paired device.
        Device = "device",
        /// A phone number.
        Number = "number",
    }
}

/// What a channel reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaches {
    /// A paired device of this platform.
    Device(DevicePlatform),
    /// A phone number.
    Number,
}

word_enum! {
    /// When a channel wants its rings.
    Submits {
        /// At the moment of the ring.
        Moment = "moment",
        /// Ahead: the vendor keeps the schedule.
        Ahead = "ahead",
    }
}

/// What the pipeline must know of a loaded channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelInfo {
    /// The channel's id.
    pub id: String,
    /// What it reaches.
    pub reaches: Reaches,
    /// When it wants its rings.
    pub submits: Submits,
    /// The plugin's version.
    pub version: String,
}

/// A wish to talk to the origin of the URL in a setting.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostWish {
    /// The setting that holds the URL.
    pub setting: String,
    /// Why, in plain words.
    pub reason: String,
}

/// A wish for a credential.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialWish {
    /// Its name, which the plugin's requests carry.
    pub name: String,
    /// How it is put in place.
    pub kind: CredentialKind,
    /// Why, in plain words.
    pub reason: String,
}

word_enum! {
    /// How a credential is put in place.
    CredentialKind {
        /// A header with a fixed value.
        Header = "header",
        /// A user name and a password.
        Basic = "basic",
        /// A fixed bearer value.
        Bearer = "bearer",
        /// An OAuth access that is bought with a Google service account's key.
        GoogleServiceAccount = "google-service-account",
        /// A JWT signed with ES256, as APNs wants it.
        JwtEs256 = "jwt-es256",
        /// The secret that signs webhooks; never sent.
        HmacSecret = "hmac-secret",
    }
}

/// Something personal that the plugin gets to see.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataWish {
    /// What.
    pub what: String,
    /// Why, in plain words.
    pub reason: String,
}

/// How a provider's webhooks are signed. The host verifies before the plugin runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookScheme {
    /// The formula.
    pub scheme: SignatureScheme,
    /// The header that carries the signature, in lower case.
    pub header: String,
    /// The credential, of kind `hmac-secret`, that signs.
    pub credential: String,
    /// How old a signature may be, in seconds.
    pub tolerance_s: u32,
}

word_enum! {
    /// The signature formulas that the host can verify.
    SignatureScheme {
        /// `t=<unix seconds>,v0=<hex>` over `t.body`, HMAC with SHA-256.
        HmacSha256Timestamped = "hmac-sha256-timestamped",
    }
}

/// One setting of a plugin.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The type of its value.
    #[serde(rename = "type")]
    pub value_type: SettingType,
    /// What holds when the operator says nothing.
    pub default: Option<serde_json::Value>,
    /// The operator must set it.
    #[serde(default)]
    pub required: bool,
    /// What it does.
    #[serde(default)]
    pub help: String,
}

word_enum! {
    /// The types of settings.
    SettingType {
        /// Text.
        String = "string",
        /// A whole number.
        Integer = "integer",
        /// Yes or no.
        Boolean = "boolean",
        /// A table of the plugin's own making.
        Table = "table",
    }
}

impl SettingType {
    /// Whether `value` is of this type.
    pub fn fits(self, value: &serde_json::Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Boolean => value.is_boolean(),
            Self::Table => value.is_object(),
        }
    }
}

/// Why a manifest cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not a version.
    #[error("`api` is \"{0}\", which is not a version such as \"1.0.0\"")]
    ApiUnreadable(String),
    /// Made for another host.
    #[error("the plugin is made for plugin API {0}, and this host speaks {API_MAJOR}.{API_MINOR}: {1}")]
    Api(String, &'static str),
    /// `[channel]` is missing, or stands where it does not belong.
    #[error("`[channel]` belongs into the manifest of a channel, and only there")]
    ChannelSection,
    /// `platform` is missing, or stands where it does not belong.
    #[error("`channel.platform` belongs beside `reaches = \"device\"`, and only there")]
    Platform,
    /// `[webhook]` outside a provider.
    #[error("`[webhook]` belongs into the manifest of a provider, and only there")]
    WebhookSection,
    /// `webhook.credential` names nothing.
    #[error("`webhook.credential` is \"{0}\", and no `[[credentials]]` of kind `hmac-secret` has this name")]
    WebhookCredential(String),
    /// Two credentials of one name.
    #[error("two `[[credentials]]` are named \"{0}\"")]
    CredentialTwice(String),
    /// A host wish that rests on nothing.
    #[error("`hosts.setting` is \"{0}\", and no such setting of type `string` exists")]
    HostSetting(String),
    /// A default of the wrong type.
    #[error("the default of `settings.{0}` is not of its type")]
    Default(String),
}

impl Manifest {
    /// Checks what the types cannot say.
    pub fn check(&self) -> Result<(), ManifestError> {
        check_api(&self.api)?;
        if self.channel.is_some() != (self.kind == PluginKind::Channel) {
            return Err(ManifestError::ChannelSection);
        }
        if let Some(channel) = &self.channel
            && (channel.reaches == ReachWord::Device) != channel.platform.is_some()
        {
            return Err(ManifestError::Platform);
        }
        for (index, wish) in self.credentials.iter().enumerate() {
            if self.credentials[..index].iter().any(|other| other.name == wish.name) {
                return Err(ManifestError::CredentialTwice(wish.name.clone()));
            }
        }
        if let Some(webhook) = &self.webhook {
            if self.kind != PluginKind::Provider {
                return Err(ManifestError::WebhookSection);
            }
            let signs =
                |wish: &CredentialWish| wish.name == webhook.credential && wish.kind == CredentialKind::HmacSecret;
            if !self.credentials.iter().any(signs) {
                return Err(ManifestError::WebhookCredential(webhook.credential.clone()));
            }
        }
        for wish in &self.hosts {
            if self.settings.get(&wish.setting).is_none_or(|s| s.value_type != SettingType::String) {
                return Err(ManifestError::HostSetting(wish.setting.clone()));
            }
        }
        for (name, setting) in &self.settings {
            if setting.default.as_ref().is_some_and(|value| !setting.value_type.fits(value)) {
                return Err(ManifestError::Default(name.clone()));
            }
        }
        Ok(())
    }

    /// What the pipeline must know of this channel; `None` for other kinds.
    pub fn channel_info(&self, id: &str) -> Option<ChannelInfo> {
        let section = self.channel?;
        let reaches = match (section.reaches, section.platform) {
            (ReachWord::Number, _) => Reaches::Number,
            (ReachWord::Device, platform) => Reaches::Device(platform?),
        };
        Some(ChannelInfo { id: id.to_owned(), reaches, submits: section.submits, version: self.version.clone() })
    }
}

fn check_api(api: &str) -> Result<(), ManifestError> {
    let mut parts = api.split('.').map(str::parse::<u64>);
    let (Some(Ok(major)), Some(Ok(minor)), Some(Ok(_)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(ManifestError::ApiUnreadable(api.to_owned()));
    };
    if major > API_MAJOR || (major == API_MAJOR && minor > API_MINOR) {
        return Err(ManifestError::Api(api.to_owned(), "update Callpanion, or use an older plugin"));
    }
    if major < API_MAJOR {
        return Err(ManifestError::Api(api.to_owned(), "use a newer plugin"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_api_is_refused_with_a_way_out() {
        assert_eq!(check_api("1.0.7"), Ok(()));
        for newer in ["1.1.0", "2.0.0"] {
            let text = check_api(newer).unwrap_err().to_string();
            assert!(text.contains(newer) && text.contains("update Callpanion"), "{text}");
        }
        assert!(check_api("0.9.0").unwrap_err().to_string().contains("newer plugin"));
        assert!(matches!(check_api("one"), Err(ManifestError::ApiUnreadable(_))));
    }

    #[test]
    fn device_channel_names_its_platform() {
        let manifest = |channel: &str| -> Manifest {
            let text = format!(
                r#"{{"id":"x","kind":"channel","api":"1.0.0","version":"0.1.0","name":"X","purpose":"Rings.",
                    "processing_country":"NL","channel":{channel}}}"#
            );
            serde_json::from_str(&text).unwrap()
        };
        let good = manifest(r#"{"reaches":"device","platform":"ios","submits":"moment"}"#);
        assert_eq!(good.check(), Ok(()));
        assert_eq!(good.channel_info("x").unwrap().reaches, Reaches::Device(DevicePlatform::Ios));
        let bare = manifest(r#"{"reaches":"device","submits":"moment"}"#);
        assert_eq!(bare.check(), Err(ManifestError::Platform));
        let number = manifest(r#"{"reaches":"number","platform":"ios","submits":"ahead"}"#);
        assert_eq!(number.check(), Err(ManifestError::Platform));
    }

    #[test]
    fn unknown_keys_are_refused() {
        let text = r#"{"id":"x","kind":"renderer","api":"1.0.0","version":"0.1.0","name":"X","purpose":"p",
            "processing_country":"NL","sockets":true}"#;
        assert!(serde_json::from_str::<Manifest>(text).is_err());
    }
}
