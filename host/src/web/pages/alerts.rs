//! The alerts: what a person must look at.

use super::frame::{Answer, Asked};
use super::lines;
use crate::domain::AlertState;
use crate::services::{ServiceError, alerts};
use crate::theme::{AlertLine, AlertsPage, Flash};

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

fn back(asked: &Asked, done: Result<(), ServiceError>, flash: Flash) -> Answer {
    match done {
        Ok(()) => Ok(asked.go_saying("/alerts", flash)),
        Err(ServiceError::Conflict(_)) => Ok(asked.go_saying("/alerts", Flash::LostRace)),
        Err(error) => Err(error),
    }
}
