//! Who may push: the ES256 provider token, its age, and how often it may change.

use http::HeaderMap;

use super::Auth;
use crate::keys::Jwt;

/// Older tokens are `ExpiredProviderToken`.
const LONGEST_AGE_S: i64 = 3600;
/// Tokens issued closer together than this are `TooManyProviderTokenUpdates`.
const SHORTEST_CHANGE_S: i64 = 20 * 60;
/// How far a sender's clock may run ahead.
const SKEW_S: i64 = 300;

/// The provider tokens that one environment has accepted.
#[derive(Default)]
pub(crate) struct ProviderTokens {
    /// Each accepted token with its issue time.
    accepted: Vec<(String, i64)>,
}

impl ProviderTokens {
    pub(crate) fn seen(&self) -> usize {
        self.accepted.len()
    }

    /// Accepts the request's token or names Apple's reason for refusing it.
    pub(crate) fn check(&mut self, auth: &Auth, headers: &HeaderMap, now_s: i64) -> Result<(), &'static str> {
        let mut authorisations = headers.get_all("authorization").iter();
        let header = authorisations.next().ok_or("MissingProviderToken")?;
        if authorisations.next().is_some() {
            return Err("DuplicateHeaders");
        }
        let text = header.to_str().map_err(|_| "InvalidProviderToken")?;
        let token = match text.split_at_checked(7) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer ") => token,
            _ => return Err("InvalidProviderToken"),
        };
        let jwt = Jwt::parse(token).ok_or("InvalidProviderToken")?;
        let issued = jwt.claims["iat"].as_i64().ok_or("InvalidProviderToken")?;
        let ours = jwt.header["alg"] == "ES256"
            && jwt.header["kid"] == auth.key_id.as_str()
            && jwt.claims["iss"] == auth.team_id.as_str()
            && auth.pair.verifies(&jwt);
        if !ours || issued > now_s + SKEW_S {
            return Err("InvalidProviderToken");
        }
        if now_s - issued > LONGEST_AGE_S {
            return Err("ExpiredProviderToken");
        }
        self.note(token, issued)
    }

    /// The same token may come as often as it likes; a new one only some time after the last.
    fn note(&mut self, token: &str, issued: i64) -> Result<(), &'static str> {
        if self.accepted.iter().any(|(accepted, _)| accepted == token) {
            return Ok(());
        }
        let latest = self.accepted.iter().map(|(_, issued)| *issued).max();
        if latest.is_some_and(|latest| issued - latest < SHORTEST_CHANGE_S) {
            return Err("TooManyProviderTokenUpdates");
        }
        self.accepted.push((token.to_owned(), issued));
        Ok(())
    }
}
