//! The staff's page: is the installation well, and what needs a person.

use super::frame::{Answer, Asked};
use crate::services::staff::{self, Parked, PluginBrief, WrongCall};
use crate::theme::{CallLine, Counts, ParkedLine, PluginLine, PluginMark, StaffPage, When};

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
        parked: found.parked.into_iter().map(parked).collect(),
        plugins: found.plugins.into_iter().map(plugin).collect(),
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

/// A plugin that is loaded works, as long as nothing that it met says otherwise.
fn plugin(brief: PluginBrief) -> PluginLine {
    PluginLine {
        id: brief.id,
        version: brief.version,
        kind: brief.kind,
        mark: if brief.trouble.is_some() { PluginMark::Problem } else { PluginMark::Unchecked },
        note: brief.trouble.unwrap_or_default(),
    }
}
