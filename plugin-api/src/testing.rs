//! A test kit for plugins: contexts, answers, and a stand-in for the host's replay.
//!
//! Unit tests of plugins walk in. Everything is a plain value; nothing is sent anywhere.
//!
//! ```
//! use callpanion_plugin_api::Request;
//! use callpanion_plugin_api::testing::{context, drive, response};
//!
//! let settings = serde_json::json!({});
//! let (result, requests) = drive(&context(&settings), [response(200, "{}")], |ctx| {
//!     ctx.http(Request::get("https://vendor.example/ping")).map(|_| "pong")
//! });
//! assert_eq!(result, Ok("pong"));
//! assert_eq!(requests[0].url, "https://vendor.example/ping");
//! ```

use crate::{Answer, Body, Context, Ctx, Description, Failure, Request, Response, Stop};

/// The instant of every test context: 2026-11-18 08:20:00 UTC.
pub const NOW_MS: u64 = 1_794_990_000_000;

/// A context at [`NOW_MS`], in English, with these settings.
pub fn context(settings: &serde_json::Value) -> Context {
    Context {
        now_ms: NOW_MS,
        locale: "en".to_owned(),
        settings: settings.to_string(),
        entropy: (0..32).collect(),
        extra: Vec::new(),
    }
}

/// An answer: a response with this status and body.
pub fn response(status: u16, body: &str) -> Answer {
    response_with(status, &[], body)
}

/// An answer: a response with headers.
pub fn response_with(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    Answer::Response(Response {
        status,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.as_bytes().to_vec(),
    })
}

/// The JSON body of a request; `Null` when it has none.
pub fn json_body(request: &Request) -> serde_json::Value {
    match &request.body {
        Body::Empty => serde_json::Value::Null,
        Body::Text(text) => serde_json::from_str(text).unwrap_or_default(),
        Body::Bytes(bytes) => serde_json::from_slice(bytes).unwrap_or_default(),
    }
}

/// Plays the host: calls the function, answers each request it asks with the next of `script`, and
/// calls it again from the start, until it ends.
///
/// Returns its result and every request in the order asked. A function that asks for more than the
/// script holds fails with the text `no answer is scripted for …`.
pub fn drive<T>(
    context: &Context,
    script: impl IntoIterator<Item = Answer>,
    function: impl Fn(&mut Ctx) -> Result<T, Stop>,
) -> (Result<T, Failure>, Vec<Request>) {
    let mut script = script.into_iter();
    let mut asked: Vec<Request> = Vec::new();
    let mut answers = Vec::new();
    loop {
        match function(&mut Ctx::new(context.clone(), answers.clone())) {
            Ok(result) => return (Ok(result), asked),
            Err(Stop::Failed(failure)) => return (Err(failure), asked),
            Err(Stop::Request(requests)) => {
                for request in requests {
                    let Some(answer) = script.next() else {
                        let text = format!("no answer is scripted for {}", request.url);
                        return (Err(Failure::Permanent(text)), asked);
                    };
                    answers.push(answer);
                    asked.push(request);
                }
            }
        }
    }
}

/// Compares a plugin's description with the text of its `plugin.toml`, which must name the same id,
/// version and purpose. Returns what differs, so that a test can assert that nothing does.
pub fn manifest_differences(manifest: &str, description: &Description) -> Vec<String> {
    let head = manifest.split("\n[").next().unwrap_or_default();
    [("id", &description.id), ("version", &description.version), ("purpose", &description.purpose)]
        .into_iter()
        .filter(|(key, value)| {
            let line = format!("{key} = {value:?}");
            !head.lines().any(|l| l.trim_end() == line)
        })
        .map(|(key, value)| format!("plugin.toml has no line {key} = {value:?}"))
        .collect()
}
