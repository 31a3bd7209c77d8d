//! The list as people read it: columns that stand under each other, in 100 columns, with dashes where nothing is known.

use serde_json::json;
use uuid::Uuid;

use super::{Files, Listed, json_of, table, times};
use crate::domain::{Moment, NodeId, PluginHealth, PluginRest, PluginState, Quantiles};

fn listed(id: &str, reports: Vec<(NodeId, PluginHealth)>) -> Listed {
    let files = Files { kind: "channel", version: "1.0.0".to_owned(), digest: "0f".repeat(32) };
    Listed { id: id.to_owned(), enabled: true, source: format!("builtin:{id}"), files: Ok(files), reports }
}

fn report(node: u128, id: &str, state: PluginState) -> (NodeId, PluginHealth) {
    let health = PluginHealth {
        plugin: id.to_owned(),
        version: "1.0.1".to_owned(),
        digest: "3f4e5d6c7b8a".repeat(6),
        state,
        calls: 12_043,
        failures: 17,
        plugin_time: Some(Quantiles { p50_us: 310, p99_us: 850 }),
        vendor_time: Some(Quantiles { p50_us: 41_000, p99_us: 212_000 }),
        rest: None,
    };
    (NodeId(Uuid::from_u128(node)), health)
}

#[test]
fn where_nothing_runs_there_are_dashes() {
    let mut off = listed("twilio-batch", Vec::new());
    off.enabled = false;
    let mut broken = listed("stranger", Vec::new());
    broken.files = Err("/plugins/stranger.wasm cannot be read".to_owned());
    let text = table(&[listed("fcm", Vec::new()), off, broken]);
    let wanted = "\
PLUGIN        STATE       VERSION  DIGEST        CALLS  FAILED  PLUGIN TIME  VENDOR TIME
fcm           -           1.0.0    0f0f0f0f0f0f      -       -            -            -
twilio-batch  off         1.0.0    0f0f0f0f0f0f      -       -            -            -
stranger      unreadable  -        -                 -       -            -            -

No process reports how they are: none has run with this configuration in the last minute.
stranger: /plugins/stranger.wasm cannot be read
";
    assert_eq!(text, wanted);
}

#[test]
fn what_serves_is_told_in_a_hundred_columns() {
    let mut resting = report(0xa1b2, "fcm", PluginState::Resting);
    let at = |second: i64| Moment::from_secs(1_800_000_000 + second);
    let vendor = Some("https://fcm.googleapis.com".to_owned());
    resting.1.rest = Some(PluginRest { vendor, since: at(0), until: at(60) });
    let mut idle = report(0xc3d4, "fcm", PluginState::Well);
    (idle.1.plugin_time, idle.1.vendor_time, idle.1.calls, idle.1.failures) = (None, None, 0, 0);
    let summary = listed("family-summary", vec![report(0xa1b2, "family-summary", PluginState::Struggling)]);
    let text = table(&[summary, listed("fcm", vec![resting, idle])]);
    let wanted = "\
PLUGIN          PROCESS  STATE       VERSION  DIGEST        CALLS  FAILED  PLUGIN TIME  VENDOR TIME
family-summary  a1b2     struggling  1.0.1    3f4e5d6c7b8a  12043      17   310/850 µs    41/212 ms
fcm             a1b2     resting     1.0.1    3f4e5d6c7b8a  12043      17   310/850 µs    41/212 ms
fcm             c3d4     well        1.0.1    3f4e5d6c7b8a      0       0            -            -
";
    assert!(text.starts_with(wanted), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100 || line.contains("left alone")), "{text}");
    let rest = "fcm in a1b2: since 08:00:00 UTC https://fcm.googleapis.com has kept failing; it is left alone until \
                08:01:00 UTC.\n";
    assert!(text.ends_with(rest), "{text}");
}

#[test]
fn times_have_two_digits_in_one_unit() {
    for (p50_us, p99_us, text) in [
        (0, 7, "0/7 µs"),
        (310, 999, "310/999 µs"),
        (310, 41_000, "0.3/41 ms"),
        (1_200, 9_900, "1.2/9.9 ms"),
        (41_000, 4_500_000, "0.0/4.5 s"),
        (2_000_000, 30_000_000, "2.0/30 s"),
    ] {
        assert_eq!(times(Quantiles { p50_us, p99_us }), text);
    }
}

#[test]
fn programs_get_all_of_it() {
    let told = json_of(&listed("fcm", vec![report(0xa1b2, "fcm", PluginState::Well)]));
    assert_eq!(told["digest"], "0f".repeat(32));
    assert_eq!(told["processes"][0]["plugin_time"], json!({ "p50_us": 310, "p99_us": 850 }));
    assert_eq!(told["processes"][0]["state"], "well");
    assert_eq!(json_of(&listed("fcm", Vec::new()))["processes"], json!([]));
}
