//! Who sends: the signature of RFC 8292, for this push service and no other, and not for longer than a day.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;

use crate::keys::Jwt;

/// A signature may live for so long, by the push service's own clock.
const LIFE_MAX_S: i64 = 24 * 3_600;

/// Gives the public key of who signed, as it stands in `k`; or what is wrong.
pub(super) fn check(headers: &HeaderMap, origin: &str, now_s: i64) -> Result<String, &'static str> {
    let mut authorizations = headers.get_all("authorization").iter();
    let (Some(value), None) = (authorizations.next(), authorizations.next()) else {
        return Err("there is not one authorization");
    };
    let parameters = value.to_str().ok().and_then(|value| value.strip_prefix("vapid "));
    let parameters = parameters.ok_or("the authorization is no `vapid`")?;
    let told = |name: &str| parameters.split(',').find_map(|part| part.trim().strip_prefix(name));
    let (signed, key) = (told("t=").ok_or("there is no `t`")?, told("k=").ok_or("there is no `k`")?);
    let point = URL_SAFE_NO_PAD.decode(key).ok().filter(|point| point.len() == 65);
    let point = point.ok_or("`k` is no uncompressed point in base64url")?;
    let jwt = Jwt::parse(signed).ok_or("`t` is no JWT")?;
    if jwt.header["alg"] != "ES256" || !jwt.is_signed_by(&point) {
        return Err("`t` is not signed with ES256 by the owner of `k`");
    }
    if jwt.claims["aud"] != origin {
        return Err("`aud` is another push service");
    }
    let expires = jwt.claims["exp"].as_i64().ok_or("`exp` is no number")?;
    if expires <= now_s || expires > now_s + LIFE_MAX_S {
        return Err("`exp` is over, or more than a day away");
    }
    let contact = jwt.claims["sub"].as_str().unwrap_or_default();
    if !is_contact(contact) {
        return Err("`sub` is no contact");
    }
    Ok(key.to_owned())
}

/// As strict as Apple, the strictest: a bare address or a page, under a name that may be one of the open internet.
fn is_contact(text: &str) -> bool {
    if text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>')) {
        return false;
    }
    let name = match text.strip_prefix("mailto:") {
        Some(address) => address.rsplit_once('@').map(|(_, name)| name),
        None => text.strip_prefix("https://").and_then(|rest| rest.split(['/', ':', '?']).next()),
    };
    let last = name.and_then(|name| name.rsplit_once('.')).map(|(_, last)| last);
    last.is_some_and(|last| !last.is_empty() && !["local", "localhost"].contains(&last))
}
