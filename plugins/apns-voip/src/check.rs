//! Whether Apple would take a push: one to nobody, in each environment. The host walks in through [`ChannelCheck`].
//!
//! Apple knows no device of such a token, and says so only once the key and the topic were right.

use callpanion_plugin_api::channel::Verdict;
use callpanion_plugin_api::channel_check::{ChannelCheck, Finding, Severity};
use callpanion_plugin_api::{Answer, Ctx, Stop};

use crate::{ApnsVoip, Environment, Settings, message, verdict};

/// A pause before the next try where Apple names none.
const PAUSE_MS: u32 = 1_000;

impl ChannelCheck for ApnsVoip {
    fn check(ctx: &mut Ctx) -> Result<Vec<Finding>, Stop> {
        let settings: Settings = ctx.settings()?;
        let places = [Environment::Production, Environment::Sandbox];
        let answers = ctx.http_all(places.iter().map(|to| message::to_nobody(&settings, *to)).collect())?;
        let told: Vec<Result<(), Stop>> = answers.into_iter().map(|answer| takes(ctx, answer)).collect();
        let taken = |at: usize| told.get(at).is_some_and(Result::is_ok);
        let topic = format!("{}.voip", settings.bundle_id);
        let what = match (taken(0), taken(1)) {
            (true, true) => format!("Apple takes pushes for {topic}, in production and in the sandbox."),
            // A key may serve one of them, and most installations need no more.
            (true, false) => format!("Apple takes pushes for {topic} in production, and not in the sandbox."),
            (false, true) => format!("Apple takes pushes for {topic} in the sandbox, and not in production."),
            (false, false) => {
                let first = told.into_iter().find_map(Result::err);
                return Err(first.unwrap_or_else(|| Stop::permanent("an answer is missing")));
            }
        };
        let mend = "Builds of the app that come from the other environment do not ring.";
        let mend = if what.contains(", and not in ") { mend } else { "" };
        Ok(vec![Finding::new(Severity::Ok, what, mend)])
    }
}

/// Whether Apple got as far as looking for the device.
fn takes(ctx: &Ctx, answer: Answer) -> Result<(), Stop> {
    if verdict::is_bad_device_token(&answer) {
        return Ok(());
    }
    if let Answer::Unknown(why) = answer {
        return Err(Stop::retry(PAUSE_MS, why));
    }
    match verdict::of(ctx, answer) {
        Verdict::Accepted(_) => Ok(()),
        Verdict::Misconfigured(why) => Err(Stop::misconfigured(why)),
        Verdict::Retry((after_ms, why)) => Err(Stop::retry(after_ms, why)),
        Verdict::Unknown(why) => Err(Stop::retry(PAUSE_MS, why)),
        Verdict::Gone(why) | Verdict::Refused(why) | Verdict::Other((_, why)) => {
            Err(Stop::permanent(format!("Apple's answer tells nothing of the set-up: {why}")))
        }
    }
}
