//! The live monitor.

use super::frame::{Answer, Asked};
use super::lines;
use crate::services::monitor;
use crate::theme::{CallAhead, MonitorPage, When};

/// `GET /monitor`
pub(super) async fn show(asked: Asked) -> Answer {
    let today = monitor::today(&asked.app, asked.account()?, asked.visitor.locale).await?;
    let ahead = |one: monitor::CallAhead| CallAhead { callee_name: one.callee_name, when: When::new(one.at, one.zone) };
    let page = MonitorPage {
        live: today.live.into_iter().map(lines::followed).collect(),
        over: today.over.into_iter().map(lines::followed).collect(),
        ahead: today.ahead.into_iter().map(ahead).collect(),
    };
    asked.show(&page).await
}
