//! The live monitor: today's calls, and the one in progress.

use serde::Serialize;

use super::super::samples::{at, call, live};
use super::super::{CallLine, CallMark, LiveCall, Page, When};
use crate::domain::CallMethod;

/// `/monitor`. Live part: `today`.
#[derive(Clone, Debug, Serialize)]
pub struct MonitorPage {
    /// Calls that are on their way or running, each with its steps.
    pub live: Vec<LiveCall>,
    /// Calls of today that are over, the newest first.
    pub over: Vec<LiveCall>,
    /// Times of today that are still to come.
    pub ahead: Vec<CallAhead>,
}

/// A time of today that is still to come.
#[derive(Clone, Debug, Serialize)]
pub struct CallAhead {
    /// Who will be rung.
    pub callee_name: String,
    /// When.
    pub when: When,
}

impl Page for MonitorPage {
    const TEMPLATE: &'static str = "monitor";
    const FRAGMENTS: &'static [&'static str] = &["today"];

    fn samples() -> Vec<Self> {
        let over = |line: CallLine| LiveCall::new(line, CallMethod::App, Vec::new());
        let missed = LiveCall { method: CallMethod::Phone, ..live(CallMark::Missed) };
        let full = Self {
            live: vec![live(CallMark::Ringing), live(CallMark::InProgress)],
            over: vec![missed, over(call(11, -320, CallMark::Completed)), over(call(9, -400, CallMark::Unheard))],
            ahead: vec![CallAhead { callee_name: "Ibu Sari".to_owned(), when: at(280) }],
        };
        vec![full, Self { live: Vec::new(), over: Vec::new(), ahead: Vec::new() }]
    }
}
