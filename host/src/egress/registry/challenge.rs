//! What a registry says when it wants a pass: `WWW-Authenticate: Bearer realm="…",service="…",scope="…"`.

use url::Url;

/// Where a pass for readers can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    /// The URL to ask.
    pub(super) realm: String,
    /// What else to tell it.
    rest: Vec<(String, String)>,
}

impl Challenge {
    /// Reads one header; `None` when it wants something else than a bearer's pass.
    pub(super) fn read(header: &str) -> Option<Self> {
        let (scheme, parameters) = header.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let mut pairs = pairs(parameters);
        let realm = pairs.iter().position(|(name, _)| name == "realm")?;
        let (_, realm) = pairs.remove(realm);
        pairs.retain(|(name, _)| name == "service" || name == "scope");
        Some(Self { realm, rest: pairs })
    }

    /// The request for the pass.
    pub(super) fn url(&self) -> Option<Url> {
        let mut url = Url::parse(&self.realm).ok()?;
        url.query_pairs_mut().extend_pairs(&self.rest);
        Some(url)
    }
}

/// `name="value", …`; a comma in quotation marks is a part of its value.
fn pairs(text: &str) -> Vec<(String, String)> {
    let (mut pairs, mut rest) = (Vec::new(), text);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', ',']).to_ascii_lowercase();
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        pairs.push((name, value.to_owned()));
        rest = after;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearer_challenges_become_urls() {
        for (header, url) in [
            (
                r#"Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull""#,
                "https://auth.example/token?service=registry.example&scope=repository%3Aa%2Fb%3Apull",
            ),
            (
                r#"bearer scope="repository:a:pull,push" , realm="https://auth.example/t?x=1""#,
                "https://auth.example/t?x=1&scope=repository%3Aa%3Apull%2Cpush",
            ),
            ("Bearer realm=https://auth.example/,error=invalid_token", "https://auth.example/?"),
        ] {
            let challenge = Challenge::read(header).unwrap();
            assert_eq!(challenge.url().unwrap().as_str(), url);
        }
    }

    #[test]
    fn others_are_none() {
        for header in ["", "Basic realm=\"x\"", "Bearer", "Bearer service=\"x\"", "Bearer realm"] {
            assert_eq!(Challenge::read(header), None, "{header}");
        }
        assert_eq!(Challenge::read("Bearer realm=\"unclosed").unwrap().url(), None);
    }
}
