//! The fifth step, by app: a code, and the family's yes to the device that entered it.

use super::super::frame::{Answer, Asked};
use super::super::lines;
use super::reached;
use crate::domain::CallMethod;
use crate::services::onboarding::Step;
use crate::services::{ServiceError, dashboards, pairings};
use crate::theme::OnboardingPairingPage;

/// `GET /onboarding/pairing`
pub(in crate::web::pages) async fn show(asked: Asked) -> Answer {
    let state = match reached(&asked, Step::Pairing).await? {
        Ok(state) => state,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let callee = state.callee.ok_or(ServiceError::NotFound)?;
    if callee.call_method == CallMethod::Phone {
        return Ok(asked.go("/onboarding/ready"));
    }
    let account = asked.account()?;
    let code = pairings::live(&asked.app, account, callee.id).await?;
    let devices = dashboards::devices(&asked.app, account, callee.id).await?;
    let page = OnboardingPairingPage {
        callee_id: callee.id,
        callee_name: callee.address_form,
        code: code.map(|code| lines::code(&asked, &code)),
        devices: lines::devices(&asked, devices),
    };
    asked.show(&page).await
}
