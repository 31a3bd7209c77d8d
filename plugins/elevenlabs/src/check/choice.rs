//! Which webhook is chosen to tell of which agents' talks, and of what it is to tell. `webhook` walks in.
//!
//! The choice stands with the agent, or else with the workspace.

use callpanion_plugin_api::provider::{Finding, Severity};
use serde_json::Value;

use super::agent::Agent;
use super::listed;

/// The webhook that is chosen for some agents.
pub(super) struct Choice<'a> {
    /// What stands with the agents, or with the workspace.
    told: &'a Value,
    agents: Vec<&'a Agent>,
}

/// What may be wrong with a choice, and the agents for which it is so.
enum Fault {
    /// There is none.
    IsMissing(String),
    /// The webhook does not exist.
    IsGone(String),
    /// It does not tell of talks.
    TellsNoTalks(String),
    /// It does not tell of calls that nobody took.
    TellsNoFailures(String),
    /// It sends recordings.
    SendsAudio(String),
    /// It tells talks in a form that we do not read.
    IsOpenTelemetry(String),
    /// It leaves out what was said.
    LeavesOutTurns(String),
}

impl Fault {
    /// The table: how grave, what is wrong, and how it is mended. `url` is where we take webhooks.
    fn say(self, url: &str) -> Finding {
        let place = "In the ElevenLabs console open Agents, Settings, Post-call webhook (or the agent's own, if it has \
                     one), and";
        let (severity, what, mend) = match self {
            Self::IsMissing(agents) => (
                Severity::Problem,
                format!("No webhook tells Callpanion of the talks of agent {agents}."),
                how_to_make(url),
            ),
            Self::IsGone(agents) => (
                Severity::Problem,
                format!("The webhook that is chosen for agent {agents} does not exist any more."),
                how_to_make(url),
            ),
            Self::TellsNoTalks(agents) => (
                Severity::Problem,
                format!("The webhook does not tell when a talk of agent {agents} is over."),
                format!("{place} tick Transcript."),
            ),
            Self::TellsNoFailures(agents) => (
                Severity::Warning,
                format!("The webhook does not tell that nobody took a call of agent {agents}: it is learnt late."),
                format!("{place} tick Call initiation failure."),
            ),
            Self::SendsAudio(agents) => (
                Severity::Warning,
                format!(
                    "The webhook also sends the recordings of agent {agents}. Callpanion drops them and refuses long \
                     ones, for which ElevenLabs may switch the webhook off."
                ),
                format!("{place} take the tick from Audio."),
            ),
            Self::IsOpenTelemetry(agents) => (
                Severity::Problem,
                format!(
                    "The webhook tells the talks of agent {agents} as OpenTelemetry, which Callpanion cannot read."
                ),
                format!("{place} choose JSON as the format of the transcript."),
            ),
            Self::LeavesOutTurns(agents) => (
                Severity::Warning,
                format!(
                    "The webhook leaves out what was said in the talks of agent {agents}: summaries have nothing to \
                     rest on."
                ),
                format!("{place} have it send the transcript with each event (`exclude_transcript` off)."),
            ),
        };
        Finding::new(severity, what, mend)
    }
}

/// How a webhook is made that comes to us.
pub(crate) fn how_to_make(url: &str) -> String {
    format!(
        "In the ElevenLabs console make a webhook under Settings, Webhooks: HMAC, with the URL {url}. Put its secret \
         into the file of `credentials.webhook-secret`, and choose it under Agents, Settings, Post-call webhook."
    )
}

/// The choices of these agents. An agent whose choice cannot be seen is left out.
pub(super) fn of<'a>(agents: &'a [Agent], workspace: Option<&'a Value>) -> Vec<Choice<'a>> {
    let mut choices: Vec<Choice<'a>> = Vec::new();
    for agent in agents {
        let own = &agent.told["platform_settings"]["workspace_overrides"]["webhooks"];
        let told = match workspace {
            _ if own["post_call_webhook_id"].is_string() => own,
            Some(workspace) => &workspace["webhooks"],
            None => continue,
        };
        match choices.iter_mut().find(|choice| choice.told == told) {
            Some(choice) => choice.agents.push(agent),
            None => choices.push(Choice { told, agents: vec![agent] }),
        }
    }
    choices
}

impl<'a> Choice<'a> {
    /// The id of the webhook.
    pub(super) fn webhook_id(&self) -> Option<&'a str> {
        self.told["post_call_webhook_id"].as_str()
    }

    /// What is wrong with it. `is_gone` is whether there is no such webhook; `url` is where we take webhooks.
    pub(super) fn look(&self, is_gone: bool, url: &str) -> Vec<Finding> {
        self.faults(is_gone).into_iter().map(|fault| fault.say(url)).collect()
    }

    fn faults(&self, is_gone: bool) -> Vec<Fault> {
        let labels: Vec<String> = self.agents.iter().map(|agent| agent.label()).collect();
        let by_phone = self.agents.iter().filter(|agent| agent.ours.by_phone);
        let by_phone: Vec<String> = by_phone.map(|agent| agent.label()).collect();
        let agents = || listed(&labels);
        if self.webhook_id().is_none() {
            return vec![Fault::IsMissing(agents())];
        }
        let events = self.told["events"].as_array();
        // Before there were events, talks were told.
        let tells = |event: &str| events.map_or(event == "transcript", |events| events.iter().any(|it| *it == event));
        let seen = [
            (is_gone, Fault::IsGone(agents())),
            (!tells("transcript"), Fault::TellsNoTalks(agents())),
            (!by_phone.is_empty() && !tells("call_initiation_failure"), Fault::TellsNoFailures(listed(&by_phone))),
            (tells("audio") || self.told["send_audio"] == true, Fault::SendsAudio(agents())),
            (self.told["transcript_format"] == "opentelemetry", Fault::IsOpenTelemetry(agents())),
            (self.told["exclude_transcript"] == true, Fault::LeavesOutTurns(agents())),
        ];
        seen.into_iter().filter_map(|(is_so, fault)| is_so.then_some(fault)).collect()
    }
}
