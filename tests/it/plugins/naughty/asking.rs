//! Attacks by request: too many, malformed, with smuggled headers, with credentials that are not theirs.

use serde_json::{Value, json};

use super::row::Ends::{Broken, Misconfigured, Unknown, Verdict};
use super::row::{Row, Stage};

pub fn rows(stage: &Stage<'_>) -> Vec<Row> {
    let mut rows = lists(stage);
    rows.extend(urls(stage));
    rows.extend(headers(stage));
    rows.extend(credentials(stage));
    rows
}

fn lists(stage: &Stage<'_>) -> Vec<Row> {
    let long = json!([{ "url": format!("/{}", "x".repeat(9_000)) }]);
    let broad = json!([{ "body_bytes": 1024 * 1024 + 1 }]);
    let bodies: Vec<_> = (0..20).map(|_| json!({ "body_bytes": 1_000_000 })).collect();
    let bodies = Value::from(bodies);
    let limit = "the limits of a request";
    vec![
        stage.act("request-crowd", "200 requests in a step", Broken, &["300 requests in one step"]),
        stage.act("huge-request-list", "200 requests in a step", Broken, &["100000 requests in one step"]),
        stage.act("huge-requests", limit, Verdict, &["the URL or the body is too long"]),
        stage.ask("20 bodies of 1 MB", bodies, "16 MiB for a call", Broken, &["is broken"]),
        stage.act("no-request", "a step that asks for nothing is none", Broken, &["0 requests in one step"]),
        stage.act("endless-steps", "8 steps in a call", Unknown, &["not done after 8 steps"]).reaching(8),
        stage.act("send-and-break", "what was sent is looked up first", Unknown, &["panicked"]).reaching(1),
        stage.ask("URL of 9 000 bytes", long, limit, Verdict, &["the URL or the body is too long"]),
        stage.ask("body of more than 1 MiB", broad, limit, Verdict, &["the URL or the body is too long"]),
    ]
}

/// One POST to `url`.
fn at(url: &str) -> Value {
    json!([{ "url": url }])
}

fn urls(stage: &Stage<'_>) -> Vec<Row> {
    let vendor = stage.vendor.origin();
    let bare = vendor.trim_start_matches("http://");
    let mut rows = Vec::new();
    for url in ["no URL", "http://", "http://[::1", "http://exa mple/", "http://a.example:99999/"] {
        let row = stage.ask(&format!("URL {url}"), at(url), "URLs are parsed", Verdict, &["the URL is malformed"]);
        rows.push(row);
    }
    for url in ["file:///etc/passwd", "ftp://elsewhere.example/", "data:text/plain,x", "unix:/run/docker.sock"] {
        let row = stage.ask(&format!("URL {url}"), at(url), "https or http", Verdict, &["neither https nor http"]);
        rows.push(row);
    }
    let elsewhere = [
        ("another host", "https://elsewhere.example/".to_owned()),
        ("the granted host behind a backslash", format!("http://elsewhere.example\\@{bare}/")),
        ("the granted host in a fragment", format!("http://elsewhere.example#@{bare}/")),
        ("the granted host as a subdomain", format!("http://127.0.0.1.elsewhere.example:{}/", stage.vendor.port())),
        ("another port", format!("http://127.0.0.1:{}/", stage.inside.port())),
        ("another scheme", vendor.replace("http://", "https://")),
    ];
    for (words, url) in elsewhere {
        let row = stage.ask(words, at(&url), "the granted hosts", Misconfigured, &["a host that is not granted"]);
        rows.push(row);
    }
    let inside_out = json!([{ "url": vendor.replace("http://", "http://me:pw@") }]);
    let disguised = at(&format!("http://{bare}@elsewhere.example/"));
    let refused = &["carries a user name or a password"];
    rows.push(stage.ask("the granted host as a user name", disguised, "URLs", Verdict, refused));
    rows.push(stage.ask("user name in the URL", inside_out, "URLs", Verdict, refused));
    // The line breaks vanish or are escaped, as every browser does it: what arrives is one request.
    let broken = json!([{ "url": "/a\r\nx-evil: 1\r\n\r\nGET /evil HTTP/1.1\r\nx-evil: 1" }]);
    rows.push(
        stage.ask("line breaks in the URL", broken, "URLs are normal", Verdict, &["status 200"]).reaching(1).unlogged(),
    );
    for method in ["CONNECT", "TRACE", "get", "GET / HTTP/1.1\r\nx-evil: 1\r\n\r\nPOST"] {
        let words = format!("method {}", method.split('\r').next().unwrap());
        let row = stage.ask(&words, json!([{ "method": method }]), "six methods", Verdict, &["the method is none of"]);
        rows.push(row);
    }
    rows
}

