//! The whole talk in one sentence. `render` walks in.

use callpanion_plugin_api::renderer::{Block, BlockKind};

use crate::Source;
use crate::alarms::Raised;
use crate::collected::{Note, Notes};
use crate::phrases::Phrases;
use crate::statements::evidence_of;
use crate::talk::{Report, Talk, sentences};

/// How many sentences of the provider's summary are looked at.
const SENTENCES_MAX: usize = 10;

/// A line about the talk that others wrote, in the reader's language.
pub(crate) struct Line {
    text: String,
    report: Report,
    evidence: Vec<u32>,
}

/// What others wrote about the talk, in the reader's language: the agent's own line, then the provider's summary.
pub(crate) fn lines(
    talk: &mut Talk<'_>,
    notes: &Notes,
    summary: Option<&str>,
    language: &Phrases,
    spoken: &str,
) -> Vec<Line> {
    let line = notes.get("highlight_one_line").and_then(Note::text);
    let summary = summary.into_iter().flat_map(sentences).take(SENTENCES_MAX);
    let texts = line.into_iter().chain(summary.map(str::to_owned));
    let texts: Vec<String> = texts.filter(|text| language.is_of(text, spoken)).collect();
    let line = |text: String| Line { report: talk.report(&text), evidence: talk.support(&text), text };
    texts.into_iter().map(line).collect()
}

/// That nobody was heard, if so; else the first line that hides no alarm; else what is to be looked at; else a plain
/// sentence from the length of the talk and what was spoken about. A line in the callee's own words is shown as theirs,
/// if they said it.
pub(crate) fn block(source: &Source<'_>, raised: &[Raised], statements: &[Block]) -> Block {
    let (language, name) = (source.language, source.name);
    let mut spoken: Vec<u32> = source.talk.callee_sentences().map(|(turn, _)| turn).collect();
    spoken.dedup();
    // Nobody answered to what the agent said. Where not even the agent is heard, we were not shown the talk.
    let unanswered = source.talk.agents_turns();
    if spoken.is_empty() && raised.is_empty() && !unanswered.is_empty() {
        return unheard(source, unanswered);
    }
    let is_borne_out = |line: &&Line| !(line.report.in_first_person && line.evidence.is_empty());
    let hides_none = |line: &&Line| raised.iter().all(|alarm| alarm.is_told_in(&line.report));
    if let Some(line) = source.lines.iter().filter(is_borne_out).find(hides_none) {
        let text = if line.report.in_first_person { language.said_by(name, &line.text) } else { line.text.clone() };
        return headline(text, line.evidence.clone());
    }
    if !raised.is_empty() {
        let what: Vec<&str> = raised.iter().map(|alarm| alarm.what.as_str()).collect();
        return headline(language.look_at(name, &what), evidence_of(raised.iter().map(|alarm| &alarm.block)));
    }
    if spoken.is_empty() {
        return unheard(source, unanswered);
    }
    let themes: Vec<&str> = statements.iter().filter_map(|block| theme(language, &block.kind)).collect();
    headline(language.talked(name, source.duration_s, &themes), spoken)
}

fn unheard(source: &Source<'_>, evidence: Vec<u32>) -> Block {
    let (language, name) = (source.language, source.name);
    let text = if source.talk.reached_a_machine() { language.voicemail(name) } else { language.unheard(name) };
    headline(text, evidence)
}

fn headline(text: String, evidence: Vec<u32>) -> Block {
    Block { kind: BlockKind::Headline, text, reason: String::new(), evidence }
}

fn theme(language: &Phrases, kind: &BlockKind) -> Option<&'static str> {
    match kind {
        BlockKind::Health => Some(language.health),
        BlockKind::Meals => Some(language.meals),
        BlockKind::Sleep => Some(language.sleep),
        BlockKind::Medicine => Some(language.medicine),
        BlockKind::Company => Some(language.company),
        _ => None,
    }
}
