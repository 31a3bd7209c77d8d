//! `ntfy`: rings phones that listen to a topic of an ntfy server. See "Publish as JSON" in ntfy's documentation.

use callpanion_plugin_api::channel::{Channel, Ring, Verdict, ring_each};
use callpanion_plugin_api::{Ctx, Request, Stop};
use serde::Deserialize;
use serde_json::json;

/// The plugin.
pub struct Ntfy;

#[derive(Deserialize)]
struct Settings {
    base_url: String,
    title: String,
    message: String,
    click: String,
}

impl Channel for Ntfy {
    fn ring(ctx: &mut Ctx, rings: Vec<Ring>) -> Result<Vec<Verdict>, Stop> {
        let Settings { base_url, title, message, click } = ctx.settings()?;
        let push = |ring: &Ring| {
            let push = json!({
                "topic": ring.address, "title": title, "message": message, "priority": 5,
                "tags": ["telephone_receiver"], "click": format!("{click}{}", ring.ring_id),
            });
            // Not kept on the server: a phone that comes online tomorrow must not ring for today.
            Request::post(&base_url).json(&push).header("cache", "no").credential("access-token")
        };
        // ntfy knows no dead topics: a topic is there as soon as somebody listens. So no status is `Gone`.
        ring_each(ctx, &rings, push, Verdict::by_status)
    }
}

callpanion_plugin_api::channel!(Ntfy);

#[cfg(test)]
mod tests;
