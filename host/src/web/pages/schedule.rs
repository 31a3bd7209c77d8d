//! The schedule of one callee: three slots, a preview of what they yield before they are saved, and when nobody calls.

use super::form::{self, Form};
use super::frame::{Answer, Asked};
use super::lines;
use crate::domain::schedule::SLOTS_A_DAY;
use crate::domain::{CalleeId, PauseId};
use crate::services::ServiceError;
use crate::services::families::{self, CalleeAccess};
use crate::services::schedules::pausing::{self, PauseInput};
use crate::services::schedules::{self, SlotInput};
use crate::theme::{Field, Flash, PauseForm, PreviewLine, SchedulePage, SlotForm};

/// Real instants that are shown before saving.
const PREVIEWED: usize = 7;

/// `GET /callees/{id}/schedule`
pub(super) async fn show(asked: Asked) -> Answer {
    let access = access(&asked).await?;
    let stored = schedules::list(&asked.app, asked.account()?, access.callee.id).await?;
    let slots = filled(&asked, &stored.iter().map(SlotInput::from).collect::<Vec<_>>());
    let preview = preview(&asked, &slots, access.callee.id, &access.callee.zone).await.unwrap_or_default();
    asked.show(&page(&asked, access, slots, preview).await?).await
}

/// `POST /callees/{id}/schedule`: `intent` is `preview` or `save`.
pub(super) async fn save(asked: Asked) -> Answer {
    let access = access(&asked).await?;
    let (account, id) = (asked.account()?, access.callee.id);
    let mut slots = typed(&asked.form);
    let previewed = preview(&asked, &slots, access.callee.id, &access.callee.zone).await;
    let error = match previewed {
        Ok(lines) if asked.form.get("intent") == "preview" => {
            let mut page = page(&asked, access, slots, lines).await?;
            page.unsaved = true;
            return asked.show(&page).await;
        }
        Ok(_) => match schedules::save(&asked.app, account, id, &inputs(&slots)).await {
            Ok(_) => return Ok(asked.go_saying(&format!("/callees/{id}/schedule"), Flash::Saved)),
            Err(error) => error,
        },
        Err(error) => error,
    };
    let (_, code) = form::refused(error)?;
    let error = SlotForm::blame(&mut slots, code);
    let mut page = page(&asked, access, slots, Vec::new()).await?;
    page.error = error;
    asked.show_refused(&page).await
}

/// `POST /callees/{id}/skips`: sends `slot`, `date` and `intent`, `skip` or `call`.
pub(super) async fn skip(asked: Asked) -> Answer {
    let (account, id) = (asked.account()?, asked.id::<CalleeId>()?);
    let slot_no: i32 = asked.form.get("slot").parse().map_err(|_| ServiceError::NotFound)?;
    let wanted = asked.form.get("intent") == "call";
    pausing::skip(&asked.app, account, id, slot_no, asked.form.get("date"), wanted).await?;
    let flash = if wanted { Flash::CallWanted } else { Flash::CallSkipped };
    Ok(asked.go_saying(&format!("/callees/{id}/schedule"), flash))
}

/// `POST /callees/{id}/pauses`: sends `from`, `until` and `reason`.
pub(super) async fn pause(asked: Asked) -> Answer {
    let access = access(&asked).await?;
    let (account, id) = (asked.account()?, access.callee.id);
    let text = |name| asked.form.get(name).to_owned();
    let wish = PauseInput { from: text("from"), until: text("until"), reason: text("reason") };
    let Err(error) = pausing::pause(&asked.app, account, id, &wish).await else {
        return Ok(asked.go_saying(&format!("/callees/{id}/schedule"), Flash::PauseMade));
    };
    let (field, code) = form::refused(error)?;
    let mut form =
        PauseForm { from: Field::of(wish.from), until: Field::of(wish.until), reason: Field::of(wish.reason) };
    let blamed = match field {
        "until" => &mut form.until,
        "reason" => &mut form.reason,
        _ => &mut form.from,
    };
    blamed.error = Some(code);
    let stored = schedules::list(&asked.app, account, id).await?;
    let slots = filled(&asked, &stored.iter().map(SlotInput::from).collect::<Vec<_>>());
    let preview = preview(&asked, &slots, access.callee.id, &access.callee.zone).await.unwrap_or_default();
    let mut page = page(&asked, access, slots, preview).await?;
    page.pause = form;
    asked.at(format!("/callees/{id}/schedule")).show_refused(&page).await
}

