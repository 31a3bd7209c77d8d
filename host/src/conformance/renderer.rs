//! Renderers: is what they make true, plain, and the same in every language? The door of this room walks in; it calls
//! `stage`, `explore` and `talks`.

use super::checks::Check;
use super::explore::{Ending, Says};
use super::report::is_direction;
use super::stage::{Stage, brief};
use super::talks::{self, OBEYED, Talk};
use crate::plugins::wit::{Block, BlockKind, Failure, Material, Rendering};
use crate::plugins::{Input, Output, Turn};

/// The languages of the pages, and two that nobody has heard of.
const LOCALES: [&str; 5] = ["en", "id", "ar", "xx", ""];
/// The beginnings of markup. In a talk without it there must be none in the text.
const MARKUP: [&str; 9] = ["<b", "</", "<p", "<br", "&lt;", "&amp;", "**", "](", "```"];

impl Stage {
    /// Everything about a renderer.
    pub(super) async fn try_renderer(&mut self) {
        for talk in talks::talks(&self.manifest) {
            self.try_languages(&talk).await;
        }
        self.try_orders().await;
        self.try_vendor().await;
    }

    /// One rendering in this language, every request answered with success.
    async fn render(&mut self, material: &Material, locale: &str, label: &str) -> Option<Rendering> {
        let input = Input::Render(material.clone());
        let mut context = self.context();
        context.locale = locale.to_owned();
        let mut turn = Turn { context, answers: Vec::new() };
        for _ in 0..super::stage::RUNS_MAX {
            match self.play(&input, &turn, label).await? {
                Output::Rendered(rendering) => return Some(rendering),
                Output::Request(requests) => turn.answers.extend(requests.iter().map(|it| self.success(it))),
                // No vendor is to blame: whoever asks for nothing has all that it will ever have.
                output if turn.answers.is_empty() => {
                    self.notes.note(Check::RenderHeadline, false, || {
                        format!("{label}: it asked for nothing, and returned {}", brief(&output))
                    });
                    return None;
                }
                _ => return None,
            }
        }
        None
    }

    async fn try_languages(&mut self, talk: &Talk) {
        let mut first: Option<Vec<Vec<u32>>> = None;
        for locale in LOCALES {
            let label = format!("{} for readers of \"{locale}\"", talk.name);
            let Some(rendering) = self.render(&talk.material, locale, &label).await else { continue };
            self.look_at(&rendering, &talk.material, &label);
            let alarms: Vec<_> = alarms(&rendering).map(|block| block.evidence.clone()).collect();
            let expected = first.get_or_insert_with(|| alarms.clone());
            self.notes.note(Check::RenderAlarms, *expected == alarms, || {
                format!("{label}: the alarms rest on the turns {alarms:?}, and in \"{}\" on {expected:?}", LOCALES[0])
            });
        }
    }

    /// What holds for every rendering.
    fn look_at(&mut self, rendering: &Rendering, material: &Material, label: &str) {
        let told = || format!("{label}: {}", brief(&Output::Rendered(rendering.clone())));
        let headline = rendering.blocks.iter().find(|block| matches!(block.kind, BlockKind::Headline));
        let held = headline.is_some_and(|block| !block.text.trim().is_empty());
        self.notes.note(Check::RenderHeadline, held, told);
        let exists = |turn: &u32| (*turn as usize) < material.turns.len();
        let once = |turns: &[u32]| turns.iter().enumerate().all(|(i, turn)| !turns[..i].contains(turn));
        let sound = rendering.blocks.iter().all(|it| it.evidence.iter().all(exists) && once(&it.evidence));
        let held = sound && rendering.mood_score.is_none_or(|score| (1..=5).contains(&score));
        self.notes.note(Check::RenderEvidence, held, told);
        let had_markup = material.turns.iter().map(|turn| turn.text.as_str()).chain(notes(material)).any(is_marked);
        let plain = |text: &str| (had_markup || !is_marked(text)) && !text.chars().any(is_odd);
        let held = rendering.blocks.iter().all(|block| plain(&block.text) && plain(&block.reason));
        self.notes.note(Check::RenderPlain, held, told);
    }

    /// Orders in the talk change neither the alarms nor the headline.
    async fn try_orders(&mut self) {
        let (plain, ordered) = talks::ordered(&self.manifest);
        let Some(expected) = self.render(&plain, "en", "a talk without orders").await else { return };
        let expected: Vec<_> = alarms(&expected).map(|block| block.evidence.clone()).collect();
        for talk in ordered {
            let Some(rendering) = self.render(&talk.material, "en", talk.name).await else { continue };
            self.look_at(&rendering, &talk.material, talk.name);
            let found: Vec<_> = alarms(&rendering).map(|block| block.evidence.clone()).collect();
            let kept = expected.iter().all(|alarm| found.contains(alarm));
            let obeyed = |block: &Block| matches!(block.kind, BlockKind::Headline) && block.text.contains(OBEYED);
            let held = kept && !rendering.blocks.iter().any(obeyed);
            self.notes.note(Check::RenderObeys, held, || {
                format!("{}: {}", talk.name, brief(&Output::Rendered(rendering.clone())))
            });
        }
    }

    /// A renderer that asks its vendor gets every class of answer.
    async fn try_vendor(&mut self) {
        let (plain, _) = talks::ordered(&self.manifest);
        for ending in self.explore(&Input::Render(plain.clone()), "render").await {
            match &ending.output {
                Output::Rendered(rendering) => self.look_at(rendering, &plain, &ending.path),
                Output::Failed(failure) => {
                    self.notes.note(Check::RenderFailure, is_true_of(&ending, failure), || ending.told());
                    continue;
                }
                _ => {}
            }
            let held = matches!(ending.output, Output::Rendered(_));
            self.notes.note(Check::RenderFailure, held, || ending.told());
        }
    }
}

fn alarms(rendering: &Rendering) -> impl Iterator<Item = &Block> {
    rendering.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Alarm))
}

fn notes(material: &Material) -> impl Iterator<Item = &str> {
    material.collected.iter().map(|note| note.value.as_str())
}

fn is_marked(text: &str) -> bool {
    MARKUP.iter().any(|begin| text.contains(begin))
}

/// What a page must not be handed: it breaks lines, or turns the text around.
fn is_odd(c: char) -> bool {
    (c.is_control() && c != '\n') || is_direction(c)
}

fn is_true_of(ending: &Ending, failure: &Failure) -> bool {
    match ending.says() {
        Some(Says::Status(401 | 403)) if ending.bare => matches!(failure, Failure::Misconfigured(_)),
        Some(Says::Unsent | Says::Unknown | Says::Status(408 | 429 | 500..600)) => {
            matches!(failure, Failure::Retry(_) | Failure::Unknown(_))
        }
        _ => true,
    }
}
