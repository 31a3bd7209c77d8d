//! Interfaces that a plugin may have beside that of its kind. A manifest names them; it calls nobody.

use super::{DataKind, PluginKind};
use crate::domain::word::word_enum;

word_enum! {
    /// An interface beside that of a plugin's kind. The component exports it too.
    Also {
        /// Of a channel or a notifier: it looks whether everything is set up.
        ChannelCheck = "channel-check",
        /// Of a provider: it hands out recordings, and removes what is kept of a conversation.
        Records = "records",
        /// Of a provider: it sets the vendor's side up, on the operator's command.
        Provisioning = "provisioning",
        /// Of a channel or a notifier: it says what is behind a phone number.
        NumberLookup = "number-lookup",
        /// Of a renderer: it makes the reading matter of a week.
        DigestRenderer = "digest-renderer",
    }
}

impl Also {
    /// The kinds beside which it may stand.
    pub fn beside(self) -> &'static [PluginKind] {
        match self {
            Self::Records | Self::Provisioning => &[PluginKind::Provider],
            Self::ChannelCheck | Self::NumberLookup => &[PluginKind::Channel, PluginKind::Notifier],
            Self::DigestRenderer => &[PluginKind::Renderer],
        }
    }

    /// What it cannot do without being shown; a provider is shown what was said anyhow.
    pub(super) fn works_with(self) -> Option<DataKind> {
        match self {
            Self::NumberLookup => Some(DataKind::PhoneNumber),
            Self::ChannelCheck | Self::Records | Self::Provisioning | Self::DigestRenderer => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stands_beside_a_kind_and_is_never_taken_for_one() {
        for also in Also::ALL {
            assert!(!also.beside().is_empty(), "{also}");
            assert!(also.as_str().parse::<PluginKind>().is_err(), "{also}");
        }
    }
}
