//! What the answers of push services mean for rings. `ring` walks in.
//!
//! The rules are RFC 8030's and RFC 8292's; each vendor has words of its own for the reasons. Of these only codes go
//! into a verdict: a sentence may quote the endpoint, and whoever has that can write to the browser.

use std::collections::BTreeSet;

use callpanion_plugin_api::channel::Verdict;
use callpanion_plugin_api::{Answer, Response, code};
use serde::Deserialize;

/// A pause before the next try where the push service names none: a ring lives for seconds.
const SHORT_PAUSE_MS: u32 = 1_000;
/// A pause for a push service that has enough.
const LONG_PAUSE_MS: u32 = 20_000;

/// What Apple (`reason`) and Mozilla (`errno`, `message`) say in JSON. Google says it in plain text.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Failed {
    reason: String,
    errno: Option<u32>,
    message: String,
}

/// One verdict for each answer. `origins` are the push services that gave them.
pub(crate) fn of_all(origins: &[String], answers: Vec<Answer>, now_ms: u64) -> Vec<Verdict> {
    let others: Vec<bool> = answers.iter().map(is_of_another_key).collect();
    let verdicts: Vec<Verdict> = answers.into_iter().map(|answer| of(answer, now_ms)).collect();
    let is_accepted = |(_, verdict): &(&String, &Verdict)| matches!(verdict, Verdict::Accepted(_));
    let proven: BTreeSet<&String> =
        origins.iter().zip(&verdicts).filter(is_accepted).map(|(origin, _)| origin).collect();
    let judged = verdicts.into_iter().zip(others).zip(origins);
    judged
        .map(|((verdict, other), origin)| match verdict {
            // One that the same push service refuses while it takes others belongs to a key that the installation had
            // before: nothing will ever reach it. Where it takes none, the key may be the wrong one.
            Verdict::Misconfigured(why) if other && proven.contains(origin) => Verdict::Gone(why),
            verdict => verdict,
        })
        .collect()
}

fn of(answer: Answer, now_ms: u64) -> Verdict {
    match answer {
        // Accepted by the push service, not delivered: only the device's own word proves that it rang. Where the
        // message can be withdrawn (`location`) is not kept: a topic does the same, and is no capability.
        Answer::Response(response) if response.is_success() => Verdict::Accepted(None),
        Answer::Response(response) => refusal(&response, now_ms),
        Answer::Unsent(why) => Verdict::Retry((SHORT_PAUSE_MS, why)),
        Answer::Unknown(why) => Verdict::Unknown(why),
    }
}

fn refusal(response: &Response, now_ms: u64) -> Verdict {
    let reason = reason(response);
    let pause = |default_ms| response.retry_after_ms(now_ms).unwrap_or(default_ms);
    match response.status {
        // RFC 8030, 7.3 says 404, and most push services say 410: the subscription is over.
        404 | 410 => Verdict::Gone(format!("the subscription is over ({reason})")),
        _ if says_another_key(response) => Verdict::Misconfigured(format!(
            "{reason}: the browser is subscribed to another key than this installation's; have its page opened, so \
             that it subscribes anew. If it is so for all, the installation's key was lost: put it back from a backup \
             of the database"
        )),
        _ if refuses_the_signature(response) => Verdict::Misconfigured(format!(
            "{reason}: the push service does not accept credential `vapid`; check its contact, which must be an \
             address of yours under a public name, and the server's clock"
        )),
        _ if is_of_every_push(response) => Verdict::Misconfigured(format!(
            "{reason}: the push service rejects the push itself; shorten `caller_name` and `page_url` if they are \
             long, or else report it to the makers of this plugin"
        )),
        // Windows says 406 of who sends too fast.
        406 | 429 => Verdict::Retry((pause(LONG_PAUSE_MS), reason)),
        503 => Verdict::Retry((pause(SHORT_PAUSE_MS), reason)),
        // It may have gone out before.
        408 | 500.. => Verdict::Unknown(reason),
        _ => Verdict::Refused(reason),
    }
}

/// The push service's most telling code, or else its status.
fn reason(response: &Response) -> String {
    let failed = response.json::<Failed>().unwrap_or_default();
    match (code(&failed.reason), failed.errno) {
        (Some(code), _) => code.to_owned(),
        (None, Some(errno)) => format!("status {}, errno {errno}", response.status),
        (None, None) => format!("status {}", response.status),
    }
}

/// Whether the push service does not accept who signs. Google was seen to say so in a word of its own, with 400.
fn refuses_the_signature(response: &Response) -> bool {
    const GOOGLE: &[u8] = b"UnauthorizedRegistration";
    match response.status {
        401 | 403 => true,
        400 => response.body.windows(GOOGLE.len()).any(|piece| piece == GOOGLE),
        _ => false,
    }
}

/// Whether something is wrong that would be so in every push: its length, or a header, for which Mozilla has numbers.
fn is_of_every_push(response: &Response) -> bool {
    let errno = || response.json::<Failed>().unwrap_or_default().errno;
    response.status == 413 || (response.status == 400 && matches!(errno(), Some(101 | 104 | 110..=113)))
}

fn is_of_another_key(answer: &Answer) -> bool {
    matches!(answer, Answer::Response(response) if says_another_key(response))
}

/// Whether the push service says, in words of its own, that the subscription was made for another key. Apple has a
/// code for it, and was seen to send it with 400 and with 403; Mozilla's 109 stands for any fault of the signature.
fn says_another_key(response: &Response) -> bool {
    const GOOGLE: &[u8] = b"do not correspond to the credentials used to create the subscription";
    let failed = response.json::<Failed>().unwrap_or_default();
    let of_google = || response.body.windows(GOOGLE.len()).any(|piece| piece == GOOGLE);
    match response.status {
        400..404 => {
            let of_apple = failed.reason == "VapidPkHashMismatch";
            let of_mozilla = failed.errno == Some(109) && failed.message.contains("mismatch");
            of_apple || of_mozilla || of_google()
        }
        _ => false,
    }
}
