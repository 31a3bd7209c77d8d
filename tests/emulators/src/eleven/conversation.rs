//! One conversation and the JSON that `GET` and the webhook show of it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::agents::Agent;
use crate::scripts::{Script, Speaker, Turn};

/// A conversation from token or dialling to analysis.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    pub(crate) id: String,
    /// Counts the conversations of this emulator.
    pub(crate) serial: usize,
    pub(crate) agent: Agent,
    pub(crate) status: Status,
    /// The initiation data of the request (batch) or the client (app).
    pub(crate) client: Value,
    pub(crate) leg: Leg,
    /// Made, then answered or joined: ms.
    pub(crate) started_ms: i64,
    pub(crate) ended_ms: Option<i64>,
    /// None until somebody talks.
    pub(crate) script: Option<Script>,
    pub(crate) termination: String,
    /// Why it failed, in the vendor's words.
    pub(crate) error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Initiated,
    InProgress,
    Processing,
    Done,
    Failed,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Initiated => "initiated",
            Self::InProgress => "in-progress",
            Self::Processing => "processing",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// How the callee is reached.
#[derive(Clone, Debug)]
pub(crate) enum Leg {
    Phone(PhoneLeg),
    App {
        /// The signed URL that it is joined by; none if by a token.
        signed_url: Option<String>,
        /// When that stops starting conversations, ms.
        key_ends_ms: i64,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct PhoneLeg {
    pub(crate) phone_number_id: String,
    pub(crate) agent_number: String,
    pub(crate) number: String,
    pub(crate) call_sid: String,
    /// The batch and its recipient; none for a single call.
    pub(crate) batch: Option<(String, String)>,
    pub(crate) result: Option<&'static str>,
}

impl Conversation {
    pub(crate) fn duration_s(&self, now_ms: i64) -> i64 {
        match self.status {
            Status::Initiated | Status::Failed => 0,
            _ => (self.ended_ms.unwrap_or(now_ms) - self.started_ms).max(0).div_euclid(1000),
        }
    }

    /// The conversation as the vendor shows it at `now_ms`.
    pub(crate) fn json(&self, now_ms: i64) -> Value {
        let duration = self.duration_s(now_ms);
        let spoken: Vec<&Turn> = match (&self.script, self.status) {
            (None, _) | (_, Status::Initiated | Status::Failed) => Vec::new(),
            (Some(script), _) => script.turns.iter().filter(|turn| turn.at_s <= duration).collect(),
        };
        let count = |speaker| spoken.iter().filter(|turn| turn.speaker == speaker).count();
        let heard = self.status == Status::Done || self.status == Status::Processing;
        json!({
            "agent_id": self.agent.id, "agent_name": self.agent.name, "conversation_id": self.id,
            "status": self.status.as_str(), "user_id": self.client["user_id"], "branch_id": null,
            "version_id": null, "environment": null,
            "transcript": spoken.iter().map(|turn| self.turn(turn)).collect::<Vec<_>>(),
            "metadata": self.metadata(duration),
            "analysis": self.analysis(),
            "user_message_count": count(Speaker::Callee), "agent_message_count": count(Speaker::Agent),
            "visited_agents": [{ "agent_id": self.agent.id, "branch_id": null }],
            "conversation_initiation_client_data": self.echo(duration, count(Speaker::Agent)),
            "conversation_product": "agents", "tag_ids": [],
            "has_audio": heard, "has_user_audio": heard, "has_response_audio": heard, "has_auxiliary_audio": false,
        })
    }

    /// One row of the conversation list.
    pub(crate) fn row(&self, now_ms: i64) -> Value {
        let full = self.json(now_ms);
        json!({
            "agent_id": self.agent.id, "branch_id": null, "version_id": null, "agent_name": self.agent.name,
            "conversation_id": self.id, "start_time_unix_secs": full["metadata"]["start_time_unix_secs"],
            "call_duration_secs": full["metadata"]["call_duration_secs"], "cost": full["metadata"]["cost"],
            "message_count": full["transcript"].as_array().map_or(0, Vec::len),
            "user_message_count": full["user_message_count"], "agent_message_count": full["agent_message_count"],
            "status": self.status.as_str(), "termination_reason": self.termination,
            "call_successful": full["analysis"]["call_successful"].as_str().unwrap_or("unknown"),
            "transcript_summary": null, "call_summary_title": full["analysis"]["call_summary_title"],
            "main_language": full["metadata"]["main_language"],
            "conversation_initiation_source": full["metadata"]["conversation_initiation_source"],
            "tool_names": [], "direction": if matches!(self.leg, Leg::Phone(_)) { json!("outbound") } else { json!(null) },
            "rating": null, "tag_ids": [],
        })
    }

    fn turn(&self, turn: &Turn) -> Value {
        let agent = turn.speaker == Speaker::Agent;
        let metadata = agent.then(
            || json!({ "agent_id": self.agent.id, "branch_id": null, "workflow_node_id": null, "version_id": null }),
        );
        let (calls, results) = turn.tool.map_or((json!([]), json!([])), |tool| {
            let request_id = format!("call_{tool}_{}", turn.at_s);
            (
                json!([{
                    "type": "system", "request_id": request_id, "tool_name": tool, "tool_id": null,
                    "params_as_json": "{}", "tool_has_been_called": true, "tool_details": null,
                }]),
                json!([{
                    "type": "system", "request_id": request_id, "tool_name": tool,
                    "tool_id": format!("__system_{tool}"), "result_value": "{\"status\":\"success\"}",
                    "is_error": false, "is_blocked": false, "tool_has_been_called": true,
                    "tool_latency_secs": 0.0002, "error_type": "", "raw_error_message": "",
                    "dynamic_variable_updates": [],
                    "result": { "result_type": format!("{tool}_success"), "status": "success" },
                }]),
            )
        });
        json!({
            "role": if agent { "agent" } else { "user" }, "agent_metadata": metadata, "message": turn.text,
            "multivoice_message": null, "tool_calls": calls, "tool_results": results, "feedback": null,
            "llm_override": null, "producing_llm": agent.then_some("gemini-2.5-flash"),
            "time_in_call_secs": turn.at_s, "conversation_turn_metrics": null, "rag_retrieval_info": null,
            "llm_usage": null, "interrupted": false, "original_message": null,
            "source_medium": (!agent).then_some("audio"),
        })
    }

    fn metadata(&self, duration: i64) -> Value {
        let start = self.started_ms.div_euclid(1000);
        let voicemail = matches!(&self.leg, Leg::Phone(leg) if leg.result == Some("voicemail"));
        let (phone_call, batch_call, method, source, version) = match &self.leg {
            Leg::Phone(leg) => (
                json!({
                    "type": "twilio", "direction": "outbound", "phone_number_id": leg.phone_number_id,
                    "agent_number": leg.agent_number, "external_number": leg.number, "call_result": leg.result,
                    "stream_sid": leg.call_sid.replacen("CA", "MZ", 1), "call_sid": leg.call_sid,
                }),
                leg.batch.as_ref().map_or(Value::Null, |(batch, recipient)| {
                    json!({ "batch_call_id": batch, "batch_call_recipient_id": recipient, "campaign": null })
                }),
                "authorization_header",
                json!("twilio"),
                json!(null),
            ),
            Leg::App { signed_url, .. } => (
                json!(null),
                json!(null),
                if signed_url.is_some() { "signed_url" } else { "livekit_token" },
                self.client["source_info"]["source"].clone(),
                self.client["source_info"]["version"].clone(),
            ),
        };
        json!({
            "start_time_unix_secs": start, "accepted_time_unix_secs": start, "call_duration_secs": duration,
            "queue_wait_secs": null, "cost": duration * 7, "cost_fiat": 0.05, "deletion_settings": {
                "deletion_time_unix_secs": start + 30 * 24 * 3600, "deleted_logs_at_time_unix_secs": null,
                "deleted_audio_at_time_unix_secs": null, "deleted_transcript_at_time_unix_secs": null,
                "delete_transcript_and_pii": true, "delete_audio": true,
            },
            "feedback": {
                "type": null, "overall_score": null, "likes": 0, "dislikes": 0, "rating": null, "comment": null,
            },
            "authorization_method": method,
            "charging": {
                "dev_discount": false, "is_burst": false, "tier": "pro", "llm_charge": 9, "call_charge": duration * 6,
            },
            "phone_call": phone_call, "batch_call": batch_call, "termination_reason": self.termination,
            "error": self.error.as_ref().map(|reason| json!({ "code": 1008, "reason": reason })), "warnings": [],
            "main_language": self.script.as_ref().map(|script| script.language.code()),
            "rag_usage": null, "text_only": false,
            "features_usage": {
                "language_detection": { "enabled": false, "used": false },
                "voicemail_detection": { "enabled": matches!(self.leg, Leg::Phone(_)), "used": voicemail },
                "is_livekit": matches!(self.leg, Leg::App { signed_url: None, .. }),
            },
            "eleven_assistant": { "is_eleven_assistant": false }, "initiator_id": null,
            "conversation_initiation_source": source, "conversation_initiation_source_version": version,
            "timezone": null, "async_metadata": null, "whatsapp": null, "sms": null, "agent_created_from": "api",
            "agent_last_updated_from": "api", "voice_rewards": [],
        })
    }

    /// Exists only once the conversation was analysed.
    fn analysis(&self) -> Value {
        let Some(script) = self.script.as_ref().filter(|_| self.status == Status::Done) else {
            return Value::Null;
        };
        let collected: Map<String, Value> = script
            .collected
            .iter()
            .map(|one| {
                let item = json!({
                    "data_collection_id": one.key, "name": null, "value": one.value,
                    "json_schema": {
                        "type": one.kind, "description": "", "enum": null, "is_system_provided": false,
                        "dynamic_variable": "", "constant_value": "",
                    },
                    "rationale": one.rationale,
                });
                (one.key.to_owned(), item)
            })
            .collect();
        json!({
            "evaluation_criteria_results": {}, "evaluation_criteria_results_list": [],
            "data_collection_results_list": collected.values().collect::<Vec<_>>(),
            "data_collection_results": collected, "call_successful": script.successful,
            "call_success_score": null, "transcript_summary": script.summary,
            "call_summary_title": script.title, "scoped": [],
        })
    }

    /// The initiation data as the vendor echoes it: ours, and its own `system__` variables.
    fn echo(&self, duration: i64, agent_turns: usize) -> Value {
        let mut echo = json!({
            "conversation_config_override": { "asr": null, "turn": null, "tts": null, "conversation": null, "agent": null },
            "custom_llm_extra_body": {}, "user_id": null, "source_info": { "source": null, "version": null },
            "branch_id": null, "environment": null, "starting_workflow_node_id": null, "dynamic_variables": {},
        });
        if let (Some(echo), Some(client)) = (echo.as_object_mut(), self.client.as_object()) {
            for (name, value) in client.iter().filter(|(_, value)| !value.is_null()) {
                echo.insert(name.clone(), value.clone());
            }
        }
        let variables = &mut echo["dynamic_variables"];
        variables["system__agent_id"] = json!(self.agent.id);
        variables["system__current_agent_id"] = json!(self.agent.id);
        variables["system__conversation_id"] = json!(self.id);
        variables["system__call_duration_secs"] = json!(duration);
        variables["system__time_utc"] = json!(utc(self.started_ms, "%Y-%m-%dT%H:%M:%S%.6f+00:00"));
        variables["system__agent_turns"] = json!(agent_turns);
        if let Leg::Phone(leg) = &self.leg {
            variables["system__caller_id"] = json!(leg.agent_number);
            variables["system__called_number"] = json!(leg.number);
            variables["system__call_sid"] = json!(leg.call_sid);
        }
        echo
    }
}

/// The name of the callee among the dynamic variables.
pub(crate) fn callee_name(client: &Value) -> Option<&str> {
    let variables = &client["dynamic_variables"];
    ["callee_name", "elder_name", "name"]
        .iter()
        .find_map(|name| variables[*name].as_str())
        .filter(|name| !name.is_empty())
}

/// A moment in UTC, written after a `strftime` pattern.
pub(crate) fn utc(at_ms: i64, pattern: &str) -> String {
    Timestamp::from_millisecond(at_ms).map(|at| at.strftime(pattern).to_string()).unwrap_or_default()
}
