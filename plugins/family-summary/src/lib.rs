//! `family-summary`: the reading matter of a family, made from a talk.
//!
//! The host walks in through [`Renderer`]. `talk` finds words in what was said, `lexicon` and `words` know them,
//! `alarms`, `mood`, `headline` and `statements` make the blocks, `collected` reads what the agent
//! noted, and `phrases` says it in the reader's language.
//!
//! It reports and never concludes: no diagnosis, no advice. What a callee said is quoted verbatim, and
//! every statement names the turns that it rests on, or none when it rests only on the agent's notes.

mod alarms;
mod collected;
mod headline;
mod lexicon;
mod mood;
mod phrases;
mod statements;
mod talk;
mod words;

use callpanion_plugin_api::Ctx;
use callpanion_plugin_api::renderer::{Block, Material, Renderer, Rendering, plain};

use collected::Notes;
use phrases::Language;
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
    language: Language,
    /// The tag of the language that the callee spoke.
    spoken: &'a str,
    name: &'a str,
    talk: Talk<'a>,
    notes: Notes,
    provider_summary: Option<&'a str>,
    duration_s: u32,
}

impl Renderer for FamilySummary {
    fn render(ctx: &Ctx, material: Material) -> Rendering {
        let language = Language::of(ctx.locale());
        let source = Source {
            language,
            spoken: &material.language,
            name: match material.callee_name.trim() {
                "" => language.somebody(),
                name => name,
            },
            talk: Talk::new(&material.turns),
            notes: Notes::new(&material.collected),
            provider_summary: material.provider_summary.as_deref(),
            duration_s: material.duration_s,
        };
        let alarms = alarms::blocks(&source);
        let mood = mood::of(&source);
        let statements = statements::blocks(&source);
        let quote = statements::quote(&source, &alarms);

        let mut blocks = vec![headline::block(&source, &statements)];
        blocks.extend(alarms);
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

#[cfg(test)]
mod tests;
