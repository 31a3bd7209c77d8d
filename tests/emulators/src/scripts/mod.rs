//! Scripted conversations: what a callee and the companion say, and what the agent collects from it.
//!
//! Invented people. `{name}` in a text is the callee's name, put in by [`Script::said_to`].

mod english;
mod indonesian;

use std::iter;

use serde_json::{Value, json};

/// The language of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Bahasa Indonesia.
    Indonesian,
}

impl Language {
    /// ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Indonesian => "id",
        }
    }

    /// Of an ISO code; English for what is not scripted.
    pub fn of(code: Option<&str>) -> Self {
        if code.is_some_and(|code| code.starts_with("id")) { Self::Indonesian } else { Self::English }
    }
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The companion.
    Agent,
    /// The person rung (`user` at the vendor).
    Callee,
}

/// One turn of a script.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Who speaks.
    pub speaker: Speaker,
    /// What; none on turns that only use a tool.
    pub text: Option<String>,
    /// Seconds after the answer.
    pub at_s: i64,
    /// A system tool used in this turn.
    pub tool: Option<&'static str>,
}

/// One datum that the agent collects.
#[derive(Clone, Debug)]
pub struct Collected {
    /// Its id, one of [`KEYS`].
    pub key: &'static str,
    /// JSON type in the agent's schema.
    pub kind: &'static str,
    /// The value; null if the talk did not tell.
    pub value: Value,
    /// Why.
    pub rationale: String,
}

/// A conversation to be held.
#[derive(Clone, Debug)]
pub struct Script {
    /// Its name, for messages of tests.
    pub name: &'static str,
    /// Spoken language.
    pub language: Language,
    /// Who is meant when nobody says the callee's name.
    pub callee: &'static str,
    /// From answer to hanging up, seconds.
    pub duration_s: i64,
    /// What is said.
    pub turns: Vec<Turn>,
    /// What the agent collects.
    pub collected: Vec<Collected>,
    /// The vendor's title of it.
    pub title: String,
    /// The vendor's summary.
    pub summary: String,
    /// The vendor's verdict: `success`, `failure` or `unknown`.
    pub successful: &'static str,
    /// The vendor's free text on why it ended.
    pub termination: &'static str,
}

/// What the agents collect, with the JSON type of each.
pub const KEYS: [(&str, &str); 16] = [
    ("mood_score", "integer"),
    ("emergency_flag", "boolean"),
    ("flag_fall_risk", "boolean"),
    ("flag_low_appetite", "boolean"),
    ("flag_confused", "boolean"),
    ("flag_lonely", "boolean"),
    ("notes", "string"),
    ("highlight_one_line", "string"),
    ("sleep_quality", "string"),
    ("activity", "string"),
    ("social_contact", "string"),
    ("flag_acute_illness", "boolean"),
    ("flag_danger_at_home", "boolean"),
    ("flag_mistreated", "boolean"),
    ("flag_fraud", "boolean"),
    ("flag_medicine_error", "boolean"),
];

impl Script {
    /// The script with the callee's name in it.
    #[must_use]
    pub fn said_to(&self, name: Option<&str>) -> Self {
        let name = name.unwrap_or(self.callee);
        let say = |text: &str| text.replace("{name}", name);
        let mut said = self.clone();
        for turn in &mut said.turns {
            turn.text = turn.text.as_deref().map(say);
        }
        for one in &mut said.collected {
            one.rationale = say(&one.rationale);
            if let Value::String(text) = &one.value {
                one.value = json!(say(text));
            }
        }
        said.title = say(&said.title);
        said.summary = say(&said.summary);
        said
    }

    /// The same talk, but this long; turns keep their times, and what would come later is not said.
    #[must_use]
    pub fn lasting(mut self, duration_s: i64) -> Self {
        self.duration_s = duration_s;
        self
    }
}

/// A good day: breakfast, the garden, a grandchild's call.
pub fn cheerful(language: Language) -> Script {
    match language {
        Language::English => english::cheerful(),
        Language::Indonesian => indonesian::cheerful(),
    }
}

/// A fall in the night and no appetite: must become an alert.
pub fn worrying(language: Language) -> Script {
    match language {
        Language::English => english::worrying(),
        Language::Indonesian => indonesian::worrying(),
    }
}

