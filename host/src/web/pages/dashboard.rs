//! The dashboards: one for callees who are rung by phone, one for those who are rung by the app, and "call now".

use axum::response::Response;

use super::frame::{Answer, Asked};
use super::lines;
use crate::domain::{CallMethod, CalleeId};
use crate::services::dashboards::{self, CalleeBrief, Dashboard, Readiness};
use crate::services::onboarding::{self, Step};
use crate::services::{ServiceError, families};
use crate::theme::{CallNow, DashboardAppPage, DashboardPhonePage, Flash, LastTalk, Overview, When};

/// `GET /dashboard`: on to the dashboard of the callee's method, or to what is to be done before.
pub(super) async fn choose(asked: Asked) -> Answer {
    let account = asked.signed_in()?.account.clone();
    let known = dashboards::callees(&asked.app, account.id).await?;
    let state = onboarding::state(&asked.app, account.id).await?;
    if state.family.is_none() && account.staff_role.is_some() {
        return Ok(asked.go("/staff"));
    }
    match (&state.family, state.step) {
        (_, Step::Done) => {}
        // All is entered, and the family opens its first page: a device can be paired from there.
        (Some(family), Step::Pairing | Step::Ready) => {
            match onboarding::finish(&asked.app, account.id, family.id).await {
                Ok(()) | Err(ServiceError::Forbidden) => {}
                Err(error) => return Err(error),
            }
        }
        _ => return Ok(asked.go("/onboarding")),
    }
    let callee = match asked.chosen_callee()? {
        Some(id) => known.iter().find(|callee| callee.id == id).ok_or(ServiceError::NotFound)?,
        None => match known.first() {
            Some(callee) => callee,
            None => return Ok(asked.go("/onboarding")),
        },
    };
    Ok(asked.go(&path_of(callee)))
}

/// `GET /dashboard/phone`
pub(super) async fn phone(asked: Asked) -> Answer {
    let dashboard = match of_method(&asked, CallMethod::Phone).await? {
        Ok(dashboard) => dashboard,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let number = dashboard.phone.clone();
    asked.show(&DashboardPhonePage { overview: overview(dashboard), number }).await
}

/// `GET /dashboard/app`
pub(super) async fn app(asked: Asked) -> Answer {
    let dashboard = match of_method(&asked, CallMethod::App).await? {
        Ok(dashboard) => dashboard,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let devices = dashboards::devices(&asked.app, asked.account()?, dashboard.callee.id).await?;
    let devices = lines::devices(&asked, devices);
    asked.show(&DashboardAppPage { overview: overview(dashboard), devices }).await
}

/// `POST /callees/{id}/call-now`
pub(super) async fn call_now(asked: Asked) -> Answer {
    let (account, callee) = (asked.account()?, asked.id::<CalleeId>()?);
    let access = families::callee_access(&asked.app, account, callee).await?;
    let flash = match dashboards::ring_now(&asked.app, account, callee).await? {
        Readiness::Ready => Flash::CallStarted,
        Readiness::Busy => Flash::CallBusy,
        Readiness::NoDevice | Readiness::NoPhone => Flash::CallUnreachable,
        Readiness::NoConsent => Flash::CallNoConsent,
    };
    Ok(asked.go_saying(&path_of(&CalleeBrief::from(&access.callee)), flash))
}

fn path_of(callee: &CalleeBrief) -> String {
    format!("/dashboard/{}?callee={}", callee.method, callee.id)
}

/// The dashboard of the chosen callee, or of the first one of this method; else the way to where there is one.
async fn of_method(asked: &Asked, method: CallMethod) -> Result<Result<Dashboard, Response>, ServiceError> {
    let (account, chosen) = (asked.account()?, asked.chosen_callee()?);
    let found = dashboards::find(&asked.app, account, asked.visitor.locale, chosen, method).await?;
    let Some(dashboard) = found else { return Ok(Err(asked.go("/dashboard"))) };
    // The method was changed since the link was made.
    if dashboard.callee.method == method { Ok(Ok(dashboard)) } else { Ok(Err(asked.go(&path_of(&dashboard.callee)))) }
}

fn overview(dashboard: Dashboard) -> Overview {
    let Dashboard { callee, callees, next, today, live, last, alerts, recent, readiness, pause, .. } = dashboard;
    let when = |at| When::new(at, callee.zone.as_str());
    Overview {
        callee_id: callee.id,
        callees: lines::callees(callees, Some(callee.id)),
        next: next.map(when),
        today: today.into_iter().map(|dot| lines::dot(dot, &callee.zone)).collect(),
        live: live.map(lines::followed),
        last: last.map(|last| LastTalk {
            call: last.call,
            when: when(last.at),
            headline: last.headline,
            second: last.second,
            mood: last.mood,
        }),
        alerts: alerts.into_iter().map(lines::alert).collect(),
        recent: recent.into_iter().map(lines::call).collect(),
        call_now: match readiness {
            Readiness::Ready => CallNow::Ready,
            Readiness::Busy => CallNow::Busy,
            Readiness::NoDevice => CallNow::NoDevice,
            Readiness::NoPhone => CallNow::NoPhone,
            Readiness::NoConsent => CallNow::NoConsent,
        },
        pause: pause.map(lines::pause),
        callee_name: callee.name,
        zone: callee.zone,
    }
}