fn headers(stage: &Stage<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let owned = [
        "host",
        "Host",
        "content-length",
        "Content-Length",
        "authorization",
        "AUTHORIZATION",
        "Transfer-Encoding",
        "connection",
        "te",
        "upgrade",
        "cookie",
        "Proxy-Authorization",
    ];
    for (number, name) in owned.into_iter().enumerate() {
        let asked = json!([{ "headers": [[name, "evil"]] }]);
        let says = format!("the header `{}` belongs to the host", name.to_ascii_lowercase());
        rows.push(stage.ask(&format!("header {number}: {name}"), asked, "the host's headers", Verdict, &[&says]));
    }
    let malformed = [
        ("CR/LF in a header's value", "x-a", "b\r\nx-evil: 1", "a header's value is malformed"),
        ("LF in a header's value", "x-a", "b\nx-evil: 1", "a header's value is malformed"),
        ("NUL in a header's value", "x-a", "evil\0", "a header's value is malformed"),
        ("CR/LF in a header's name", "x-a: b\r\nx-evil", "1", "a header's name is malformed"),
        ("colon in a header's name", "x-evil:", "1", "a header's name is malformed"),
        ("pseudo header of HTTP/2", ":authority", "evil", "a header's name is malformed"),
    ];
    for (words, name, value, says) in malformed {
        rows.push(stage.ask(words, json!([{ "headers": [[name, value]] }]), "headers are parsed", Verdict, &[says]));
    }
    let many: Vec<_> = (0..65).map(|n| json!([format!("x-{n}"), "evil"])).collect();
    let many = json!([{ "headers": many }]);
    let long = json!([{ "headers": [["x-a", "evil".repeat(5_000)]] }]);
    rows.push(stage.ask("65 headers", many, "the limits of a request", Verdict, &["the headers are more than 64"]));
    rows.push(stage.ask("header of 20 kB", long, "the limits of a request", Verdict, &["longer than 16384 bytes"]));
    rows
}

fn credentials(stage: &Stage<'_>) -> Vec<Row> {
    let with = |credential: &str| json!([{ "credential": credential }]);
    let elsewhere = json!([{ "credential": "key", "url": "https://elsewhere.example/" }]);
    let granted = "the granted credentials";
    let not_granted = "a credential that is not granted";
    vec![
        stage.ask("credential of another plugin", with("service-account"), granted, Misconfigured, &[not_granted]),
        stage.ask("credential that does not exist", with("../key"), granted, Misconfigured, &[not_granted]),
        stage.ask(
            "right credential to the wrong host",
            with("bound"),
            "credentials are bound to hosts",
            Misconfigured,
            &["the credential bound may not go to", "credentials.bound.hosts"],
        ),
        stage.ask(
            "credential to a host that is not granted",
            elsewhere,
            "the granted hosts",
            Misconfigured,
            &["a host that is not granted"],
        ),
        // What it may use it may use; it still does not see it.
        stage
            .ask(
                "credential where it belongs",
                with("key"),
                "it is placed on the way out",
                Verdict,
                &["status 200, 0 secret headers"],
            )
            .reaching(1)
            .unlogged(),
    ]
}
