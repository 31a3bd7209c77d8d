//! Number lookup: what is behind a phone number, in words of the house.

use std::time::Duration;

use super::bound::{reason, text};
use super::exchange::{Input, Output, wit};
use super::failure::PluginFailure;
use super::run::Plugin;
use crate::domain::{LineKind, NumberFacts};

const LOCALE: &str = "en";
const CARRIER_MAX_CHARS: usize = 100;

impl Plugin {
    pub(super) async fn look_up(&self, number: &str, deadline: Duration) -> Result<NumberFacts, PluginFailure> {
        let Output::LookedUp(facts) = self.converse(LOCALE, deadline, Input::LookUp(number.to_owned())).await? else {
            return Err(self.off_key());
        };
        Ok(NumberFacts {
            valid: facts.valid,
            line: facts.line.map(|line| match line {
                wit::LineKind::Mobile => LineKind::Mobile,
                wit::LineKind::Landline => LineKind::Landline,
                wit::LineKind::Voip => LineKind::Voip,
                wit::LineKind::TollFree => LineKind::TollFree,
                wit::LineKind::Other => LineKind::Other,
            }),
            country: facts.country.filter(|code| is_country(code)),
            carrier: facts.carrier.map(|name| reason(&text(&name, CARRIER_MAX_CHARS))).filter(|name| !name.is_empty()),
        })
    }
}

/// Whether it has the form of ISO 3166-1 alpha-2.
fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_capitals() {
        assert!(is_country("ID"));
        assert!(!["", "id", "IDN", "1D", "É"].into_iter().any(is_country));
    }
}
