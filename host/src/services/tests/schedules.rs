//! Slots and the moments that they yield.

use futures::FutureExt;
use futures::future::try_join_all;

use super::world::{details, world, world_at};
use crate::db::{Span, slots};
use crate::domain::zone::DstNote;
use crate::domain::{CallMethod, Moment};
use crate::services::callees::Details;
use crate::services::schedules::{self, SlotInput};
use crate::services::{ServiceError, callees};

fn slot(slot_no: i32, time: &str) -> SlotInput {
    SlotInput { slot_no, time: time.into(), weekdays: 0x7f, enabled: true }
}

fn moment(text: &str) -> Moment {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

fn until(until: Moment) -> Span {
    Span { from: Moment(0), until, limit: 10 }
}

#[tokio::test]
async fn slots_that_cannot_stand_are_refused() {
    let w = world().await;
    let ayu = w.account("ayu@example.org").await;
    let callee = w.callee(ayu, CallMethod::App).await.id;
    let off = SlotInput { enabled: false, ..slot(2, "23:00") };
    let never = SlotInput { weekdays: 0, ..slot(1, "09:00") };
    let cases = [
        (vec![slot(1, "09:00"), slot(2, "09:00")], "slots-same-time"),
        (vec![slot(1, "9am")], "slots-bad-time"),
        (vec![never], "slots-no-day"),
        (vec![slot(4, "09:00")], "slots-too-many"),
        (vec![slot(1, "21:30")], "slots-quiet-hours"),
        (vec![slot(1, "07:29")], "slots-quiet-hours"),
    ];
    for (wish, expected) in cases {
        match schedules::save(&w, ayu, callee, &wish).await {
            Err(ServiceError::Invalid { field: "slots", code }) => assert_eq!(code, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
    assert!(schedules::list(&w, ayu, callee).await.unwrap().is_empty(), "nothing of it was kept");
    schedules::save(&w, ayu, callee, &[slot(1, "07:30"), off]).await.unwrap();
}

#[tokio::test]
async fn saving_keeps_these_slots_and_no_others() {
    let w = world().await;
    let ayu = w.account("ayu@example.org").await;
    let callee = w.callee(ayu, CallMethod::App).await.id;
    let next = schedules::save(&w, ayu, callee, &schedules::default_slots(&w)).await.unwrap();
    // 2026-11-20T12:00Z is 19:00 in Jakarta: not after now, so the last slot is tomorrow's.
    let moments: Vec<_> = next.iter().map(|next| (next.slot_no, next.at.to_string())).collect();
    let expected = [(1, "2026-11-21T02:00:00Z"), (2, "2026-11-21T07:00:00Z"), (3, "2026-11-21T12:00:00Z")];
    assert_eq!(moments, expected.map(|(slot_no, at)| (slot_no, at.to_owned())));

    let off = SlotInput { enabled: false, ..slot(1, "09:00") };
    schedules::save(&w, ayu, callee, &[slot(3, "19:02"), off]).await.unwrap();
    let kept = schedules::list(&w, ayu, callee).await.unwrap();
    assert_eq!(kept.iter().map(|slot| slot.slot_no).collect::<Vec<_>>(), [1, 3]);
    let due = slots::due(&mut w.db.read().await.unwrap(), until(Moment(i64::MAX))).await.unwrap();
    assert_eq!(due.len(), 1);
    let due = &due[0];
    assert_eq!((due.next_at, due.next_date.as_str()), (moment("2026-11-20T12:02:00Z"), "2026-11-20"));
    assert_eq!(due.slot.slot_no, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_planners_one_advances_a_slot() {
    let w = world().await;
    let ayu = w.account("ayu@example.org").await;
    let callee = w.callee(ayu, CallMethod::App).await.id;
    schedules::save(&w, ayu, callee, &[slot(1, "09:00")]).await.unwrap();
    let horizon = moment("2026-11-21T02:00:00Z");
    let mut c = w.db.read().await.unwrap();
    assert!(slots::due(&mut c, until(horizon.plus_secs(-1))).await.unwrap().is_empty());
    let due = slots::due(&mut c, until(horizon)).await.unwrap().pop().unwrap();
    drop(c);
    let tries = (0..8).map(|_| {
        let (id, from) = (due.slot_id, due.next_at);
        let to = Some((from.plus_secs(86_400), "2026-11-22".to_owned()));
        w.db.write(move |c| async move { slots::advance_all(c, &[(id, from, to)]).await }.boxed())
    });
    let won = try_join_all(tries).await.unwrap();
    assert_eq!(won.into_iter().filter(|won| won.contains(&due.slot_id)).count(), 1);
    let (id, from) = (due.slot_id, due.next_at.plus_secs(86_400));
    let moved =
        w.db.write(move |c| async move { slots::advance_all(c, &[(id, from, None)]).await }.boxed()).await.unwrap();
    assert!(moved.contains(&id));
    let due = slots::due(&mut w.db.read().await.unwrap(), until(Moment(i64::MAX))).await.unwrap();
    assert!(due.is_empty());
}

#[tokio::test]
async fn a_slot_in_a_gap_is_later_by_the_gap() {
    // Without quiet hours: clocks change at night.
    let mut w = world_at("2027-03-27T12:00:00Z").await;
    let config = std::sync::Arc::make_mut(&mut w.app.config);
    config.calling.quiet_end = config.calling.quiet_start;
    let ayu = w.account("ayu@example.org").await;
    let callee = w.callee(ayu, CallMethod::App).await.id;
    let london = Details { zone: "Europe/London".into(), ..details() };
    callees::update_profile(&w, ayu, callee, &london).await.unwrap();
    let preview = schedules::preview(&w, ayu, callee, &[slot(1, "01:30")], 7).await.unwrap();
    let preview: Vec<_> = preview.into_iter().map(|planned| planned.occurrence).collect();
    assert_eq!(preview.len(), 7);
    assert_eq!((preview[0].note, preview[0].at), (DstNote::Gap, moment("2027-03-28T01:30:00Z")));
    assert_eq!((preview[1].note, preview[1].at), (DstNote::None, moment("2027-03-29T00:30:00Z")));
    let next = schedules::save(&w, ayu, callee, &[slot(1, "01:30")]).await.unwrap();
    assert_eq!(next[0], preview[0]);
}

#[tokio::test]
async fn a_new_zone_moves_the_next_moments() {
    let w = world().await;
    let ayu = w.account("ayu@example.org").await;
    let callee = w.callee(ayu, CallMethod::App).await.id;
    schedules::save(&w, ayu, callee, &[slot(1, "09:00")]).await.unwrap();
    let next = async || slots::of_callee(&mut w.db.read().await.unwrap(), callee).await.unwrap()[0].next_at.unwrap();
    assert_eq!(next().await, moment("2026-11-21T02:00:00Z"));
    let jayapura = Details { zone: "Asia/Jayapura".into(), ..details() };
    callees::update_profile(&w, ayu, callee, &jayapura).await.unwrap();
    assert_eq!(next().await, moment("2026-11-21T00:00:00Z"));
}
