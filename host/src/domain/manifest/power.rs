//! Powers: everything that a plugin can be given. The manifest asks for each, the operator's config grants it, and
//! `plugin.wit` names it at the field or function that carries it. The plugins room, the config and `plugin show` read
//! this; it calls nobody.

use serde::{Deserialize, Serialize};

use crate::domain::word::word_enum;

word_enum! {
    /// One thing that a plugin can be allowed. None is given by silence.
    Power {
        /// To have requests sent to an origin.
        Host = "host",
        /// To have them sent into the operator's own network.
        PrivateAddresses = "private-addresses",
        /// To have a credential put into its requests.
        Credential = "credential",
        /// To be handed webhooks.
        Webhooks = "webhooks",
        /// To be shown push addresses.
        PushAddress = "push-address",
        /// To be shown phone numbers.
        PhoneNumber = "phone-number",
        /// To be shown who the callee is.
        Profile = "profile",
        /// To be shown what was said.
        Transcript = "transcript",
        /// To be shown what the agent noted about a callee's health.
        Health = "health",
    }
}

word_enum! {
    /// Personal things that a plugin can be shown.
    DataKind {
        /// Where a channel reaches a paired device, or a notifier a reader's.
        PushAddress = "push-address",
        /// The callee's telephone number; for a notifier, that of whoever is told.
        PhoneNumber = "phone-number",
        /// What the agent is told of the callee: name, language, interests, the last talk's headline. A channel that has
        /// devices ring is told the name and the form of address alone: the agent is told when the device answers. A notifier
        /// is given the words of a notice, which may name the callee.
        Profile = "profile",
        /// What was said: turns, the provider's summary, webhooks, fetched conversations.
        Transcript = "transcript",
        /// The values that the agent collected in the talk.
        Health = "health",
    }
}

impl Power {
    /// Whether it is the power to be shown something personal.
    pub fn is_personal(self) -> bool {
        DataKind::ALL.iter().any(|kind| kind.power() == self)
    }
}

impl DataKind {
    /// The power to be shown this.
    pub fn power(self) -> Power {
        match self {
            Self::PushAddress => Power::PushAddress,
            Self::PhoneNumber => Power::PhoneNumber,
            Self::Profile => Power::Profile,
            Self::Transcript => Power::Transcript,
            Self::Health => Power::Health,
        }
    }

    /// What it means for the people whom it is about.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::PushAddress => "where a paired phone, tablet or browser can be reached",
            Self::PhoneNumber => "the telephone number of the person who is called or told",
            Self::Profile => "name, language and interests of the person who is called, and the last talk's headline",
            Self::Transcript => "what was said in the talks, word for word",
            Self::Health => "what the companion noted of mood, sleep, meals, medicine and pain",
        }
    }
}

/// A wish to be shown something personal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DataWish {
    /// Which personal thing.
    pub what: DataKind,
    /// Why, in plain words.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_data_is_a_power_of_the_same_name() {
        for kind in DataKind::ALL {
            assert_eq!(kind.as_str(), kind.power().as_str());
            assert!(!kind.meaning().is_empty());
        }
    }

    #[test]
    fn unknown_word_names_the_known_ones() {
        let error = toml::from_str::<DataWish>("what = \"push address\"\nreason = \"x\"").unwrap_err().to_string();
        assert!(error.contains("push address"), "{error}");
        assert!(DataKind::ALL.iter().all(|kind| error.contains(kind.as_str())), "{error}");
    }
}
