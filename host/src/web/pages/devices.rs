//! The devices of one callee, and the codes that pair them.

use super::frame::{Answer, Asked};
use super::lines;
use crate::domain::{CalleeId, DeviceId};
use crate::services::{ServiceError, dashboards, families, pairings};
use crate::theme::{DevicesPage, Flash};

/// `GET /callees/{id}/devices`
pub(super) async fn show(asked: Asked) -> Answer {
    let (account, callee) = (asked.account()?, asked.id::<CalleeId>()?);
    let access = families::callee_access(&asked.app, account, callee).await?;
    let may_edit = access.role.may_edit();
    let code = if may_edit { pairings::live(&asked.app, account, callee).await? } else { None };
    let devices = dashboards::devices(&asked.app, account, callee).await?;
    let page = DevicesPage {
        callee_id: callee,
        callee_name: access.callee.address_form,
        code: code.map(|code| lines::code(&asked, &code)),
        devices: lines::devices(&asked, devices),
        may_edit,
    };
    asked.show(&page).await
}

/// `POST /callees/{id}/pairing-codes`
pub(super) async fn issue_code(asked: Asked) -> Answer {
    let (account, callee) = (asked.account()?, asked.id::<CalleeId>()?);
    let access = families::callee_access(&asked.app, account, callee).await?;
    pairings::issue(&asked.app, account, callee).await?;
    Ok(asked.go_saying(&page_of(callee, access.family.onboarded_at.is_some()), Flash::CodeMade))
}

/// `POST /devices/{id}/confirm`
pub(super) async fn confirm(asked: Asked) -> Answer {
    let device = asked.id()?;
    // Other devices go on ringing: the family takes off what it does not want any more.
    let done = pairings::confirm(&asked.app, asked.account()?, device, false).await;
    back(&asked, device, done, Flash::DevicePaired).await
}

/// `POST /devices/{id}/decline`
pub(super) async fn decline(asked: Asked) -> Answer {
    let device = asked.id()?;
    let done = pairings::decline(&asked.app, asked.account()?, device).await;
    back(&asked, device, done, Flash::DeviceDeclined).await
}

/// `POST /devices/{id}/unpair`
pub(super) async fn unpair(asked: Asked) -> Answer {
    let device = asked.id()?;
    let done = pairings::unpair(&asked.app, asked.account()?, device).await;
    back(&asked, device, done, Flash::DeviceUnpaired).await
}

async fn back(asked: &Asked, device: DeviceId, done: Result<(), ServiceError>, flash: Flash) -> Answer {
    let flash = match done {
        Ok(()) => flash,
        Err(ServiceError::Conflict(_)) => Flash::LostRace,
        Err(error) => return Err(error),
    };
    let access = families::device_access(&asked.app, asked.account()?, device).await?;
    Ok(asked.go_saying(&page_of(access.callee.id, access.family.onboarded_at.is_some()), flash))
}

/// Where the devices of a callee are shown: while the family is new, in its onboarding.
fn page_of(callee: CalleeId, onboarded: bool) -> String {
    if onboarded { format!("/callees/{callee}/devices") } else { "/onboarding/pairing".to_owned() }
}
