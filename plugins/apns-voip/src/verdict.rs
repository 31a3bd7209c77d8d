//! What Apple's answers mean for a ring. `ring` walks in.
//!
//! Reasons are read as text and a new one is classified by its status: Apple adds reasons. One that is no code is left
//! out: a proxy's sentence may quote the device token, which stands in the URL.

use callpanion_plugin_api::channel::Verdict;
use callpanion_plugin_api::{Answer, Ctx, Response, code};
use serde::Deserialize;

use crate::Environment;

/// A pause before the next try where Apple names none: a ring lives for seconds.
const SHORT_PAUSE_MS: u32 = 1_000;
/// A pause for a device or a signing key that got too much.
const LONG_PAUSE_MS: u32 = 20_000;
const WRONG_TOPIC: &str = "DeviceTokenNotForTopic";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Failed {
    reason: String,
    /// With 410: when Apple last knew the token to be invalid, in milliseconds.
    timestamp: Option<u64>,
}

/// Whether Apple knows no such token in the environment that was asked.
pub(crate) fn is_bad_device_token(answer: &Answer) -> bool {
    matches!(answer, Answer::Response(r) if r.status == 400 && reason(r) == "BadDeviceToken")
}

fn reason(response: &Response) -> String {
    response.json::<Failed>().unwrap_or_default().reason
}

/// The verdict on one ring.
pub(crate) fn of(ctx: &Ctx, answer: Answer) -> Verdict {
    match answer {
        // Accepted by Apple, not delivered: only the phone's own word proves that it rang.
        Answer::Response(response) if response.is_success() => {
            Verdict::Accepted(response.header("apns-id").map(str::to_owned))
        }
        Answer::Response(response) => refusal(ctx, &response),
        Answer::Unsent(why) => Verdict::Retry((SHORT_PAUSE_MS, why)),
        Answer::Unknown(why) => Verdict::Unknown(why),
    }
}

/// The verdict on a ring whose token was bad in its `own` environment, after trying the other.
pub(crate) fn of_probe(ctx: &Ctx, answer: Answer, own: Environment) -> Verdict {
    if is_bad_device_token(&answer) {
        return Verdict::Gone("BadDeviceToken in production and in the sandbox".to_owned());
    }
    match of(ctx, answer) {
        // So that the next ring goes there at once.
        Verdict::Accepted(reference) => Verdict::accepted_in(ctx, own.other().name(), reference),
        // A key that serves one environment only says nothing about the address, and is no fault
        // of the operator's.
        Verdict::Misconfigured(why) => Verdict::Refused(format!(
            "BadDeviceToken in {}, and {} could not be asked: {why}",
            own.name(),
            own.other().name()
        )),
        verdict => verdict,
    }
}

/// A token of another app retires its address only when the same batch proves that our topic is
/// right. Otherwise a typing error in `bundle_id` would un-pair every iPhone.
pub(crate) fn blame_the_topic(mut verdicts: Vec<Verdict>) -> Vec<Verdict> {
    if verdicts.iter().any(Verdict::is_accepted) {
        return verdicts;
    }
    for verdict in &mut verdicts {
        if *verdict == Verdict::Gone(WRONG_TOPIC.to_owned()) {
            *verdict = Verdict::Misconfigured(format!(
                "{WRONG_TOPIC}: check `bundle_id`; if it is right, this phone has another app and \
                 must be paired anew"
            ));
        }
    }
    verdicts
}

fn refusal(ctx: &Ctx, response: &Response) -> Verdict {
    let failed = response.json::<Failed>().unwrap_or_default();
    let reason = code(&failed.reason).map_or_else(|| format!("status {}", response.status), str::to_owned);
    let pause = |default_ms| response.retry_after_ms(ctx.now_ms()).unwrap_or(default_ms);
    match (response.status, failed.reason.as_str()) {
        (400, WRONG_TOPIC) => Verdict::Gone(reason),
        // A phone may have registered the same token again since: when it did, the host knows.
        (410, "Unregistered" | "ExpiredToken") => match failed.timestamp {
            Some(since_ms) => Verdict::gone_since(ctx, since_ms, reason),
            None => Verdict::Refused(format!("{reason}, and not since when: the push address is kept")),
        },
        (400, "TopicDisallowed" | "BadTopic" | "MissingTopic") => {
            Verdict::Misconfigured(format!("{reason}: check `bundle_id`, and that the key may send for it"))
        }
        (
            400,
            "BadCollapseId" | "BadExpirationDate" | "BadMessageId" | "BadPriority" | "DuplicateHeaders"
            | "InvalidPushType" | "PayloadEmpty" | "MissingDeviceToken",
        )
        | (404, "BadPath")
        | (405, "MethodNotAllowed")
        | (413, "PayloadTooLarge") => Verdict::Misconfigured(format!(
            "{reason}: Apple rejects the push itself; shorten `caller_name` if it is long, or else report it to the makers \
             of this plugin"
        )),
        // The host leaves the connection of which Apple says this, so that the next try takes a fresh one.
        (400, "IdleTimeout") | (403, "UnrelatedKeyIdInToken") | (500, "InternalServerError") | (503, _) => {
            Verdict::Retry((pause(SHORT_PAUSE_MS), reason))
        }
        // The host signs every forty minutes, and Apple takes what is an hour old.
        (403, "ExpiredProviderToken") => Verdict::Misconfigured(match response.clock_fault(ctx.now_ms()) {
            Some(fault) => format!("{reason}: {fault}"),
            None => format!("{reason}: this server's clock is at least 20 minutes behind Apple's: set it by NTP"),
        }),
        // Libraries have seen both spellings.
        (403, "BadEnvironmentKeyIdInToken" | "BadEnvironmentKeyInToken") => Verdict::Misconfigured(format!(
            "{reason}: the key of credential `auth-key` does not serve this environment; make \
                 one for both in the Apple developer account"
        )),
        (401 | 403, _) => Verdict::Misconfigured(match response.clock_fault(ctx.now_ms()) {
            Some(fault) => format!("{reason}: {fault}, or else check the key, key id and team id of `auth-key`"),
            None => format!(
                "{reason}: Apple does not accept credential `auth-key`; check key, key id and team id, and that the \
                 server's clock is not ahead"
            ),
        }),
        // The host goes on with the token that it has, over another connection.
        (429, "TooManyProviderTokenUpdates") => Verdict::Retry((
            pause(LONG_PAUSE_MS),
            format!("{reason}: something else signs for this developer team too, or a server's clock is wrong"),
        )),
        (429, _) => Verdict::Retry((pause(LONG_PAUSE_MS), reason)),
        (404, _) => Verdict::Misconfigured(format!("{reason}: check `base_url_production` and `base_url_sandbox`")),
        // It may have gone out before.
        (408 | 500.., _) => Verdict::Unknown(reason),
        _ => Verdict::Refused(reason),
    }
}
