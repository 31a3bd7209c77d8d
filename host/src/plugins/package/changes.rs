//! What a new version of a plugin asks for and the one before did not, in lines for the
//! operator. The texts of a manifest are plain: its check refuses others.

use crate::config::plugins::PluginConfig;
use crate::domain::manifest::{Manifest, Power};
use crate::plugins::agreement::{Wish, wishes};

/// What `new` asks for and `old` did not, and the other way round. `config` gives the settings that hosts come from.
pub(super) fn changes(old: &Manifest, new: &Manifest, config: &PluginConfig) -> Vec<String> {
    let (before, after) = (wishes(old, config), wishes(new, config));
    let lacks = |list: &[Wish], wish: &Wish| !list.iter().any(|it| (it.power, &it.what) == (wish.power, &wish.what));
    let mut lines = Vec::new();
    for wish in after.iter().filter(|wish| lacks(&before, wish)) {
        let granted = if wish.granted { "granted already" } else { "NOT GRANTED" };
        lines.push(format!("+ {}: {} ({granted})", words(wish), wish.reason));
    }
    for wish in before.iter().filter(|wish| lacks(&after, wish)) {
        lines.push(format!("- {}", words(wish)));
    }
    if old.processing_country != new.processing_country {
        let (from, to) = (&old.processing_country, &new.processing_country);
        lines.push(format!("+ what it is given is processed in: {to} (before: {from})"));
    }
    lines
}

fn words(wish: &Wish) -> String {
    match wish.power {
        Power::Host => format!("to talk to {}", wish.what),
        Power::PrivateAddresses => format!("to reach into your own network: {}", wish.what),
        Power::Credential => format!("the credential {}", wish.what),
        Power::Webhooks => "to be handed webhooks".to_owned(),
        Power::PushAddress | Power::PhoneNumber | Power::Profile | Power::Transcript | Power::Health => {
            format!("to be shown the {}", wish.what)
        }
    }
}
