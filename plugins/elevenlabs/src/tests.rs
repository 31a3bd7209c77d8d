//! Tests, with the vendor's webhooks and answers as fixtures: `webhooks` of what is read, `requests` of
//! what is asked, `records` of what is kept, `provision` of what is set up, `check` of the look at the set-up.

mod check;
mod provision;
mod records;
mod requests;
mod webhooks;

use serde_json::{Value, json};

const APP_AGENT: &str = "agent_2901kb2n1c7gf4v8s6z0tq3mwe5p";
const PHONE_AGENT: &str = "agent_7401kb2m8x4teqf9v6r3d5n0hyjs";

fn settings() -> Value {
    json!({"agent_id": APP_AGENT, "phone_agent_id": PHONE_AGENT})
}
