//! The staff's page: is the installation well, and what needs a person.

use super::frame::{Answer, Asked};
use crate::domain::PluginState;
use crate::services::staff::{self, OperatorTrouble, Parked, PluginBrief, WrongCall};
use crate::theme::{CallLine, Counts, ParkedLine, PluginLine, PluginMark, RestLine, StaffPage, TroubleLine, When};

/// `GET /staff`
pub(super) async fn show(asked: Asked) -> Answer {
    let found = staff::overview(&asked.app, asked.account()?).await?;
    let counts = Counts {
        families: found.counts.families,
        callees: found.counts.callees,
        devices: found.counts.devices,
        calls_today: found.counts.calls_today,
        answered_today: found.counts.answered_today,
        jobs_waiting: found.counts.jobs_waiting,
        jobs_failed: found.counts.jobs_failed,
    };
    let page = StaffPage {
        counts,
        attention: found.wrong.into_iter().map(call).collect(),
        troubles: found.troubles.into_iter().map(trouble).collect(),
        parked: found.parked.into_iter().map(parked).collect(),
        plugins: found.plugins.into_iter().map(|brief| plugin(brief, asked.zone())).collect(),
    };
    asked.show(&page).await
}

fn call(wrong: WrongCall) -> CallLine {
    CallLine {
        id: wrong.id,
        callee_name: wrong.callee_name,
        when: When::new(wrong.at, wrong.zone),
        mark: wrong.state.into(),
        length_s: None,
        mood: None,
        headline: None,
        alert: true,
    }
}

fn trouble(trouble: OperatorTrouble) -> TroubleLine {
    TroubleLine { about: trouble.about, reason: trouble.reason, at: trouble.at }
}

fn parked(event: Parked) -> ParkedLine {
    ParkedLine {
        id: event.id,
        at: event.at,
        provider: event.provider,
        event: event.event,
        provider_ref: event.provider_ref,
        note: event.note,
    }
}

/// A rest is told of before what the operator must mend: it is now, and the other is as old as its alert.
fn plugin(brief: PluginBrief, zone: &str) -> PluginLine {
    let mark = match (brief.state, &brief.trouble) {
        (Some(PluginState::Resting), _) => PluginMark::Resting,
        (_, Some(_)) => PluginMark::Problem,
        (Some(PluginState::Struggling), None) => PluginMark::Struggling,
        (Some(PluginState::Well), None) => PluginMark::Well,
        (None, None) => PluginMark::Unchecked,
    };
    PluginLine {
        id: brief.id,
        version: brief.version,
        kind: brief.kind,
        mark,
        rest: brief.rest.map(|rest| RestLine {
            vendor: rest.vendor,
            since: When::new(rest.since, zone),
            until: When::new(rest.until, zone),
        }),
        note: brief.trouble.unwrap_or_default(),
    }
}
