//! `family-summary`: the reading matter of a family, made from a talk.
//!
//! The host walks in through [`Renderer`]. `talk` finds words in what was said, `words` lists them,
//! `alarms`, `mood`, `headline` and `statements` make the blocks, `collected` reads what the agent
//! noted, and `phrases` says it in the reader's language.
//!
//! It reports and never concludes: no diagnosis, no advice. What a callee said is quoted verbatim, and
//! every statement names the turns that it rests on, or none when it rests only on the agent's notes.

mod alarms;
mod collected;
mod headline;
mod mood;
mod phrases;
mod statements;
mod talk;
mod words;

use callpanion_plugin_api::renderer::{Material, Renderer, Rendering};
use callpanion_plugin_api::{Ctx, Description, describe};

use collected::Notes;
use phrases::Language;
use talk::Talk;

/// The plugin.
pub struct FamilySummary;

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
    fn describe() -> Description {
        describe(
            "family-summary",
            env!("CARGO_PKG_VERSION"),
            "Turns a talk into what a family wants to know, in English or Indonesian.",
        )
    }

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
        Rendering { mood_score: mood.score, blocks }
    }
}

callpanion_plugin_api::renderer!(FamilySummary);

#[cfg(test)]
mod tests;
