//! Is everything set up? `check` walks in. It only reads, asks for everything at once, and tells all that is wrong at
//! once.
//!
//! `sight` says what became of a look, `report` gathers the findings, `facts` is what the host tells of itself. The
//! other files each hold a table: what may be wrong, how grave it is, and where in ElevenLabs' console it is mended.
//! The places in the console are those of its documentation of 2026.
//!
//! What reading cannot show is said too: a finding that is in order and has a `mend`, which the host shows as a note.

mod account;
mod agent;
mod choice;
mod facts;
pub(crate) mod notes;
mod phone;
mod report;
mod sight;
pub(crate) mod talk;
mod variables;
mod webhook;

use callpanion_plugin_api::provider::Finding;
use callpanion_plugin_api::{Ctx, Stop, percent_encode};

pub(crate) use self::choice::how_to_make as how_to_make_a_webhook;
use self::facts::Facts;
use self::report::Report;
use self::sight::Sight;
use crate::Settings;

/// A vendor's name for something, or an id, is shown so long.
const NAME_MAX_CHARS: usize = 40;
/// So many things are named in one finding: the host shows 500 characters of it.
const LISTED_MAX: usize = 5;

/// Looks at the key, the agents, the number, the webhook and the credit.
pub(crate) fn all(ctx: &mut Ctx, settings: &Settings) -> Result<Vec<Finding>, Stop> {
    let facts = Facts::of(ctx);
    let dialling = facts.phone.as_ref();
    // What a channel has at another address is not there at ours.
    let phone = dialling.filter(|phone| phone.is_at(&settings.base_url));
    let ours = agent::ours(settings, phone);
    let mut requests = vec![
        settings.get("agents?page_size=1"),
        settings.get("settings"),
        settings.get_of_account("workspace/webhooks"),
        settings.get_of_account("user/subscription"),
    ];
    requests.extend(phone.map(|_| settings.get("phone-numbers")));
    requests.extend(ours.iter().map(|agent| settings.get(&format!("agents/{}", percent_encode(&agent.id)))));
    let now_ms = ctx.now_ms();
    let mut sights = ctx.http_all(requests)?.into_iter().map(|answer| Sight::of(answer, now_ms));
    let mut next = || sights.next().ok_or_else(|| Stop::permanent("an answer is missing"));

    let mut report = Report::default();
    if !account::has_key(&mut report, next()?) {
        return Ok(report.findings());
    }
    let (workspace, webhooks, subscription) = (next()?, next()?, next()?);
    let numbers = phone.map(|phone| next().map(|numbers| (phone, numbers))).transpose()?;
    let mut agents = Vec::new();
    for ours in ours {
        agents.extend(agent::read(&mut report, ours, next()?));
    }

    for agent in &agents {
        agent::look(&mut report, agent, &facts, phone, settings);
    }
    if let Some(elsewhere) = dialling.filter(|_| phone.is_none()) {
        phone::tell_of_another_address(&mut report, elsewhere);
    }
    if let Some((phone, numbers)) = numbers {
        phone::look(&mut report, phone, numbers, settings);
    }
    webhook::look(&mut report, (workspace, webhooks), &agents, &facts, now_ms);
    account::look(&mut report, subscription);
    tell_what_only_a_call_shows(&mut report, &facts);
    Ok(report.findings())
}

/// What no reading shows. A secret that is right, for one, is proven by a webhook that came.
fn tell_what_only_a_call_shows(report: &mut Report, facts: &Facts) {
    if !facts.are_told() {
        report.note(
            "This Callpanion does not tell its address and what it sends, so nothing was compared with them.",
            "Update Callpanion, and check again.",
        );
    }
    let terms = if facts.phone.is_some() { ", whether the terms of batch calling were accepted" } else { "" };
    let console = if facts.phone.is_some() {
        " The terms are accepted once, in the ElevenLabs console under Agents, Outbound (Batch Calling)."
    } else {
        ""
    };
    report.note(
        format!("Only a call shows whether the key may start talks{terms}, and whether the webhook's secret is right."),
        format!(
            "Make a test call. If it does not start, the staff's page says why.{console} If its summary comes only \
             minutes after the talk, no webhook came: Callpanion's address cannot be reached, or the secret is \
             wrong. ElevenLabs shows a secret only once, so make the webhook anew."
        ),
    );
}

/// A name or an id on one line, and not too much of it.
fn short(text: &str) -> String {
    text.chars().take(NAME_MAX_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Texts as a list in a sentence: `a, b and c`, or `a, b, c, d, e and 7 more`.
fn listed(texts: &[String]) -> String {
    match texts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if texts.len() <= LISTED_MAX => format!("{} and {last}", first.join(", ")),
        _ => {
            let shown: Vec<&str> = texts.iter().take(LISTED_MAX).map(String::as_str).collect();
            format!("{} and {} more", shown.join(", "), texts.len() - LISTED_MAX)
        }
    }
}
