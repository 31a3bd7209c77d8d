//! The schedule of one callee: three slots, and a preview of what they yield before they are saved.

use super::form::{self, Form};
use super::frame::{Answer, Asked};
use crate::domain::CalleeId;
use crate::domain::schedule::SLOTS_A_DAY;
use crate::services::ServiceError;
use crate::services::families::{self, CalleeAccess};
use crate::services::schedules::{self, SlotInput};
use crate::theme::{Field, Flash, PreviewLine, SchedulePage, SlotForm};

/// Real instants that are shown before saving.
const PREVIEWED: usize = 7;

/// `GET /callees/{id}/schedule`
pub(super) async fn show(asked: Asked) -> Answer {
    let access = access(&asked).await?;
    let stored = schedules::list(&asked.app, asked.account()?, access.callee.id).await?;
    let slots = filled(&asked, &stored.iter().map(SlotInput::from).collect::<Vec<_>>());
    let preview = preview(&asked, &slots, &access.callee.zone).unwrap_or_default();
    asked.show(&page(access, slots, preview)).await
}

/// `POST /callees/{id}/schedule`: `intent` is `preview` or `save`.
pub(super) async fn save(asked: Asked) -> Answer {
    let access = access(&asked).await?;
    let (account, id) = (asked.account()?, access.callee.id);
    let mut slots = typed(&asked.form);
    let previewed = preview(&asked, &slots, &access.callee.zone);
    let error = match previewed {
        Ok(lines) if asked.form.get("intent") == "preview" => {
            let mut page = page(access, slots, lines);
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
    let mut page = page(access, slots, Vec::new());
    page.error = error;
    asked.show_refused(&page).await
}

async fn access(asked: &Asked) -> Result<CalleeAccess, ServiceError> {
    families::callee_access(&asked.app, asked.account()?, asked.id::<CalleeId>()?).await
}

fn page(access: CalleeAccess, slots: Vec<SlotForm>, preview: Vec<PreviewLine>) -> SchedulePage {
    SchedulePage {
        callee_id: access.callee.id,
        callee_name: access.callee.address_form,
        zone: access.callee.zone,
        slots,
        error: None,
        preview,
        unsaved: false,
        may_edit: access.role.may_edit(),
    }
}

/// The next instants of what stands in the form.
pub(super) fn preview(asked: &Asked, slots: &[SlotForm], zone: &str) -> Result<Vec<PreviewLine>, ServiceError> {
    let occurrences = schedules::preview(&asked.app, &inputs(slots), zone, PREVIEWED)?;
    Ok(PreviewLine::list(&occurrences, zone, asked.zone()))
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
