//! The alerts: what a person must look at.

use super::frame::{Answer, Asked};
use super::lines;
use crate::domain::AlertState;
use crate::services::{ServiceError, alert_links, alerts};
use crate::theme::{AckState, AlertAckPage, AlertLine, AlertsPage, Flash, When};

/// `GET /alerts`
pub(super) async fn show(asked: Asked) -> Answer {
    let found = alerts::list(&asked.app, asked.account()?, asked.visitor.locale).await?;
    let lines: Vec<AlertLine> = found.into_iter().map(lines::alert).collect();
    let of = |state| lines.iter().filter(|line| line.state == state).cloned().collect();
    let page = AlertsPage {
        opened: of(AlertState::Open),
        acknowledged: of(AlertState::Acknowledged),
        closed: of(AlertState::Closed),
    };
    asked.show(&page).await
}

/// `POST /alerts/{id}/acknowledge`
pub(super) async fn acknowledge(asked: Asked) -> Answer {
    let done = alerts::acknowledge(&asked.app, asked.account()?, asked.id()?).await;
    back(&asked, done, Flash::AlertAcknowledged)
}

/// `POST /alerts/{id}/close`: sends `note`.
pub(super) async fn close(asked: Asked) -> Answer {
    let done = alerts::close(&asked.app, asked.account()?, asked.id()?, asked.form.get("note")).await;
    back(&asked, done, Flash::AlertClosed)
}

/// `GET /alerts/ack/{token}`: asks for a press of the button. Programs that read mail follow links.
pub(super) async fn show_ack(asked: Asked) -> Answer {
    let alert = alert_links::show(&asked.app, asked.token()).await?;
    let state = match alert.state {
        AlertState::Open => AckState::Asked,
        AlertState::Acknowledged if alert.by_owner => AckState::Yours,
        AlertState::Acknowledged => AckState::Taken,
        AlertState::Closed => AckState::Closed,
    };
    let page = AlertAckPage {
        token: asked.token().to_owned(),
        kind: alert.kind,
        callee_name: alert.callee_name,
        opened: When::new(alert.opened_at, alert.zone),
        state,
        by: alert.acknowledged_by.unwrap_or_default(),
    };
    asked.show(&page).await
}

/// `POST /alerts/ack/{token}`
pub(super) async fn ack(asked: Asked) -> Answer {
    alert_links::acknowledge(&asked.app, asked.token()).await?;
    Ok(asked.go(&format!("/alerts/ack/{}", asked.token())))
}

fn back(asked: &Asked, done: Result<(), ServiceError>, flash: Flash) -> Answer {
    match done {
        Ok(()) => Ok(asked.go_saying("/alerts", flash)),
        Err(ServiceError::Conflict(_)) => Ok(asked.go_saying("/alerts", Flash::LostRace)),
        Err(error) => Err(error),
    }
}
