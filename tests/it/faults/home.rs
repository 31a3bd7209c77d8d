//! A home of the crowd, written straight into the database.

use callpanion::db::callees::Callee;
use callpanion::db::devices::Device;
use callpanion::db::families::Family;
use callpanion::db::push_addresses::PushAddress;
use callpanion::db::slots::StoredSlot;
use callpanion::db::{Conn, DbError, callees, devices, families, push_addresses, slots};
use callpanion::domain::zone::Zone;
use callpanion::domain::{CallMethod, CalleeId, DeviceId, DeviceState, FamilyId, Moment, PushAddressId, SlotId};
use callpanion_emulators::Phone;

use super::crowd::now;

/// A callee in London who is called in the app.
pub fn margaret(id: CalleeId, family_id: FamilyId, now: Moment) -> Callee {
    Callee {
        id,
        family_id,
        name: "Margaret".into(),
        address_form: "Grandma".into(),
        language: "en".into(),
        zone: "Europe/London".into(),
        call_method: CallMethod::App,
        phone: None,
        interests: String::new(),
        consent_text: Some("Yes.".into()),
        consent_by: None,
        consent_at: Some(now),
        created_at: now,
        tries: None,
        retry_after_s: None,
    }
}

/// A family with a callee, a confirmed phone at this address, and a slot that is due.
pub async fn plant(
    c: &mut Conn,
    phone: &Phone,
    due: Moment,
    (family, callee): (FamilyId, CalleeId),
) -> Result<(), DbError> {
    let (device, now) = (DeviceId::new(), now());
    plant_family(c, &margaret(callee, family, now), due).await?;
    let row = Device {
        id: device,
        callee_id: callee,
        family_id: family,
        name: "Her phone".into(),
        platform: None,
        state: DeviceState::Active,
        secret_hash: device.0.as_bytes().to_vec(),
        app_version: None,
        battery_percent: None,
        network: None,
        claimed_at: now,
        confirmed_at: Some(now),
        revoked_at: None,
        last_seen_at: now,
    };
    devices::insert(c, &row).await?;
    let row = PushAddress {
        id: PushAddressId::new(),
        device_id: device,
        channel: phone.channel().into(),
        address: phone.push_address(),
        environment: if phone.channel() == "fcm" { String::new() } else { "production".into() },
        registered_at: now,
        gone_at: None,
    };
    push_addresses::put(c, &row).await
}

/// A family with a callee who is called at this number, and a slot that is due.
pub async fn plant_number(c: &mut Conn, number: &str, due: Moment) -> Result<(), DbError> {
    let margaret = margaret(CalleeId::new(), FamilyId::new(), now());
    let called = Callee { call_method: CallMethod::Phone, phone: Some(number.to_owned()), ..margaret };
    plant_family(c, &called, due).await
}

async fn plant_family(c: &mut Conn, callee: &Callee, due: Moment) -> Result<(), DbError> {
    let (call_method, now) = (Some(callee.call_method), callee.created_at);
    let name = "The Hills".to_owned();
    families::insert(c, &Family { id: callee.family_id, name, call_method, onboarded_at: Some(now), created_at: now })
        .await?;
    callees::insert(c, callee).await?;
    let local = Zone::parse("Europe/London").unwrap().local(due);
    let row = StoredSlot {
        id: SlotId::new(),
        callee_id: callee.id,
        slot_no: 1,
        local_time: local.strftime("%H:%M").to_string(),
        weekdays: 0x7f,
        enabled: true,
        next_at: Some(due),
        next_date: Some(local.date().to_string()),
        since: now,
    };
    slots::put(c, &row).await
}
