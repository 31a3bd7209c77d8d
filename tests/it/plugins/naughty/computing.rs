//! Attacks on time, memory and words: what a plugin can do without asking for anything.

use serde_json::json;

use super::row::Ends::{Broken, Permanent, Unknown, Verdict};
use super::row::{Row, Stage};

pub fn rows(stage: &Stage<'_>) -> Vec<Row> {
    let mut rows = vec![
        stage.act("endless-loop", "the budget of CPU time", Broken, &["it used more than 250 ms of CPU"]),
        stage.act("deep-recursion", "the end of its own stack", Broken, &["wasm trap: "]),
        stage.act(
            "deep-recursion-without-a-frame",
            "the limit of the machine's stack",
            Broken,
            &["wasm trap: call stack exhausted"],
        ),
        stage.act("memory-bomb", "the limit of memory", Broken, &["it wanted more than 64 MiB of memory"]),
        stage.act("huge-reason", "texts are cut", Verdict, &[": xxxx"]).unlogged(),
        stage.act("huge-failure", "texts are cut", Permanent, &["xxxx"]).unlogged(),
        stage.act("too-few-verdicts", "outcomes are counted", Unknown, &["gave 0 outcomes for 1 rings"]),
        stage.act("too-many-verdicts", "outcomes are counted", Unknown, &["gave 8 outcomes for 1 rings"]),
        stage
            .act("absurd-reference", "absurd references are dropped", Verdict, &["accepted without a reference"])
            .unlogged(),
        stage.act("forged-log-line", "control characters are dropped", Verdict, &[": no answer 2026"]).unlogged(),
        stage.act("far-retry", "the ring window", Verdict, &["retry after 4294967295 ms: "]).unlogged(),
        stage.act("unknown-verdict", "a later version's case is a refusal", Verdict, &[": teleported"]).unlogged(),
        stage.act("panic", "the instance is gone", Broken, &["it panicked at", "attacks.rs"]),
        stage.act("panic-with-personal-text", "the place is logged, not the message", Broken, &["it panicked at"]),
        stage.act("forged-panic", "only a place in source code is one", Broken, &["it exited with 1"]),
        stage.act("forged-out-of-memory", "what it writes is never quoted", Broken, &["it exited with 1"]),
        stage.act("exit", "the instance is gone", Broken, &["it exited with 1"]),
        stage.act("exit-as-if-well", "the instance is gone", Broken, &["it exited with 0"]),
        stage.act("log-flood", "what it prints is capped", Broken, &["is broken"]),
        stage.act("output-flood", "what it prints goes nowhere", Verdict, &["everything was written"]).unlogged(),
        stage
            .act("look-around", "nothing is there", Verdict, &["0 variables, 0 arguments, 0 bytes of input"])
            .unlogged(),
    ];
    // What the operator allows is what holds: more memory and less time.
    let mut row = stage.act("endless-loop", "the operator's own limit", Broken, &["more than 20 ms of CPU"]);
    "endless loop, 20 ms granted".clone_into(&mut row.attack);
    row.section.limits.cpu_ms = 20;
    rows.push(row);
    let mut row = stage.row(
        "memory bomb, 8 MiB granted",
        json!({ "attack": "memory-bomb" }),
        "the operator's own limit",
        Broken,
        &["more than 8 MiB of memory"],
    );
    row.section.limits.memory_mb = 8;
    rows.push(row);
    rows
}
