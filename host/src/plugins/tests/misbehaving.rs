//! Components that misbehave: the sandbox holds, and nobody else notices.

use std::time::Instant;

use super::*;
use crate::plugins::machine::Machine;

const MISBEHAVING: &str = r#"
    (component
        (core module $m
            (memory 1)
            (func (export "spin") (loop $again (br $again)))
            (func (export "grow")
                (loop $again
                    (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
                unreachable)
            (func (export "deep") (call 2)))
        (core instance $i (instantiate $m))
        (func (export "spin") (canon lift (core func $i "spin")))
        (func (export "grow") (canon lift (core func $i "grow")))
        (func (export "deep") (canon lift (core func $i "deep"))))
"#;

#[tokio::test]
async fn spinning_plugin_is_stopped_by_its_cpu_budget_and_delays_nobody() {
    let limits = Limits { cpu_ms: 100, ..Limits::default() };
    let plugin = bare(MISBEHAVING, "spin", limits);
    let spinning = async { plugin.converse("en", DEADLINE, Input::Check).await.unwrap_err() };
    let ticking = async {
        let start = Instant::now();
        tokio::time::sleep(Duration::from_millis(5)).await;
        start.elapsed()
    };
    let (failure, ticked) = tokio::join!(spinning, ticking);
    assert!(matches!(&failure, PluginFailure::Broken { what, .. } if what.contains("100 ms of CPU")), "{failure}");
    assert!(ticked < Duration::from_secs(1), "{ticked:?}");
}

#[tokio::test]
async fn greedy_and_deep_plugins_are_stopped() {
    for name in ["grow", "deep", "grow"] {
        let plugin = bare(MISBEHAVING, name, Limits { memory_mb: 8, ..Limits::default() });
        let failure = plugin.converse("en", DEADLINE, Input::Check).await.unwrap_err();
        assert!(matches!(failure, PluginFailure::Broken { .. }), "{failure}");
    }
}

#[tokio::test]
async fn run_that_outlasts_its_deadline_is_given_up() {
    let plugin = bare(MISBEHAVING, "spin", Limits { cpu_ms: 600_000, ..Limits::default() });
    let failure = plugin.converse("en", Duration::from_millis(50), Input::Check).await.unwrap_err();
    assert!(failure.retryable(), "{failure}");
}

#[test]
fn component_that_wants_more_than_std_does_not_load() {
    let machine = Machine::start(None, None).unwrap();
    let wat = r#"
        (component
            (import "wasi:filesystem/preopens@0.2.6" (instance
                (export "get-directories" (func)))))
    "#;
    let refused = machine.prepare(&wat::parse_str(wat).unwrap()).err().unwrap().to_string();
    assert!(refused.contains("wasi:filesystem/preopens@0.2.6"), "{refused}");
    let native = machine.prepare(b"\x7fELF").err().unwrap();
    assert!(matches!(native, UnfitComponent::Wasm(_)), "{native}");
}
