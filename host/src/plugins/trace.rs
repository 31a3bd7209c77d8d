//! A finished call as lines for a terminal: what the plugin was given, each run, each request with what was granted and
//! how long it took, and what came out. Whoever develops a plugin reads them; they tell everything, so they are for
//! invented people only. Calls nobody.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::exchange::{Input, Output, wit};
use super::witness::{CallTrace, Round, Sent};

/// No line is wider.
const COLUMNS: usize = 100;
/// A longer text goes on for so many lines at most.
const LINES_MAX: usize = 6;

/// The lines of one call, none wider than 100 columns.
pub fn lines(trace: &CallTrace) -> Vec<String> {
    let mut page = Page::default();
    let plugin_time: Duration = trace.rounds.iter().map(|round| round.plugin_time).sum();
    let requests: usize = trace.rounds.iter().map(|round| round.sent.len()).sum();
    page.line(
        0,
        &format!(
            "{} {} {} {}: {}, {} in the plugin",
            trace.begun_at.to_jiff().strftime("%H:%M:%S%.3f"),
            trace.stamp.id,
            trace.stamp.version,
            trace.input.export(),
            number(requests, "request"),
            time(plugin_time),
        ),
    );
    page.input(&trace.input);
    for (at, round) in trace.rounds.iter().enumerate() {
        page.round(at + 1, round);
    }
    match &trace.outcome {
        Ok(output) => page.output(output),
        Err(failure) => page.labelled(1, "failed  ", &failure.to_string()),
    }
    page.lines
}

#[derive(Default)]
struct Page {
    lines: Vec<String>,
}

impl Page {
    fn input(&mut self, input: &Input) {
        match input {
            Input::Ring(rings) => {
                for ring in rings {
                    self.record("given   ", ring);
                }
            }
            Input::Cancel(rings) | Input::Inspect(rings) => {
                for ring in rings {
                    self.record("given   ", ring);
                }
            }
            Input::OpenSession(wanted) => self.record("given   ", wanted),
            Input::ReadWebhook { headers, body } => {
                self.labelled(1, "given   ", &format!("a webhook with {}", number(headers.len(), "header")));
                self.bytes(2, body);
            }
            Input::ReadCallback { headers, body } => {
                self.labelled(1, "given   ", &format!("a callback with {}", number(headers.len(), "header")));
                self.bytes(2, body);
            }
            Input::FetchSession(given) | Input::FetchAudio(given) | Input::Erase(given) | Input::LookUp(given) => {
                self.labelled(1, "given   ", given);
            }
            Input::Check => {}
            Input::Render(material) => self.record("given   ", material),
            Input::Plan(wanted) | Input::Apply(wanted) => self.record("given   ", wanted),
            Input::Notify(notices) => notices.iter().for_each(|notice| self.record("given   ", notice)),
            Input::RenderDigest(week) => self.record("given   ", week),
        }
    }

    fn round(&mut self, at: usize, round: &Round) {
        let (sent, took) = (round.sent.len(), time(round.plugin_time));
        match sent {
            0 => self.line(1, &format!("run {at}     {took}, done")),
            _ => self.line(1, &format!("run {at}     {took}, asks for {}", number(sent, "request"))),
        }
        round.sent.iter().for_each(|sent| self.sent(sent));
    }

    fn sent(&mut self, sent: &Sent) {
        let request = &sent.request;
        self.labelled(2, "", &format!("{} {}", request.method, request.url));
        for (name, value) in &request.headers {
            self.labelled(3, "", &format!("{name}: {value}"));
        }
        match &request.body {
            wit::Body::Empty => {}
            wit::Body::Text(text) => self.bytes(3, text.as_bytes()),
            wit::Body::Bytes(bytes) => self.bytes(3, bytes),
        }
        let credential = request.credential.as_ref();
        match &sent.refused {
            Some(why) => self.labelled(3, "REFUSED  ", why),
            None => self.labelled(
                3,
                "granted  ",
                &format!(
                    "{}, {}, at most {}",
                    credential.map_or_else(|| "no credential".to_owned(), |name| format!("credential {name}")),
                    if request.repeatable { "may be repeated" } else { "sent once" },
                    time(Duration::from_millis(request.timeout_ms.into())),
                ),
            ),
        }
        let took = time(sent.vendor_time);
        match &sent.answer {
            wit::Answer::Response(response) => {
                self.labelled(3, "answer   ", &format!("{} after {took}", response.status));
                self.bytes(4, &response.body);
            }
            wit::Answer::Unsent(_) if sent.refused.is_some() => {}
            wit::Answer::Unsent(why) => self.labelled(3, "unsent   ", &format!("after {took}: {why}")),
            wit::Answer::Unknown(why) => self.labelled(3, "unknown  ", &format!("after {took}: {why}")),
        }
    }

