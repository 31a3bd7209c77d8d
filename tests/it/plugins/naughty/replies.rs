//! A vendor in league with the plugin, or just broken: replies without end, without haste, without sense.

use serde_json::{Value, json};

use super::row::Ends::Verdict;
use super::row::{Row, Stage};

/// One POST to `path` that waits a fifth of a second.
fn brief(path: &str) -> Value {
    json!([{ "url": path, "timeout_ms": 200 }])
}

pub fn rows(stage: &Stage<'_>) -> Vec<Row> {
    let in_time = "no answer came in time";
    let too_long = "is longer than 4194304 bytes";
    let ask = |words: &str, asked: Value, stopped_by, says: &str| {
        let requests = asked.as_array().map_or(1, Vec::len);
        stage.ask(words, asked, stopped_by, Verdict, &[says]).reaching(requests)
    };
    let six: Vec<_> = (0..6).map(|_| json!({ "url": "/three-megabytes", "method": "GET" })).collect();
    let again = json!([{ "url": "/hang-up", "repeatable": true }]);
    vec![
        ask("endless reply", json!([{ "url": "/endless" }]), "4 MiB for a reply", too_long),
        ask("reply of 1 GB", json!([{ "url": "/gigabyte" }]), "4 MiB for a reply", too_long),
        ask("18 MB in six replies", six.into(), "16 MiB for a call", "3000000 bytes"),
        ask("reply of one byte a second", brief("/trickle"), "the request's own time", in_time),
        ask("one header a second", brief("/trickle-of-headers"), "the request's own time", in_time),
        ask("100 Continue without end", brief("/endless-continue"), "the request's own time", "unknown: "),
        ask("silence", brief("/silence"), "the request's own time", in_time),
        ask("100 000 headers", json!([{ "url": "/header-flood" }]), "the limit of headers", "unknown: "),
        ask(
            "cookies and keys in the reply",
            brief("/secret-headers"),
            "they are left out",
            "0 secret headers, 4 bytes",
        )
        .unlogged(),
        ask("reply that breaks off", brief("/broken-off"), "half a reply is none", "broke off"),
        ask("reply that is no HTTP", brief("/no-http"), "replies are parsed", "unknown: "),
        ask("connection that is cut", brief("/hang-up"), "it may have arrived", "unknown: "),
        ask("connection that is cut twice", again, "one repeat", "unknown: ").reaching(2),
    ]
}
