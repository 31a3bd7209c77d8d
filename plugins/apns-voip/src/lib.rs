//! `apns-voip`: rings paired iPhones through Apple's push service, as a PushKit VoIP push.
//!
//! The host walks in through [`Channel`]; `message` builds the push, `verdict` reads Apple's answer.
//! Two rounds: each ring goes to its own environment, and one that Apple calls a bad device token
//! there is tried once in the other, since the two kinds of token look alike. Where that succeeds the host is told.

mod check;
mod message;
mod verdict;

use callpanion_plugin_api::channel::{Channel, Ring, Verdict};
use callpanion_plugin_api::flow::{self, Next};
use callpanion_plugin_api::{Answer, Ctx, Stop};
use serde::Deserialize;

/// The plugin.
pub struct ApnsVoip;

/// The `settings` of the plugin, as `plugin.toml` describes them.
#[derive(Deserialize)]
struct Settings {
    #[serde(default = "production")]
    base_url_production: String,
    #[serde(default = "sandbox")]
    base_url_sandbox: String,
    bundle_id: String,
    #[serde(default = "callpanion")]
    caller_name: String,
}

fn production() -> String {
    "https://api.push.apple.com".to_owned()
}

fn sandbox() -> String {
    "https://api.sandbox.push.apple.com".to_owned()
}

fn callpanion() -> String {
    "CallPanion".to_owned()
}

/// Where a device token is valid.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Environment {
    Production,
    Sandbox,
}

impl Environment {
    /// The one that the phone named; an app from the store when it named none.
    fn of(ring: &Ring) -> Self {
        if ring.environment == "sandbox" { Self::Sandbox } else { Self::Production }
    }

    const fn other(self) -> Self {
        match self {
            Self::Production => Self::Sandbox,
            Self::Sandbox => Self::Production,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
        }
    }
}

impl Channel for ApnsVoip {
    fn ring(ctx: &mut Ctx, rings: Vec<Ring>) -> Result<Vec<Verdict>, Stop> {
        let settings: Settings = ctx.settings()?;
        let now_ms = ctx.now_ms();
        let mut verdicts: Vec<Option<Verdict>> = rings.iter().map(|ring| unsendable(ring, now_ms)).collect();
        flow::run(ctx, State::Own, |ctx, state| match state {
            State::Own => {
                let first: Vec<usize> = (0..rings.len()).filter(|&i| verdicts[i].is_none()).collect();
                let answers = send(ctx, &settings, &rings, &first, Environment::of)?;
                let mut places = Vec::new();
                for (&i, answer) in first.iter().zip(answers) {
                    if verdict::is_bad_device_token(&answer) {
                        places.push(i);
                    } else {
                        verdicts[i] = Some(verdict::of(ctx, answer));
                    }
                }
                Ok(Next::Go(State::Probe { places }))
            }
            State::Probe { places } => {
                let answers = send(ctx, &settings, &rings, &places, |ring| Environment::of(ring).other())?;
                for (&i, answer) in places.iter().zip(answers) {
                    verdicts[i] = Some(verdict::of_probe(ctx, answer, Environment::of(&rings[i])));
                }
                let verdicts: Option<Vec<Verdict>> = verdicts.drain(..).collect();
                let verdicts = verdicts.ok_or_else(|| Stop::permanent("an answer is missing"))?;
                Ok(Next::Done(verdict::blame_the_topic(verdicts)))
            }
        })
    }
}

/// The way of a list of rings.
#[derive(Debug)]
enum State {
    /// Each to its own environment.
    Own,
    /// Those at these places once more, each to the other environment.
    Probe { places: Vec<usize> },
}

/// The verdict on a ring that no push can serve.
fn unsendable(ring: &Ring, now_ms: u64) -> Option<Verdict> {
    if ring.expires_at_ms <= now_ms {
        return Some(Verdict::Refused("the ring window is over".to_owned()));
    }
    // The token becomes a part of the URL's path, so nothing but hex digits may pass.
    let hex = !ring.address.is_empty() && ring.address.bytes().all(|b| b.is_ascii_hexdigit());
    (!hex).then(|| Verdict::Gone("the push address is not a device token".to_owned()))
}

/// Sends the rings at these places, each to an environment, and returns their answers.
fn send(
    ctx: &mut Ctx,
    settings: &Settings,
    rings: &[Ring],
    places: &[usize],
    environment: impl Fn(&Ring) -> Environment,
) -> Result<Vec<Answer>, Stop> {
    let now_ms = ctx.now_ms();
    ctx.http_each(places, |&i| message::of(settings, &rings[i], environment(&rings[i]), now_ms))
}

callpanion_plugin_api::channel!(ApnsVoip, id = "apns-voip");
callpanion_plugin_api::channel_check!(ApnsVoip);

#[cfg(test)]
mod tests;
