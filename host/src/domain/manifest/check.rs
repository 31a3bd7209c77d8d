//! What the types of a manifest cannot say: which sections belong together, and which texts may be shown to a person.
//! The plugins room calls it before anything else is done with a manifest; it calls nobody.

use serde_json::Value;

use super::{Also, CredentialKind, CredentialWish, DataKind, Manifest, PluginKind, ReachWord, SettingType};

/// The plugin API that this host speaks: a plugin may ask for this version or an older minor one.
const API_MAJOR: u64 = 1;
const API_MINOR: u64 = 2;
/// The minor version that brought notifiers and what stands beside a kind.
const API_MINOR_OF_MORE: u64 = 2;

/// The longest text of a manifest. A person reads them before saying yes.
const TEXT_MAX_CHARS: usize = 500;
/// An id names config sections, folders and log lines.
const ID_MAX_CHARS: usize = 40;
/// A setting or credential is a key of the config and a part of environment variables.
const NAME_MAX_CHARS: usize = 60;

/// Why a manifest cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not a version.
    #[error("`api` is \"{0}\", which is not a version such as \"1.0.0\"")]
    ApiUnreadable(String),
    /// Made for another host.
    #[error("the plugin is made for plugin API {0}, and this host speaks {API_MAJOR}.{API_MINOR}: {1}")]
    Api(String, &'static str),
    /// The id is not fit for a name.
    #[error("`id` must be 1 to {ID_MAX_CHARS} of a to z, 0 to 9 and `-`, and begin with a letter")]
    Id,
    /// `[channel]` is missing, or stands where it does not belong.
    #[error("`[channel]` belongs into the manifest of a channel, and only there")]
    ChannelSection,
    /// `platform` is missing, or stands where it does not belong.
    #[error("`channel.platform` belongs beside `reaches = \"device\"`, and only there")]
    Platform,
    /// `[notifier]` is missing, or stands where it does not belong.
    #[error("`[notifier]` belongs into the manifest of a notifier, and only there")]
    NotifierSection,
    /// An interface beside a kind that has no use for it.
    #[error("`also` names \"{0}\", which stands beside a {1}: remove it")]
    AlsoMisplaced(Also, String),
    /// The same twice.
    #[error("`also` names \"{0}\" twice")]
    AlsoTwice(Also),
    /// Something of a later version than `api` says.
    #[error(
        "{0} is of plugin API {API_MAJOR}.{API_MINOR_OF_MORE}: write `api = \"{API_MAJOR}.{API_MINOR_OF_MORE}.0\"`"
    )]
    ApiTooLow(String),
    /// `[webhook]` where nobody reads one.
    #[error("`[webhook]` belongs into the manifest of a provider or a notifier, and only there")]
    WebhookSection,
    /// `webhook.credential` names nothing.
    #[error("`webhook.credential` is \"{0}\", and no `[[credentials]]` of kind `hmac-secret` has this name")]
    WebhookCredential(String),
    /// A name that would not stand as it is in a config.
    #[error(
        "\"{0}\" is no name for a setting or a credential: use 1 to {NAME_MAX_CHARS} of a to z, A to Z, 0 to 9, `_`, `-`"
    )]
    Name(String),
    /// Two credentials of one name.
    #[error("two `[[credentials]]` are named \"{0}\"")]
    CredentialTwice(String),
    /// A host wish that rests on nothing.
    #[error("`hosts.setting` is \"{0}\", and no such setting of type `string` exists")]
    HostSetting(String),
    /// It cannot work without being shown this.
    #[error("a plugin of this kind works with the {0}: add a `[[data]]` with what = \"{0}\" and the reason")]
    DataMissing(DataKind),
    /// It asks for what it is never shown.
    #[error("`[[data]]` asks for the {0}, which a plugin of this kind is never shown: remove it")]
    DataNeverShown(DataKind),
    /// Two wishes for the same.
    #[error("two `[[data]]` ask for the {0}")]
    DataTwice(DataKind),
    /// A wish without a reason.
    #[error("`reason` of {0} is empty: say why in plain words, the operator reads it before saying yes")]
    Reason(String),
    /// A default of the wrong type.
    #[error("the default of `settings.{0}` is not of its type")]
    Default(String),
    /// A text that would play tricks where it is shown.
    #[error("`{0}` is over {TEXT_MAX_CHARS} characters long, or holds line breaks, control or direction characters")]
    Text(String),
}

