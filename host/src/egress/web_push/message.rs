//! A message: a plugin's request as push services take it, its body sealed for the one who reads it. The credential
//! walks in; it calls nobody.

use super::seal::{Once, Unsealed, seal};
use super::subscription::{NoSubscription, Reader};
use crate::egress::Request;

/// In which headers a plugin says for whom a message is. They never leave.
const P256DH: &str = "web-push-p256dh";
const AUTH: &str = "web-push-auth";
/// What a message says of its body (RFC 8291, 4).
const ENCODING: (&str, &str) = ("content-encoding", "aes128gcm");
const TYPE: (&str, &str) = ("content-type", "application/octet-stream");

/// Why a request is no message that could be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::egress) enum Unfit {
    /// It does not say for whom.
    #[error("a message for Web Push says in the headers `{P256DH}` and `{AUTH}` who reads it")]
    NoReader,
    /// There is no such reader.
    #[error("the reader of a message for Web Push cannot be: {0}")]
    Reader(NoSubscription),
    /// It cannot be sealed.
    #[error(transparent)]
    Unsealed(#[from] Unsealed),
    /// Without random numbers it would be sealed badly.
    #[error("the system gives no random numbers")]
    Random,
}

/// The same request, its body sealed for whom its headers name.
pub(in crate::egress) fn sealed(mut request: Request) -> Result<Request, Unfit> {
    let is = |header: &str, name: &str| header.eq_ignore_ascii_case(name);
    let told = |name: &str| request.headers.iter().find(|(header, _)| is(header, name)).map(|(_, value)| value);
    let (Some(p256dh), Some(auth)) = (told(P256DH), told(AUTH)) else { return Err(Unfit::NoReader) };
    let reader = Reader::read(p256dh, auth).map_err(Unfit::Reader)?;
    let once = Once::draw().map_err(|_| Unfit::Random)?;
    let body = seal(&request.body, &reader, &once)?;
    request.headers.retain(|(header, _)| ![P256DH, AUTH, ENCODING.0, TYPE.0].iter().any(|name| is(header, name)));
    request.headers.extend([ENCODING, TYPE].map(|(name, value)| (name.to_owned(), value.to_owned())));
    request.body = body.into();
    Ok(request)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;

    fn request(headers: &[(&str, &str)], body: &'static [u8]) -> Request {
        Request {
            method: "POST".to_owned(),
            url: "https://push.example.net/send/1".to_owned(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: Bytes::from_static(body),
            credential: Some("vapid".to_owned()),
            repeatable: false,
            timeout: Duration::ZERO,
        }
    }

    // The reader of RFC 8291, appendix A.
    const READER: (&str, &str) =
        (P256DH, "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
    const SECRET: (&str, &str) = (AUTH, "BTBZMqHH6r4Tts7J_aSIgg");

    #[test]
    fn a_message_says_how_it_is_sealed_and_no_more_for_whom() {
        let plain = request(
            &[("TTL", "15"), ("Web-Push-P256dh", READER.1), SECRET, ("content-type", "application/json"), READER],
            b"{\"web_push\":8030}",
        );
        let message = sealed(plain).unwrap();
        let headers: Vec<_> = message.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(headers, [("TTL", "15"), ENCODING, TYPE]);
        assert_eq!(message.body.len(), 359);
        assert!(!message.body.windows(8).any(|piece| piece == b"web_push"));
    }

    #[test]
    fn a_message_for_nobody_is_not_sealed() {
        let refusal = |headers: &[(&str, &str)]| sealed(request(headers, b"{}")).err();
        assert_eq!(refusal(&[("ttl", "15")]), Some(Unfit::NoReader));
        assert_eq!(refusal(&[READER]), Some(Unfit::NoReader));
        assert_eq!(refusal(&[READER, (AUTH, "short")]), Some(Unfit::Reader(NoSubscription::Auth)));
        assert_eq!(refusal(&[(P256DH, "B"), SECRET]), Some(Unfit::Reader(NoSubscription::Point)));
        let long = sealed(request(&[READER, SECRET], &[b'x'; 3_994]));
        assert_eq!(long.err(), Some(Unfit::Unsealed(Unsealed::TooLong)));
    }
}
