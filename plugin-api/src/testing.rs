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

use crate::channel::Ring;
use crate::notifier::Notice;
use crate::renderer::{Material, Speaker, Turn};
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

/// A ring at [`NOW_MS`], of 45 seconds.
pub fn ring(address: &str) -> Ring {
    let id = |n: u8| format!("0192a000-0000-7000-8000-00000000000{n}");
    Ring {
        ring_id: id(1),
        call_id: id(2),
        group_id: id(3),
        family_id: id(4),
        callee_id: id(5),
        address: address.to_owned(),
        environment: String::new(),
        ring_at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 45_000,
        language: "en".to_owned(),
        zone: "Europe/Amsterdam".to_owned(),
        variables: vec![("callee_name".to_owned(), "Anna".to_owned())],
        extra: Vec::new(),
    }
}

/// A notice that is of use for an hour after [`NOW_MS`].
pub fn notice(to: &str) -> Notice {
    Notice {
        id: "0192a000-0000-7000-8000-000000000006".to_owned(),
        to: to.to_owned(),
        language: "en".to_owned(),
        title: "A missed call".to_owned(),
        text: "Anna did not pick up at 9:00.".to_owned(),
        link: "https://callpanion.example/calls/1".to_owned(),
        expires_at_ms: NOW_MS + 3_600_000,
        extra: Vec::new(),
    }
}