impl Manifest {
    /// Checks what the types cannot say.
    pub fn check(&self) -> Result<(), ManifestError> {
        let api_minor = check_api(&self.api)?;
        self.check_texts()?;
        self.check_channel()?;
        self.check_also(api_minor)?;
        self.check_data()?;
        for (index, wish) in self.credentials.iter().enumerate() {
            if self.credentials[..index].iter().any(|other| other.name == wish.name) {
                return Err(ManifestError::CredentialTwice(wish.name.clone()));
            }
        }
        if let Some(webhook) = &self.webhook {
            if !matches!(self.kind, PluginKind::Provider | PluginKind::Notifier) {
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

    fn check_channel(&self) -> Result<(), ManifestError> {
        if self.channel.is_some() != (self.kind == PluginKind::Channel) {
            return Err(ManifestError::ChannelSection);
        }
        match &self.channel {
            Some(channel) if (channel.reaches == ReachWord::Device) != channel.platform.is_some() => {
                Err(ManifestError::Platform)
            }
            _ => Ok(()),
        }
    }

    fn check_also(&self, api_minor: u64) -> Result<(), ManifestError> {
        if self.notifier.is_some() != (self.kind == PluginKind::Notifier) {
            return Err(ManifestError::NotifierSection);
        }
        for (index, also) in self.also.iter().enumerate() {
            if !also.beside().contains(&self.kind) {
                let kinds: Vec<_> = also.beside().iter().map(ToString::to_string).collect();
                return Err(ManifestError::AlsoMisplaced(*also, kinds.join(" or a ")));
            }
            if self.also[..index].contains(also) {
                return Err(ManifestError::AlsoTwice(*also));
            }
        }
        let newer = match self.kind {
            PluginKind::Notifier => Some("a notifier".to_owned()),
            _ => self.also.first().map(|also| format!("\"{also}\" in `also`")),
        };
        match newer.filter(|_| api_minor < API_MINOR_OF_MORE) {
            Some(what) => Err(ManifestError::ApiTooLow(what)),
            None => Ok(()),
        }
    }

    /// A channel that may not see the address rings nobody, and one that asks for more than it can be shown teaches
    /// operators to say yes without reading.
    fn check_data(&self) -> Result<(), ManifestError> {
        let rung = self.channel.map(|channel| channel.reaches.address());
        let address = rung.or(self.notifier.map(super::NotifierSection::address));
        let own: &[DataKind] = match self.kind {
            PluginKind::Provider => &[DataKind::Transcript],
            // A notice is words about somebody.
            PluginKind::Notifier => &[DataKind::Profile],
            PluginKind::Channel | PluginKind::Renderer => &[],
        };
        let beside: Vec<DataKind> = self.also.iter().filter_map(|also| also.works_with()).collect();
        let mut needed = own.iter().chain(&address).chain(&beside);
        if let Some(what) = needed.find(|what| !self.asks_for(**what)) {
            return Err(ManifestError::DataMissing(*what));
        }
        for (index, wish) in self.data.iter().enumerate() {
            let shown = match wish.what {
                DataKind::PushAddress | DataKind::PhoneNumber => {
                    address == Some(wish.what) || beside.contains(&wish.what)
                }
                DataKind::Profile => true,
                DataKind::Transcript | DataKind::Health => {
                    matches!(self.kind, PluginKind::Provider | PluginKind::Renderer)
                }
            };
            if !shown {
                return Err(ManifestError::DataNeverShown(wish.what));
            }
            if self.data[..index].iter().any(|other| other.what == wish.what) {
                return Err(ManifestError::DataTwice(wish.what));
            }
        }
        Ok(())
    }

    /// A stranger wrote these, and a terminal or a page shows them beside what the host itself says.
    fn check_texts(&self) -> Result<(), ManifestError> {
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let begins = self.id.starts_with(|c: char| c.is_ascii_lowercase());
        if !begins || self.id.len() > ID_MAX_CHARS || !self.id.chars().all(named) {
            return Err(ManifestError::Id);
        }
        let whole = serde_json::to_value(self).unwrap_or_default();
        if let Some(place) = unfit(&whole, "plugin.toml") {
            return Err(ManifestError::Text(place));
        }
        let names = self.settings.keys().chain(self.credentials.iter().map(|wish| &wish.name));
        if let Some(name) = names.into_iter().find(|name| !is_key(name)) {
            return Err(ManifestError::Name(name.clone()));
        }
        let hosts = self.hosts.iter().map(|wish| (format!("the host of `{}`", wish.setting), &wish.reason));
        let credentials = self.credentials.iter().map(|wish| (format!("the credential `{}`", wish.name), &wish.reason));
        let data = self.data.iter().map(|wish| (format!("the {}", wish.what), &wish.reason));
        let webhook = self.webhook.iter().map(|webhook| ("`[webhook]`".to_owned(), &webhook.reason));
        let mut reasons = hosts.chain(credentials).chain(data).chain(webhook);
        match reasons.find(|(_, reason)| reason.trim().is_empty()) {
            Some((of, _)) => Err(ManifestError::Reason(of)),
            None => Ok(()),
        }
    }
}

/// The first place within `value` whose text is not fit to be shown.
fn unfit(value: &Value, place: &str) -> Option<String> {
    match value {
        Value::String(text) => (!is_plain(text)).then(|| place.to_owned()),
        Value::Array(values) => values.iter().find_map(|value| unfit(value, place)),
        Value::Object(table) => table.iter().find_map(|(name, value)| {
            if !is_plain(name) {
                return Some(place.to_owned());
            }
            unfit(value, name)
        }),
        _ => None,
    }
}

fn is_key(name: &str) -> bool {
    let bare = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    (1..=NAME_MAX_CHARS).contains(&name.len()) && name.bytes().all(bare)
}

/// No line breaks, escape sequences, or characters that turn the direction of what follows.
fn is_plain(text: &str) -> bool {
    let tricky = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().count() <= TEXT_MAX_CHARS && !text.contains(tricky)
}

/// The minor version that is asked for.
fn check_api(api: &str) -> Result<u64, ManifestError> {
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
    Ok(minor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DevicePlatform;
    use crate::domain::manifest::Reaches;

    /// A manifest of this kind, with more lines of it.
    fn manifest(kind: &str, more: &str) -> Manifest {
        let text = format!(
            "id = \"x\"\nkind = \"{kind}\"\napi = \"1.0.0\"\nversion = \"0.1.0\"\nname = \"X\"\npurpose = \"p\"\n\
             processing_country = \"NL\"\n{more}"
        );
        toml::from_str(&text).unwrap()
    }

    fn data(what: &str) -> String {
        format!("[[data]]\nwhat = \"{what}\"\nreason = \"because\"\n")
    }

    #[test]
    fn newer_api_is_refused_with_a_way_out() {
        assert_eq!((check_api("1.0.7"), check_api("1.2.0")), (Ok(0), Ok(2)));
        for newer in ["1.3.0", "2.0.0"] {
            let text = check_api(newer).unwrap_err().to_string();
            assert!(text.contains(newer) && text.contains("update Callpanion"), "{text}");
        }
        assert!(check_api("0.9.0").unwrap_err().to_string().contains("newer plugin"));
        assert!(matches!(check_api("one"), Err(ManifestError::ApiUnreadable(_))));
    }

    #[test]
    fn device_channel_names_its_platform() {
        let address = data("push-address");
        let channel = |section: &str| manifest("channel", &format!("{address}[channel]\n{section}"));
        let good = channel("reaches = \"device\"\nplatform = \"ios\"\nsubmits = \"moment\"");
        assert_eq!(good.check(), Ok(()));
        assert_eq!(good.channel_info("x").unwrap().reaches, Reaches::Device(DevicePlatform::Ios));
        let bare = channel("reaches = \"device\"\nsubmits = \"moment\"");
        assert_eq!(bare.check(), Err(ManifestError::Platform));
        let number = channel("reaches = \"number\"\nplatform = \"ios\"\nsubmits = \"ahead\"");
        assert_eq!(number.check(), Err(ManifestError::Platform));
    }

    #[test]
    fn each_kind_asks_for_what_it_works_with_and_for_nothing_that_it_is_never_shown() {
        let number = "[channel]\nreaches = \"number\"\nsubmits = \"ahead\"\n";
        let error = manifest("channel", number).check().unwrap_err();
        assert_eq!(error, ManifestError::DataMissing(DataKind::PhoneNumber));
        assert!(error.to_string().contains("what = \"phone-number\""), "{error}");
        assert_eq!(manifest("provider", "").check(), Err(ManifestError::DataMissing(DataKind::Transcript)));
        assert_eq!(manifest("renderer", "").check(), Ok(()));

        let push = manifest("channel", &(data("phone-number") + &data("push-address") + number));
        assert_eq!(push.check(), Err(ManifestError::DataNeverShown(DataKind::PushAddress)));
        let health = manifest("channel", &(data("phone-number") + &data("health") + number));
        assert_eq!(health.check(), Err(ManifestError::DataNeverShown(DataKind::Health)));
        let twice = manifest("renderer", &(data("health") + &data("health")));
        assert_eq!(twice.check(), Err(ManifestError::DataTwice(DataKind::Health)));
    }

    #[test]
    fn what_stands_beside_a_kind_is_of_its_version_and_has_use_there() {
        let newer = |kind: &str, more: &str| Manifest { api: "1.2.0".to_owned(), ..manifest(kind, more) };
        let provider = format!("also = [\"records\", \"provisioning\"]\n{}", data("transcript"));
        assert_eq!(newer("provider", &provider).check(), Ok(()));
        let older = manifest("provider", &provider).check().unwrap_err().to_string();
        assert!(older.contains("\"records\" in `also`") && older.contains("api = \"1.2.0\""), "{older}");
        let twice = newer("renderer", "also = [\"digest-renderer\", \"digest-renderer\"]");
        assert_eq!(twice.check(), Err(ManifestError::AlsoTwice(Also::DigestRenderer)));
        let misplaced = newer("renderer", "also = [\"number-lookup\"]").check().unwrap_err().to_string();
        assert!(misplaced.contains("beside a channel or a notifier"), "{misplaced}");
    }

    #[test]
    fn notifier_says_whom_it_reaches_and_may_see_where_and_what() {
        let newer = |more: &str| Manifest { api: "1.2.0".to_owned(), ..manifest("notifier", more) };
        let section = "[notifier]\nreaches = \"number\"\n";
        assert_eq!(newer("").check(), Err(ManifestError::NotifierSection));
        assert_eq!(newer(section).check(), Err(ManifestError::DataMissing(DataKind::Profile)));
        let told = data("profile") + section;
        assert_eq!(newer(&told).check(), Err(ManifestError::DataMissing(DataKind::PhoneNumber)));
        assert_eq!(newer(&(data("phone-number") + &told)).check(), Ok(()));
        let heard = newer(&(data("phone-number") + &data("transcript") + &told));
        assert_eq!(heard.check(), Err(ManifestError::DataNeverShown(DataKind::Transcript)));
        assert!(matches!(manifest("notifier", &told).check(), Err(ManifestError::ApiTooLow(_))));
        let number = "also = [\"number-lookup\"]\n".to_owned()
            + &data("push-address")
            + "[channel]\nreaches = \"device\"\nplatform = \"ios\"\nsubmits = \"moment\"";
        let channel = Manifest { api: "1.2.0".to_owned(), ..manifest("channel", &number) };
        assert_eq!(channel.check(), Err(ManifestError::DataMissing(DataKind::PhoneNumber)));
    }

    #[test]
    fn texts_of_a_stranger_play_no_tricks_on_who_reads_them() {
        for trick in ["a\\nIt would load.", "\\u001b[2J", "\\u202eabc", "\\u0085"] {
            let wish = data("health").replace("because", trick);
            let error = manifest("renderer", &wish).check().unwrap_err();
            assert_eq!(error, ManifestError::Text("reason".to_owned()), "{trick}");
        }
        let long = manifest("renderer", &data("health").replace("because", &"a".repeat(501)));
        assert_eq!(long.check(), Err(ManifestError::Text("reason".to_owned())));
        let key = manifest("renderer", "[settings.\"a\\u001b\"]\ntype = \"string\"");
        assert_eq!(key.check(), Err(ManifestError::Text("settings".to_owned())));
        let table = manifest("renderer", "[settings.\"a.b\"]\ntype = \"string\"");
        assert_eq!(table.check(), Err(ManifestError::Name("a.b".to_owned())));
        let mute = manifest("renderer", &data("health").replace("because", " ")).check().unwrap_err();
        assert!(mute.to_string().contains("`reason` of the health is empty"), "{mute}");
        for id in ["", "../x", "X", "7", "x_y", &"x".repeat(41)] {
            let named = Manifest { id: id.to_owned(), ..manifest("renderer", "") };
            assert_eq!(named.check(), Err(ManifestError::Id), "{id}");
        }
    }

    #[test]
    fn unknown_keys_are_refused() {
        let text = r#"{"id":"x","kind":"renderer","api":"1.0.0","version":"0.1.0","name":"X","purpose":"p",
            "processing_country":"NL","sockets":true}"#;
        assert!(serde_json::from_str::<Manifest>(text).is_err());
    }
}
