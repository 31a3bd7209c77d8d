//! What the answers of push services mean for notices. `notify` walks in.
//!
//! The rules are RFC 8030's and RFC 8292's. No word of a push service goes into a verdict: a sentence may quote the endpoint,
//! and whoever has that can write to the browser.

use callpanion_plugin_api::notifier::Verdict;
use callpanion_plugin_api::{Answer, Response};

/// A pause before the next try where the push service names none.
const PAUSE_MS: u32 = 30_000;

/// The verdict of one answer.
pub(crate) fn of(answer: Answer, now_ms: u64) -> Verdict {
    match answer {
        Answer::Response(response) => said(&response, now_ms),
        Answer::Unsent(why) => Verdict::Retry((PAUSE_MS, why)),
        Answer::Unknown(why) => Verdict::Unknown(why),
    }
}

fn said(response: &Response, now_ms: u64) -> Verdict {
    let status = response.status;
    match status {
        // RFC 8030, 7.3 says 404, and most push services say 410.
        404 | 410 => Verdict::Gone(format!("the subscription is over (status {status})")),
        401 | 403 => Verdict::Misconfigured(format!(
            "status {status}: the push service does not accept credential `vapid`; check its contact, which must be an \
             address of yours under a public name, and the server's clock. If it is so for all, the installation's key \
             was lost: put it back from a backup of the database"
        )),
        // Windows says 406 of who sends too fast.
        406 => Verdict::Retry((response.retry_after_ms(now_ms).unwrap_or(PAUSE_MS), "status 406".to_owned())),
        _ => Verdict::by_status(response, now_ms),
    }
}
