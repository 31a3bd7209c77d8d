//! Is everything set up? `check` walks in. It only reads.

use callpanion_plugin_api::provider::{Finding, Severity};
use callpanion_plugin_api::{Answer, Ctx, Failure, Stop, percent_encode};
use serde_json::Value;

use crate::{Settings, refusal};

/// Looks whether the key works and whether our agents exist.
pub(crate) fn all(ctx: &mut Ctx, settings: &Settings) -> Result<Vec<Finding>, Stop> {
    let mut agents: Vec<&str> = settings.own_agents().collect();
    agents.sort_unstable();
    agents.dedup();
    let mut requests = vec![settings.get("agents?page_size=1")];
    requests.extend(agents.iter().map(|id| settings.get(&format!("agents/{}", percent_encode(id)))));
    let now_ms = ctx.now_ms();
    let mut answers = ctx.http_all(requests)?.into_iter();

    let mut findings = Vec::new();
    match answers.next() {
        Some(Answer::Response(r)) if r.is_success() => {
            findings.push(Finding::new(Severity::Ok, "ElevenLabs accepts the key.", ""));
        }
        Some(answer) => {
            // Without a key nothing else can be said.
            findings.push(trouble("The key could not be checked", answer, now_ms));
            return Ok(findings);
        }
        None => return Err(Stop::permanent("an answer is missing")),
    }
    for (id, answer) in agents.into_iter().zip(answers) {
        findings.push(agent(id, answer, now_ms));
    }
    if settings.phone_agent_id.is_none() && settings.phone_agents.is_empty() {
        findings.push(Finding::new(
            Severity::Warning,
            "No phone agent is named, so webhooks about phone calls are ignored.",
            "Set `phone_agent_id` to the agent of twilio-batch, if you call telephones.",
        ));
    }
    Ok(findings)
}

fn agent(id: &str, answer: Answer, now_ms: u64) -> Finding {
    match answer {
        Answer::Response(r) if r.is_success() => {
            let agent: Value = r.json().unwrap_or_default();
            let name = agent["name"].as_str().unwrap_or(id).to_owned();
            if agent["platform_settings"]["auth"]["enable_auth"] == true {
                Finding::new(Severity::Ok, format!("Agent {name} is there."), "")
            } else {
                Finding::new(
                    Severity::Warning,
                    format!("Agent {name} talks to anyone who knows its id, at your cost."),
                    "Enable authentication in the agent's security settings.",
                )
            }
        }
        Answer::Response(r) if r.status == 404 => Finding::new(
            Severity::Problem,
            format!("ElevenLabs does not know agent {id}."),
            "Correct the id, or use the key of the workspace where the agent lives.",
        ),
        answer => trouble(&format!("Agent {id} could not be checked"), answer, now_ms),
    }
}

fn trouble(what: &str, answer: Answer, now_ms: u64) -> Finding {
    match refusal::of(answer, now_ms) {
        Stop::Failed(Failure::Misconfigured(mend)) => Finding::new(Severity::Problem, format!("{what}."), mend),
        Stop::Failed(Failure::Retry((_, why)) | Failure::Permanent(why)) => Finding::new(
            Severity::Warning,
            format!("{what}: {why}."),
            "Try again later; check the network if it stays so.",
        ),
        other => Finding::new(Severity::Warning, format!("{what}: {other:?}."), "Try again later."),
    }
}
