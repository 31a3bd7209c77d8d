//! The classes of what a vendor may answer, as a table. A kit cannot know a vendor's own words, so these are the bare
//! ones: statuses, shapes of bodies, headers, and no answer at all. `explore` walks in; `cast` gives the canaries.

use super::cast;
use crate::plugins::wit::{Answer, Response};

/// One class of answers.
pub(super) struct Class {
    /// For the report: `answered 404 with HTML`.
    pub(super) name: String,
    /// The answer.
    pub(super) answer: Answer,
}

/// Shapes of bodies that say nothing in the vendor's own words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Nothing,
    Text,
    Html,
    Null,
    Object,
    List,
    NotUtf8,
    Deep,
    Huge,
    Absurd,
    Everyday,
    Quoting,
    QuotingFlat,
    QuotingText,
}

use Shape::{
    Absurd, Deep, Everyday, Html, Huge, List, NotUtf8, Nothing, Null, Object, Quoting, QuotingFlat, QuotingText, Text,
};

/// A status, and the shapes of bodies that it is tried with.
const STATUSES: &[(u16, &[Shape])] = &[
    (200, &[Everyday, Nothing, Text, Html, Null, Object, List, NotUtf8, Deep, Huge, Absurd, QuotingText]),
    (201, &[Everyday, Nothing]),
    (202, &[Everyday, Nothing]),
    (204, &[Nothing]),
    (206, &[Text]),
    (299, &[Nothing]),
    (300, &[Nothing]),
    (301, &[Html]),
    (302, &[Nothing]),
    (303, &[Nothing]),
    (304, &[Nothing]),
    (307, &[Nothing]),
    (308, &[Nothing]),
    (400, &[Nothing, Html, Object, Huge, Absurd, Quoting, QuotingFlat, QuotingText]),
    (401, &[Nothing, Html, Quoting, QuotingFlat, QuotingText]),
    (402, &[Nothing, Quoting]),
    (403, &[Nothing, Html, Quoting, QuotingFlat, QuotingText]),
    (404, &[Nothing, Html, Object, Quoting, QuotingFlat, QuotingText]),
    (405, &[Nothing]),
    (408, &[Nothing]),
    (409, &[Nothing, Quoting]),
    (410, &[Nothing, Quoting]),
    (413, &[Nothing]),
    (415, &[Nothing]),
    (418, &[Text]),
    (422, &[Nothing, Object, Quoting, QuotingFlat]),
    (423, &[Nothing]),
    (425, &[Nothing]),
    (426, &[Nothing]),
    (451, &[Nothing]),
    (499, &[Nothing]),
    (500, &[Nothing, Html, Deep, Quoting, QuotingFlat, QuotingText]),
    (501, &[Nothing]),
    (502, &[Nothing, Html]),
    (503, &[Nothing, Html, Quoting]),
    (504, &[Html]),
    (505, &[Nothing]),
    (507, &[Nothing]),
    (529, &[Nothing]),
    (599, &[Nothing]),
    // No HTTP library lets these through; a plugin must not count on that.
    (0, &[Nothing]),
    (99, &[Nothing]),
    (100, &[Nothing]),
    (101, &[Nothing]),
    (103, &[Nothing]),
    (199, &[Nothing]),
    (600, &[Nothing]),
    (999, &[Nothing]),
    (65_535, &[Nothing]),
];

/// What `retry-after` says, and the least wait that follows from it, in milliseconds.
const RETRY_AFTER: &[(u16, &str, Option<u32>)] = &[
    (429, "7", Some(7_000)),
    (429, cast::IN_NINE_SECONDS, Some(9_000)),
    (429, "0", None),
    (429, "-5", None),
    (429, "soon", None),
    (429, "7, 7", None),
    (429, "99999999999999999999999", None),
    (429, "Thu, 01 Jan 1970 00:00:00 GMT", None),
    (429, "Wed, 99 Foo 2026 99:99:99 GMT", None),
    (503, "7", None),
];

/// Every class. The vendor's own words, when the project has samples, are tried beside these.
pub(super) fn classes() -> Vec<Class> {
    let mut classes = vec![
        class("was not sent", Answer::Unsent("connection refused".to_owned())),
        class("was not sent, for no reason given", Answer::Unsent(String::new())),
        class("got no answer in time", Answer::Unknown("no answer came in time".to_owned())),
        class("got no answer, for no reason given", Answer::Unknown(String::new())),
        class("was answered 429 without retry-after", response(429, &[], Nothing)),
    ];
    for (status, shapes) in STATUSES {
        for shape in *shapes {
            let headers: &[(&str, &str)] =
                if (300..400).contains(status) { &[("location", "https://elsewhere.example/")] } else { &[] };
            let name = format!("was answered {status} with {}", shape.name());
            classes.push(class(&name, response(*status, headers, *shape)));
        }
    }
    for (status, value, _) in RETRY_AFTER {
        let name = format!("was answered {status} with retry-after: {value}");
        classes.push(class(&name, response(*status, &[("retry-after", value)], Nothing)));
    }
    let crowd: Vec<(String, String)> = (0..60).map(|i| (format!("x-header-{i}"), "é\u{202e}".repeat(20))).collect();
    let odd =
        [("", ""), ("content-type", "application/json; charset=utf-99"), ("Content-Type", "x"), ("a b", "\u{0}\r\n")];
    let odd = odd.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().chain(crowd).collect();
    classes.push(class(
        "was answered 200 with odd headers",
        Answer::Response(Response { status: 200, headers: odd, body: b"{".to_vec() }),
    ));
    classes
}

