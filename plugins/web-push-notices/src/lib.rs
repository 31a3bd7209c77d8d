//! `web-push-notices`: tells families in their own browsers, each through the push service that it named itself (RFC 8030).
//!
//! The host walks in through [`Notifier`], and seals and signs what goes out. `subscription` reads where that is, `message`
//! writes a notice, `verdict` reads what a push service says to it. A notice that is repeated stands in its own place.

mod message;
mod subscription;
mod verdict;

use callpanion_plugin_api::notifier::{Notice, Notifier, Verdict};
use callpanion_plugin_api::{Ctx, Stop};

use subscription::Subscription;

/// The plugin.
pub struct WebPushNotices;

impl Notifier for WebPushNotices {
    fn notify(ctx: &mut Ctx, notices: Vec<Notice>) -> Result<Vec<Verdict>, Stop> {
        let now_ms = ctx.now_ms();
        let read: Vec<Result<Subscription, Verdict>> = notices.iter().map(|notice| sendable(notice, now_ms)).collect();
        let live: Vec<(&Notice, &Subscription)> =
            notices.iter().zip(&read).filter_map(|(notice, read)| Some((notice, read.as_ref().ok()?))).collect();
        let mut answers = ctx.http_each(&live, |(notice, to)| message::of(notice, to, now_ms))?.into_iter();
        read.into_iter()
            .map(|read| match read {
                Ok(_) => {
                    let answer = answers.next().ok_or_else(|| Stop::permanent("an answer is missing"))?;
                    Ok(verdict::of(answer, now_ms))
                }
                Err(verdict) => Ok(verdict),
            })
            .collect()
    }
}

/// The subscription of a notice; or the verdict, where nothing can be sent.
fn sendable(notice: &Notice, now_ms: u64) -> Result<Subscription, Verdict> {
    if notice.expires_at_ms <= now_ms {
        return Err(Verdict::Refused("the notice came too late".to_owned()));
    }
    let none = || Verdict::Gone("the push address is not a subscription".to_owned());
    Subscription::read(&notice.to).ok_or_else(none)
}

callpanion_plugin_api::notifier!(WebPushNotices, id = "web-push-notices");

#[cfg(test)]
mod tests;