/// An ordinary day, with a message for the family.
pub fn ordinary(language: Language) -> Script {
    match language {
        Language::English => english::ordinary(),
        Language::Indonesian => indonesian::ordinary(),
    }
}

/// Somebody picks up and says nothing.
pub fn silent(language: Language) -> Script {
    match language {
        Language::English => english::silent(),
        Language::Indonesian => indonesian::silent(),
    }
}

/// A machine answers and a message is left.
pub(crate) fn voicemail(language: Language) -> Script {
    match language {
        Language::English => english::voicemail(),
        Language::Indonesian => indonesian::voicemail(),
    }
}

/// Builds turns from alternating lines, the agent first; each is given the seconds that saying it takes.
fn alternating(lines: &[&str]) -> (Vec<Turn>, i64) {
    let mut at_s = 0;
    let mut turns: Vec<Turn> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let speaker = if at % 2 == 0 { Speaker::Agent } else { Speaker::Callee };
        turns.push(Turn { speaker, text: Some((*line).to_owned()), at_s, tool: None });
        // About 150 words a minute, and a breath between.
        let words = i64::try_from(line.split_whitespace().count()).unwrap_or(0);
        at_s += (words * 60).div_euclid(150) + 1;
    }
    (turns, at_s)
}

/// What the agent says about the first keys, in the order of [`KEYS`]; a value of null means "did not come up", as do the
/// keys after them.
fn collected(values: [(Value, &str); 11]) -> Vec<Collected> {
    KEYS.iter()
        .zip(values.into_iter().chain(iter::repeat((Value::Null, ""))))
        .map(|((key, kind), (value, rationale))| Collected { key, kind, value, rationale: rationale.to_owned() })
        .collect()
}

/// A script whose agent says goodbye and hangs up.
fn spoken(
    name: &'static str,
    language: Language,
    callee: &'static str,
    lines: &[&str],
    (title, summary): (&str, &str),
    values: [(Value, &str); 11],
) -> Script {
    let (mut turns, duration_s) = alternating(lines);
    if let Some(last) = turns.last_mut().filter(|turn| turn.speaker == Speaker::Agent) {
        last.tool = Some("end_call");
    }
    Script {
        name,
        language,
        callee,
        duration_s,
        turns,
        collected: collected(values),
        title: title.to_owned(),
        summary: summary.to_owned(),
        successful: "success",
        termination: "end_call tool was called.",
    }
}

/// A script in which no person says a word: nothing could be collected.
fn wordless(
    name: &'static str,
    language: Language,
    callee: &'static str,
    turns: Vec<Turn>,
    texts: [&str; 3],
) -> Script {
    let [title, summary, rationale] = texts;
    let duration_s = turns.last().map_or(0, |turn| turn.at_s) + 8;
    Script {
        name,
        language,
        callee,
        duration_s,
        turns,
        collected: collected(std::array::from_fn(|_| (Value::Null, rationale))),
        title: title.to_owned(),
        summary: summary.to_owned(),
        successful: "failure",
        termination: "end_call tool was called.",
    }
}

/// The turns of a talk with a machine: greeting, its answer, the tool that noticed, the message.
fn machine(hello: &str, greeting: &str, message: &str) -> Vec<Turn> {
    let turn = |speaker, text: Option<&str>, at_s, tool| Turn { speaker, text: text.map(str::to_owned), at_s, tool };
    vec![
        turn(Speaker::Agent, Some(hello), 0, None),
        turn(Speaker::Callee, Some(greeting), 4, None),
        turn(Speaker::Agent, None, 9, Some("voicemail_detection")),
        turn(Speaker::Agent, Some(message), 10, None),
    ]
}

/// The turns of an agent that asks into silence, which the vendor writes as "...".
fn into_silence(asked: &[&str]) -> Vec<Turn> {
    let mut turns = Vec::new();
    for (at, text) in (0_i64..).zip(asked) {
        let said = Some((*text).to_owned());
        turns.push(Turn { speaker: Speaker::Agent, text: said, at_s: at * 12, tool: None });
        let silence = Some("...".to_owned());
        turns.push(Turn { speaker: Speaker::Callee, text: silence, at_s: at * 12 + 6, tool: None });
    }
    turns
}
