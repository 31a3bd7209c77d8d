//! `web-push`: rings paired browsers, and Android phones with an app of UnifiedPush, each through the push service that
//! it named itself (RFC 8030).
//!
//! The host walks in through [`Channel`], and seals and signs what goes out. `subscription` reads where that is,
//! `message` builds a push, `verdict` reads what a push service says to it. One message for each ring, all asked for at
//! once; and one for each that is not needed any more, in its place.

mod message;
mod subscription;
mod verdict;

use callpanion_plugin_api::channel::{Channel, Ring, RingRef, Verdict};
use callpanion_plugin_api::{Ctx, Stop};
use serde::Deserialize;

use subscription::Subscription;

/// The plugin.
pub struct WebPush;

/// The `settings` of the plugin, as `plugin.toml` describes them. Its push service each subscription names by itself.
#[derive(Deserialize)]
struct Settings {
    page_url: String,
    #[serde(default = "callpanion")]
    caller_name: String,
    #[serde(default = "over")]
    over_text: String,
}

fn callpanion() -> String {
    "CallPanion".to_owned()
}

fn over() -> String {
    "The call is over.".to_owned()
}

impl Channel for WebPush {
    fn ring(ctx: &mut Ctx, rings: Vec<Ring>) -> Result<Vec<Verdict>, Stop> {
        let settings: Settings = ctx.settings()?;
        let now_ms = ctx.now_ms();
        let read: Vec<Result<Subscription, Verdict>> = rings.iter().map(|ring| sendable(ring, now_ms)).collect();
        let live: Vec<(&Ring, &Subscription)> =
            rings.iter().zip(&read).filter_map(|(ring, read)| Some((ring, read.as_ref().ok()?))).collect();
        let answers = ctx.http_each(&live, |(ring, to)| message::of(&settings, ring, to, now_ms))?;
        let origins: Vec<String> = live.iter().map(|(_, to)| to.origin().to_owned()).collect();
        let mut verdicts = verdict::of_all(&origins, answers, now_ms).into_iter();
        let missing = || Stop::permanent("an answer is missing");
        read.into_iter()
            .map(|read| match read {
                Ok(_) => verdicts.next().ok_or_else(missing),
                Err(verdict) => Ok(verdict),
            })
            .collect()
    }

    /// Puts a notice that the call is over in the place of each ring, whether it still waits for its browser or stands
    /// there. No browser confirms it, so nothing is certain.
    fn cancel(ctx: &mut Ctx, rings: Vec<RingRef>) -> Result<Vec<bool>, Stop> {
        let settings: Settings = ctx.settings()?;
        let known: Vec<(&RingRef, Subscription)> =
            rings.iter().filter_map(|ring| Some((ring, Subscription::read(&ring.address)?))).collect();
        ctx.http_each(&known, |(ring, to)| message::over(&settings, ring, to))?;
        Ok(vec![false; rings.len()])
    }
}

/// The subscription of a ring; or the verdict, where no message can serve it.
fn sendable(ring: &Ring, now_ms: u64) -> Result<Subscription, Verdict> {
    if ring.expires_at_ms <= now_ms {
        return Err(Verdict::Refused("the ring window is over".to_owned()));
    }
    let none = || Verdict::Gone("the push address is not a subscription".to_owned());
    Subscription::read(&ring.address).ok_or_else(none)
}

callpanion_plugin_api::channel!(WebPush, id = "web-push");

#[cfg(test)]
mod tests;
