//! Pieces that several pages show: a field of a form, a call in a list, an alert, a device.

use serde::Serialize;

use super::{CallMark, ClockNote, DeviceMark, ErrorCode, QrDrawing, StepName, StepState, format};
use crate::domain::schedule::Planned;
use crate::domain::{
    AlertId, AlertKind, AlertState, AttemptState, CallId, CallMethod, CallReason, CalleeId, DeviceId, DevicePlatform,
    Moment, PauseId,
};

/// A field of a form: what was typed, and what is wrong with it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Field {
    /// What the field holds.
    pub value: String,
    /// What is wrong, if anything.
    pub error: Option<ErrorCode>,
}

impl Field {
    /// A field that holds a value.
    pub fn of(value: impl Into<String>) -> Self {
        Self { value: value.into(), error: None }
    }

    /// A field that holds a value which was refused.
    pub fn wrong(value: impl Into<String>, error: ErrorCode) -> Self {
        Self { value: value.into(), error: Some(error) }
    }
}

/// A moment and the zone of the callee on whose clock it counts.
#[derive(Clone, Debug, Serialize)]
pub struct When {
    /// The moment.
    pub at: Moment,
    /// IANA zone of the callee.
    pub zone: String,
}

impl When {
    /// A moment on a callee's clock.
    pub fn new(at: Moment, zone: impl Into<String>) -> Self {
        Self { at, zone: zone.into() }
    }
}

/// A callee to switch to.
#[derive(Clone, Debug, Serialize)]
pub struct CalleeLink {
    /// Who.
    pub id: CalleeId,
    /// How the family calls them.
    pub name: String,
    /// Which dashboard they are on.
    pub method: CallMethod,
    /// Whether the page is about them.
    pub current: bool,
}

/// A call in a list.
#[derive(Clone, Debug, Serialize)]
pub struct CallLine {
    /// The call.
    pub id: CallId,
    /// Who was rung.
    pub callee_name: String,
    /// When it rang, or rings.
    pub when: When,
    /// Where it stands.
    pub mark: CallMark,
    /// How long they talked.
    pub length_s: Option<u32>,
    /// 1 (bad) to 5 (good).
    pub mood: Option<u8>,
    /// The first sentence of the summary.
    pub headline: Option<String>,
    /// Whether an alert came out of it.
    pub alert: bool,
}

/// One of today's times.
#[derive(Clone, Debug, Serialize)]
pub struct TodayDot {
    /// The call, once there is one.
    pub call: Option<CallId>,
    /// Its time.
    pub when: When,
    /// Where it stands.
    pub mark: CallMark,
}

/// One step of a call on the monitor.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Which.
    pub name: StepName,
    /// How far the call is with it.
    pub state: StepState,
}

/// One try to reach a device or number.
#[derive(Clone, Debug, Serialize)]
pub struct AttemptLine {
    /// Counted from one.
    pub number: u32,
    /// When.
    pub at: Moment,
    /// What was rung: a device's name, or the end of a number.
    pub target: String,
    /// What became of it.
    pub state: AttemptState,
}

/// The call that is on its way or running.
#[derive(Clone, Debug, Serialize)]
pub struct LiveCall {
    /// The call as a list shows it.
    pub call: CallLine,
    /// How it is rung.
    pub method: CallMethod,
    /// The five steps.
    pub steps: Vec<Step>,
    /// The tries so far.
    pub attempts: Vec<AttemptLine>,
}

impl LiveCall {
    /// A call with its steps worked out from where it stands.
    pub fn new(call: CallLine, method: CallMethod, attempts: Vec<AttemptLine>) -> Self {
        let steps = steps(call.mark);
        Self { call, method, steps, attempts }
    }
}

/// The five steps of a call that stands at a mark.
fn steps(mark: CallMark) -> Vec<Step> {
    // The step that the call is in, or that it never got beyond.
    let (reached, over) = match mark {
        CallMark::Planned | CallMark::Skipped | CallMark::Canceled | CallMark::Expired | CallMark::Failed => (0, true),
        CallMark::Queued => (0, false),
        CallMark::Ringing => (1, false),
        CallMark::Missed | CallMark::Declined | CallMark::Busy | CallMark::Voicemail => (1, true),
        CallMark::Answered => (2, false),
        CallMark::InProgress => (3, false),
        CallMark::Unheard => (3, true),
        CallMark::Completed => (4, true),
    };
    let state = |index: usize| match mark {
        CallMark::Planned => StepState::Ahead,
        CallMark::Completed => StepState::Done,
        _ if index < reached => StepState::Done,
        _ if over => StepState::Never,
        _ if index == reached => StepState::Now,
        _ => StepState::Ahead,
    };
    StepName::ALL.iter().enumerate().map(|(index, name)| Step { name: *name, state: state(index) }).collect()
}

