//! The number that phone calls go out from, and whether the two plugins of phone calls go together. `mod` walks in,
//! where the host says which channel dials.

use callpanion_plugin_api::code;
use callpanion_plugin_api::provider::{Finding, Severity};
use serde_json::Value;

use super::facts::Phone;
use super::report::Report;
use super::sight::Sight;
use super::{listed, short};
use crate::Settings;

/// `twilio-batch` refuses to ring any shorter.
const RINGING_MIN_S: u64 = 5;

/// What may be wrong with phone calls.
enum Fault<'a> {
    /// The channel is told to talk to ElevenLabs at another address.
    IsElsewhere,
    /// These agents of the channel are not among ours.
    AgentsAreUnheard(Vec<String>),
    /// It is told to ring for so many seconds.
    RingsTooShort(u64),
    /// The vendor does not know the number's id.
    IsUnknown(&'a str),
    /// The number is for incoming calls.
    CannotCallOut,
    /// Another company carries the calls; the vendor's word for it.
    IsNotTwilios(&'a str),
    /// Who calls back reaches an agent that is not ours; its name.
    IsAnsweredByAnother(&'a str),
    /// Who calls back reaches nobody.
    IsNotAnswered,
}

impl Fault<'_> {
    /// The table: how grave, what is wrong, and how it is mended.
    fn say(&self, channel: &str) -> Finding {
        let (severity, what, mend) = match self {
            Self::IsElsewhere => (
                Severity::Problem,
                format!("`{channel}` and this plugin talk to ElevenLabs at different addresses: no call is heard of."),
                "Write the same `base_url` into the settings of both: the one of the workspace where agents and number \
                 are.",
            ),
            Self::AgentsAreUnheard(ids) => (
                Severity::Problem,
                format!("`{channel}` calls with {}, and what webhooks tell of these talks is ignored.", listed(ids)),
                "Write the same agents into the settings of both plugins: `agent_id` and `agents` of the channel are \
                 `phone_agent_id` and `phone_agents` here.",
            ),
            Self::RingsTooShort(seconds) => (
                Severity::Problem,
                format!("`{channel}` is told to ring for {seconds} s, which is too short to ring at all."),
                "Set `ringing_timeout_s` of the channel to 40, or take it out of the configuration.",
            ),
            Self::IsUnknown(id) => (
                Severity::Problem,
                format!("ElevenLabs does not know the phone number {}.", short(id)),
                "In the ElevenLabs console open Agents, Phone Numbers, import your Twilio number if it is not there, \
                 and copy its id, which begins with phnum_, to `agent_phone_number_id`.",
            ),
            Self::CannotCallOut => (
                Severity::Problem,
                "The phone number takes calls and cannot make them.".to_owned(),
                "Give your number Voice in the Twilio console, or buy one that has it, and import it anew in the \
                 ElevenLabs console under Agents, Phone Numbers.",
            ),
            Self::IsNotTwilios(provider) => (
                Severity::Warning,
                format!("The phone number is not Twilio's but {provider}, with which Callpanion was not tried."),
                "Make a test call to a busy line, and one that nobody answers, and see that both are told as such. Or \
                 import a Twilio number in the ElevenLabs console under Agents, Phone Numbers.",
            ),
            Self::IsAnsweredByAnother(name) => (
                Severity::Warning,
                format!(
                    "Who calls the phone number back reaches agent \"{}\", which is not Callpanion's.",
                    short(name)
                ),
                "In the ElevenLabs console open Agents, Phone Numbers, the number, and choose an agent of this \
                 configuration, or none. Outgoing calls need none.",
            ),
            Self::IsNotAnswered => (
                Severity::Ok,
                "Who calls the phone number back reaches nobody; outgoing calls are fine.".to_owned(),
                "If somebody should answer, choose an agent in the ElevenLabs console under Agents, Phone Numbers, the \
                 number.",
            ),
        };
        Finding::new(severity, what, mend)
    }
}

/// Says that the channel asks at another address. Then the number and its agents cannot be seen from ours.
pub(super) fn tell_of_another_address(report: &mut Report, phone: &Phone) {
    report.add(Fault::IsElsewhere.say(&phone.channel));
}

/// Looks at the settings of the channel, and at its number.
pub(super) fn look(report: &mut Report, phone: &Phone, numbers: Sight, settings: &Settings) {
    let told = report.read("the phone numbers", numbers);
    let id = phone.settings.agent_phone_number_id.as_deref();
    let mut faults: Vec<Fault<'_>> = of_settings(phone, settings);
    match (&told, id) {
        (Some(told), Some(id)) => match told.as_array().into_iter().flatten().find(|it| it["phone_number_id"] == id) {
            Some(number) => faults.extend(of_number(number, phone, settings)),
            None => faults.push(Fault::IsUnknown(id)),
        },
        (Some(_), None) => report.note(
            format!("Which number `{}` calls from is not known here, and was not looked at.", phone.channel),
            "Look in the ElevenLabs console under Agents, Phone Numbers.",
        ),
        (None, _) => {}
    }
    let findings: Vec<Finding> = faults.iter().map(|fault| fault.say(&phone.channel)).collect();
    if told.is_some() && id.is_some() && findings.iter().all(|finding| finding.severity == Severity::Ok) {
        report.ok("Phone calls go out through Twilio, from a number that can make calls.");
    }
    for finding in findings {
        report.add(finding);
    }
}

fn of_settings(phone: &Phone, settings: &Settings) -> Vec<Fault<'static>> {
    let is_heard = |id: &str| settings.phone_agents().any(|own| own == id);
    let unheard = phone.agents().filter(|id| !is_heard(id));
    let unheard: Vec<String> = unheard.map(|id| format!("agent {}", short(id))).collect();
    let ringing_s = phone.settings.ringing_timeout_s.unwrap_or(RINGING_MIN_S);
    let seen = [
        (!unheard.is_empty(), Fault::AgentsAreUnheard(unheard)),
        (ringing_s < RINGING_MIN_S, Fault::RingsTooShort(ringing_s)),
    ];
    seen.into_iter().filter_map(|(is_so, fault)| is_so.then_some(fault)).collect()
}

fn of_number<'a>(number: &'a Value, phone: &Phone, settings: &Settings) -> Vec<Fault<'a>> {
    let provider = number["provider"].as_str().and_then(code).unwrap_or("unknown");
    let answered_by = number["assigned_agent"]["agent_id"].as_str();
    let is_ours = |id: &str| settings.own_agents().chain(phone.agents()).any(|own| own == id);
    let name = number["assigned_agent"]["agent_name"].as_str().or(answered_by).unwrap_or_default();
    // A verified caller id takes no calls at all.
    let takes_calls = number["supports_inbound"] != false;
    let seen = [
        (number["supports_outbound"] == false, Fault::CannotCallOut),
        (provider != "twilio", Fault::IsNotTwilios(provider)),
        (answered_by.is_some_and(|id| !is_ours(id)), Fault::IsAnsweredByAnother(name)),
        (takes_calls && answered_by.is_none(), Fault::IsNotAnswered),
    ];
    seen.into_iter().filter_map(|(is_so, fault)| is_so.then_some(fault)).collect()
}
