//! Each agent: is it there, and set up as calls need it? `mod` walks in with what the vendor tells of it; `talk`,
//! `variables` and `notes` look at their parts.

use std::collections::BTreeMap;

use callpanion_plugin_api::provider::{Finding, Severity};
use serde_json::Value;

use super::facts::{Facts, Phone};
use super::report::Report;
use super::sight::Sight;
use super::{notes, short, talk, variables};
use crate::Settings;

/// One of our agents, and where it talks.
pub(super) struct Ours {
    pub(super) id: String,
    pub(super) in_app: bool,
    pub(super) by_phone: bool,
}

/// One that the vendor knows.
pub(super) struct Agent {
    pub(super) ours: Ours,
    /// The vendor's JSON.
    pub(super) told: Value,
}

impl Agent {
    /// Its name and where it talks, for people: `"Companion" (in the app)`.
    pub(super) fn label(&self) -> String {
        let name = self.told["name"].as_str().filter(|name| !name.trim().is_empty()).unwrap_or(&self.ours.id);
        let place = match (self.ours.in_app, self.ours.by_phone) {
            (true, true) => "in the app and on the phone",
            (false, true) => "on the phone",
            (_, false) => "in the app",
        };
        format!("\"{}\" ({place})", short(name))
    }
}

/// All agents that the settings name, and those of the channel that dials.
pub(super) fn ours(settings: &Settings, phone: Option<&Phone>) -> Vec<Ours> {
    let mut places: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for id in settings.app_agents() {
        places.entry(id).or_default().0 = true;
    }
    for id in settings.phone_agents().chain(phone.into_iter().flat_map(Phone::agents)) {
        places.entry(id).or_default().1 = true;
    }
    let ours = |(id, (in_app, by_phone)): (&str, (bool, bool))| Ours { id: id.to_owned(), in_app, by_phone };
    places.into_iter().map(ours).collect()
}

/// What may be wrong with an agent.
enum Fault<'a> {
    /// Anyone can talk to it.
    IsPublic,
    /// Calls set its language, as this channel is told to, and it does not allow that.
    LanguageIsFixed(&'a str),
    /// Devices are to set this in the app, by this setting, and it does not allow that.
    IsFixedInApp(&'static str, &'static str),
    /// It keeps nothing, and is to be called by phone.
    RefusesBatches,
    /// It keeps nothing.
    KeepsNothing,
    /// It keeps what was said without end, or for years.
    KeepsForever,
    /// A limit of it is zero.
    TakesNoCalls,
    /// It talks with so many at once, and a batch wants more.
    TalksWithFewer(i64, i64),
}

impl Fault<'_> {
    /// The table: how grave, what is wrong, and how it is mended.
    fn say(&self, agent: &str) -> Finding {
        let (severity, what, mend) = match self {
            Self::IsPublic => (
                Severity::Warning,
                format!("Agent {agent} talks to anyone who knows its id, at your cost."),
                "Open the agent in the ElevenLabs console, and on its Security tab switch on \"Enable \
                 authentication\". Callpanion gives each phone a token of its own, so nothing else changes.",
            ),
            Self::LanguageIsFixed(channel) => (
                Severity::Problem,
                format!("Agent {agent} does not let calls set its language, and `{channel}` does: no phone will ring."),
                "Open the agent in the ElevenLabs console, and on its Security tab, under Overrides, switch on \
                 Language. Or set `override_language = false` for the channel in the configuration.",
            ),
            Self::IsFixedInApp(what, setting) => {
                return Finding::new(
                    Severity::Problem,
                    format!("Agent {agent} does not let the app set its {what}, and `{setting}` does: no talk begins."),
                    format!(
                        "Open the agent in the ElevenLabs console, and on its Security tab, under Overrides, switch on \
                         that. Or take `{setting}` out of the plugin's settings in the configuration."
                    ),
                );
            }
            Self::RefusesBatches => (
                Severity::Problem,
                format!("Agent {agent} is in Zero Retention Mode, which batch calls refuse: no phone will ring."),
                "Open the agent in the ElevenLabs console, and on its Advanced tab, under Privacy, switch Zero \
                 Retention Mode off. Data Retention of some days is the next best.",
            ),
            Self::KeepsNothing => (
                Severity::Warning,
                format!("Agent {agent} keeps nothing of its talks: one whose webhook is lost gets no summary."),
                "Open the agent in the ElevenLabs console, and on its Advanced tab set Data Retention to 7 days or \
                 more, with Zero Retention Mode off. Callpanion fetches within a day what no webhook told.",
            ),
            Self::KeepsForever => (
                Severity::Warning,
                format!("Agent {agent} keeps what was said for years, or for ever."),
                "Open the agent in the ElevenLabs console, and on its Advanced tab, under Data Retention, write a \
                 number of days, for example 30. Callpanion has its own copy within a day.",
            ),
            Self::TakesNoCalls => (
                Severity::Problem,
                format!("Agent {agent} takes no calls: one of its limits is 0."),
                "Open the agent in the ElevenLabs console, and look for its limits on calls at once and calls per day, \
                 on the Security or the Advanced tab. -1 means no limit.",
            ),
            Self::TalksWithFewer(at_once, wanted) => (
                Severity::Warning,
                format!(
                    "Agent {agent} talks with {at_once} at once at the most, and a batch is told to make {wanted}."
                ),
                "Raise the agent's limit of calls at once in the ElevenLabs console, or lower \
                 `target_concurrency_limit` in the configuration.",
            ),
        };
        Finding::new(severity, what, mend)
    }
}

