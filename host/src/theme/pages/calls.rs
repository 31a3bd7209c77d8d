//! The calls: the list of them, and one of them with summary, transcript and timeline.

use serde::Serialize;

use super::super::samples::{NOW, attempts, call, callees, calls};
use super::super::{AttemptLine, BlockTitle, CallLine, CallMark, CalleeLink, Page, SummaryState, TimelineStep, Voice};
use crate::domain::CallMethod;
use crate::domain::{Block, BlockKind, CallReason, Moment, Speaker, Turn};

/// `/calls`. The filter is a GET form: `callee` (id), `outcome` (a [`CallMark`] word), `page`.
#[derive(Clone, Debug, Serialize)]
pub struct CallsPage {
    /// The calls of this page, the newest first.
    pub calls: Vec<CallLine>,
    /// Who can be chosen; `current` marks the choice.
    pub callees: Vec<CalleeLink>,
    /// The outcomes that can be chosen.
    outcomes: &'static [CallMark],
    /// The outcome chosen.
    pub outcome: Option<CallMark>,
    /// Number of this page, from 1.
    pub number: u32,
    /// Path and query of the page of newer calls.
    pub newer: Option<String>,
    /// Path and query of the page of older calls.
    pub older: Option<String>,
}

impl CallsPage {
    /// What a call can end with.
    pub const OUTCOMES: &'static [CallMark] = &[
        CallMark::Completed,
        CallMark::Missed,
        CallMark::Declined,
        CallMark::Voicemail,
        CallMark::Busy,
        CallMark::Failed,
        CallMark::Canceled,
        CallMark::Expired,
    ];

    /// A page of calls without neighbours.
    pub fn new(calls: Vec<CallLine>, callees: Vec<CalleeLink>, outcome: Option<CallMark>) -> Self {
        Self { calls, callees, outcomes: Self::OUTCOMES, outcome, number: 1, newer: None, older: None }
    }
}

impl Page for CallsPage {
    const TEMPLATE: &'static str = "calls";

    fn samples() -> Vec<Self> {
        let mut second = Self::new(calls(), callees(CallMethod::App), None);
        second.number = 2;
        second.newer = Some("/calls?page=1".to_owned());
        second.older = Some("/calls?page=3".to_owned());
        vec![second, Self::new(Vec::new(), callees(CallMethod::Phone), Some(CallMark::Missed))]
    }
}

/// One part of a summary.
#[derive(Clone, Debug, Serialize)]
pub struct SummaryPart {
    /// What it is about.
    pub title: BlockTitle,
    /// What it says.
    pub text: String,
    /// Why; may be empty.
    pub reason: String,
    /// The turns that it rests on, by index.
    pub evidence: Vec<TurnLine>,
}

/// One turn of the transcript.
#[derive(Clone, Debug, Serialize)]
pub struct TurnLine {
    /// Its index, which its anchor `turn-…` carries.
    pub index: u32,
    /// Who spoke.
    pub voice: Voice,
    /// What was said.
    pub text: String,
    /// Seconds since the talk began.
    pub at_s: u32,
    /// Whether the summary rests on it.
    pub cited: bool,
}

/// One line of the timeline.
#[derive(Clone, Debug, Serialize)]
pub struct TimelineLine {
    /// When.
    pub at: Moment,
    /// What happened.
    pub step: TimelineStep,
    /// Why, when it is one of the known reasons.
    pub reason: Option<CallReason>,
    /// Else what more is known of it, as text; may be empty.
    pub note: String,
}

impl TimelineLine {
    /// A line as it is stored: its step and its detail are words, or text that no word is known for.
    pub fn new(at: Moment, step: &str, detail: Option<&str>) -> Self {
        let reason: Option<CallReason> = detail.and_then(|word| word.parse().ok());
        let note = detail.filter(|_| reason.is_none()).unwrap_or_default().to_owned();
        Self { at, step: TimelineStep::of(step).unwrap_or(TimelineStep::Other), reason, note }
    }

