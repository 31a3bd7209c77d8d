//! Headers that cross the border: what a plugin may set, and what it gets to see.

use http::{HeaderMap, HeaderName, HeaderValue};

/// A plugin may set so many headers.
const HEADERS_MAX: usize = 64;
/// All headers of a request or reply together, in bytes.
const HEADERS_MAX_BYTES: usize = 16 * 1024;

/// Names that the host owns: they frame the message, name the peer, or carry its own credentials.
const OWNED: [&str; 11] = [
    "host",
    "content-length",
    "authorization",
    "connection",
    "keep-alive",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "cookie",
    "http2-settings",
];

/// Why a plugin's header is refused. The value is never repeated: it may be personal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum HeaderRefused {
    /// The host sets this one.
    #[error("the header `{0}` belongs to the host")]
    Owned(String),
    /// Not a header name.
    #[error("a header's name is malformed")]
    Name,
    /// Line breaks, or characters outside visible ASCII.
    #[error("a header's value is malformed")]
    Value,
    /// Too many, or too long.
    #[error("the headers are more than {HEADERS_MAX}, or longer than {HEADERS_MAX_BYTES} bytes")]
    TooMany,
}

/// Checks a plugin's headers. `taken` is the header that the request's credential fills.
pub(super) fn from_plugin(
    headers: &[(String, String)],
    taken: Option<&HeaderName>,
) -> Result<HeaderMap, HeaderRefused> {
    let bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    if headers.len() > HEADERS_MAX || bytes > HEADERS_MAX_BYTES {
        return Err(HeaderRefused::TooMany);
    }
    let mut map = HeaderMap::with_capacity(headers.len() + 1);
    for (name, value) in headers {
        // `from_bytes` lowers the case and refuses `:`, so that no pseudo header passes.
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HeaderRefused::Name)?;
        let text = name.as_str();
        if OWNED.contains(&text) || text.starts_with("proxy-") || Some(&name) == taken {
            return Err(HeaderRefused::Owned(text.to_owned()));
        }
        let value = HeaderValue::from_str(value).map_err(|_| HeaderRefused::Value)?;
        map.append(name, value);
    }
    Ok(map)
}

/// The headers of a reply, as far as a plugin gets to see them.
pub(super) fn for_plugin(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut bytes = 0;
    headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "set-cookie" | "authorization"))
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .take(HEADERS_MAX)
        .take_while(|(name, value)| {
            bytes += name.len() + value.len();
            bytes <= HEADERS_MAX_BYTES
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, value: &str) -> Result<HeaderMap, HeaderRefused> {
        from_plugin(&[(name.to_owned(), value.to_owned())], Some(&HeaderName::from_static("xi-api-key")))
    }

    #[test]
    fn owned_headers_are_refused_in_any_case() {
        for name in [
            "host",
            "Host",
            "Content-Length",
            "AUTHORIZATION",
            "connection",
            "transfer-encoding",
            "te",
            "upgrade",
            "proxy-authorization",
            "Proxy-Anything",
            "cookie",
            "xi-api-key",
        ] {
            assert!(matches!(one(name, "x"), Err(HeaderRefused::Owned(_))), "{name}");
        }
    }

    #[test]
    fn nothing_is_smuggled_through_names_or_values() {
        for (name, value) in [
            ("x-a", "1\r\nauthorization: bearer x"),
            ("x-a", "1\nx-b: 2"),
            ("x-a", "\0"),
            ("x-a\r\nhost", "a.example"),
            ("x-a ", "1"),
            ("host ", "a.example"),
            (":authority", "a.example"),
            ("", "1"),
        ] {
            assert!(one(name, value).is_err(), "{name:?}: {value:?}");
        }
        assert_eq!(one("apns-topic", "nl.example.voip").unwrap()["apns-topic"], "nl.example.voip");
    }

    #[test]
    fn cookies_of_a_reply_stay_outside() {
        let mut headers = HeaderMap::new();
        headers.append("set-cookie", HeaderValue::from_static("a=b"));
        headers.append("apns-id", HeaderValue::from_static("7"));
        assert_eq!(for_plugin(&headers), vec![("apns-id".to_owned(), "7".to_owned())]);
    }
}
