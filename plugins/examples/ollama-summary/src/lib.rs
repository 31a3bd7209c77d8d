//! `ollama-summary`: a talk summarised by a language model, of which only that is kept which the talk bears out.
//!
//! The host walks in through [`AskingRenderer`]. `ask` makes the request, `draft` reads what the model wrote and drops
//! what `evidence` cannot find in the talk, `alarms` looks by itself for what a person must see, and `plain` renders
//! without the model.

mod alarms;
mod ask;
mod draft;
mod evidence;
mod plain;

use callpanion_plugin_api::renderer::{AskingRenderer, Block, BlockKind, Material, Rendering, Speaker};
use callpanion_plugin_api::{Answer, Ctx, Stop};
use serde::Deserialize;

/// The plugin.
pub struct OllamaSummary;

/// The settings, as `plugin.toml` describes them.
#[derive(Deserialize)]
struct Settings {
    base_url: String,
    model: String,
    alarm_words: String,
}

/// A model that is loading or overloaded is asked again after this; the family waits for the summary meanwhile.
const PAUSE_MS: u32 = 30_000;

impl AskingRenderer for OllamaSummary {
    fn render(ctx: &mut Ctx, material: Material) -> Result<Rendering, Stop> {
        let settings: Settings = ctx.settings()?;
        let locale = ctx.locale().to_owned();
        let now_ms = ctx.now_ms();
        let spoke = material.turns.iter().any(|turn| turn.speaker == Speaker::Callee);
        let mut rendering = if spoke {
            match ctx.http(ask::request(&settings, &locale, &material))? {
                // Nonsense, or nothing that the talk bears out, is as good as no model.
                Answer::Response(response) if response.is_success() => {
                    draft::read(&response, &material).unwrap_or_else(|| plain::rendering(&locale, &material))
                }
                Answer::Response(response) if response.status < 500 => return Err(Stop::by_status(&response, now_ms)),
                Answer::Response(response) => {
                    return Err(Stop::retry(PAUSE_MS, format!("the model's server answered {}", response.status)));
                }
                // Asking changes nothing, so an ambiguous answer is only a late one.
                Answer::Unsent(why) | Answer::Unknown(why) => return Err(Stop::retry(PAUSE_MS, why)),
            }
        } else {
            plain::rendering(&locale, &material)
        };
        if !rendering.blocks.iter().any(|block| block.kind == BlockKind::Headline) {
            rendering.blocks.insert(0, plain::headline(&locale, &material));
        }
        let after_headline = 1;
        let alarms: Vec<Block> = alarms::blocks(&settings.alarm_words, &material);
        rendering.blocks.splice(after_headline..after_headline, alarms);
        Ok(rendering)
    }
}

callpanion_plugin_api::asking_renderer!(OllamaSummary);

#[cfg(test)]
mod tests;
