//! `fcm`: rings paired Android phones through Firebase Cloud Messaging, HTTP v1.
//!
//! The host walks in through [`Channel`]; `message` builds a push, `verdict` reads what Google
//! says to it. One data-only message for each ring, all asked for at once; and one for each that is not needed any more.
//! Through [`ChannelCheck`] it asks whether Google would take a message, and sends none.

mod message;
mod verdict;

use callpanion_plugin_api::channel::{Channel, Ring, RingRef, Verdict, ring_each};
use callpanion_plugin_api::channel_check::{ChannelCheck, Finding};
use callpanion_plugin_api::{Answer, Ctx, Stop};
use serde::Deserialize;

/// The plugin.
pub struct Fcm;

/// The `settings` of the plugin, as `plugin.toml` describes them.
#[derive(Deserialize)]
struct Settings {
    #[serde(default = "google")]
    base_url: String,
    project_id: String,
    #[serde(default = "callpanion")]
    caller_name: String,
    #[serde(default)]
    avatar: String,
}

fn google() -> String {
    "https://fcm.googleapis.com".to_owned()
}

fn callpanion() -> String {
    "CallPanion".to_owned()
}

impl Channel for Fcm {
    fn ring(ctx: &mut Ctx, rings: Vec<Ring>) -> Result<Vec<Verdict>, Stop> {
        let settings: Settings = ctx.settings()?;
        let now_ms = ctx.now_ms();
        let push = |ring: &Ring| message::of(&settings, ring, now_ms);
        let verdicts = ring_each(ctx, &rings, push, |response, now_ms| verdict::of(&settings, response, now_ms))?;
        Ok(verdict::together(&settings, verdicts))
    }

    /// Tells the phones that the ring is over. A ring that still waits for its phone is replaced by this message, and
    /// never rings. No phone confirms it, so nothing is certain.
    fn cancel(ctx: &mut Ctx, rings: Vec<RingRef>) -> Result<Vec<bool>, Stop> {
        let settings: Settings = ctx.settings()?;
        ctx.http_each(&rings, |ring| message::over(&settings, ring))?;
        Ok(vec![false; rings.len()])
    }
}

impl ChannelCheck for Fcm {
    fn check(ctx: &mut Ctx) -> Result<Vec<Finding>, Stop> {
        let settings: Settings = ctx.settings()?;
        match ctx.http(message::to_nobody(&settings))? {
            Answer::Response(response) => Ok(vec![verdict::finding(&settings, &response, ctx.now_ms())?]),
            Answer::Unsent(why) | Answer::Unknown(why) => Err(Stop::retry(verdict::SHORT_PAUSE_MS, why)),
        }
    }
}

callpanion_plugin_api::channel!(Fcm, id = "fcm");
callpanion_plugin_api::channel_check!(Fcm);

#[cfg(test)]
mod tests;
