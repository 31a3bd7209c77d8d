//! Summaries: the reading matter that a renderer makes from a talk.

use serde::{Deserialize, Serialize};

use super::{Collected, Turn};

/// What a renderer works on.
#[derive(Clone, Debug)]
pub struct Material {
    /// How the callee is addressed.
    pub callee_name: String,
    /// BCP 47 tag of the language spoken.
    pub language: String,
    /// The transcript.
    pub turns: Vec<Turn>,
    /// The provider's own summary.
    pub provider_summary: Option<String>,
    /// What the agent collected.
    pub collected: Vec<Collected>,
    /// How long the talk lasted.
    pub duration_s: u32,
}

/// What a part of a summary is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// The whole in one sentence.
    Headline,
    /// How the callee seemed.
    Mood,
    /// Something they talked about.
    Topic,
    /// Health.
    Health,
    /// Meals.
    Meals,
    /// Sleep.
    Sleep,
    /// Medicine.
    Medicine,
    /// Company.
    Company,
    /// Something that the callee asked for.
    Request,
    /// Words worth keeping.
    Quote,
    /// Something to follow up.
    FollowUp,
    /// A person must look at this: it opens an alert.
    Alarm,
    /// A kind that this version does not know.
    Other(String),
}

/// One typed part of a summary.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Block {
    /// What it is about.
    pub kind: BlockKind,
    /// Text, never markup.
    pub text: String,
    /// Why the renderer says so; may be empty.
    pub reason: String,
    /// Indices of the turns that it rests on; empty means "not found in the call".
    pub evidence: Vec<u32>,
}

/// A rendered summary in one language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rendering {
    /// 1 (bad) to 5 (good), when the talk shows it.
    pub mood_score: Option<u8>,
    /// The parts, in reading order.
    pub blocks: Vec<Block>,
}
