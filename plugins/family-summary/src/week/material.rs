//! A week as the makers of its parts read it: the calls that were to be, and what the family read of each.

use callpanion_plugin_api::digest::{Basis, CallOutcome, CallPart, GapCause, PartKind, Place, WeekCall, WeekMaterial};

use crate::phrases::Phrases;

/// All that the parts of a digest are made from.
pub(super) struct Week<'a> {
    /// The reader's.
    pub(super) language: &'static Phrases,
    pub(super) name: &'a str,
    /// The calls that were to be, the earliest first. One that was called off, or is not over, says nothing.
    pub(super) calls: Vec<Call<'a>>,
    /// The dates on which the family wanted none.
    pub(super) unwanted: Vec<&'a str>,
}

/// What came of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    Talked,
    /// It rang, and nobody talked.
    NotReached,
    /// It could not be made.
    NotMade,
}

/// A call, by its index in the material.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    index: u32,
    pub(super) came: Came,
    given: &'a WeekCall,
}

/// A part of a call's summary that says something.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) call: Call<'a>,
    index: u32,
    part: &'a CallPart,
}

impl<'a> Week<'a> {
    pub(super) fn new(language: &'static Phrases, material: &'a WeekMaterial) -> Self {
        let name = match material.callee_name.trim() {
            "" => language.somebody,
            name => name,
        };
        let call = |(index, call): (u32, &'a WeekCall)| Some(Call { index, came: came(call.outcome)?, given: call });
        let unwanted = |cause: &GapCause| matches!(cause, GapCause::Paused | GapCause::Skipped);
        Self {
            language,
            name,
            calls: (0..).zip(&material.calls).filter_map(call).collect(),
            unwanted: material.gaps.iter().filter(|gap| unwanted(&gap.cause)).map(|gap| gap.date.as_str()).collect(),
        }
    }

    /// The calls in which somebody talked.
    pub(super) fn talks(&self) -> impl Iterator<Item = &Call<'a>> {
        self.calls.iter().filter(|call| call.came == Came::Talked)
    }

    /// The parts of this kind, of all talks.
    pub(super) fn said(&self, kind: &PartKind) -> Vec<Said<'a>> {
        self.talks().flat_map(|talk| talk.said(kind)).collect()
    }

    /// What rests on every call.
    pub(super) fn whole(&self) -> Vec<Basis> {
        self.calls.iter().map(Call::whole).collect()
    }
}

impl<'a> Call<'a> {
    pub(super) fn date(&self) -> &'a str {
        &self.given.date
    }

    /// 1 (bad) to 5 (good).
    pub(super) fn mood_score(&self) -> Option<u8> {
        self.given.mood_score.filter(|score| (1..=5).contains(score))
    }

    pub(super) fn whole(&self) -> Basis {
        Basis { call: self.index, place: Place::Whole }
    }

    /// The parts of this kind.
    pub(super) fn said(&self, kind: &PartKind) -> Vec<Said<'a>> {
        let of_kind = |(_, part): &(u32, &'a CallPart)| part.kind == *kind && !part.text.trim().is_empty();
        let said = |(index, part): (u32, &'a CallPart)| Said { call: *self, index, part };
        (0..).zip(&self.given.parts).filter(of_kind).map(said).collect()
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl<'a> Said<'a> {
    pub(super) fn text(&self) -> &'a str {
        self.part.text.trim()
    }

    /// The part itself.
    pub(super) fn basis(&self) -> Basis {
        Basis { call: self.call.index, place: Place::Part(self.index) }
    }

    /// The part, and the turns that it rests on.
    pub(super) fn bases(&self) -> Vec<Basis> {
        let turn = |turn: &u32| Basis { call: self.call.index, place: Place::Turn(*turn) };
        std::iter::once(self.basis()).chain(self.part.turns.iter().map(turn)).collect()
    }
}

fn came(outcome: CallOutcome) -> Option<Came> {
    match outcome {
        CallOutcome::Completed => Some(Came::Talked),
        CallOutcome::Missed | CallOutcome::Declined | CallOutcome::Voicemail | CallOutcome::Busy => {
            Some(Came::NotReached)
        }
        CallOutcome::Failed | CallOutcome::Expired => Some(Came::NotMade),
        CallOutcome::Canceled | CallOutcome::Underway => None,
    }
}
