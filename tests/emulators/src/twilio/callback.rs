//! Callbacks: what becomes of a message is posted to where it says, as a form that is signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use url::form_urlencoded;

use super::{ACCOUNT_SID, FROM, Handset, Sent, Twilio};
use crate::hold;
use crate::pace::Course;

/// From one state of a message to the next, ms.
const STEP_MS: i64 = 1_000;

/// One callback.
#[derive(Clone, Debug)]
pub struct Post {
    /// `MessageSid`.
    pub sid: String,
    /// `MessageStatus`.
    pub status: String,
    /// Where to.
    pub url: String,
    /// The exact body.
    pub body: String,
    /// The `X-Twilio-Signature` header.
    pub signature: String,
    /// The status answered; none when nobody was reached.
    pub answered: Option<u16>,
}

/// The value of `X-Twilio-Signature`: the URL and the sorted fields, HMAC-SHA1 with the auth token, in base64.
pub fn sign(auth_token: &str, url: &str, fields: &[(&str, &str)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let signed: String = std::iter::once(url).chain(sorted.iter().flat_map(|(name, value)| [*name, *value])).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.as_bytes());
    STANDARD.encode(hmac::sign(&key, signed.as_bytes()))
}

/// Lets a message go its way.
pub(super) fn follow(twilio: &Twilio, sent: &Sent, handset: Handset) {
    let Some(url) = sent.callback.clone() else { return };
    let steps: Vec<(&'static str, Option<u32>)> = match handset {
        Handset::Mobile => vec![("sent", None), ("delivered", None)],
        Handset::Silent => vec![("sent", None)],
        Handset::Undelivered(code) => vec![("sent", None), ("undelivered", Some(code))],
        Handset::Refused(_) => Vec::new(),
    };
    let (part, sent) = (twilio.clone(), sent.clone());
    let mut course = Course::actor(&twilio.0.pace, twilio.0.pace.now_ms());
    twilio.0.pace.act(async move {
        for (status, code) in steps {
            course.wait(STEP_MS).await;
            part.post(&url, &sent, status, code, None).await;
        }
    });
}

impl Twilio {
    /// Posts a callback of a message that was taken, now. `token` signs it, if it is not to be the right one.
    pub async fn post_status(&self, sent: &Sent, status: &str, code: Option<u32>, token: Option<&str>) -> Option<u16> {
        let url = sent.callback.clone()?;
        self.post(&url, sent, status, code, token).await
    }

    async fn post(&self, url: &str, sent: &Sent, status: &str, code: Option<u32>, token: Option<&str>) -> Option<u16> {
        let code = code.map(|code| code.to_string());
        let mut fields = vec![
            ("SmsSid", sent.sid.as_str()),
            ("SmsStatus", status),
            ("MessageStatus", status),
            ("To", sent.to.as_str()),
            ("MessageSid", sent.sid.as_str()),
            ("AccountSid", ACCOUNT_SID),
            ("From", FROM),
            ("ApiVersion", "2010-04-01"),
        ];
        fields.extend(code.as_deref().map(|code| ("ErrorCode", code)));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        let signature = sign(token.unwrap_or(&self.0.auth_token), url, &fields);
        let request = self
            .0
            .http
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
            .header("x-twilio-signature", &signature)
            .body(body.clone());
        let answered = request.send().await.ok().map(|answer| answer.status().as_u16());
        let (sid, status, url) = (sent.sid.clone(), status.to_owned(), url.to_owned());
        hold(&self.0.posts).push(Post { sid, status, url, body, signature, answered });
        self.0.pace.tell();
        answered
    }
}

#[cfg(test)]
mod tests {
    use super::sign;

    /// The example of Twilio's page on security.
    #[test]
    fn signature_is_the_vendors() {
        let fields = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675310"),
            ("Digits", "1234"),
            ("From", "+14158675310"),
            ("To", "+18005551212"),
        ];
        let signature = sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", &fields);
        assert_eq!(signature, "GvWf1cFY/Q7PnoempGyD5oXAezc=");
    }
}