    fn output(&mut self, output: &Output) {
        let label = "gave    ";
        match output {
            Output::Request(_) => {}
            Output::Failed(failure) => self.record(label, failure),
            Output::Rung(verdicts) | Output::Notified(verdicts) => {
                for verdict in verdicts {
                    self.record(label, verdict);
                }
            }
            Output::Canceled(canceled) => self.record(label, canceled),
            Output::Inspected(inspections) => inspections.iter().for_each(|found| self.record(label, found)),
            Output::Session(session) => self.record(label, session),
            Output::Webhook(webhook) => self.record(label, webhook),
            Output::Fetched(conversation) => self.record(label, conversation),
            Output::Checked(findings) => findings.iter().for_each(|finding| self.record(label, finding)),
            Output::Audio(None) => self.labelled(1, label, "nothing"),
            Output::Audio(Some(audio)) => {
                self.labelled(1, label, &format!("{} of {}", number(audio.bytes.len(), "byte"), audio.content_type));
            }
            Output::Erased(erasure) => self.record(label, erasure),
            Output::Planned(changes) => changes.iter().for_each(|change| self.record(label, change)),
            Output::Applied(provisioned) => self.record(label, provisioned),
            Output::Callback(callback) => self.record(label, callback),
            Output::LookedUp(facts) => self.record(label, facts),
            Output::Digested(digest) => digest.parts.iter().for_each(|part| self.record(label, part)),
            Output::Rendered(rendering) => {
                self.labelled(
                    1,
                    label,
                    &format!("mood {}", rendering.mood_score.map_or("-".to_owned(), |m| m.to_string())),
                );
                rendering.blocks.iter().for_each(|block| self.record(label, block));
            }
        }
    }

    /// The fields of a record of the border that say something.
    fn record(&mut self, label: &str, record: &impl Serialize) {
        let text = match serde_json::to_value(record) {
            Ok(value) => brief(&value),
            Err(error) => error.to_string(),
        };
        self.labelled(1, label, if text.is_empty() { "nothing" } else { &text });
    }

    fn bytes(&mut self, depth: usize, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok("") => {}
            Ok(text) => self.labelled(depth, "", text),
            Err(_) => self.line(depth, &format!("({} that are no text)", number(bytes.len(), "byte"))),
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        self.labelled(depth, "", text);
    }

    /// Writes a text behind a label, on as many lines as it needs; a very long one is cut.
    fn labelled(&mut self, depth: usize, label: &str, text: &str) {
        let margin = " ".repeat(depth * 2);
        let width = COLUMNS - margin.len() - label.len();
        // What a vendor sends must not move the reader's cursor.
        let shown: Vec<char> = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mut rest = shown.as_slice();
        for at in 0..LINES_MAX {
            if rest.is_empty() && at > 0 {
                break;
            }
            let (part, left) = rest.split_at(line_length(rest, width));
            let part: String = part.iter().collect();
            let label = if at == 0 { label.to_owned() } else { " ".repeat(label.len()) };
            self.lines.push(format!("{margin}{label}{part}").trim_end().to_owned());
            rest = left;
        }
        if !rest.is_empty() {
            self.lines.push(format!("{margin}{}… and {}", " ".repeat(label.len()), number(rest.len(), "character")));
        }
    }
}

/// How much of a text goes on a line: up to its last space, unless that would leave half of the line empty.
fn line_length(text: &[char], width: usize) -> usize {
    if text.len() <= width {
        return text.len();
    }
    let space = text[..width].iter().rposition(|c| *c == ' ').map(|at| at + 1);
    space.filter(|length| *length > width / 2).unwrap_or(width)
}

/// A value without what is empty, without quotes around its names.
fn brief(value: &Value) -> String {
    match value {
        Value::Object(table) => {
            // A case of a variant says something by its name.
            let is_case = table.len() == 1;
            let fields = table.iter().filter(|(_, value)| is_case || !is_empty(value));
            let fields = fields.map(
                |(name, value)| {
                    if is_empty(value) { name.clone() } else { format!("{name} {}", nested(value)) }
                },
            );
            fields.collect::<Vec<_>>().join(", ")
        }
        other => nested(other),
    }
}

