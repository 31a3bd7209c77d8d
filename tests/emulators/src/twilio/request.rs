//! A message as it was asked for, checked as Twilio checks it: www.twilio.com/docs/messaging/api/message-resource.

use std::collections::BTreeMap;

use url::{Url, form_urlencoded};

/// The longest body, in characters.
const BODY_MAX_CHARS: usize = 1_600;
/// How long Twilio keeps a message at the most, in seconds.
const VALIDITY_MAX_S: u32 = 36_000;

/// Every parameter that a message may have.
const KNOWN: [&str; 22] = [
    "To",
    "From",
    "MessagingServiceSid",
    "Body",
    "MediaUrl",
    "ContentSid",
    "StatusCallback",
    "ApplicationSid",
    "MaxPrice",
    "ProvideFeedback",
    "Attempt",
    "ValidityPeriod",
    "ForceDelivery",
    "ContentRetention",
    "AddressRetention",
    "SmartEncoded",
    "PersistentAction",
    "ShortenUrls",
    "ScheduleType",
    "SendAt",
    "SendAsMms",
    "RiskCheck",
];

/// A message.
pub(super) struct Message {
    pub(super) to: String,
    pub(super) body: String,
    pub(super) callback: Option<String>,
    pub(super) validity_s: Option<u32>,
}

impl Message {
    /// Reads a form. Refuses with Twilio's code, and what is wrong in words without anybody's number.
    pub(super) fn read(form: &[u8], own: &str) -> Result<Self, (u32, &'static str)> {
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(form).into_owned() {
            if !KNOWN.contains(&name.as_str()) {
                return Err((20_001, "a message with a parameter that is not known"));
            }
            if fields.insert(name, value).is_some() {
                return Err((20_001, "a message with a parameter that is there twice"));
            }
        }
        let to = fields.remove("To").ok_or((21_604, "a message to nobody"))?;
        if !is_e164(&to) {
            return Err((21_211, "a message to what is no number in E.164"));
        }
        match (fields.remove("From"), fields.remove("MessagingServiceSid")) {
            (Some(from), None) if from == own => {}
            (Some(_), None) => return Err((21_606, "a message from a number of somebody else")),
            (None, Some(service)) if service.starts_with("MG") => {}
            (None, Some(_)) => return Err((21_701, "a message by a service that there is not")),
            (Some(_), Some(_)) => return Err((20_001, "a message from a number and by a service")),
            (None, None) => return Err((21_603, "a message from nobody")),
        }
        let body = fields.remove("Body").filter(|body| !body.trim().is_empty());
        let body = body.ok_or((21_602, "a message without words"))?;
        if body.chars().count() > BODY_MAX_CHARS {
            return Err((21_617, "a message that is too long"));
        }
        let callback = fields.remove("StatusCallback");
        if callback.as_deref().is_some_and(|url| Url::parse(url).is_err()) {
            return Err((21_609, "a callback that is no URL"));
        }
        let validity_s = fields.remove("ValidityPeriod").map(|text| text.parse::<u32>().unwrap_or(0));
        if validity_s.is_some_and(|validity_s| !(1..=VALIDITY_MAX_S).contains(&validity_s)) {
            return Err((20_001, "a validity that cannot be"));
        }
        Ok(Self { to, body, callback, validity_s })
    }
}

/// A plus sign, and up to fifteen digits, of which the first is no zero (ITU-T E.164).
fn is_e164(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}
