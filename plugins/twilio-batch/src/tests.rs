//! Tests, with the vendor's own request and answers as fixtures: `submit` of the hand-over, `lookup` of
//! what follows, `single` of calls that are made by themselves.

mod lookup;
mod single;
mod submit;

use serde_json::{Value, json};

const BATCH: &str = "btcal_3301kbf0p6h8e2brs9q4v7xwm1tk";
const GROUP: &str = "0192a000-0000-7000-8000-0000000000aa";

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn settings() -> Value {
    json!({
        "agent_id": "agent_7401kb2m8x4teqf9v6r3d5n0hyjs",
        "agent_phone_number_id": "phnum_0601kb2m9q8rfs3vx5d7h1n4tzyc",
        "target_concurrency_limit": 2,
        "override_language": true,
    })
}
