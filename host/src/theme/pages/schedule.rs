//! The schedule of one callee: three slots, and the real instants that they yield.

use serde::Serialize;

use super::super::samples::{ZONE, at, callee_id};
use super::super::{ClockNote, ErrorCode, Field, Page, PreviewLine, SlotForm};
use crate::domain::CalleeId;

/// `/callees/{id}/schedule`. Sends `intent` (`preview` or `save`), and for each slot N of 1 to 3: `slotN_on` (`yes` or absent), `slotN_time` (`HH:MM`), and `slotN_dayD` (`yes` or absent) for each
/// weekday D of 1 (Monday) to 7.
#[derive(Clone, Debug, Serialize)]
pub struct SchedulePage {
    /// Who is rung.
    pub callee_id: CalleeId,
    /// Their name.
    pub callee_name: String,
    /// Their zone.
    pub zone: String,
    /// The three slots.
    pub slots: Vec<SlotForm>,
    /// What is wrong with them together.
    pub error: Option<ErrorCode>,
    /// The next seven real instants of what stands in the form.
    pub preview: Vec<PreviewLine>,
    /// Whether the form differs from what is stored: it was previewed, not saved.
    pub unsaved: bool,
    /// Whether the reader may change it.
    pub may_edit: bool,
}

pub(super) fn slots_sample() -> Vec<SlotForm> {
    let slot = |number, on, time: &str, days| SlotForm { number, on, time: Field::of(time), days, days_error: None };
    vec![
        slot(1, true, "09:00", [true; 7]),
        slot(2, false, "14:00", [true; 7]),
        slot(3, true, "19:00", [true, true, true, true, true, false, false]),
    ]
}

pub(super) fn preview_sample() -> Vec<PreviewLine> {
    let line = |minutes, note| PreviewLine { when: at(minutes), note };
    vec![
        line(280, None),
        line(1_120, None),
        line(1_720, None),
        line(2_560, Some(ClockNote::Gap)),
        line(3_160, None),
        line(4_000, Some(ClockNote::Fold)),
        line(4_600, Some(ClockNote::Changed)),
    ]
}

impl Page for SchedulePage {
    const TEMPLATE: &'static str = "schedule";

    fn samples() -> Vec<Self> {
        let page = Self {
            callee_id: callee_id(1),
            callee_name: "Ibu Sari".to_owned(),
            zone: ZONE.to_owned(),
            slots: slots_sample(),
            error: None,
            preview: preview_sample(),
            unsaved: false,
            may_edit: true,
        };
        let mut wrong = Self { error: Some(ErrorCode::SlotsQuietHours), preview: Vec::new(), ..page.clone() };
        wrong.slots[0].time = Field::wrong("25:00", ErrorCode::SlotsBadTime);
        wrong.slots[2].days = [false; 7];
        wrong.slots[2].days_error = Some(ErrorCode::SlotsNoDay);
        let previewed = Self { unsaved: true, ..page.clone() };
        let viewed = Self { may_edit: false, ..page.clone() };
        vec![page, wrong, previewed, viewed]
    }
}
