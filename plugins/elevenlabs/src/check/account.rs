//! The account: is the key accepted, and what is left to spend? `mod` walks in, first and last.

use callpanion_plugin_api::code;
use callpanion_plugin_api::provider::{Finding, Severity};
use serde_json::Value;

use super::report::Report;
use super::sight::Sight;

/// Words of `status` that say that somebody must pay.
const UNPAID: [&str; 4] = ["past_due", "unpaid", "incomplete", "incomplete_expired"];

/// What may be wrong with the account.
enum Fault {
    /// The vendor does not know the key; its codes.
    BadKey(String),
    /// The key may not look at agents; the vendor's codes.
    Denied(String),
    /// Another server answers.
    NotElevenLabs,
    /// It could not be tried: how grave, why, and what to do.
    Untried(Severity, String, String),
    /// The vendor waits for money.
    Unpaid,
    /// Nothing is left.
    UsedUp,
    /// Nothing is left, and more is bought.
    BuysMore,
    /// Little is left: so many credits of so many.
    RunsLow(i64, i64),
}

impl Fault {
    /// The table: how grave, what is wrong, and how it is mended.
    fn say(self) -> Finding {
        let (severity, what, mend) = match self {
            Self::BadKey(codes) => (
                Severity::Problem,
                format!("ElevenLabs does not accept the key ({codes})."),
                "Make a new key in the ElevenLabs console under Developers, API Keys, and put it into the file that \
                 `credentials.api-key` names: the long text that begins with sk_, not the key's name or id. A \
                 workspace with data residency has keys of its own, and wants its own address in `base_url`.",
            ),
            Self::Denied(codes) => (
                Severity::Problem,
                format!("ElevenLabs knows the key and denies it everything ({codes})."),
                "Have an admin of the ElevenLabs workspace make a key under Developers, API Keys, for \
                 `credentials.api-key`; see there too whether the key is bound to other internet addresses, and \
                 whether the plan has ElevenLabs Agents.",
            ),
            Self::NotElevenLabs => (
                Severity::Problem,
                "What answers at `base_url` is not ElevenLabs.".to_owned(),
                "Take `base_url` out of the configuration, or set it to the address of your residency workspace, such \
                 as https://api.eu.residency.elevenlabs.io.",
            ),
            Self::Untried(severity, why, mend) => {
                return Finding::new(severity, format!("The key could not be tried: {why}."), mend);
            }
            Self::Unpaid => (
                Severity::Warning,
                "ElevenLabs waits for a payment, and may stop all calls.".to_owned(),
                "Pay the open invoice in the ElevenLabs console under Subscription.",
            ),
            Self::UsedUp => (
                Severity::Problem,
                "No credit is left at ElevenLabs: nobody can talk.".to_owned(),
                "Buy more in the ElevenLabs console under Subscription, or wait for the next month's credit. Allow \
                 usage-based billing there, so that calls do not stop again.",
            ),
            Self::BuysMore => (
                Severity::Warning,
                "The plan's credit is used up, and every talk costs extra.".to_owned(),
                "If that is not what you want, choose a larger plan in the ElevenLabs console under Subscription.",
            ),
            Self::RunsLow(left, of) => (
                Severity::Warning,
                format!("Only {left} of {of} credits are left: when they are used up, calls stop."),
                "Buy more in the ElevenLabs console under Subscription, or allow usage-based billing there.",
            ),
        };
        Finding::new(severity, what, mend)
    }
}

/// Whether the key is accepted: without it nothing else can be said.
pub(super) fn has_key(report: &mut Report, sight: Sight) -> bool {
    let fault = match sight {
        Sight::There(told) if told["agents"].is_array() => {
            report.ok("ElevenLabs accepts the key.");
            return true;
        }
        Sight::Lacking(permission) => {
            report.lacks(permission, "the agents");
            return true;
        }
        Sight::There(_) | Sight::Absent => Fault::NotElevenLabs,
        Sight::BadKey(codes) => Fault::BadKey(codes),
        Sight::Denied(codes) => Fault::Denied(codes),
        Sight::Unseen(severity, why, mend) => Fault::Untried(severity, why, mend),
    };
    report.add(fault.say());
    false
}

/// What is left to spend.
pub(super) fn look(report: &mut Report, subscription: Sight) {
    let Some(told) = report.read("the credit", subscription) else { return };
    if told["has_open_invoices"] == true || told["status"].as_str().is_some_and(|status| UNPAID.contains(&status)) {
        report.add(Fault::Unpaid.say());
    }
    let (Some(used), Some(of)) = (told["character_count"].as_i64(), told["character_limit"].as_i64()) else {
        report.note("ElevenLabs does not say how much credit is left.", "Look in its console under Subscription.");
        return;
    };
    let left = of.saturating_sub(used).max(0);
    let buys_more = told["can_extend_character_limit"] == true && told["allowed_to_extend_character_limit"] == true;
    match (left, buys_more) {
        (0, false) => report.add(Fault::UsedUp.say()),
        (0, true) => report.add(Fault::BuysMore.say()),
        (_, false) if left.saturating_mul(10) < of => report.add(Fault::RunsLow(left, of).say()),
        _ => report.ok(format!("{left} of {of} credits are left. {}", plan(&told))),
    }
}

/// How many can talk at once is not told by any page that a key may read.
fn plan(told: &Value) -> String {
    let tier = told["tier"].as_str().and_then(code).map_or_else(String::new, |tier| format!(", {tier}"));
    format!("How many can talk at the same time depends on the plan{tier}.")
}