    /// The line as it is told now that the call stands for this reason. Whether anything was said is known only once the
    /// provider has told of the talk, after the line was written.
    #[must_use]
    pub fn told_with(self, reason: Option<CallReason>) -> Self {
        match self.step {
            TimelineStep::Completed if reason == Some(CallReason::AnsweredSilent) => {
                Self { step: TimelineStep::Unheard, reason: None, ..self }
            }
            TimelineStep::Completed => Self { reason: None, ..self },
            _ => self,
        }
    }
}

/// `/calls/{id}`. Live part: `call`.
#[derive(Clone, Debug, Serialize)]
pub struct CallPage {
    /// The call as a list shows it.
    pub call: CallLine,
    /// How it was rung.
    pub method: CallMethod,
    /// Why it ended as it did.
    pub reason: Option<CallReason>,
    /// How far the summary is.
    pub summary: SummaryState,
    /// The summary.
    pub parts: Vec<SummaryPart>,
    /// The transcript.
    pub turns: Vec<TurnLine>,
    /// The tries.
    pub attempts: Vec<AttemptLine>,
    /// Every step.
    pub timeline: Vec<TimelineLine>,
    /// Whether there may be a recording to hear.
    pub audible: bool,
}

impl CallPage {
    /// A page with the parts of a summary tied to the turns that they rest on. Evidence that points at no turn is
    /// dropped; the template then says "not found in the call".
    pub fn new(call: CallLine, method: CallMethod, summary: SummaryState, blocks: &[Block], turns: &[Turn]) -> Self {
        let cited: Vec<u32> = blocks.iter().flat_map(|block| block.evidence.iter().copied()).collect();
        let turns: Vec<TurnLine> = (0_u32..)
            .zip(turns)
            .map(|(index, turn)| TurnLine {
                index,
                voice: match turn.speaker {
                    Speaker::Agent => Voice::Agent,
                    Speaker::Callee => Voice::Callee,
                },
                text: turn.text.clone(),
                at_s: turn.at_s,
                cited: cited.contains(&index),
            })
            .collect();
        let parts = blocks.iter().map(|block| part(block, &turns)).collect();
        let (attempts, timeline) = (Vec::new(), Vec::new());
        Self { call, method, reason: None, summary, parts, turns, attempts, timeline, audible: false }
    }
}

fn part(block: &Block, turns: &[TurnLine]) -> SummaryPart {
    let evidence = block.evidence.iter().filter_map(|index| turns.get(usize::try_from(*index).ok()?).cloned());
    SummaryPart {
        title: block_title(&block.kind),
        text: block.text.clone(),
        reason: block.reason.clone(),
        evidence: evidence.collect(),
    }
}

/// What stands above a part of this kind.
pub fn block_title(kind: &BlockKind) -> BlockTitle {
    match kind {
        BlockKind::Headline => BlockTitle::Headline,
        BlockKind::Mood => BlockTitle::Mood,
        BlockKind::Topic => BlockTitle::Topic,
        BlockKind::Health => BlockTitle::Health,
        BlockKind::Meals => BlockTitle::Meals,
        BlockKind::Sleep => BlockTitle::Sleep,
        BlockKind::Medicine => BlockTitle::Medicine,
        BlockKind::Company => BlockTitle::Company,
        BlockKind::Request => BlockTitle::Request,
        BlockKind::Quote => BlockTitle::Quote,
        BlockKind::FollowUp => BlockTitle::FollowUp,
        BlockKind::Alarm => BlockTitle::Alarm,
        BlockKind::Other(_) => BlockTitle::Other,
    }
}

