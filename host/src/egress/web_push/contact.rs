//! The contact: whom a push service asks about what an installation sends (RFC 8292, 2.1). The operator's config walks
//! in; it calls nobody.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// Longer names cannot stand in the DNS (RFC 1035, 2.3.4).
const NAME_MAX_BYTES: usize = 253;
const LABEL_MAX_BYTES: usize = 63;
/// The longest part before the `@` (RFC 5321, 4.5.3.1.1).
const LOCAL_PART_MAX_BYTES: usize = 64;
/// Names that end so belong to no open internet (RFC 2606, RFC 6761, RFC 6762), or never will.
const INSIDE: [&str; 9] =
    ["example", "home", "internal", "invalid", "lan", "local", "localdomain", "localhost", "test"];

/// A `mailto:` address or an https page, under a name of the open internet.
///
/// RFC 8292 wants no more than a URI, but Apple answers `BadJwtToken` for one that cannot be reached from outside, or
/// that has blanks or brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact(String);

/// The text is no contact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no contact for push services: write `mailto:` and a mail address that you read, or the https URL of a \
     page of yours. Its name must be one of the open internet: Apple refuses localhost, .local and names without a dot"
)]
pub struct NoContact(String);

impl FromStr for Contact {
    type Err = NoContact;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_contact = match text.split_once(':') {
            Some(("mailto", address)) => is_address(address),
            Some(("https", _)) => is_page(text),
            _ => false,
        };
        if is_contact { Ok(Self(text.to_owned())) } else { Err(NoContact(text.to_owned())) }
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A bare address, as most people have: what else RFC 5322 allows may need quotes or percent signs.
fn is_address(text: &str) -> bool {
    let Some((local, name)) = text.split_once('@') else { return false };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
    (1..=LOCAL_PART_MAX_BYTES).contains(&local.len()) && local.bytes().all(plain) && is_public_name(name)
}

fn is_page(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let named = matches!(url.host(), Some(Host::Domain(name)) if is_public_name(name));
    named && url.username().is_empty() && url.password().is_none() && !text.contains(char::is_whitespace)
}

/// Whether a name may be one of the open internet.
fn is_public_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_MAX_BYTES).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((_, last)) = name.rsplit_once('.') else { return false };
    name.len() <= NAME_MAX_BYTES
        && name.split('.').all(is_label)
        && last.starts_with(|c: char| c.is_ascii_alphabetic())
        && !INSIDE.iter().any(|inside| last.eq_ignore_ascii_case(inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_pages_of_the_open_internet_are_contacts() {
        for text in [
            "mailto:calls@care-home.org",
            "mailto:ada+push@mail.care-home.co.uk",
            "https://care-home.org",
            "https://care-home.org:8443/contact?of=calls",
            "https://xn--mnchen-3ya.de/",
        ] {
            assert_eq!(text.parse::<Contact>().map(|contact| contact.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_apple_refuses_is_refused_here_with_what_to_write() {
        for text in [
            "",
            "calls@care-home.org",
            "mailto:",
            "mailto:calls",
            "mailto:@care-home.org",
            "mailto:calls@localhost",
            "mailto:calls@house.local",
            "mailto:calls@house.LOCAL",
            "mailto:calls@care-home.test",
            "mailto:calls@192.168.1.7",
            "mailto: calls@care-home.org",
            "mailto:Calls <calls@care-home.org>",
            "mailto:<calls@care-home.org>",
            "mailto:calls@care-home.org?subject=push",
            "mailto:calls@care-home.org.",
            "mailto:calls@care..org",
            "mailto:calls@-care.org",
            "mailto:one@care-home.org,two@care-home.org",
            "MAILTO:calls@care-home.org",
            "http://care-home.org",
            "https://localhost:8080",
            "https://127.0.0.1/",
            "https://[2606:4700::1111]/",
            "https://me:pw@care-home.org",
            "https://care-home.org/ contact",
            "tel:+442079460123",
        ] {
            let Err(refused) = text.parse::<Contact>() else { panic!("{text} was taken") };
            assert!(refused.to_string().contains("`mailto:`"), "{refused}");
        }
    }
}
