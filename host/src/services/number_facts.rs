//! Number facts: what a vendor knows of a phone number that somebody gives anew. Whatever keeps numbers walks in, before it
//! does.
//!
//! Nothing of it is kept. Whoever gives the number waits for the vendor, for seconds at the most, since only they can mend
//! a wrong digit. A look-up that fails, comes late or would be one too many lets the number pass: the first message or call
//! tells the rest.

use std::time::Duration;

use tokio::sync::Semaphore;

use super::error::ServiceError;
use super::staff_alerts;
use super::throttle::{self, Throttle};
use crate::app::App;
use crate::domain::{AccountId, Fault, LineKind, NumberFacts};

/// Somebody waits at a form.
const DEADLINE: Duration = Duration::from_secs(4);
/// A slow vendor holds so many requests at once.
const LOOK_UPS_MAX: usize = 4;
/// Look-ups for one account within a day, and for this installation within an hour: vendors charge for each.
const A_DAY: u32 = 20;
const DAY_S: u32 = 86_400;
const AN_HOUR: u32 = 200;
const HOUR_S: u32 = 3_600;

static LOOK_UPS: Semaphore = Semaphore::const_new(LOOK_UPS_MAX);

/// What a number is given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A callee is called there.
    Calls,
    /// Somebody is told there by text message.
    Texts,
}

/// Refuses a number (E.164) of which a vendor knows that it does not do for this.
///
/// # Errors
/// [`ServiceError::Invalid`] for `phone`, and nothing else: what is not known lets it pass.
pub(crate) async fn check(app: &App, account: AccountId, number: &str, purpose: Purpose) -> Result<(), ServiceError> {
    match look_up(app, account, number).await {
        Some(facts) => judge(&facts, purpose),
        None => Ok(()),
    }
}

async fn look_up(app: &App, account: AccountId, number: &str) -> Option<NumberFacts> {
    let plugin = app.plugins.number_expert()?;
    let _place = LOOK_UPS.try_acquire().ok()?;
    let throttles = vec![
        Throttle::new("look-up-account", &account.to_string(), A_DAY, DAY_S),
        Throttle::new("look-up", "all", AN_HOUR, HOUR_S),
    ];
    // Too many are no reason to refuse a number, and the failure of a database shows when the number is kept.
    throttle::count_all(app, throttles).await.ok()?;
    match app.plugins.look_up(&plugin, number, DEADLINE).await {
        Ok(facts) => {
            app.proofs.worked(Fault::NumberFacts, &plugin, app.clock.now());
            Some(facts)
        }
        Err(failure) => {
            staff_alerts::tell(app, Fault::NumberFacts, &plugin, &failure).await;
            None
        }
    }
}

fn judge(facts: &NumberFacts, purpose: Purpose) -> Result<(), ServiceError> {
    let code = match (facts.valid, facts.line, purpose) {
        (false, _, _) => "phone-unknown",
        (true, Some(LineKind::Landline | LineKind::TollFree), Purpose::Texts) => "phone-no-texts",
        (true, Some(LineKind::TollFree), Purpose::Calls) => "phone-kind",
        (true, _, _) => return Ok(()),
    };
    Err(ServiceError::Invalid { field: "phone", code })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(valid: bool, line: Option<LineKind>, purpose: Purpose) -> Option<&'static str> {
        match judge(&NumberFacts { valid, line, country: None, carrier: None }, purpose) {
            Ok(()) => None,
            Err(ServiceError::Invalid { field: "phone", code }) => Some(code),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn only_what_is_known_not_to_do_is_refused() {
        for purpose in [Purpose::Calls, Purpose::Texts] {
            assert_eq!(verdict(false, None, purpose), Some("phone-unknown"));
            for line in [None, Some(LineKind::Mobile), Some(LineKind::Voip), Some(LineKind::Other)] {
                assert_eq!(verdict(true, line, purpose), None, "{line:?}");
            }
        }
        assert_eq!(verdict(true, Some(LineKind::Landline), Purpose::Calls), None, "it rings");
        assert_eq!(verdict(true, Some(LineKind::Landline), Purpose::Texts), Some("phone-no-texts"));
        assert_eq!(verdict(true, Some(LineKind::TollFree), Purpose::Texts), Some("phone-no-texts"));
        assert_eq!(verdict(true, Some(LineKind::TollFree), Purpose::Calls), Some("phone-kind"));
    }
}
