//! One text message: its request, and what Twilio's response means. `notify` walks in; it calls `fit`, `form` and `codes`.
//!
//! `POST /2010-04-01/Accounts/{AccountSid}/Messages.json`, www.twilio.com/docs/messaging/api/message-resource.

use callpanion_plugin_api::notifier::{Notice, Verdict};
use callpanion_plugin_api::{Body, Request, Response, Stop};
use serde::Deserialize;

use crate::Settings;
use crate::codes::{Meaning, meaning};
use crate::{fit, form};

/// Where the host takes callbacks: a name in the notice's `extra`. Without it Twilio is asked for none.
const CALLBACK_URL: &str = "callback-url";
/// The longest that Twilio keeps a message: its own default.
const VALIDITY_MAX_S: u64 = 36_000;
/// The shortest numbers with a country code have so many digits (ITU-T E.164).
const WHOLE_MIN_DIGITS: usize = 8;
/// A pause where Twilio names none.
const PAUSE_MS: u32 = 30_000;

/// Who sends: the parameter and its value.
pub(crate) enum Sender {
    /// A number, or a name.
    From(String),
    /// A messaging service.
    Service(String),
}

/// Who sends, as the settings say: one of the two.
pub(crate) fn sender(settings: &Settings) -> Result<Sender, Stop> {
    match (settings.from.trim(), settings.messaging_service_sid.trim()) {
        ("", "") => Err(Stop::misconfigured("nobody sends: set `from` or `messaging_service_sid`")),
        (from, "") => Ok(Sender::From(plussed(from))),
        ("", service) => Ok(Sender::Service(service.to_owned())),
        _ => Err(Stop::misconfigured("`from` and `messaging_service_sid` are both set: keep one")),
    }
}

/// A whole number of digits alone has lost its plus sign: in an environment variable it reads as a number. Short codes, which
/// have none, are shorter than any.
fn plussed(from: &str) -> String {
    let is_whole = from.len() >= WHOLE_MIN_DIGITS && from.bytes().all(|byte| byte.is_ascii_digit());
    if is_whole { format!("+{from}") } else { from.to_owned() }
}

/// The request of one notice.
pub(crate) fn request(settings: &Settings, sender: &Sender, notice: &Notice, now_ms: u64) -> Request {
    // The title and the link only: a text message is read on locked screens, and by networks on its way.
    let text = fit::text(&notice.title, &notice.link);
    // What is left of its use, in seconds; less than one is none, and is not sent.
    let validity_s = (notice.expires_at_ms.saturating_sub(now_ms) / 1_000).clamp(1, VALIDITY_MAX_S).to_string();
    let by = match sender {
        Sender::From(number) => ("From", number.as_str()),
        Sender::Service(sid) => ("MessagingServiceSid", sid.as_str()),
    };
    let mut fields = vec![("To", notice.to.as_str()), by, ("Body", text.as_str())];
    fields.push(("ValidityPeriod", validity_s.as_str()));
    let callback = notice.extra.iter().find(|(name, _)| name == CALLBACK_URL).map(|(_, url)| url.as_str());
    fields.extend(callback.filter(|url| !url.is_empty()).map(|url| ("StatusCallback", url)));
    let mut request =
        Request::post(settings.resource("/Messages.json")).header("content-type", form::TYPE).credential("account");
    request.body = Body::Text(form::write(&fields));
    request
}

/// What Twilio's response means for the notice.
pub(crate) fn verdict(response: &Response, now_ms: u64) -> Verdict {
    #[derive(Deserialize)]
    struct Taken {
        sid: String,
    }

    if response.is_success() {
        let sid = response.json::<Taken>().ok().map(|taken| taken.sid);
        return Verdict::Accepted(sid.filter(|sid| is_message_sid(sid)));
    }
    refusal(response, now_ms).unwrap_or_else(|| Verdict::by_status(response, now_ms))
}

/// What Twilio's code means; `None` without a code that is known, and where the status says more.
fn refusal(response: &Response, now_ms: u64) -> Option<Verdict> {
    /// Twilio's word for what is wrong. Its sentence repeats the number, and stays behind.
    #[derive(Default, Deserialize)]
    struct Refused {
        code: u32,
    }

    // An answer of 5xx may come from in front of Twilio, and the message may have left.
    if response.status >= 500 {
        return None;
    }
    let code = response.json::<Refused>().ok()?.code;
    let said = |what: &str| format!("{what} (Twilio {code})");
    Some(match meaning(code)? {
        Meaning::Dead(what) => Verdict::Gone(said(what)),
        Meaning::Operators(how) => Verdict::Misconfigured(said(how)),
        Meaning::Later(what) => Verdict::Retry((response.retry_after_ms(now_ms).unwrap_or(PAUSE_MS), said(what))),
        Meaning::Failed(what) => Verdict::Refused(said(what)),
    })
}

/// Whether it is the id of a message: `SM` or `MM` and 32 digits of base 16.
pub(crate) fn is_message_sid(text: &str) -> bool {
    let digits = text.strip_prefix("SM").or_else(|| text.strip_prefix("MM"));
    digits.is_some_and(|digits| digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
