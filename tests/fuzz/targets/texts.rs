//! Texts that stand for one thing each: the first line of an input names the kind, the rest is the text.

use std::str::FromStr;

use callpanion::config::Network;
use callpanion::domain::schedule::parse_time;
use callpanion::domain::zone::Zone;
use callpanion::domain::{CallId, Moment};
use callpanion::egress::plugin_signature::MakerKey;
use callpanion::egress::registry::Reference;
use callpanion::egress::web_push::{Contact, Subscription};
use callpanion::egress::{Origin, check_literal};
use callpanion::mail::parse_address;
use callpanion::plugins::fit::ApiVersion;
use callpanion::plugins::package::{Digest, Offer};
use callpanion::services::phone_number;

use super::input::first_line;

/// Reads a text, and writes out what it was taken for.
type Reading = fn(&str) -> Option<String>;

const READINGS: [(&str, Reading); 16] = [
    ("time", |text| Some(parse_time(text).ok()?.strftime("%H:%M").to_string())),
    ("zone", |text| Some(Zone::parse(text).ok()?.name().to_owned())),
    ("id", plain::<CallId>),
    ("moment", |text| Some(text.parse::<jiff::Timestamp>().ok().map(Moment::from)?.to_string())),
    ("mail address", mail_address),
    ("phone number", phone),
    ("origin", plain::<Origin>),
    ("url", url),
    ("network", plain::<Network>),
    ("registry reference", plain::<Reference>),
    ("offer", |text| text.parse::<Offer>().ok().map(|_| text.to_owned())),
    ("digest", plain::<Digest>),
    ("maker key", plain::<MakerKey>),
    ("API version", plain::<ApiVersion>),
    ("subscription", |text| Some(Subscription::read(text, true).ok()?.to_string())),
    ("contact", plain::<Contact>),
];

/// What is taken means the same when it is written and read again.
pub(crate) fn texts(data: &[u8]) {
    let (kind, text) = first_line(data);
    let Some((kind, reading)) = READINGS.iter().find(|(name, _)| name.as_bytes() == kind) else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Some(meant) = reading(text) else { return };
    assert_eq!(reading(&meant).as_ref(), Some(&meant), "the {kind} {text:?}");
}

fn plain<T: FromStr + ToString>(text: &str) -> Option<String> {
    text.parse::<T>().ok().map(|it| it.to_string())
}

/// A letter goes to one person, and to nobody whom a line break smuggles in.
fn mail_address(text: &str) -> Option<String> {
    let address = parse_address(text).ok()?;
    let is_one = address.matches('@').count() == 1 && address.bytes().all(|byte| byte.is_ascii_graphic());
    assert!(is_one && !address.contains([',', ';', '<', '>']), "{address:?}");
    Some(address)
}

/// E.164 has no more than fifteen digits.
fn phone(text: &str) -> Option<String> {
    let number = phone_number::parse(text, "GB").ok()?;
    let digits = number.strip_prefix('+').unwrap();
    assert!((1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()), "{number}");
    assert!(!phone_number::display(&number).is_empty());
    phone_number::country_of(&number);
    Some(number)
}

/// An address that is not refused is not one of this machine.
fn url(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let is_inside = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Some(url::Host::Ipv6(address)) => address.is_loopback() || address.is_unicast_link_local(),
        Some(url::Host::Domain(_)) | None => false,
    };
    assert!(!is_inside || check_literal(&url).is_err(), "{url} leads inside");
    None
}
