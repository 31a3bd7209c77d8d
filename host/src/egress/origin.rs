//! Origins: scheme, host and port of a URL, the unit in which hosts are granted.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// Scheme, host and port, for example `https://fcm.googleapis.com`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

/// The text is no origin of the web.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an origin such as \"https://api.example.com\"")]
pub struct NoOrigin(pub String);

impl Origin {
    /// The origin of `url`; `None` unless it is http or https.
    pub fn of(url: &Url) -> Option<Self> {
        let web = matches!(url.scheme(), "https" | "http") && url.host().is_some();
        web.then(|| Self(url.origin().ascii_serialization()))
    }
}

impl FromStr for Origin {
    type Err = NoOrigin;

    /// Reads a bare origin: a path, a query or a user name is an error.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bare = |url: &Url| {
            !text.contains('*')
                && url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        };
        let url = Url::parse(text).ok().filter(bare);
        url.as_ref().and_then(Self::of).ok_or_else(|| NoOrigin(text.to_owned()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_ports_and_case_do_not_matter_but_scheme_and_port_do() {
        let origin = |text: &str| text.parse::<Origin>().unwrap();
        assert_eq!(origin("https://API.example.com:443/"), origin("https://api.example.com"));
        assert_ne!(origin("https://api.example.com:444"), origin("https://api.example.com"));
        assert_ne!(origin("http://api.example.com"), origin("https://api.example.com"));
    }

    #[test]
    fn only_bare_web_origins_are_origins() {
        for text in
            ["api.example.com", "https://a.example/path", "ftp://a.example", "https://me@a.example", "https://*", ""]
        {
            let parsed = text.parse::<Origin>();
            assert!(parsed.is_err(), "{parsed:?}");
        }
    }
}