/// The least wait that `retry-after` asks for in this answer, where it can be read.
pub(super) fn wait_ms(answer: &Answer) -> Option<u32> {
    let Answer::Response(response) = answer else { return None };
    let (_, value) = response.headers.iter().find(|(name, _)| name == "retry-after")?;
    RETRY_AFTER.iter().find(|(status, text, _)| *status == response.status && text == value)?.2
}

/// A success in words that many vendors share.
pub(super) fn everyday_success() -> Answer {
    response(200, &[], Everyday)
}

/// The class of this status without a body, for lists of mixed fates.
pub(super) fn bare(status: u16) -> Answer {
    response(status, &[], Nothing)
}

fn class(name: &str, answer: Answer) -> Class {
    Class { name: name.to_owned(), answer }
}

fn response(status: u16, headers: &[(&str, &str)], shape: Shape) -> Answer {
    let mut headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    headers.push(("content-type".to_owned(), shape.content_type().to_owned()));
    Answer::Response(Response { status, headers, body: shape.body() })
}

impl Shape {
    const fn name(self) -> &'static str {
        match self {
            Nothing => "no body",
            Text => "plain text",
            Html => "HTML",
            Null => "the JSON null",
            Object => "an empty JSON object",
            List => "an empty JSON list",
            NotUtf8 => "bytes that are no UTF-8",
            Deep => "JSON of 100 000 levels",
            Huge => "1 MB of JSON",
            Absurd => "JSON of the wrong types",
            Everyday => "everyday JSON",
            Quoting => "JSON that quotes the request",
            QuotingFlat => "flat JSON that quotes the request",
            QuotingText => "text that quotes the request",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Nothing | Text | QuotingText => "text/plain",
            Html => "text/html",
            _ => "application/json",
        }
    }

    fn body(self) -> Vec<u8> {
        let quote = cast::quoted();
        let json = match self {
            Nothing => return Vec::new(),
            Text => return b"OK".to_vec(),
            Html => return b"<!doctype html><html><title>Not here</title><h1>Not here</h1></html>".to_vec(),
            Null => return b"null".to_vec(),
            Object => return b"{}".to_vec(),
            List => return b"[]".to_vec(),
            NotUtf8 => return b"{\"id\": \"\xff\xfe\xf0\x28\"}".to_vec(),
            Deep => return [b"[".repeat(100_000), b"]".repeat(100_000)].concat(),
            QuotingText => return quote.into_bytes(),
            Huge => {
                serde_json::json!({ "items": vec![serde_json::json!({ "note": "lorem ipsum ".repeat(30) }); 2_500] })
            }
            Absurd => serde_json::json!({
                "id": {}, "name": [], "message": 7, "error": [[]], "detail": [{"loc": "x"}], "status": -1.5, "code": {},
                "data": "x", "reason": [null], "token": 3, "items": {}, "errors": "x", "timestamp": "never",
            }),
            // Names that many vendors use, so that plugins without samples get some way.
            Everyday => serde_json::json!({
                "id": "id-1", "name": "name-1", "message_id": "id-1", "request_id": "id-1", "sid": "id-1", "ok": true,
                "success": true, "status": "ok", "state": "accepted", "token": "token-1", "access_token": "token-1",
                "conversation_id": "id-1", "conversation": "id-1", "signed_url": "https://vendor.example/join/1",
                "data": { "id": "id-1" }, "result": { "id": "id-1" }, "a_new_field": { "of": ["a", "later", "version"] },
            }),
            Quoting => {
                let error = serde_json::json!({
                    "message": quote, "reason": quote, "status": quote, "code": quote, "type": quote, "title": quote,
                    "description": quote,
                    "details": [{ "@type": quote, "reason": quote, "errorCode": quote, "message": quote,
                        "fieldViolations": [{ "field": quote, "description": quote }] }],
                });
                serde_json::json!({
                    "error": error, "detail": error, "message": quote, "reason": quote, "status": quote, "code": quote,
                    "errors": [error], "title": quote, "error_description": quote,
                })
            }
            QuotingFlat => serde_json::json!({
                "error": quote, "detail": quote, "message": quote, "reason": quote, "status": quote, "code": quote,
                "errors": [quote], "title": quote, "description": quote,
            }),
        };
        json.to_string().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_class_has_a_name_of_its_own() {
        let classes = classes();
        let names: BTreeSet<_> = classes.iter().map(|class| &class.name).collect();
        assert_eq!(names.len(), classes.len());
        assert!(classes.len() > 100, "{}", classes.len());
    }

    #[test]
    fn the_wait_is_known_only_where_the_header_can_be_read() {
        let waits: Vec<_> = classes().iter().filter_map(|class| wait_ms(&class.answer)).collect();
        assert_eq!(waits, [7_000, 9_000]);
    }
}