fn nested(value: &Value) -> String {
    match value {
        Value::Object(_) => format!("{{{}}}", brief(value)),
        Value::Array(list) => format!("[{}]", list.iter().map(nested).collect::<Vec<_>>().join(", ")),
        Value::String(text) if text.contains(' ') || text.is_empty() => format!("\"{text}\""),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

fn number(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

fn time(time: Duration) -> String {
    match time.as_micros() {
        micros @ 0..1_000 => format!("{micros} µs"),
        1_000..10_000 => format!("{:.1} ms", time.as_secs_f64() * 1_000.0),
        10_000..10_000_000 => format!("{} ms", time.as_millis()),
        _ => format!("{} s", time.as_secs()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::witness::Stamp;
    use super::*;
    use crate::domain::Moment;

    fn ring() -> wit::RingAttempt {
        wit::RingAttempt {
            ring_id: "0192a000-0000-7000-8000-000000000001".to_owned(),
            call_id: "0192a000-0000-7000-8000-000000000002".to_owned(),
            group_id: "0192a000-0000-7000-8000-000000000003".to_owned(),
            family_id: "0192a000-0000-7000-8000-000000000004".to_owned(),
            callee_id: "0192a000-0000-7000-8000-000000000005".to_owned(),
            address: "phone-1".to_owned(),
            environment: String::new(),
            ring_at_ms: 1_700_000_000_000,
            expires_at_ms: 1_700_000_045_000,
            language: "en".to_owned(),
            zone: "Europe/London".to_owned(),
            variables: vec![("callee_name".to_owned(), "Grandma Maggie".to_owned())],
            extra: Vec::new(),
        }
    }

    fn sent(answer: wit::Answer, refused: Option<&str>) -> Sent {
        Sent {
            request: wit::Request {
                method: "POST".to_owned(),
                url: "https://relay.example/push/phone-1".to_owned(),
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body: wit::Body::Text(format!(r#"{{"long":"{}"}}"#, "x".repeat(2_000))),
                credential: Some("relay-key".to_owned()),
                repeatable: false,
                timeout_ms: 10_000,
            },
            answer,
            refused: refused.map(str::to_owned),
            vendor_time: Duration::from_micros(8_400),
        }
    }

    #[test]
    fn every_request_its_grant_and_its_answer_stand_in_the_trace() {
        let reply = wit::Response { status: 202, headers: Vec::new(), body: b"{\"id\":\"\x1b[31m1\"}".to_vec() };
        let refusal = "it is not granted";
        let trace = CallTrace {
            stamp: Stamp { id: "push-relay".to_owned(), version: "0.1.0".to_owned(), digest: String::new() },
            begun_at: Moment::from_secs(1_700_000_000),
            context: wit::Context {
                now_ms: 0,
                locale: "en".to_owned(),
                settings: "{}".to_owned(),
                entropy: Vec::new(),
                extra: Vec::new(),
            },
            input: Arc::new(Input::Ring(vec![ring()])),
            rounds: vec![
                Round {
                    plugin_time: Duration::from_micros(310),
                    sent: vec![
                        sent(wit::Answer::Response(reply), None),
                        sent(wit::Answer::Unsent(refusal.to_owned()), Some(refusal)),
                        sent(wit::Answer::Unknown("no answer came in time".to_owned()), None),
                    ],
                },
                Round { plugin_time: Duration::from_micros(95), sent: Vec::new() },
            ],
            outcome: Ok(Output::Rung(vec![
                wit::Verdict::Accepted(Some("r1".to_owned())),
                wit::Verdict::Accepted(None),
            ])),
        };
        let lines = lines(&trace);
        assert_eq!(lines[0], "22:13:20.000 push-relay 0.1.0 ring: 3 requests, 405 µs in the plugin");
        let text = lines.join("\n");
        for part in [
            "address phone-1",
            "callee_name, \"Grandma Maggie\"",
            "run 1     310 µs, asks for 3 requests",
            "POST https://relay.example/push/phone-1",
            "granted  credential relay-key, sent once, at most 10 s",
            "answer   202 after 8.4 ms",
            "REFUSED  it is not granted",
            "unknown  after 8.4 ms: no answer came in time",
            "run 2     95 µs, done",
            "gave    Accepted r1\n  gave    Accepted",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(!text.contains('\x1b'));
        assert!(lines.iter().all(|line| line.chars().count() <= COLUMNS + 30), "{text}");
        assert!(lines.iter().filter(|line| !line.contains('…')).all(|line| line.chars().count() <= COLUMNS), "{text}");
    }
}
