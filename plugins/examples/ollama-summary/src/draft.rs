//! What the model wrote, and what is kept of it. `render` walks in.

use callpanion_plugin_api::renderer::{Block, BlockKind, Material, Rendering};
use callpanion_plugin_api::{Response, read_json};
use serde::Deserialize;
use serde_json::Value;

use crate::evidence::{self, Evidence};

/// The reply of the chat interface; only what we read.
#[derive(Deserialize)]
struct Reply {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: String,
}

/// The JSON that the model was asked for. Its parts are read one by one, so that one bad part spoils no other.
#[derive(Deserialize)]
struct Draft {
    #[serde(default)]
    headline: Value,
    #[serde(default)]
    mood: Value,
    #[serde(default)]
    statements: Vec<Value>,
}

#[derive(Deserialize)]
struct Statement {
    #[serde(default)]
    kind: String,
    text: String,
    evidence: Vec<Evidence>,
}

#[derive(Deserialize)]
struct Mood {
    score: u8,
    evidence: Vec<Evidence>,
}

/// What the talk bears out of the model's reply; `None` when that is nothing.
pub(crate) fn read(response: &Response, material: &Material) -> Option<Rendering> {
    let reply: Reply = response.json().ok()?;
    let text = &reply.choices.first()?.message.content;
    // Some models think aloud or put a fence around it.
    let object = text.get(text.find('{')?..=text.rfind('}')?)?;
    let draft: Draft = read_json(object.as_bytes()).ok()?;

    let headline = block(draft.headline, material).map(|block| Block { kind: BlockKind::Headline, ..block });
    let statements = draft.statements.into_iter().filter_map(|statement| block(statement, material));
    let blocks: Vec<Block> = headline.into_iter().chain(statements).collect();
    (!blocks.is_empty()).then(|| Rendering { mood_score: mood(draft.mood, material), blocks })
}

/// A statement whose evidence holds.
fn block(statement: Value, material: &Material) -> Option<Block> {
    let Statement { kind, text, evidence } = serde_json::from_value(statement).ok()?;
    let turns = evidence::turns(&evidence, &material.turns)?;
    let text = text.trim();
    (!text.is_empty()).then(|| Block::new(kind_of(&kind), text, turns))
}

fn mood(mood: Value, material: &Material) -> Option<u8> {
    let Mood { score, evidence } = serde_json::from_value(mood).ok()?;
    evidence::turns(&evidence, &material.turns)?;
    (1..=5).contains(&score).then_some(score)
}

/// A model raises no alarm: it would raise one in one language and not in the other. `alarms` does.
fn kind_of(word: &str) -> BlockKind {
    match word {
        "health" => BlockKind::Health,
        "meals" => BlockKind::Meals,
        "sleep" => BlockKind::Sleep,
        "medicine" => BlockKind::Medicine,
        "company" => BlockKind::Company,
        "request" => BlockKind::Request,
        "follow_up" => BlockKind::FollowUp,
        _ => BlockKind::Topic,
    }
}
