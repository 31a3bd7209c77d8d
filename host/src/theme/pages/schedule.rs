//! The schedule of one callee: three slots, the real instants that they yield, and when nobody calls.

use serde::Serialize;

use super::super::samples::{ZONE, at, callee_id, pauses};
use super::super::{ClockNote, ErrorCode, Field, Page, PauseForm, PauseLine, PreviewLine, SlotForm};
use crate::domain::CalleeId;

/// `/callees/{id}/schedule`. Sends `intent` (`preview` or `save`), and for each slot N of 1 to 3: `slotN_on` (`yes` or absent), `slotN_time` (`HH:MM`), and `slotN_dayD` (`yes` or absent) for each
/// weekday D of 1 (Monday) to 7.
///
/// Beside a previewed call: POST `/callees/{id}/skips` with `slot`, `date` and `intent` (`skip` or `call`). A pause: POST
/// `/callees/{id}/pauses` with `from`, `until` and `reason`; its end: POST `/pauses/{id}/end`.
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
    /// Pauses that hold today or later.
    pub pauses: Vec<PauseLine>,
    /// The form of another one.
    pub pause: PauseForm,
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
    let line = |minutes, note| PreviewLine {
        when: at(minutes),
        note,
        slot: if minutes % 1_440 == 280 { 3 } else { 1 },
        date: "2026-11-22".to_owned(),
        skipped: minutes == 1_720,
    };
    vec![
        line(280, None),
        line(1_120, None),
        line(1_720, None),
        line(2_560, Some(ClockNote::Gap)),
        line(3_160, None),
        line(4_000, Some(ClockNote::Fold)),
        line(4_600, Some(ClockNote::Changed)),
        line(5_440, None),
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
            pauses: Vec::new(),
            pause: PauseForm::default(),
            may_edit: true,
        };
        let mut wrong = Self { error: Some(ErrorCode::SlotsQuietHours), preview: Vec::new(), ..page.clone() };
        wrong.slots[0].time = Field::wrong("25:00", ErrorCode::SlotsBadTime);
        wrong.slots[2].days = [false; 7];
        wrong.slots[2].days_error = Some(ErrorCode::SlotsNoDay);
        let previewed = Self { unsaved: true, ..page.clone() };
        let viewed = Self { may_edit: false, pauses: pauses(), ..page.clone() };
        let paused = Self {
            preview: Vec::new(),
            pauses: pauses(),
            pause: PauseForm {
                from: Field::of("2026-12-24"),
                until: Field::wrong("2026-12-20", ErrorCode::PauseOrder),
                reason: Field::of("Away with us"),
            },
            ..page.clone()
        };
        vec![page, wrong, previewed, viewed, paused]
    }
}
