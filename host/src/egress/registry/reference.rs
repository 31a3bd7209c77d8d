//! References to artifacts: `oci://registry/repository:tag@sha256:…`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::{Host, Url};

/// Where an artifact lies, and the digest that it must have.
///
/// The digest is what counts: a tag can be moved to something else at any time, so it is read and not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Scheme, host and port.
    pub(super) base: Url,
    pub(super) repository: String,
    /// SHA-256 of the artifact's manifest, 64 digits in lower case.
    pub(super) sha256: String,
    text: String,
}

/// The text is no reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoReference {
    /// The digest is missing.
    #[error(
        "\"{0}\" names no digest: write oci://registry/repository@sha256: and the 64 digits of the manifest's digest, \
         which `oras push` and the registry's pages show"
    )]
    Digest(String),
    /// Something else is wrong.
    #[error("\"{0}\" is not a reference such as oci://ghcr.io/someone/bell:1.0@sha256:…")]
    Malformed(String),
}

impl Reference {
    /// Whether the registry is this machine itself: only then may it speak plain HTTP.
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }
}

/// Whether the URL's host is this machine itself.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(v4)) => v4.is_loopback(),
        Some(Host::Ipv6(v6)) => IpAddr::V6(v6).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

impl FromStr for Reference {
    type Err = NoReference;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || NoReference::Malformed(text.to_owned());
        let rest = text.strip_prefix("oci://").ok_or_else(malformed)?;
        let (named, digest) = rest.split_once('@').ok_or_else(|| NoReference::Digest(text.to_owned()))?;
        let sha256 = digest.strip_prefix("sha256:").filter(|hex| is_sha256(hex));
        let sha256 = sha256.ok_or_else(|| NoReference::Digest(text.to_owned()))?.to_owned();
        let (host, path) = named.split_once('/').ok_or_else(malformed)?;
        let (repository, tag) = path.split_once(':').map_or((path, None), |(path, tag)| (path, Some(tag)));
        if !is_repository(repository) || !tag.is_none_or(is_tag) {
            return Err(malformed());
        }
        // Docker Hub's name is not where its registry is.
        let host = if host == "docker.io" { "registry-1.docker.io" } else { host };
        let bare = |url: &Url| url.path() == "/" && url.username().is_empty() && url.password().is_none();
        let parse = |scheme: &str| Url::parse(&format!("{scheme}://{host}/")).ok().filter(bare);
        let mut base = parse("https").filter(|url| url.query().is_none() && url.fragment().is_none());
        if base.as_ref().is_some_and(is_loopback) {
            base = parse("http");
        }
        let base = base.ok_or_else(malformed)?;
        Ok(Self { base, repository: repository.to_owned(), sha256, text: text.to_owned() })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether `text` is 64 hexadecimal digits in lower case.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The specification's rule for names, a little wider: what matters is that no part walks up the path.
fn is_repository(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let part = |part: &str| {
        let bytes = part.as_bytes();
        bytes.first().is_some_and(|b| plain(*b))
            && bytes.last().is_some_and(|b| plain(*b))
            && bytes.iter().all(|b| plain(*b) || matches!(b, b'.' | b'_' | b'-'))
    };
    path.len() <= 255 && path.split('/').all(part)
}

fn is_tag(tag: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(plain)
        && tag.bytes().all(|b| plain(b) || matches!(b, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn parts_are_taken_apart_and_only_loopback_is_plain() {
        for (text, base, repository) in [
            ("ghcr.io/someone/bell:1.0", "https://ghcr.io/", "someone/bell"),
            ("ghcr.io/bell", "https://ghcr.io/", "bell"),
            ("docker.io/someone/bell", "https://registry-1.docker.io/", "someone/bell"),
            ("registry.example:5000/a/b_c/d-e.f:v1", "https://registry.example:5000/", "a/b_c/d-e.f"),
            ("10.0.0.5:5000/bell", "https://10.0.0.5:5000/", "bell"),
            ("localhost:5000/bell", "http://localhost:5000/", "bell"),
            ("127.0.0.1:5000/bell:x", "http://127.0.0.1:5000/", "bell"),
            ("[::1]:5000/bell", "http://[::1]:5000/", "bell"),
        ] {
            let reference: Reference = format!("oci://{text}@sha256:{HEX}").parse().unwrap();
            let found = (reference.base.as_str(), reference.repository.as_str(), reference.sha256.as_str());
            assert_eq!(found, (base, repository, HEX), "{text}");
        }
    }

    #[test]
    fn without_a_digest_nothing_is_fetched() {
        let upper = HEX.to_uppercase();
        for digest in ["", "@", "@sha256:", "@sha256:abc", "@sha512:abc", &format!("@sha256:{upper}")] {
            let text = format!("oci://ghcr.io/someone/bell:1.0{digest}");
            assert_eq!(text.parse::<Reference>(), Err(NoReference::Digest(text)));
        }
    }

    #[test]
    fn what_walks_or_hides_is_refused() {
        for named in [
            "",
            "ghcr.io",
            "ghcr.io/",
            "/bell",
            "ghcr.io/../bell",
            "ghcr.io/a//b",
            "ghcr.io/Bell",
            "ghcr.io/a?b",
            "ghcr.io/a#b",
            "ghcr.io/bell:",
            "ghcr.io/bell:-x",
            "ghcr.io/bell:a:b",
            "a b/bell",
            "ghcr.io/bell%2f",
            "ghcr.io?x/bell",
            "ghcr.io#x/bell",
        ] {
            let text = format!("oci://{named}@sha256:{HEX}");
            assert_eq!(text.parse::<Reference>(), Err(NoReference::Malformed(text)), "{named}");
        }
        assert!(format!("https://ghcr.io/bell@sha256:{HEX}").parse::<Reference>().is_err());
    }
}
