//! Attacks before the first call: what must not load does not, and says what it was.

use std::collections::BTreeMap;
use std::error::Error as _;

use callpanion::config::plugins::PluginConfig;
use callpanion::egress::Names;
use callpanion::plugins::Plugins;
use serde_json::json;

use super::super::crooked::component;
use super::super::fixtures::{CROOKED, NAUGHTY, Package, built, surroundings};

/// Why these sections do not load.
async fn refusal(id: &str, section: PluginConfig) -> String {
    let configs = BTreeMap::from([(id.to_owned(), section)]);
    let loading = move || Plugins::load(&configs, surroundings(Names::system()));
    let error = tokio::task::spawn_blocking(loading).await.unwrap().err().expect("it does not load");
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn component_that_is_naughty_when_it_starts_does_not_load() {
    let attacks = [
        ("spins when it starts", "i32.const 0 (;may-spin-at-start;)", "i32.const 1", "250 ms of CPU"),
        ("wants 125 MiB to begin with", "(;min-pages;) 4", "2000", "memory"),
        ("wants ten million table elements", "(;min-elements;) 1", "10000000", "table"),
        (
            "returns a name that is not UTF-8",
            "(i32.const 2048) (i32.const 1024)",
            "(i32.const 2048) (i32.const 1104)",
            "utf-8",
        ),
        ("calls itself something else", "\"crooked\"", "\"crocked\"", "calls itself crocked 6.6.7"),
    ];
    for (attack, from, to, says) in attacks {
        let package = Package::new(&component(&[(from, to)]), CROOKED);
        let grants = json!({ "grants": { "data": ["push-address"] }, "settings": { "attack": "none" } });
        let text = refusal("crooked", package.section(grants)).await;
        println!("| a plugin that {attack} | does not load | {text} |");
        assert!(text.contains("`crooked`") && text.contains(says), "{attack}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_lead_inside_do_not_load_unless_that_is_granted() {
    let package = Package::new(&built("naughty"), NAUGHTY);
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "localhost",
        "vendor.localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::a00:1]",
        "169.254.169.254",
        "10.0.0.8",
        "192.168.1.1",
        "100.64.0.1",
        "[fe80::1]",
        "[fd00::8]",
    ] {
        let origin = format!("http://{host}:8080");
        let section = package.section(json!({
            "grants": { "hosts": [origin], "credentials": ["key", "bound"], "data": ["push-address"] },
            "credentials": {
                "key": { "kind": "bearer", "value": "a" },
                "bound": { "kind": "header", "header": "x-bound", "value": "b" },
            },
            "settings": { "attack": "none", "base_url": origin },
        }));
        let text = refusal("naughty", section).await;
        assert!(text.contains("`naughty`") && text.contains("private_addresses"), "{host}: {text}");
    }
}
