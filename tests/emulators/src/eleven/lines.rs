//! The telephone lines that batches dial: what happens at each number.

use std::collections::{HashMap, VecDeque};

use crate::scripts::Script;

/// What happens when a number is dialled.
#[derive(Clone, Debug)]
pub enum Line {
    /// Somebody answers after four seconds and talks along the script.
    Answers(Script),
    /// Engaged (SIP 486).
    Busy,
    /// The call is pushed away (SIP 603); the carrier reports it as busy.
    Declines,
    /// Rings until the ringing time is over (SIP 487).
    NoAnswer,
    /// A machine answers after twenty seconds and a message is left.
    Voicemail,
    /// The number cannot be reached (SIP 404).
    Fails,
}

/// One number dialled.
#[derive(Clone, Debug)]
pub struct Dial {
    /// The planned moment of dialling, ms.
    pub at_ms: i64,
    /// E.164.
    pub number: String,
    /// The batch.
    pub batch_id: String,
    /// The recipient within the batch.
    pub recipient_id: String,
    /// The conversation that it became.
    pub conversation_id: String,
}

/// Numbers and what happens there, call after call; the last one stays.
#[derive(Default)]
pub(crate) struct LineBook(HashMap<String, VecDeque<Line>>);

impl LineBook {
    pub(crate) fn set(&mut self, number: &str, lines: Vec<Line>) {
        self.0.insert(number.to_owned(), lines.into());
    }

    pub(crate) fn pick_up(&mut self, number: &str) -> Option<Line> {
        let lines = self.0.get_mut(number)?;
        if lines.len() > 1 { lines.pop_front() } else { lines.front().cloned() }
    }
}
