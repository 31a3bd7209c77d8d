//! The staff's page: is the installation well, and what needs a person.

use super::frame::{Answer, Asked};
use crate::domain::PluginState;
use crate::services::staff::{self, OperatorTrouble, Parked, PluginBrief, WrongCall};
use crate::services::{ServiceError, accounts};
use crate::theme::{
    CallLine, Counts, ErrorCode, Field, Flash, ParkedLine, PluginLine, PluginMark, RestLine, StaffPage, TroubleLine,
    When, ZoneChoices,
};

/// `GET /staff`
pub(super) async fn show(asked: Asked) -> Answer {
    asked.show(&page(&asked, Field::of(asked.zone())).await?).await
}

/// `POST /staff/zone`: sends `zone`.
pub(super) async fn choose_zone(asked: Asked) -> Answer {
    let asked = asked.at("/staff".to_owned());
    match accounts::set_zone(&asked.app, asked.account()?, asked.form.get("zone")).await {
        Ok(()) => Ok(asked.go_saying("/staff", Flash::Saved)),
        Err(ServiceError::Invalid { .. }) => {
            asked.show_refused(&page(&asked, Field::wrong("", ErrorCode::ZoneUnknown)).await?).await
        }
        Err(error) => Err(error),
    }
}

/// `POST /staff/troubles/{id}/close`
pub(super) async fn close_trouble(asked: Asked) -> Answer {
    match staff::close_trouble(&asked.app, asked.account()?, asked.id()?).await {
        Ok(()) => Ok(asked.go_saying("/staff", Flash::TroubleClosed)),
        Err(ServiceError::Conflict(_)) => Ok(asked.go_saying("/staff", Flash::LostRace)),
        Err(error) => Err(error),
    }
}

async fn page(asked: &Asked, zone: Field) -> Result<StaffPage, ServiceError> {
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
    Ok(StaffPage {
        counts,
        attention: found.wrong.into_iter().map(call).collect(),
        troubles: found.troubles.into_iter().map(|found| trouble(found, asked.zone())).collect(),
        may_close: found.may_close,
        parked: found.parked.into_iter().map(parked).collect(),
        plugins: found.plugins.into_iter().map(|brief| plugin(brief, asked.zone())).collect(),
        zone,
        zones: ZoneChoices::all(),
    })
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

fn trouble(trouble: OperatorTrouble, zone: &str) -> TroubleLine {
    TroubleLine {
        id: trouble.id,
        about: trouble.about,
        fault: trouble.fault,
        said: trouble.said,
        since: When::new(trouble.since, zone),
        seen: When::new(trouble.seen_at, zone),
        times: trouble.times,
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

/// A rest is told of before what the operator must mend: it is now, and the other is as old as its alert.
fn plugin(brief: PluginBrief, zone: &str) -> PluginLine {
    let mark = match brief.state {
        Some(PluginState::Resting) => PluginMark::Resting,
        _ if brief.is_troubled => PluginMark::Problem,
        Some(PluginState::Struggling) => PluginMark::Struggling,
        Some(PluginState::Well) => PluginMark::Well,
        None => PluginMark::Unchecked,
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
    }
}
