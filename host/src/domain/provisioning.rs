//! How the vendor's side is to be set up, and what is changed for that. `callpanion provision` speaks these words.

/// How this installation needs the vendor's side to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What the operator calls it, for what is made at the vendor.
    pub name: String,
    /// BCP 47 tags of the callees' languages; the first is the usual one.
    pub languages: Vec<String>,
    /// Where webhooks are taken; empty when the vendor cannot reach it.
    pub webhook_url: String,
    /// For how many days the vendor may keep what was said; `None` leaves it as it is there.
    pub retention_days: Option<u32>,
    /// Whether recordings may be kept for as long.
    pub keep_audio: bool,
    /// The names of what the agent is told.
    pub variables: Vec<String>,
    /// The plugin that reads what agents note.
    pub renderer: String,
}

/// One thing that is other than it is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is.
    pub what: String,
    /// How it is; empty when it is not there.
    pub before: String,
    /// How it is to be.
    pub after: String,
}

/// A value that the operator must write into the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedSetting {
    /// The whole key, or a setting's name for the plugin's own.
    pub name: String,
    /// The value as TOML writes it.
    pub value: String,
}

/// What was set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provisioned {
    /// What was changed, in its order.
    pub changes: Vec<Change>,
    /// What the operator must set.
    pub settings: Vec<WantedSetting>,
    /// What is left to do by hand.
    pub to_do: Vec<String>,
}
