//! Verifies the signature of a form that a vendor posts, over the URL to which it posts it.
//!
//! The formula is that of `X-Twilio-Signature` (www.twilio.com/docs/usage/security): the URL, then each parameter's name and
//! value, sorted by name; of that the HMAC with SHA-1, in base64. The URL is the one that the vendor was given, from the
//! config: what a proxy's headers say of it, whoever posts could have said. A signature has no time, so the same bytes may
//! come again; the inbox takes them once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, verify};
use url::{Url, form_urlencoded};

use super::webhook_signature::{SignatureError, SigningSecrets};

/// A longer form is none of a vendor's: sorting what nobody has signed costs time.
const FORM_MAX_BYTES: usize = 32 * 1024;
/// The length of SHA-1.
const TAG_BYTES: usize = 20;

/// Checks the value of the signature's header against a form that came to `url`.
pub fn check(secrets: &SigningSecrets, header: &str, url: &str, form: &[u8]) -> Result<(), SignatureError> {
    let tag = STANDARD.decode(header.trim()).map_err(|_| SignatureError::Malformed)?;
    if tag.len() != TAG_BYTES || form.len() > FORM_MAX_BYTES {
        return Err(SignatureError::Malformed);
    }
    let parameters = parameters(form);
    let mut fits = false;
    for url in spellings(url) {
        let signed = [url.as_bytes(), parameters.as_bytes()].concat();
        for secret in secrets.each() {
            let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.reveal().as_bytes());
            // It compares in constant time, and no try is left out for the sake of another.
            fits |= verify(&key, &signed, &tag).is_ok();
        }
    }
    if fits { Ok(()) } else { Err(SignatureError::Wrong) }
}

/// Names and values, sorted; a pair that is there twice counts once.
fn parameters(form: &[u8]) -> String {
    let mut pairs: Vec<_> = form_urlencoded::parse(form).collect();
    pairs.sort();
    pairs.dedup();
    pairs.iter().flat_map(|(name, value)| [&**name, &**value]).collect()
}

/// The URL as it is written, and with the port that its scheme means: the vendor signs the one or the other.
fn spellings(url: &str) -> Vec<String> {
    let mut spellings = vec![url.to_owned()];
    if let Ok(parsed) = Url::parse(url)
        && let (Some(host), None, Some(port)) = (parsed.host_str(), parsed.port(), parsed.port_or_known_default())
    {
        let origin = format!("{}://{host}", parsed.scheme());
        spellings.extend(url.strip_prefix(&origin).map(|rest| format!("{origin}:{port}{rest}")));
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::plugins::{CredentialConfig, Secret};

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const FORM: &[u8] =
        b"Digits=1234&To=%2B18005551212&From=%2B14158675310&Caller=%2B14158675310&CallSid=CA1234567890ABCDE";
    /// The example of Twilio's page on security, with the token 12345.
    const SIGNATURE: &str = "GvWf1cFY/Q7PnoempGyD5oXAezc=";

    fn secrets(current: &str, previous: Option<&str>) -> SigningSecrets {
        let config = CredentialConfig::HmacSecret {
            value: Some(Secret::new(current)),
            value_file: None,
            previous: previous.map(Secret::new),
            previous_file: None,
            hosts: Vec::new(),
        };
        SigningSecrets::read(&config, "test").unwrap().unwrap()
    }

    fn sign(token: &str, signed: &str) -> String {
        let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
        STANDARD.encode(ring::hmac::sign(&key, signed.as_bytes()))
    }

    #[test]
    fn known_answer_verifies() {
        assert_eq!(check(&secrets("12345", None), SIGNATURE, URL, FORM), Ok(()));
        assert_eq!(check(&secrets("54321", Some("12345")), SIGNATURE, URL, FORM), Ok(()), "during a rotation");
        assert_eq!(check(&secrets("54321", None), SIGNATURE, URL, FORM), Err(SignatureError::Wrong));
    }

    #[test]
    fn another_url_is_another_signature() {
        for url in [
            "http://mycompany.com/myapp.php?foo=1&bar=2",
            "https://mycompany.com/myapp.php",
            "https://mycompany.com/Myapp.php?foo=1&bar=2",
            "https://mycompany.com:8443/myapp.php?foo=1&bar=2",
        ] {
            assert_eq!(check(&secrets("12345", None), SIGNATURE, url, FORM), Err(SignatureError::Wrong), "{url}");
        }
        let with_port = sign("12345", &format!("https://mycompany.com:443/myapp.php?foo=1&bar=2{}", parameters(FORM)));
        assert_eq!(check(&secrets("12345", None), &with_port, URL, FORM), Ok(()));
    }

    #[test]
    fn repeated_names_are_sorted_by_value_and_the_order_does_not_matter() {
        assert_eq!(parameters(b"b=2&a=%2B+1&b=1&b=2&c"), "a+ 1b1b2c");
        let turned =
            b"CallSid=CA1234567890ABCDE&Caller=%2B14158675310&Digits=1234&From=%2B14158675310&To=%2B18005551212";
        assert_eq!(check(&secrets("12345", None), SIGNATURE, URL, turned), Ok(()));
    }

    #[test]
    fn no_bit_of_the_form_or_of_the_signature_can_be_changed() {
        let signed = secrets("12345", None);
        for bit in 0..FORM.len() * 8 {
            let mut form = FORM.to_vec();
            form[bit / 8] ^= 1 << (bit % 8);
            // A few bits turn a sign into another spelling of the same.
            if parameters(&form) != parameters(FORM) {
                assert_eq!(check(&signed, SIGNATURE, URL, &form), Err(SignatureError::Wrong), "bit {bit}");
            }
        }
        let tag = STANDARD.decode(SIGNATURE).unwrap();
        for bit in 0..tag.len() * 8 {
            let mut changed = tag.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(check(&signed, &STANDARD.encode(changed), URL, FORM), Err(SignatureError::Wrong), "bit {bit}");
        }
    }

    #[test]
    fn malformed_headers_and_endless_forms_are_refused() {
        let signed = secrets("12345", None);
        for header in ["", "?", "AAAA", &STANDARD.encode([0_u8; 32])] {
            assert_eq!(check(&signed, header, URL, FORM), Err(SignatureError::Malformed), "{header}");
        }
        let endless = vec![b'&'; FORM_MAX_BYTES + 1];
        assert_eq!(check(&signed, SIGNATURE, URL, &endless), Err(SignatureError::Malformed));
    }
}
