//! The webhook: is it on, signed, and does it come to us? `mod` walks in; `choice` says which webhook is whose.

use std::collections::BTreeSet;

use callpanion_plugin_api::code;
use callpanion_plugin_api::provider::{Finding, Severity};
use serde_json::Value;

use super::agent::Agent;
use super::choice::{self, how_to_make};
use super::facts::Facts;
use super::report::Report;
use super::short;
use super::sight::Sight;

/// A failure of a webhook that is older says nothing of today.
const LATELY_S: u64 = 24 * 60 * 60;
const URL_MAX_CHARS: usize = 150;

/// What may be wrong with a webhook.
enum Fault<'a> {
    /// Somebody has switched it off.
    IsOff,
    /// ElevenLabs has switched it off.
    IsGivenUp,
    /// It goes elsewhere; the address.
    GoesElsewhere(&'a str),
    /// It is not signed with HMAC; the vendor's word for what it is.
    IsNotHmac(&'a str),
    /// We refused it lately, as we do when the secret is wrong; or answered with this status.
    FailedLately(u64),
    /// It is sent once.
    IsSentOnce,
}

impl Fault<'_> {
    /// The table: how grave, what is wrong, and how it is mended. `url` is where we take webhooks.
    fn say(&self, name: &str, url: &str) -> Finding {
        let (severity, what, mend) = match self {
            Self::IsOff => (
                Severity::Problem,
                format!("The webhook {name} is switched off."),
                "Switch it on in the ElevenLabs console under Settings, Webhooks.".to_owned(),
            ),
            Self::IsGivenUp => (
                Severity::Problem,
                format!("ElevenLabs has given up the webhook {name}, since it failed ten times in a row."),
                format!(
                    "See that {url} can be reached from the internet, and that the file of \
                     `credentials.webhook-secret` holds this webhook's secret. Then switch it on again in the \
                     ElevenLabs console under Settings, Webhooks."
                ),
            ),
            Self::GoesElsewhere(to) => (
                Severity::Problem,
                format!("The webhook {name} goes to {to}, and not to this Callpanion."),
                format!("{} The URL of one that exists cannot be changed.", how_to_make(url)),
            ),
            Self::IsNotHmac(kind) => (
                Severity::Problem,
                format!("The webhook {name} is not signed with HMAC but with {kind}, and Callpanion will refuse it."),
                how_to_make(url),
            ),
            Self::FailedLately(401 | 403) => (
                Severity::Warning,
                format!("Callpanion refused the webhook {name} within the last day: its secret is not the one here."),
                "If you have not mended that since: ElevenLabs shows a secret only once, so make the webhook anew \
                 under Settings, Webhooks, choose it under Agents, Settings, Post-call webhook, and put its secret \
                 into the file of `credentials.webhook-secret`."
                    .to_owned(),
            ),
            Self::FailedLately(status) => (
                Severity::Warning,
                format!("The webhook {name} failed within the last day: it was answered {status}."),
                format!("See that {url} leads to Callpanion, and look into its log of that time."),
            ),
            Self::IsSentOnce => (
                Severity::Warning,
                format!("The webhook {name} is sent once only: what comes while Callpanion restarts is learnt late."),
                RETRIES.to_owned(),
            ),
        };
        Finding::new(severity, what, mend)
    }
}

const RETRIES: &str = "In the ElevenLabs console open Settings, Webhooks, the webhook, and switch its retries on.";

/// Looks at the webhooks of these agents: at the settings of the workspace, and at the list of its webhooks.
pub(super) fn look(
    report: &mut Report,
    (workspace, webhooks): (Sight, Sight),
    agents: &[Agent],
    facts: &Facts,
    now_ms: u64,
) {
    let workspace = report.read("the choice of the webhook", workspace);
    let webhooks = report.read("the webhooks", webhooks);
    let all = webhooks.as_ref().map(|list| list["webhooks"].as_array().map(Vec::as_slice).unwrap_or_default());
    let url = facts.webhook_url();
    if facts.are_told() && !url.starts_with("https://") {
        report.add(own_url_is_not_https(url));
    }
    let mut seen = BTreeSet::new();
    for choice in choice::of(agents, workspace.as_ref()) {
        let id = choice.webhook_id();
        let webhook = id.and_then(|id| all?.iter().find(|it| it["webhook_id"] == id));
        choice.look(all.is_some() && webhook.is_none(), url).into_iter().for_each(|finding| report.add(finding));
        if let Some(webhook) = webhook
            && seen.insert(id)
        {
            look_at(report, webhook, facts, now_ms);
        }
    }
}

fn look_at(report: &mut Report, webhook: &Value, facts: &Facts, now_ms: u64) {
    let name = format!("\"{}\"", short(webhook["name"].as_str().unwrap_or_default()));
    let faults = faults(webhook, facts, now_ms);
    if faults.is_empty() {
        let to_us = if facts.are_told() { ", and comes to this Callpanion" } else { "" };
        report.ok(format!("The webhook {name} is on and signed{to_us}."));
    }
    for fault in &faults {
        report.add(fault.say(&name, facts.webhook_url()));
    }
    if webhook["retry_enabled"].as_bool().is_none() {
        let what = format!("Whether the webhook {name} is sent again when it fails cannot be seen from here.");
        report.note(what, RETRIES);
    }
}

fn own_url_is_not_https(url: &str) -> Finding {
    Finding::new(
        Severity::Problem,
        format!("ElevenLabs sends webhooks to https addresses only, and Callpanion's is {url}."),
        "Set `public_url` to the https address at which the internet reaches this Callpanion.",
    )
}

fn faults<'a>(webhook: &'a Value, facts: &Facts, now_ms: u64) -> Vec<Fault<'a>> {
    let to = webhook["webhook_url"].as_str().unwrap_or_default();
    let is_ours = facts.webhook_urls.iter().any(|own| plain(own) == plain(to));
    let kind = webhook["auth_type"].as_str().unwrap_or_default();
    let failed_s = webhook["most_recent_failure_timestamp"].as_u64().unwrap_or_default();
    let status = webhook["most_recent_failure_error_code"].as_u64().unwrap_or_default();
    let is_late = failed_s.saturating_add(LATELY_S) > now_ms / 1_000;
    let is_given_up = webhook["is_auto_disabled"] == true;
    let seen = [
        (webhook["is_disabled"] == true, Fault::IsOff),
        (is_given_up, Fault::IsGivenUp),
        (facts.are_told() && !is_ours, Fault::GoesElsewhere(shown(to))),
        (kind != "hmac", Fault::IsNotHmac(code(kind).unwrap_or("something else"))),
        (!is_given_up && is_late && status > 0, Fault::FailedLately(status)),
        (webhook["retry_enabled"] == false, Fault::IsSentOnce),
    ];
    seen.into_iter().filter_map(|(is_so, fault)| is_so.then_some(fault)).collect()
}

/// A URL as two are compared: the scheme's own port and a slash at the end change nothing.
fn plain(url: &str) -> String {
    let (scheme, rest) = url.trim().split_once("://").unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let port = if scheme == "https" { ":443" } else { ":80" };
    format!("{scheme}://{}/{}", host.strip_suffix(port).unwrap_or(&host), path.trim_end_matches('/'))
}

/// As much of an address as may be shown: what follows a question mark may be a secret.
fn shown(url: &str) -> &str {
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    match bare.char_indices().nth(URL_MAX_CHARS) {
        Some((end, _)) => bare.get(..end).unwrap_or_default(),
        None if bare.is_empty() => "no address",
        None => bare,
    }
}
