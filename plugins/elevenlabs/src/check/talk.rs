//! How an agent talks: does it notice a machine, when does it end, does it let people wait, and does its voice speak
//! their languages? `agent` walks in, and the provisioning mends what is found wrong here.

use std::collections::BTreeSet;

use callpanion_plugin_api::provider::{Finding, Severity};
use serde_json::Value;

use super::agent::Agent;
use crate::{Settings, primary};

/// How long a talk lasts at the most where nothing else is set, in seconds: ElevenLabs' own default.
const LONGEST_UNSET_S: f64 = 600.0;
/// Voice models that read every language as English.
const ENGLISH_VOICES: [&str; 3] = ["eleven_turbo_v2", "eleven_flash_v2", "eleven_monolingual_v1"];

/// Whether it ends a talk in which nobody speaks any more. Unless that is set, ElevenLabs waits for ever; a negative
/// number says the same. `config` is the agent's `conversation_config`.
pub(crate) fn hangs_up(config: &Value) -> bool {
    config["turn"]["silence_end_call_timeout"].as_f64().is_some_and(|seconds| seconds >= 0.0)
}

/// Whether it tells an answering machine from a person.
pub(crate) fn notices_machines(config: &Value) -> bool {
    config["agent"]["prompt"]["built_in_tools"]["voicemail_detection"].is_object()
}

/// How long a talk lasts at the most, in seconds.
pub(crate) fn longest_s(config: &Value) -> f64 {
    config["conversation"]["max_duration_seconds"].as_f64().unwrap_or(LONGEST_UNSET_S)
}

/// Whether a talk is cut off before an unhurried one is over.
pub(crate) fn is_cut_short(config: &Value) -> bool {
    longest_s(config) <= LONGEST_UNSET_S
}

/// Whether somebody who picks up waits while all lines are taken. ElevenLabs makes new agents so.
pub(crate) fn lets_wait(platform: &Value) -> bool {
    platform["queueing_config"]["enabled"] != false
}

/// Whether its voice reads every language as English.
pub(crate) fn has_english_voice(config: &Value) -> bool {
    config["tts"]["model_id"].as_str().is_some_and(|model| ENGLISH_VOICES.contains(&model))
}

/// What may be wrong with how an agent talks.
enum Fault {
    /// However long nobody speaks, it stays on the line.
    NeverHangsUp,
    /// It talks to a machine as to a person.
    TalksToMachines,
    /// It hangs up after so many minutes, in the middle of a sentence.
    CutsShort(f64),
    /// Who picks up may wait.
    LetsWait,
    /// Its voice reads these languages as English.
    HasEnglishVoice(Vec<String>),
}

impl Fault {
    /// The table: how grave, what is wrong, and how it is mended.
    fn say(&self, agent: &str) -> Finding {
        let (severity, what, mend) = match self {
            Self::NeverHangsUp => (
                Severity::Warning,
                format!(
                    "Agent {agent} stays on the line when nobody speaks any more: a receiver that lies beside the \
                     telephone costs credit until the longest talk is over."
                ),
                "Open the agent in the ElevenLabs console, and on its Advanced tab set after how many seconds of \
                 silence it ends a call (`silence_end_call_timeout`), for example 45.",
            ),
            Self::TalksToMachines => (
                Severity::Warning,
                format!(
                    "Agent {agent} does not notice an answering machine: it talks to it, and the family may read that \
                     somebody picked up."
                ),
                "Open the agent in the ElevenLabs console, and among its system tools switch on \"Voicemail \
                 detection\", without a message to leave.",
            ),
            Self::CutsShort(seconds) => (
                Severity::Warning,
                format!(
                    "Agent {agent} hangs up after {} minutes, in the middle of a sentence.",
                    (seconds / 60.0).round()
                ),
                "Open the agent in the ElevenLabs console, and on its Advanced tab set the longest conversation \
                 (`max_duration_seconds`), for example to 1200.",
            ),
            Self::LetsWait => (
                Severity::Warning,
                format!(
                    "Agent {agent} lets people wait while all of the plan's lines are taken: who picks up hears \
                     nobody."
                ),
                "Open the agent in the ElevenLabs console, and switch its queue for callers off \
                 (`queueing_config.enabled`). A call that finds no line is then tried again.",
            ),
            Self::HasEnglishVoice(languages) => {
                return Finding::new(
                    Severity::Problem,
                    format!(
                        "Agent {agent} speaks {} with a voice model for English only: nobody understands it.",
                        super::listed(languages)
                    ),
                    "Open the agent in the ElevenLabs console, and choose a voice model of several languages, for \
                     example Flash v2.5 (`eleven_flash_v2_5`).",
                );
            }
        };
        Finding::new(severity, what, mend)
    }
}

/// Looks at how one agent talks.
pub(super) fn look(agent: &Agent, settings: &Settings) -> Vec<Finding> {
    let label = agent.label();
    faults(agent, settings).iter().map(|fault| fault.say(&label)).collect()
}

fn faults(agent: &Agent, settings: &Settings) -> Vec<Fault> {
    let (config, platform) = (&agent.told["conversation_config"], &agent.told["platform_settings"]);
    let others = if has_english_voice(config) { other_languages(agent, settings) } else { Vec::new() };
    let seen = [
        (!hangs_up(config), Fault::NeverHangsUp),
        (agent.ours.by_phone && !notices_machines(config), Fault::TalksToMachines),
        (is_cut_short(config), Fault::CutsShort(longest_s(config))),
        (agent.ours.by_phone && lets_wait(platform), Fault::LetsWait),
        (!others.is_empty(), Fault::HasEnglishVoice(others)),
    ];
    seen.into_iter().filter_map(|(is_so, fault)| is_so.then_some(fault)).collect()
}

/// The languages but English that it is to speak: its own, those of its presets, and those for which it is chosen.
fn other_languages(agent: &Agent, settings: &Settings) -> Vec<String> {
    let config = &agent.told["conversation_config"];
    let presets = config["language_presets"].as_object();
    let chosen = settings.agents.iter().chain(&settings.phone_agents).filter(|(_, id)| **id == agent.ours.id);
    let all: BTreeSet<&str> = config["agent"]["language"]
        .as_str()
        .into_iter()
        .chain(presets.into_iter().flat_map(|presets| presets.keys().map(String::as_str)))
        .chain(chosen.map(|(language, _)| language.as_str()))
        .filter(|language| primary(language) != "en")
        .collect();
    all.into_iter().map(super::short).collect()
}
