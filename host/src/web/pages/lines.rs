//! Lines: what services say, as the theme's pieces. Every page that shows a call, an alert or a device walks in.

use crate::domain::{CalleeId, Locale};
use crate::services::alerts::AlertBrief;
use crate::services::dashboards::{CalleeBrief, DeviceBrief, DeviceHealth, Dot};
use crate::services::history::{AttemptBrief, CallBrief, FollowedCall};
use crate::services::pairings::Issued;
use crate::services::schedules::pausing::PauseBrief;
use crate::theme::{
    AlertLine, AttemptLine, CallLine, CallMark, CalleeLink, CodeCard, DeviceLine, DeviceMark, LiveCall, PauseLine,
    Strings, TodayDot, When,
};

use super::frame::Asked;

/// A call in a list.
pub(super) fn call(brief: CallBrief) -> CallLine {
    CallLine {
        id: brief.id,
        callee_name: brief.callee_name,
        when: When::new(brief.at, brief.zone),
        mark: CallMark::of_call(brief.state, brief.reason),
        length_s: brief.duration_s,
        mood: brief.mood,
        headline: brief.headline,
        alert: brief.alert,
    }
}

/// A call with its steps and tries.
pub(super) fn followed(followed: FollowedCall) -> LiveCall {
    let method = followed.call.method;
    LiveCall::new(call(followed.call), method, followed.attempts.into_iter().map(attempt).collect())
}

/// A try.
pub(super) fn attempt(brief: AttemptBrief) -> AttemptLine {
    AttemptLine { number: brief.number, at: brief.at, target: brief.target, state: brief.state }
}

/// One of today's times.
pub(super) fn dot(dot: Dot, zone: &str) -> TodayDot {
    TodayDot {
        call: dot.call.map(|(id, ..)| id),
        when: When::new(dot.at, zone),
        mark: dot.call.map_or(CallMark::Planned, |(_, state, reason)| CallMark::of_call(state, reason)),
    }
}

/// An alert.
pub(super) fn alert(brief: AlertBrief) -> AlertLine {
    let told = brief.told.into_iter().map(|(name, at)| (name, When::new(at, brief.zone.clone()))).collect();
    AlertLine {
        told,
        acknowledged_by: brief.acknowledged_by,
        id: brief.id,
        kind: brief.kind,
        state: brief.state,
        callee_name: brief.callee_name,
        opened: When::new(brief.opened_at, brief.zone),
        call: brief.call,
        text: brief.text,
        reason: brief.reason.and_then(|word| word.parse().ok()),
        turn: brief.turn,
        note: brief.note,
    }
}

/// A time without scheduled calls.
pub(super) fn pause(brief: PauseBrief) -> PauseLine {
    PauseLine {
        id: brief.id,
        from: brief.from.to_string(),
        until: brief.until.map(|until| until.to_string()),
        reason: brief.reason,
        holds_today: brief.holds_today,
    }
}

/// Everybody who can be switched to.
pub(super) fn callees(briefs: Vec<CalleeBrief>, current: Option<CalleeId>) -> Vec<CalleeLink> {
    let link = |brief: CalleeBrief| CalleeLink {
        id: brief.id,
        current: current == Some(brief.id),
        name: brief.name,
        method: brief.method,
    };
    briefs.into_iter().map(link).collect()
}

/// A device. One that did not say what it calls itself is called what it is.
pub(super) fn device(brief: DeviceBrief, strings: &Strings, locale: Locale) -> DeviceLine {
    let kind = brief.platform.and_then(|platform| strings.get(locale, &format!("platform-{platform}"), &[]).ok());
    DeviceLine {
        id: brief.id,
        model: if brief.name.is_empty() { kind.unwrap_or_else(|| "?".to_owned()) } else { brief.name },
        platform: brief.platform,
        mark: match brief.health {
            DeviceHealth::Claimed => DeviceMark::Claimed,
            DeviceHealth::Paired => DeviceMark::Paired,
            DeviceHealth::Silent => DeviceMark::Silent,
            DeviceHealth::Unreachable => DeviceMark::Unreachable,
        },
        seen_at: Some(brief.seen_at),
        app_version: brief.app_version,
    }
}

/// All devices of a list.
pub(super) fn devices(asked: &Asked, briefs: Vec<DeviceBrief>) -> Vec<DeviceLine> {
    let strings = asked.app.theme.strings();
    briefs.into_iter().map(|brief| device(brief, strings, asked.visitor.locale)).collect()
}

/// A live code. The picture holds the digits alone: the app takes the first six digits that it finds in it.
pub(super) fn code(asked: &Asked, issued: &Issued) -> CodeCard {
    CodeCard::new(&issued.code, &issued.code, issued.expires_at, asked.now())
}
