//! Callbacks: what Twilio posts of a message that it took. `read_callback` walks in; it calls `form` and `codes`.
//!
//! A form with `MessageSid`, `MessageStatus` and, where it failed, `ErrorCode`:
//! www.twilio.com/docs/messaging/guides/track-outbound-message-status.

use callpanion_plugin_api::code;
use callpanion_plugin_api::notifier::{Callback, Fate, Receipt};

use crate::codes::{Meaning, meaning};
use crate::form;
use crate::message::is_message_sid;

/// The `other` fate of what only the operator can mend.
const MISCONFIGURED: &str = "misconfigured";

/// Reads a callback whose signature was verified.
pub(crate) fn read(body: &[u8]) -> Callback {
    let Some(fields) = form::read(body) else { return Callback::Unreadable("it is no form".to_owned()) };
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let Some(reference) = field("MessageSid").filter(|sid| is_message_sid(sid)) else {
        return Callback::Unreadable("MessageSid: missing, or no id of a message".to_owned());
    };
    let Some(status) = field("MessageStatus").and_then(code) else {
        return Callback::Unreadable("MessageStatus: missing, or no word".to_owned());
    };
    let fate = match status {
        "delivered" | "read" => Fate::Delivered,
        "undelivered" | "failed" => failure(field("ErrorCode")),
        "canceled" => Fate::Failed("it was taken back at Twilio".to_owned()),
        // On its way: `accepted`, `scheduled`, `queued`, `sending`, `sent`, and what a later version may add.
        under_way => return Callback::Ignored(under_way.to_owned()),
    };
    Callback::Receipts(vec![Receipt { reference: reference.to_owned(), fate }])
}

fn failure(given: Option<&str>) -> Fate {
    let Some(number) = given.and_then(|text| text.parse::<u32>().ok()) else {
        return Fate::Failed("Twilio gives no reason".to_owned());
    };
    let said = |what: &str| format!("{what} (Twilio {number})");
    match meaning(number) {
        Some(Meaning::Dead(what)) => Fate::Gone(said(what)),
        Some(Meaning::Operators(how)) => Fate::Other((MISCONFIGURED.to_owned(), said(how))),
        Some(Meaning::Later(what) | Meaning::Failed(what)) => Fate::Failed(said(what)),
        None => Fate::Failed(said("it was not delivered")),
    }
}
