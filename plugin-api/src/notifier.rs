//! The notifier world: a few words to a person's telephone or device. Since API 1.2.
//!
//! A plugin implements [`Notifier`] and says [`crate::notifier!`]; `plugin.toml` says `api = "1.2.0"`. Verdicts are those
//! of a channel, with "reached" for "rang".

pub use crate::bindings::notifier::exports::callpanion::plugin1_2_0::notifier::{Callback, Fate, Notice, Receipt};
use crate::bindings::notifier::exports::callpanion::plugin1_2_0::notifier::{Guest, NotifyStep};
pub use crate::channel::Verdict;
use crate::code::cut;
use crate::stop::PAUSE_MS;
use crate::{Answer, Context, Ctx, Description, Identity, Request, Response, Stop};

/// The host shows no more of why a callback was left.
const WHY_MAX_CHARS: usize = 499;

/// Tells a person something in a few words.
pub trait Notifier {
    /// Tells these, at most 100 at a time. Returns one verdict for each, in their order.
    fn notify(ctx: &mut Ctx, notices: Vec<Notice>) -> Result<Vec<Verdict>, Stop>;

    /// Reads what the vendor posted, once the host has verified its signature. It may not ask for the network; to stop
    /// with a failure makes the callback unreadable.
    ///
    /// The default knows of no callbacks: a notifier without a `[webhook]` section gets none.
    fn read_callback(_ctx: &Ctx, _headers: &[(String, String)], _body: &[u8]) -> Result<Callback, Stop> {
        Ok(Callback::Ignored("this notifier reads no callbacks".to_owned()))
    }
}

/// Tells by one request each, all at once: the whole of `notify` for most vendors.
///
/// `request` makes the request of one notice, and `verdict` reads the response to it; the second argument of `verdict` is
/// [`Ctx::now_ms`]. A notice that is of no use any more is refused unsent, a request that never left is tried again, and
/// one that may have arrived is unknown.
pub fn notify_each(
    ctx: &mut Ctx,
    notices: &[Notice],
    mut request: impl FnMut(&Notice) -> Request,
    mut verdict: impl FnMut(&Response, u64) -> Verdict,
) -> Result<Vec<Verdict>, Stop> {
    let now_ms = ctx.now_ms();
    let is_live = |notice: &&Notice| notice.expires_at_ms > now_ms;
    let live: Vec<&Notice> = notices.iter().filter(is_live).collect();
    let mut answers = ctx.http_each(&live, |notice| request(notice))?.into_iter();
    let verdicts = notices.iter().map(|notice| match is_live(&notice).then(|| answers.next()) {
        None => Ok(Verdict::Refused("the notice came too late".to_owned())),
        Some(Some(Answer::Response(response))) => Ok(verdict(&response, now_ms)),
        Some(Some(Answer::Unsent(why))) => Ok(Verdict::Retry((PAUSE_MS, why))),
        Some(Some(Answer::Unknown(why))) => Ok(Verdict::Unknown(why)),
        Some(None) => Err(Stop::permanent("an answer is missing")),
    });
    verdicts.collect()
}

impl<T: Notifier + Identity> Guest for T {
    fn describe() -> Description {
        T::description()
    }

    fn notify(ctx: Context, notices: Vec<Notice>, answers: Vec<Answer>) -> NotifyStep {
        match T::notify(&mut Ctx::new(ctx, answers), notices) {
            Ok(verdicts) => NotifyStep::Done(verdicts),
            Err(Stop::Request(requests)) => NotifyStep::Request(requests),
            Err(Stop::Failed(failure)) => NotifyStep::Failed(failure),
        }
    }

    fn read_callback(ctx: Context, headers: Vec<(String, String)>, body: Vec<u8>) -> Callback {
        let read = T::read_callback(&Ctx::new(ctx, Vec::new()), &headers, &body);
        let mut callback = read.unwrap_or_else(|stop| Callback::Unreadable(stop.text().to_owned()));
        if let Callback::Ignored(why) | Callback::Unreadable(why) = &mut callback {
            cut(why, WHY_MAX_CHARS);
        }
        callback
    }
}

/// Makes a [`Notifier`](crate::notifier::Notifier) the component's export, in WASM only, and says who it is, as
/// [`channel!`](crate::channel!) does.
#[macro_export]
macro_rules! notifier {
    ($plugin:ident $(, id = $id:literal)? $(,)?) => {
        $crate::__identity!($plugin, "notifier" $(, id = $id)?);
        #[cfg(target_family = "wasm")]
        $crate::bindings::notifier::export_notifier!(
            $plugin with_types_in $crate::bindings::notifier
        );
    };
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{NOW_MS, context, drive, notice, response};

    #[test]
    fn each_notice_has_its_own_answer_and_a_late_one_is_not_sent() {
        let mut late = notice("late");
        late.expires_at_ms = NOW_MS;
        let notices = [notice("one"), late, notice("two")];
        let script = [response(201, ""), Answer::Unknown("no answer".to_owned())];
        let (verdicts, asked) = drive(&context(&json!({})), script, |ctx| {
            let request = |notice: &Notice| Request::post(format!("https://a.example/{}", notice.to));
            notify_each(ctx, &notices, request, Verdict::by_status)
        });
        assert_eq!(
            verdicts,
            Ok(vec![
                Verdict::Accepted(None),
                Verdict::Refused("the notice came too late".to_owned()),
                Verdict::Unknown("no answer".to_owned()),
            ])
        );
        let urls: Vec<_> = asked.iter().map(|request| request.url.as_str()).collect();
        assert_eq!(urls, ["https://a.example/one", "https://a.example/two"]);
    }
}