/// What the vendor tells of one of our agents. That it tells nothing is a finding.
pub(super) fn read(report: &mut Report, ours: Ours, sight: Sight) -> Option<Agent> {
    let told = match sight {
        Sight::Absent | Sight::Denied(_) => {
            report.add(stranger(&ours.id));
            return None;
        }
        sight => report.read("the agents", sight)?,
    };
    Some(Agent { ours, told })
}

fn stranger(id: &str) -> Finding {
    Finding::new(
        Severity::Problem,
        format!("ElevenLabs does not show agent {} to this key.", short(id)),
        "Open the agent in the ElevenLabs console and copy its id, which begins with agent_, to where the \
         configuration has the wrong one: `agent_id`, `agents`, `phone_agent_id` or `phone_agents`. If the id is \
         right, the key is another workspace's: make one in the agent's workspace. A workspace with data residency \
         also wants its own address in `base_url`.",
    )
}

/// Looks at one agent.
pub(super) fn look(report: &mut Report, agent: &Agent, facts: &Facts, phone: Option<&Phone>, settings: &Settings) {
    let label = agent.label();
    let mut findings: Vec<Finding> = faults(agent, phone, settings).iter().map(|fault| fault.say(&label)).collect();
    findings.extend(talk::look(agent, settings));
    findings.extend(variables::look(agent, facts));
    findings.extend(notes::look(agent, facts));
    if findings.iter().all(|finding| finding.severity == Severity::Ok) {
        let days = agent.told["platform_settings"]["privacy"]["retention_days"].as_i64().unwrap_or_default();
        let fits = match (facts.are_told(), facts.has_our_renderer()) {
            (true, true) => ", its variables and notes fit",
            (true, false) => ", its variables fit",
            (false, _) => "",
        };
        report.ok(format!(
            "Agent {label} is in order: it wants a token{fits}, and its talks are deleted after {days} days."
        ));
    }
    for finding in findings {
        report.add(finding);
    }
}

fn faults<'a>(agent: &Agent, phone: Option<&'a Phone>, ours: &Settings) -> Vec<Fault<'a>> {
    let settings = &agent.told["platform_settings"];
    let (privacy, limits) = (&settings["privacy"], &settings["call_limits"]);
    let in_app = agent.ours.in_app;
    let phone = phone.filter(|_| agent.ours.by_phone);
    let overrides = phone.filter(|phone| phone.settings.override_language).map(|phone| phone.channel.as_str());
    let allowed = &settings["overrides"]["conversation_config_override"]["agent"];
    let (may_override, may_greet) = (allowed["language"] == true, allowed["first_message"] == true);
    let greets = !ours.first_messages.is_empty();
    let keeps_nothing = privacy["zero_retention_mode"] == true;
    // Unless it is set, ElevenLabs keeps everything; a negative number says the same.
    let days = privacy["retention_days"].as_i64().unwrap_or(-1);
    let at_once = limits["agent_concurrency_limit"].as_i64().unwrap_or(-1);
    let a_day = limits["daily_limit"].as_i64().unwrap_or(-1);
    let wanted = phone.and_then(|phone| phone.settings.target_concurrency_limit).unwrap_or_default();
    let seen = [
        (settings["auth"]["enable_auth"] != true, Fault::IsPublic),
        (overrides.is_some() && !may_override, Fault::LanguageIsFixed(overrides.unwrap_or_default())),
        (in_app && ours.override_language && !may_override, Fault::IsFixedInApp("language", "override_language")),
        (in_app && greets && !may_greet, Fault::IsFixedInApp("first message", "first_messages")),
        (keeps_nothing && agent.ours.by_phone, Fault::RefusesBatches),
        ((keeps_nothing && !agent.ours.by_phone) || (!keeps_nothing && days == 0), Fault::KeepsNothing),
        (!keeps_nothing && days < 0, Fault::KeepsForever),
        (at_once == 0 || a_day == 0, Fault::TakesNoCalls),
        (at_once > 0 && at_once < wanted, Fault::TalksWithFewer(at_once, wanted)),
    ];
    seen.into_iter().filter_map(|(is_so, fault)| is_so.then_some(fault)).collect()
}