impl Page for CallPage {
    const TEMPLATE: &'static str = "call";
    const FRAGMENTS: &'static [&'static str] = &["call"];

    fn samples() -> Vec<Self> {
        let (blocks, turns) = talk_sample();
        let mut page =
            Self::new(call(13, -1_460, CallMark::Completed), CallMethod::App, SummaryState::Ready, &blocks, &turns);
        page.timeline = timeline_sample();
        page.audible = true;
        let mut missed = Self::new(call(12, -20, CallMark::Missed), CallMethod::Phone, SummaryState::None, &[], &[]);
        missed.attempts = attempts();
        missed.reason = Some(CallReason::HostWasDown);
        let mut pending =
            Self::new(call(11, -2, CallMark::Completed), CallMethod::App, SummaryState::Pending, &[], &turns);
        pending.call.headline = None;
        let mut unheard = Self::new(call(9, -3, CallMark::Unheard), CallMethod::App, SummaryState::None, &[], &[]);
        unheard.reason = Some(CallReason::AnsweredSilent);
        unheard.timeline = timeline_sample().into_iter().map(|line| line.told_with(unheard.reason)).collect();
        let running = Self::new(call(10, -1, CallMark::InProgress), CallMethod::App, SummaryState::None, &[], &[]);
        vec![page, missed, pending, running, unheard]
    }
}

fn talk_sample() -> (Vec<Block>, Vec<Turn>) {
    let words = [
        "Good morning, Ibu Sari. How did you sleep?",
        "Not so well, I woke up twice. But the orchids are in bloom now.",
        "Oh, how lovely. The white ones by the window?",
        "Yes, the white ones. Ayu gave them to me for my birthday.",
        "And how are you feeling today?",
        "A bit sore, to be honest.",
        "I slipped in the bathroom yesterday. It still hurts when I walk.",
        "I am sorry to hear that. Have you told anyone?",
        "No. Please tell Dewi to call me on Sunday.",
    ];
    let turns = (0_u32..).zip(words).map(|(index, text)| Turn {
        speaker: if index % 2 == 0 && index != 6 && index != 8 { Speaker::Agent } else { Speaker::Callee },
        text: text.to_owned(),
        at_s: index * 9 + 2,
    });
    let block = |kind, text: &str, reason: &str, evidence: &[u32]| Block {
        kind,
        text: text.to_owned(),
        reason: reason.to_owned(),
        evidence: evidence.to_vec(),
    };
    let blocks = vec![
        block(BlockKind::Headline, "Ibu Sari sounded tired, and said that she slipped in the bathroom.", "", &[5, 6]),
        block(BlockKind::Alarm, "She fell in the bathroom yesterday and still has pain when she walks.", "", &[6]),
        block(
            BlockKind::Mood,
            "She seemed a little low, but brightened up when she spoke about her flowers.",
            "She answered shortly at first, and at length about the orchids.",
            &[1, 3],
        ),
        block(BlockKind::Sleep, "She slept badly and woke up twice.", "", &[1]),
        block(BlockKind::Topic, "The white orchids from Ayu are in bloom.", "", &[1, 3]),
        block(BlockKind::Request, "She would like Dewi to call her on Sunday.", "", &[8]),
        block(BlockKind::Quote, "The orchids are in bloom now.", "", &[1]),
        block(BlockKind::Meals, "Nothing was said about meals.", "", &[]),
    ];
    (blocks, turns.collect())
}

fn timeline_sample() -> Vec<TimelineLine> {
    let line = |seconds, step, detail| TimelineLine::new(NOW.plus_secs(seconds), step, detail);
    vec![
        line(-87_900, "queued", None),
        line(-87_600, "ring_sent", Some("fcm")),
        line(-87_599, "ring_accepted", Some("fcm")),
        line(-87_585, "answered", None),
        line(-87_150, "completed", None),
        line(-87_118, "summary_made", None),
        line(-87_118, "alert_opened", None),
        line(-87_110, "ring_failed", Some("vendor_busy")),
        line(-87_100, "a_step_of_tomorrow", Some("a note of tomorrow")),
    ]
}
