//! Attacks on the operator's own network: addresses in every spelling, names that lead inside, redirects.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};

use callpanion::egress::Names;
use serde_json::json;

use super::row::Ends::{Misconfigured, Verdict};
use super::row::{Row, Stage};

/// Global unicast by its prefix, and assigned to nobody: it counts as outside, and leads nowhere.
const OUTSIDE: Ipv6Addr = Ipv6Addr::new(0x3000, 0, 0, 0, 0, 0, 0, 1);

/// Names that lead inside, and where.
const INSIDE: [(&str, &str); 11] = [
    ("loopback.example", "127.0.0.1"),
    ("other-loopback.example", "127.8.8.8"),
    ("loopback6.example", "::1"),
    ("link-local.example", "169.254.169.254"),
    ("link-local6.example", "fe80::1"),
    ("private.example", "10.0.0.8"),
    ("unique-local.example", "fd00::8"),
    ("shared.example", "100.64.0.1"),
    ("unspecified.example", "0.0.0.0"),
    ("mapped.example", "::ffff:127.0.0.1"),
    ("nat64.example", "64:ff9b::7f00:1"),
];

/// A DNS in the attacker's hands. `loopback` is where somebody listens.
pub fn names(loopback: SocketAddr) -> Names {
    let asked = AtomicUsize::new(0);
    Names::answering(move |name| {
        let outside = SocketAddr::from((OUTSIDE, 0));
        Ok(match INSIDE.iter().find(|(known, _)| *known == name) {
            Some((_, address)) => vec![SocketAddr::from((address.parse::<IpAddr>().unwrap(), 0))],
            None if name == "both.example" => vec![outside, loopback],
            // First a public address, to pass a check; then the one that it is after.
            None if asked.fetch_add(1, Ordering::SeqCst) == 0 => vec![outside],
            None => vec![loopback],
        })
    })
}

pub fn rows(stage: &Stage<'_>) -> Vec<Row> {
    let port = stage.inside.port();
    let mut rows = Vec::new();
    // Each is the same machine, on a port where somebody listens.
    let spellings = [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "0.0.0.0",
        "169.254.169.254",
        "10.0.0.8",
        "[fe80::1]",
    ];
    for (number, host) in spellings.into_iter().enumerate() {
        let asked = json!([{ "url": format!("http://{host}:{port}/") }]);
        let words = format!("inside address {number}: {host}");
        rows.push(stage.ask(&words, asked, "the granted hosts", Misconfigured, &["a host that is not granted"]));
    }
    // These hosts are granted; what they resolve to is not.
    for (name, address) in INSIDE {
        let settings = json!({
            "attack": "ask", "ask": { "requests": [{}] }, "base_url": format!("http://{name}:{port}"),
        });
        let words = format!("name that leads to {address}");
        rows.push(inside_by_name(stage, &words, settings));
    }
    let twice = json!([{ "method": "GET", "timeout_ms": 500 }, { "method": "GET", "timeout_ms": 500 }]);
    let settings = json!({
        "attack": "ask", "ask": { "requests": twice }, "base_url": format!("http://rebinding.example:{port}"),
    });
    rows.push(inside_by_name(stage, "DNS that answers public, then private", settings));
    let settings = json!({
        "attack": "ask", "ask": { "requests": [{ "timeout_ms": 500 }] },
        "base_url": format!("http://both.example:{port}"),
    });
    let filtered = "only its public addresses are tried";
    let row = stage.row("DNS that answers public and private at once", settings, filtered, Verdict, &[": un"]);
    rows.push(row.outside_only().unlogged());
    for (words, path, status) in [
        ("redirect to a private address", "/redirect", "status 302"),
        ("redirect that would repeat the body", "/redirect-keeping-the-body", "status 307"),
    ] {
        let asked = json!([{ "url": path, "credential": "key", "body_bytes": 10 }]);
        rows.push(stage.ask(words, asked, "no redirect is followed", Verdict, &[status]).reaching(1).unlogged());
    }
    rows
}

fn inside_by_name(stage: &Stage<'_>, words: &str, settings: serde_json::Value) -> Row {
    let says = ["lies on a private or otherwise inside address", "`private_addresses = true`"];
    stage.row(words, settings, "addresses are checked after the name is resolved", Misconfigured, &says).outside_only()
}