/// An alert.
#[derive(Clone, Debug, Serialize)]
pub struct AlertLine {
    /// The alert.
    pub id: AlertId,
    /// Why it was opened.
    pub kind: AlertKind,
    /// Where it stands.
    pub state: AlertState,
    /// Whom it is about.
    pub callee_name: String,
    /// When it was opened.
    pub opened: When,
    /// The call that it came out of.
    pub call: Option<CallId>,
    /// What was said, in one sentence of the reader's language.
    pub text: Option<String>,
    /// Why the call did not become a talk.
    pub reason: Option<CallReason>,
    /// The turn that it rests on: its index, and its words.
    pub turn: Option<(u32, String)>,
    /// What was noted when it was closed.
    pub note: Option<String>,
    /// Who was told, and when, the first first.
    pub told: Vec<(String, When)>,
    /// Who has taken it in hand.
    pub acknowledged_by: Option<String>,
}

/// A device.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceLine {
    /// The device.
    pub id: DeviceId,
    /// What it calls itself.
    pub model: String,
    /// What it runs.
    pub platform: Option<DevicePlatform>,
    /// Where it stands.
    pub mark: DeviceMark,
    /// When it was last heard of.
    pub seen_at: Option<Moment>,
    /// Version of its app.
    pub app_version: Option<String>,
}

/// A pairing code that waits for a device.
#[derive(Clone, Debug, Serialize)]
pub struct CodeCard {
    /// The first three digits.
    pub first: String,
    /// The last three digits.
    pub second: String,
    /// When it stops to work.
    pub expires_at: Moment,
    /// Seconds until then, for the countdown.
    pub left_s: u64,
    /// What a camera reads.
    pub qr: Option<QrDrawing>,
}

impl CodeCard {
    /// A code of six digits; `link` is what the QR code holds.
    pub fn new(digits: &str, link: &str, expires_at: Moment, now: Moment) -> Self {
        let (first, second) = digits.split_at_checked(3).unwrap_or((digits, ""));
        Self {
            first: first.to_owned(),
            second: second.to_owned(),
            expires_at,
            left_s: expires_at.since(now).as_secs(),
            qr: QrDrawing::new(link),
        }
    }
}

/// A slot in the form of a schedule.
#[derive(Clone, Debug, Serialize)]
pub struct SlotForm {
    /// 1 to 3.
    pub number: u8,
    /// Whether it rings at all.
    pub on: bool,
    /// `HH:MM` on the callee's clock.
    pub time: Field,
    /// Monday first.
    pub days: [bool; 7],
    /// What is wrong with its days.
    pub days_error: Option<ErrorCode>,
}

impl SlotForm {
    /// Puts what is wrong with a schedule at the slots that cause it. Gives it back when it is of no single slot, to
    /// be said above them all.
    pub fn blame(slots: &mut [Self], code: ErrorCode) -> Option<ErrorCode> {
        let times: Vec<String> = slots.iter().filter(|slot| slot.on).map(|slot| slot.time.value.clone()).collect();
        let mut blamed = false;
        for slot in slots.iter_mut().filter(|slot| slot.on) {
            let time = &slot.time.value;
            let guilty = match code {
                ErrorCode::SlotsBadTime => crate::domain::schedule::parse_time(time).is_err(),
                ErrorCode::SlotsSameTime => times.iter().filter(|other| *other == time).count() > 1,
                ErrorCode::SlotsNoDay => slot.days == [false; 7],
                _ => false,
            };
            if guilty && code == ErrorCode::SlotsNoDay {
                slot.days_error = Some(code);
            } else if guilty {
                slot.time.error = Some(code);
            }
            blamed |= guilty;
        }
        (!blamed).then_some(code)
    }
}

