//! The two dashboards: one for callees who are rung by phone, one for callees who are rung by the app.

use serde::Serialize;

use super::super::samples::{self, HEADLINE, SECOND, at, call_id, callee_id, callees, calls, device, live, today};
use super::super::{
    AlertLine, CallLine, CallMark, CallNow, CalleeLink, DeviceLine, DeviceMark, LiveCall, Page, PauseLine, TodayDot,
    When,
};
use crate::domain::{CallId, CalleeId};
use crate::domain::{CallMethod, DevicePlatform};

/// The last talk, in two sentences.
#[derive(Clone, Debug, Serialize)]
pub struct LastTalk {
    /// The call.
    pub call: CallId,
    /// When it was.
    pub when: When,
    /// The whole in one sentence.
    pub headline: String,
    /// One more sentence.
    pub second: Option<String>,
    /// 1 (bad) to 5 (good).
    pub mood: Option<u8>,
}

/// What both dashboards show. `call now` sends nothing: POST `/callees/{id}/call-now`.
#[derive(Clone, Debug, Serialize)]
pub struct Overview {
    /// Who the page is about.
    pub callee_id: CalleeId,
    /// Their name.
    pub callee_name: String,
    /// Their zone.
    pub zone: String,
    /// Everybody in the family who is rung.
    pub callees: Vec<CalleeLink>,
    /// The next call.
    pub next: Option<When>,
    /// Today's times.
    pub today: Vec<TodayDot>,
    /// The call that is on its way or running.
    pub live: Option<LiveCall>,
    /// The last talk.
    pub last: Option<LastTalk>,
    /// Alerts that nobody has closed, the gravest first.
    pub alerts: Vec<AlertLine>,
    /// Recent calls.
    pub recent: Vec<CallLine>,
    /// Whether "call now" can be pressed.
    pub call_now: CallNow,
    /// The pause on which no scheduled call is made today.
    pub pause: Option<PauseLine>,
}

impl Overview {
    fn sample(method: CallMethod) -> Self {
        let (number, name) = match method {
            CallMethod::App => (1, "Ibu Sari"),
            CallMethod::Phone => (2, "Bapak Hendra"),
        };
        Self {
            callee_id: callee_id(number),
            callee_name: name.to_owned(),
            zone: samples::ZONE.to_owned(),
            callees: callees(method),
            next: Some(at(280)),
            today: today(),
            live: None,
            last: Some(LastTalk {
                call: call_id(11),
                when: at(-320),
                headline: HEADLINE.to_owned(),
                second: Some(SECOND.to_owned()),
                mood: Some(4),
            }),
            alerts: Vec::new(),
            recent: calls(),
            call_now: CallNow::Ready,
            pause: None,
        }
    }

    fn paused_sample(method: CallMethod, which: usize) -> Self {
        let pause = samples::pauses().into_iter().nth(which);
        Self { next: None, today: Vec::new(), pause, ..Self::sample(method) }
    }

    fn empty_sample(method: CallMethod, call_now: CallNow) -> Self {
        let mut only = callees(method);
        only.truncate(1);
        Self {
            callees: only,
            next: None,
            today: Vec::new(),
            last: None,
            recent: Vec::new(),
            call_now,
            ..Self::sample(method)
        }
    }
}

/// `/dashboard/phone`. Live part: `overview`.
#[derive(Clone, Debug, Serialize)]
pub struct DashboardPhonePage {
    /// What both dashboards show.
    pub overview: Overview,
    /// The callee's number, its middle hidden.
    pub number: Option<String>,
}

impl Page for DashboardPhonePage {
    const TEMPLATE: &'static str = "dashboard_phone";
    const FRAGMENTS: &'static [&'static str] = &["overview"];

    fn samples() -> Vec<Self> {
        let busy = Overview {
            live: Some(live(CallMark::Ringing)),
            alerts: samples::alerts(),
            call_now: CallNow::Busy,
            ..Overview::sample(CallMethod::Phone)
        };
        let page = |overview, number: Option<&str>| Self { overview, number: number.map(str::to_owned) };
        vec![
            page(Overview::sample(CallMethod::Phone), Some("+62 812 •••• 4471")),
            page(busy, Some("+62 812 •••• 4471")),
            page(Overview::empty_sample(CallMethod::Phone, CallNow::NoPhone), None),
            page(Overview::paused_sample(CallMethod::Phone, 0), Some("+62 812 •••• 4471")),
        ]
    }
}

/// `/dashboard/app`. Live part: `overview`. A claimed device: POST `/devices/{id}/confirm` or `/decline`.
#[derive(Clone, Debug, Serialize)]
pub struct DashboardAppPage {
    /// What both dashboards show.
    pub overview: Overview,
    /// The callee's devices.
    pub devices: Vec<DeviceLine>,
}

impl Page for DashboardAppPage {
    const TEMPLATE: &'static str = "dashboard_app";
    const FRAGMENTS: &'static [&'static str] = &["overview"];

    fn samples() -> Vec<Self> {
        let busy = Overview {
            live: Some(live(CallMark::InProgress)),
            alerts: samples::alerts(),
            call_now: CallNow::Busy,
            ..Overview::sample(CallMethod::App)
        };
        let phone = device(1, "Galaxy A15", DevicePlatform::Android, DeviceMark::Paired);
        let claimed = device(2, "iPhone SE", DevicePlatform::Ios, DeviceMark::Claimed);
        vec![
            Self { overview: Overview::sample(CallMethod::App), devices: vec![phone.clone()] },
            Self { overview: Overview::paused_sample(CallMethod::App, 1), devices: vec![phone.clone()] },
            Self { overview: busy, devices: vec![claimed, phone] },
            Self { overview: Overview::empty_sample(CallMethod::App, CallNow::NoDevice), devices: Vec::new() },
        ]
    }
}
