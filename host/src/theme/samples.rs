//! Invented people and calls, for the samples of pages and letters. Nobody here exists.

use super::{
    AlertLine, AttemptLine, CallLine, CallMark, CallReason, CalleeLink, DeviceLine, DeviceMark, LiveCall, PauseLine,
    TodayDot, When,
};
use crate::domain::{
    AlertId, AlertKind, AlertState, AttemptState, CallId, CallMethod, CalleeId, DeviceId, DevicePlatform, Moment,
    PauseId,
};
use uuid::Uuid;

/// Saturday 21 November 2026, 14:20 in Jakarta.
pub(super) const NOW: Moment = Moment::from_secs(1_795_245_600);

pub(super) const ZONE: &str = "Asia/Jakarta";

pub(super) const HEADLINE: &str = "Ibu Sari was cheerful and told a long story about her orchids.";

pub(super) const SECOND: &str = "She slept well, had rice porridge for breakfast, and is looking forward to Sunday.";

/// A moment some minutes from now; negative: ago.
pub(super) fn at(minutes: i64) -> When {
    When::new(NOW.plus_secs(minutes * 60), ZONE)
}

pub(super) const fn call_id(number: u128) -> CallId {
    CallId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + number))
}

pub(super) const fn callee_id(number: u128) -> CalleeId {
    CalleeId(Uuid::from_u128(0x0193_0000_0000_7000_9000_0000_0000_0000 + number))
}

pub(super) const fn device_id(number: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(0x0193_0000_0000_7000_a000_0000_0000_0000 + number))
}

pub(super) fn callees(method: CallMethod) -> Vec<CalleeLink> {
    let link = |number, name: &str, of, current| CalleeLink {
        id: callee_id(number),
        name: name.to_owned(),
        method: of,
        current,
    };
    vec![
        link(1, "Ibu Sari", CallMethod::App, method == CallMethod::App),
        link(2, "Bapak Hendra", CallMethod::Phone, method == CallMethod::Phone),
    ]
}

pub(super) fn call(number: u128, minutes: i64, mark: CallMark) -> CallLine {
    let talked = mark == CallMark::Completed;
    CallLine {
        id: call_id(number),
        callee_name: "Ibu Sari".to_owned(),
        when: at(minutes),
        mark,
        length_s: talked.then_some(432),
        mood: talked.then_some(4),
        headline: talked.then(|| HEADLINE.to_owned()),
        alert: false,
    }
}

pub(super) fn calls() -> Vec<CallLine> {
    let mut worried = call(13, -1_460, CallMark::Completed);
    worried.mood = Some(2);
    worried.headline = Some("Ibu Sari sounded tired and said that she had fallen in the bathroom.".to_owned());
    worried.alert = true;
    vec![
        call(11, -320, CallMark::Completed),
        call(12, -1_160, CallMark::Missed),
        worried,
        call(14, -1_760, CallMark::Voicemail),
        call(15, -2_600, CallMark::Declined),
    ]
}

pub(super) fn today() -> Vec<TodayDot> {
    vec![
        TodayDot { call: Some(call_id(11)), when: at(-320), mark: CallMark::Completed },
        TodayDot { call: Some(call_id(12)), when: at(-20), mark: CallMark::Missed },
        TodayDot { call: None, when: at(280), mark: CallMark::Planned },
    ]
}

pub(super) fn pauses() -> Vec<PauseLine> {
    let pause = |number, from: &str, until: Option<&str>, reason: Option<&str>| PauseLine {
        id: PauseId(Uuid::from_u128(number)),
        from: from.to_owned(),
        until: until.map(str::to_owned),
        reason: reason.map(str::to_owned),
        holds_today: number == 1,
    };
    vec![
        pause(1, "2026-11-20", None, Some("In hospital for her knee")),
        pause(2, "2026-12-24", Some("2027-01-02"), None),
    ]
}

pub(super) fn attempts() -> Vec<AttemptLine> {
    let line =
        |number, minutes, state| AttemptLine { number, at: at(minutes).at, target: "Galaxy A15".to_owned(), state };
    vec![line(1, -11, AttemptState::Rang), line(2, -1, AttemptState::Accepted)]
}

pub(super) fn live(mark: CallMark) -> LiveCall {
    LiveCall::new(call(10, -1, mark), CallMethod::App, attempts())
}

pub(super) fn alerts() -> Vec<AlertLine> {
    vec![
        AlertLine {
            id: AlertId(Uuid::from_u128(1)),
            kind: AlertKind::Said,
            state: AlertState::Open,
            callee_name: "Ibu Sari".to_owned(),
            opened: at(-1_450),
            call: Some(call_id(13)),
            text: Some("She said that she fell in the bathroom and that her hip still hurts.".to_owned()),
            reason: None,
            turn: Some((6, "I slipped in the bathroom yesterday. It still hurts when I walk.".to_owned())),
            note: None,
            told: vec![("Dewi".to_owned(), at(-40)), ("Budi".to_owned(), at(-25))],
            acknowledged_by: Some("Budi".to_owned()),
        },
        AlertLine {
            id: AlertId(Uuid::from_u128(2)),
            kind: AlertKind::Missed,
            state: AlertState::Open,
            callee_name: "Bapak Hendra".to_owned(),
            opened: at(-15),
            call: Some(call_id(12)),
            text: None,
            reason: Some(CallReason::NoAnswer),
            turn: None,
            note: None,
            told: Vec::new(),
            acknowledged_by: None,
        },
    ]
}

pub(super) fn device(number: u128, model: &str, platform: DevicePlatform, mark: DeviceMark) -> DeviceLine {
    DeviceLine {
        id: device_id(number),
        model: model.to_owned(),
        platform: Some(platform),
        mark,
        seen_at: Some(at(-3).at),
        app_version: Some("4.2.1".to_owned()),
    }
}