/// A moment that a schedule yields.
#[derive(Clone, Debug, Serialize)]
pub struct PreviewLine {
    /// When it rings.
    pub when: When,
    /// What a clock change does to it.
    pub note: Option<ClockNote>,
    /// The slot, 1 to 3.
    pub slot: i32,
    /// The callee's local date that it stands for, `YYYY-MM-DD`.
    pub date: String,
    /// The family does not want this one.
    pub skipped: bool,
}

impl PreviewLine {
    /// The occurrences of a schedule, each with what a clock change does to it: there, or where the reader is.
    pub fn list(planned: &[Planned], zone: &str, reader_zone: &str) -> Vec<Self> {
        let mut before = None;
        let line = |planned: &Planned| {
            let occurrence = &planned.occurrence;
            let apart = format::seconds_apart(occurrence.at, zone, reader_zone);
            let changed = before.replace(apart).is_some_and(|earlier| earlier != apart);
            let note = ClockNote::of_occurrence(occurrence.note).or(changed.then_some(ClockNote::Changed));
            Self {
                when: When::new(occurrence.at, zone),
                note,
                slot: occurrence.slot_no,
                date: occurrence.date.to_string(),
                skipped: planned.skipped,
            }
        };
        planned.iter().map(line).collect()
    }
}

/// A time without scheduled calls.
#[derive(Clone, Debug, Serialize)]
pub struct PauseLine {
    /// The pause.
    pub id: PauseId,
    /// The first date without calls, `YYYY-MM-DD`.
    pub from: String,
    /// The last one; none means until somebody ends it.
    pub until: Option<String>,
    /// Why, in the family's words.
    pub reason: Option<String>,
    /// Whether today is one of its dates.
    pub holds_today: bool,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{CallMark, ErrorCode, Field, PreviewLine, SlotForm, StepState, steps};
    use crate::domain::schedule::{Occurrence, Planned};
    use crate::domain::zone::DstNote;

    #[test]
    fn steps_follow_the_mark() {
        use StepState::{Ahead, Done, Never, Now};
        let states = |mark| steps(mark).iter().map(|step| step.state).collect::<Vec<_>>();
        assert_eq!(states(CallMark::Planned), [Ahead; 5]);
        assert_eq!(states(CallMark::Ringing), [Done, Now, Ahead, Ahead, Ahead]);
        assert_eq!(states(CallMark::InProgress), [Done, Done, Done, Now, Ahead]);
        assert_eq!(states(CallMark::Completed), [Done; 5]);
        assert_eq!(states(CallMark::Unheard), [Done, Done, Done, Never, Never]);
        assert_eq!(states(CallMark::Missed), [Done, Never, Never, Never, Never]);
    }

    #[test]
    fn readers_clock_change_is_noted_once() {
        let occurrence = |day| Planned {
            occurrence: Occurrence {
                slot_no: 1,
                date: date(2026, 10, day),
                at: date(2026, 10, day).at(2, 0, 0, 0).in_tz("UTC").expect("UTC").timestamp().into(),
                note: DstNote::None,
            },
            skipped: false,
        };
        let days = [occurrence(23), occurrence(24), occurrence(25), occurrence(26)];
        let notes = |reader| {
            PreviewLine::list(&days, "Asia/Jakarta", reader).iter().map(|l| l.note.is_some()).collect::<Vec<_>>()
        };
        assert_eq!(notes("Europe/Amsterdam"), [false, false, true, false]);
        assert_eq!(notes("Asia/Jakarta"), [false; 4]);
    }

    #[test]
    fn errors_stand_at_the_slots_that_cause_them() {
        let slot = |time: &str, days| SlotForm { number: 1, on: true, time: Field::of(time), days, days_error: None };
        let mut slots = vec![slot("09:00", [true; 7]), slot("09:00", [true; 7]), slot("19:00", [false; 7])];
        assert_eq!(SlotForm::blame(&mut slots, ErrorCode::SlotsSameTime), None);
        assert_eq!(slots.iter().filter(|slot| slot.time.error.is_some()).count(), 2);
        assert_eq!(SlotForm::blame(&mut slots, ErrorCode::SlotsNoDay), None);
        assert!(slots[2].days_error.is_some());
        assert_eq!(SlotForm::blame(&mut slots, ErrorCode::SlotsQuietHours), Some(ErrorCode::SlotsQuietHours));
    }
}
