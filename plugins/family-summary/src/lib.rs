//! `family-summary`: the reading matter of a family, made from a talk, and from a week of talks.
//!
//! The host walks in through [`Renderer`]. `talk` holds what was said. What it means is found out in steps: `spelling`
//! cuts it into words, `lexicon` finds the patterns of `words` in them (`pattern` is their small language), and `meaning`
//! says which of them are meant. `alarms`, `mood`, `headline` and `statements` make the blocks, `collected` reads what
//! the agent noted, and `phrases` says it in the reader's language.
//! `week` makes the reading matter of a week from the summaries of its talks.
//!
//! It reports and never concludes: no diagnosis, no advice. What a callee said is quoted verbatim, and
//! every statement names the turns that it rests on, or none when it rests only on the agent's notes.

mod alarms;
mod collected;
mod headline;
mod lexicon;
mod meaning;
mod mood;
mod pattern;
mod phrases;
mod spelling;
mod statements;
mod talk;
mod week;
mod words;

use callpanion_plugin_api::Ctx;
use callpanion_plugin_api::renderer::{Block, Material, Renderer, Rendering, plain};

use collected::Notes;
use headline::Line;
use phrases::Phrases;
use talk::Talk;

/// The plugin.
pub struct FamilySummary;

/// What the host takes of one block: characters of its text and of its reason, and turns that it rests on.
const TEXT_MAX_CHARS: usize = 4_000;
const REASON_MAX_CHARS: usize = 1_000;
const EVIDENCE_MAX: usize = 50;

/// All that the parts of a summary are made from.
struct Source<'a> {
    /// The reader's.
    language: &'static Phrases,
    name: &'a str,
    talk: Talk<'a>,
    notes: Notes,
    lines: Vec<Line>,
    duration_s: u32,
}

impl Renderer for FamilySummary {
    fn render(ctx: &Ctx, material: Material) -> Rendering {
        let language = phrases::of(ctx.locale());
        let notes = Notes::new(&material.collected);
        let mut talk = Talk::new(&material.turns);
        let summary = material.provider_summary.as_deref();
        let lines = headline::lines(&mut talk, &notes, summary, language, &material.language);
        let name = match material.callee_name.trim() {
            "" => language.somebody,
            name => name,
        };
        let source = Source { language, name, talk, notes, lines, duration_s: material.duration_s };

        let raised = alarms::raised(&source);
        let mood = mood::of(&source);
        let statements = statements::blocks(&source);
        let quote = statements::quote(&source, &raised);

        let mut blocks = vec![headline::block(&source, &raised, &statements)];
        blocks.extend(raised.into_iter().map(|alarm| alarm.block));
        blocks.extend(mood.block);
        blocks.extend(statements);
        blocks.extend(quote);
        blocks.iter_mut().for_each(make_presentable);
        Rendering { mood_score: mood.score, blocks }
    }
}

/// Plain text, of which the host cuts nothing.
fn make_presentable(block: &mut Block) {
    let shown = |text: &str, limit_chars: usize| plain(text).chars().take(limit_chars).collect();
    block.text = shown(&block.text, TEXT_MAX_CHARS);
    block.reason = shown(&block.reason, REASON_MAX_CHARS);
    block.evidence.truncate(EVIDENCE_MAX);
}

callpanion_plugin_api::renderer!(FamilySummary, id = "family-summary");
callpanion_plugin_api::digest_renderer!(FamilySummary);

#[cfg(test)]
mod tests;