/// A talk of three minutes in English with these turns.
pub fn material(turns: &[(Speaker, &str)]) -> Material {
    let turn = |(at_s, (speaker, text)): (u32, &(Speaker, &str))| Turn {
        speaker: *speaker,
        text: (*text).to_owned(),
        at_s: at_s * 6,
    };
    Material {
        callee_name: "Anna".to_owned(),
        language: "en".to_owned(),
        turns: (0..).zip(turns).map(turn).collect(),
        provider_summary: None,
        collected: Vec::new(),
        duration_s: 180,
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

/// How often the host calls a function, with the answers so far, until it must be done: so there are answers seven times.
pub const CALLS_MAX: usize = 8;

/// Plays the host: calls the function, answers each request it asks with the next of `script`, and
/// calls it again from the start, until it ends.
///
/// Returns its result and every request in the order asked. A function that asks for more than the
/// script holds fails with the text `no answer is scripted for …`, and one that is not done when it was called
/// [`CALLS_MAX`] times fails as it does in the host. One that asks for other requests when it is called
/// again with the same answers fails too: the host's replay would go wrong.
pub fn drive<T>(
    context: &Context,
    script: impl IntoIterator<Item = Answer>,
    function: impl Fn(&mut Ctx) -> Result<T, Stop>,
) -> (Result<T, Failure>, Vec<Request>) {
    let mut script = script.into_iter();
    let mut asked: Vec<Request> = Vec::new();
    let mut answers = Vec::new();
    for _ in 0..CALLS_MAX {
        match function(&mut Ctx::new(context.clone(), answers.clone())) {
            Ok(result) => return (Ok(result), asked),
            Err(Stop::Failed(failure)) => return (Err(failure), asked),
            Err(Stop::Request(requests)) => {
                let again = function(&mut Ctx::new(context.clone(), answers.clone()));
                if !matches!(&again, Err(Stop::Request(same)) if *same == requests) {
                    let text = "called twice with the same answers, it asked for other requests";
                    return (Err(Failure::Permanent(text.to_owned())), asked);
                }
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
    (Err(Failure::Permanent(format!("it was not done after {CALLS_MAX} steps"))), asked)
}

/// Compares a plugin's description with the text of its `plugin.toml`, which must name the same kind, id, version and
/// purpose. Returns what differs. The plugin's macro makes a test of it.
pub fn manifest_differences(manifest: &str, kind: &str, description: &Description) -> Vec<String> {
    let head = manifest.split("\n[").next().unwrap_or_default();
    let Description { id, version, purpose, .. } = description;
    [
        ("kind", kind, "the macro of the world"),
        ("id", id, "the macro's `id`, or else `name` in Cargo.toml"),
        ("version", version, "`version` in Cargo.toml"),
        ("purpose", purpose, "`description` in Cargo.toml"),
    ]
    .into_iter()
    .filter_map(|(key, value, source)| match text_of(head, key) {
        Some(found) if found == value => None,
        Some(found) => {
            Some(format!("plugin.toml says {key} = {found:?}, and {source} says {value:?}: make them the same"))
        }
        None => Some(format!("plugin.toml has no line {key} = {value:?}, which is what {source} says: write it there")),
    })
    .collect()
}

/// Whether the line `also = […]` of a `plugin.toml` names this interface.
pub fn manifest_names(manifest: &str, also: &str) -> bool {
    let head = manifest.split("\n[").next().unwrap_or_default();
    let mut lines = head.lines().filter_map(|line| line.split_once('='));
    let list = lines.find(|(name, _)| name.trim() == "also").map_or("", |(_, list)| list);
    list.split(['[', ']', ',']).any(|word| word.trim().trim_matches(['"', '\'']) == also)
}

/// The text that a line `key = "text"` gives this key, with any blanks, and perhaps a comment behind.
fn text_of(toml: &str, key: &str) -> Option<String> {
    let mut lines = toml.lines().filter_map(|line| line.split_once('='));
    let value = lines.find(|(name, _)| name.trim() == key)?.1.trim_start();
    match value.strip_prefix('\'') {
        Some(literal) => literal.split('\'').next().map(str::to_owned),
        // A basic string of TOML is one of JSON, and what stands behind it is left alone.
        None => serde_json::Deserializer::from_str(value).into_iter().next()?.ok(),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_function_that_varies_is_found_out() {
        let calls = Cell::new(0);
        let (result, _) = drive(&context(&serde_json::json!({})), [response(200, "")], |ctx| {
            calls.set(calls.get() + 1);
            ctx.http(Request::get(format!("https://a.example/{}", calls.get())))
        });
        let Err(Failure::Permanent(text)) = result else { panic!("{result:?}") };
        assert!(text.contains("other requests"), "{text}");
    }

    #[test]
    fn each_difference_of_the_manifest_says_where_its_value_stands() {
        let description = Description {
            id: "bell".to_owned(),
            version: "0.1.0".to_owned(),
            purpose: "Rings.".to_owned(),
            extra: Vec::new(),
        };
        let manifest = "id = \"bell\"\nkind = \"channel\"\nversion = \"0.2.0\"\n\n[x]\npurpose = \"Rings.\"\n";
        let differences = manifest_differences(manifest, "channel", &description);
        assert_eq!(
            differences,
            [
                "plugin.toml says version = \"0.2.0\", and `version` in Cargo.toml says \"0.1.0\": make them the same",
                "plugin.toml has no line purpose = \"Rings.\", which is what `description` in Cargo.toml says: write it \
                 there",
            ]
        );
    }

    #[test]
    fn what_stands_beside_is_found_in_its_line_alone() {
        let manifest = "kind = \"provider\"\nalso=[ 'records',\"provisioning\" ] # both\n\n[x]\nalso = [\"notes\"]\n";
        let named = |also| manifest_names(manifest, also);
        assert!(named("records") && named("provisioning") && !named("notes") && !named("provider"));
        assert!(!manifest_names("kind = \"records\"", "records"));
    }

    #[test]
    fn the_manifest_may_be_written_with_any_blanks() {
        let description = Description {
            id: "bell".to_owned(),
            version: "0.1.0".to_owned(),
            purpose: "Rings \"well\" = loudly, #1.".to_owned(),
            extra: Vec::new(),
        };
        let manifest = "id=\"bell\"\r\n  kind\t= 'channel' # a comment\nversion   =   \"0.1.0\"  \n\
                        purpose =\"Rings \\\"well\\\" = loudly, #1.\" # and another\n\n[x]\nid = \"other\"\n";
        assert_eq!(manifest_differences(manifest, "channel", &description), [""; 0]);
    }
}