/// `POST /pauses/{id}/end`
pub(super) async fn end_pause(asked: Asked) -> Answer {
    let callee = pausing::end_pause(&asked.app, asked.account()?, asked.id::<PauseId>()?).await?;
    Ok(asked.go_saying(&format!("/callees/{callee}/schedule"), Flash::PauseEnded))
}

async fn access(asked: &Asked) -> Result<CalleeAccess, ServiceError> {
    families::callee_access(&asked.app, asked.account()?, asked.id::<CalleeId>()?).await
}

async fn page(
    asked: &Asked,
    access: CalleeAccess,
    slots: Vec<SlotForm>,
    preview: Vec<PreviewLine>,
) -> Result<SchedulePage, ServiceError> {
    let pauses = pausing::list(&asked.app, asked.account()?, access.callee.id).await?;
    Ok(SchedulePage {
        callee_id: access.callee.id,
        callee_name: access.callee.address_form,
        zone: access.callee.zone,
        slots,
        error: None,
        preview,
        unsaved: false,
        pauses: pauses.into_iter().map(lines::pause).collect(),
        pause: PauseForm::default(),
        may_edit: access.role.may_edit(),
    })
}

/// The next instants of what stands in the form.
pub(super) async fn preview(
    asked: &Asked,
    slots: &[SlotForm],
    callee: CalleeId,
    zone: &str,
) -> Result<Vec<PreviewLine>, ServiceError> {
    let planned = schedules::preview(&asked.app, asked.account()?, callee, &inputs(slots), PREVIEWED).await?;
    Ok(PreviewLine::list(&planned, zone, asked.zone()))
}

/// Three slots: the given ones, and where one is missing the proposed time, off.
pub(super) fn filled(asked: &Asked, given: &[SlotInput]) -> Vec<SlotForm> {
    let proposed = schedules::default_slots(&asked.app);
    let slot = |number: u8| {
        let is_it = |slot: &&SlotInput| slot.slot_no == i32::from(number);
        let off = |slot: &SlotInput| SlotInput { enabled: false, ..slot.clone() };
        let found = given.iter().find(is_it).cloned().or_else(|| proposed.iter().find(is_it).map(off));
        slot_form(number, found)
    };
    numbers().map(slot).collect()
}

/// Three slots as they were typed.
pub(super) fn typed(form: &Form) -> Vec<SlotForm> {
    let slot = |number: u8| {
        let mut days = [false; 7];
        for (day, on) in (1..).zip(days.iter_mut()) {
            *on = form.is_yes(&format!("slot{number}_day{day}"));
        }
        SlotForm {
            number,
            on: form.is_yes(&format!("slot{number}_on")),
            time: Field::of(form.get(&format!("slot{number}_time"))),
            days,
            days_error: None,
        }
    };
    numbers().map(slot).collect()
}

/// What the form means, for the service. A slot that is off and has no time is left out.
pub(super) fn inputs(slots: &[SlotForm]) -> Vec<SlotInput> {
    let meant = slots.iter().filter(|slot| slot.on || !slot.time.value.is_empty());
    let input = |slot: &SlotForm| SlotInput {
        slot_no: i32::from(slot.number),
        time: slot.time.value.clone(),
        weekdays: (0..7).filter(|day| slot.days[*day]).fold(0, |bits, day| bits | 1 << day),
        enabled: slot.on,
    };
    meant.map(input).collect()
}

fn numbers() -> impl Iterator<Item = u8> {
    (1..).take(SLOTS_A_DAY)
}

fn slot_form(number: u8, slot: Option<SlotInput>) -> SlotForm {
    let Some(slot) = slot else {
        return SlotForm { number, on: false, time: Field::default(), days: [true; 7], days_error: None };
    };
    let days = std::array::from_fn(|day| slot.weekdays & (1 << day) != 0);
    SlotForm { number, on: slot.enabled, time: Field::of(slot.time), days, days_error: None }
}
