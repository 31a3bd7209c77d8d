//! `twilio`: text messages to families through Twilio, and what kind of line a phone number is.
//!
//! The host walks in through [`Notifier`], [`NumberLookup`] and, in `check`, whether all is set up. `message` writes the request of one message, `fit` keeps
//! its text short, `codes` knows what Twilio's error codes mean, `callback` reads what Twilio posts of a message, and
//! `lookup` asks about a number.
//!
//! Messages have no idempotency key: one that may have been sent is never sent again, here or by the host.

mod callback;
mod check;
mod codes;
mod fit;
mod form;
mod lookup;
mod message;

use callpanion_plugin_api::notifier::{Callback, Notice, Notifier, Verdict, notify_each};
use callpanion_plugin_api::number_lookup::{NumberFacts, NumberLookup};
use callpanion_plugin_api::{Ctx, Stop, percent_encode};
use serde::Deserialize;

/// The plugin.
pub struct Twilio;

/// The `settings` of the plugin, as `plugin.toml` describes them.
#[derive(Deserialize)]
struct Settings {
    #[serde(default = "messages_host")]
    base_url: String,
    #[serde(default = "lookups_host")]
    lookups_url: String,
    #[serde(default)]
    messaging_url: String,
    account_sid: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    messaging_service_sid: String,
    #[serde(default = "yes")]
    line_type: bool,
}

impl Settings {
    /// The URL of what the account has under this path; the account itself is `.json`.
    fn resource(&self, path: &str) -> String {
        let (host, account) = (self.base_url.trim_end_matches('/'), percent_encode(self.account_sid.trim()));
        format!("{host}/2010-04-01/Accounts/{account}{path}")
    }
}

fn messages_host() -> String {
    "https://api.twilio.com".to_owned()
}

fn lookups_host() -> String {
    "https://lookups.twilio.com".to_owned()
}

const fn yes() -> bool {
    true
}

impl Notifier for Twilio {
    fn notify(ctx: &mut Ctx, notices: Vec<Notice>) -> Result<Vec<Verdict>, Stop> {
        let settings: Settings = ctx.settings()?;
        let sender = message::sender(&settings)?;
        let now_ms = ctx.now_ms();
        notify_each(ctx, &notices, |notice| message::request(&settings, &sender, notice, now_ms), message::verdict)
    }

    fn read_callback(_ctx: &Ctx, _headers: &[(String, String)], body: &[u8]) -> Result<Callback, Stop> {
        Ok(callback::read(body))
    }
}

impl NumberLookup for Twilio {
    fn look_up(ctx: &mut Ctx, number: String) -> Result<NumberFacts, Stop> {
        let settings: Settings = ctx.settings()?;
        lookup::ask(ctx, &settings, &number)
    }
}

callpanion_plugin_api::notifier!(Twilio, id = "twilio");
callpanion_plugin_api::number_lookup!(Twilio);
callpanion_plugin_api::channel_check!(Twilio);

#[cfg(test)]
mod tests;
