//! The last step: all is set, and a test call can be made. A device may be missing: it can be paired later.

use super::super::frame::{Answer, Asked};
use super::super::lines;
use super::reached;
use crate::domain::CallMethod;
use crate::services::ServiceError;
use crate::services::dashboards::{self, DeviceHealth};
use crate::services::onboarding::Step;
use crate::theme::{OnboardingReadyPage, When};

/// `GET /onboarding/ready`
pub(in crate::web::pages) async fn show(asked: Asked) -> Answer {
    let state = match reached(&asked, Step::Pairing).await? {
        Ok(state) => state,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let callee = state.callee.ok_or(ServiceError::NotFound)?;
    let account = asked.account()?;
    let target = match callee.call_method {
        CallMethod::Phone => dashboards::phone_shown(&asked.app, account, callee.id).await?,
        CallMethod::App => {
            let devices = dashboards::devices(&asked.app, account, callee.id).await?;
            let rings = devices.into_iter().filter(|device| device.health != DeviceHealth::Claimed).collect();
            lines::devices(&asked, rings).into_iter().next().map(|device| device.model)
        }
    };
    let next = dashboards::next_call(&asked.app, account, callee.id).await?;
    let page = OnboardingReadyPage {
        callee_id: callee.id,
        callee_name: callee.address_form,
        method: callee.call_method,
        target,
        next: next.map(|at| When::new(at, callee.zone)),
    };
    asked.show(&page).await
}
