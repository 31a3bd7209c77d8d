//! Who may see what, and onboarding.

use super::world::{details, world};
use crate::db::members::{self, Member};
use crate::domain::{CallMethod, Role};
use crate::services::callees::Details;
use crate::services::onboarding::{self, Step};
use crate::services::{ServiceError, callees, devices, families, pairings, schedules};
use futures::FutureExt;

#[tokio::test]
async fn what_is_of_another_family_does_not_exist() {
    let w = world().await;
    let (ayu, eve) = (w.account("ayu@example.org").await, w.account("eve@example.org").await);
    let callee = w.callee(ayu, CallMethod::App).await;
    w.callee(eve, CallMethod::App).await;

    let missing = |result: Result<(), ServiceError>| assert!(matches!(result, Err(ServiceError::NotFound)));
    missing(families::access(&w, eve, callee.family_id).await.map(drop));
    missing(families::callee_access(&w, eve, callee.id).await.map(drop));
    missing(families::people(&w, eve, callee.family_id).await.map(drop));
    missing(callees::list(&w, eve, callee.family_id).await.map(drop));
    missing(callees::update_profile(&w, eve, callee.id, &details()).await);
    missing(callees::change_method(&w, eve, callee.id, CallMethod::Phone).await);
    missing(callees::record_consent(&w, eve, callee.id, "She agreed.").await);
    missing(schedules::list(&w, eve, callee.id).await.map(drop));
    missing(schedules::save(&w, eve, callee.id, &schedules::default_slots(&w)).await.map(drop));
    missing(pairings::issue(&w, eve, callee.id).await.map(drop));
    missing(pairings::live(&w, eve, callee.id).await.map(drop));
    missing(devices::list(&w, eve, callee.id).await.map(drop));
    assert_eq!(families::callee_access(&w, ayu, callee.id).await.unwrap().role, Role::Owner);
}

#[tokio::test]
async fn a_viewer_looks_and_a_member_does_not_change_the_method() {
    let w = world().await;
    let (ayu, member, viewer) =
        (w.account("ayu@example.org").await, w.account("m@example.org").await, w.account("v@example.org").await);
    let callee = w.callee(ayu, CallMethod::App).await;
    for (account_id, role) in [(member, Role::Member), (viewer, Role::Viewer)] {
        let row = Member { family_id: callee.family_id, account_id, role, joined_at: w.clock.now() };
        w.db.write(move |c| async move { members::insert(c, &row).await }.boxed()).await.unwrap();
    }
    let slots = schedules::default_slots(&w);
    assert!(matches!(schedules::save(&w, viewer, callee.id, &slots).await, Err(ServiceError::Forbidden)));
    assert!(matches!(pairings::issue(&w, viewer, callee.id).await, Err(ServiceError::Forbidden)));
    assert!(schedules::list(&w, viewer, callee.id).await.is_ok());
    assert!(schedules::save(&w, member, callee.id, &slots).await.is_ok());
    let changed = callees::change_method(&w, member, callee.id, CallMethod::Phone).await;
    assert!(matches!(changed, Err(ServiceError::Forbidden)));
    callees::change_method(&w, ayu, callee.id, CallMethod::Phone).await.unwrap();
    let people = families::people(&w, viewer, callee.family_id).await.unwrap();
    assert_eq!(people.iter().map(|person| person.role).collect::<Vec<_>>(), [Role::Owner, Role::Member, Role::Viewer]);
}

#[tokio::test]
async fn a_callee_who_is_phoned_has_a_number_and_a_consent() {
    let w = world().await;
    let ayu = w.account("ayu@example.org").await;
    let family = families::create(&w, ayu, "Family").await.unwrap();
    let no_phone = Details { phone: String::new(), ..details() };
    let refused = callees::add(&w, ayu, family.id, CallMethod::Phone, &no_phone, "She agreed.").await;
    assert!(matches!(refused, Err(ServiceError::Invalid { field: "phone", code: "phone-needed" })));
    let refused = callees::add(&w, ayu, family.id, CallMethod::App, &no_phone, "  ").await;
    assert!(matches!(refused, Err(ServiceError::Invalid { field: "consent", .. })));

    let callee = callees::add(&w, ayu, family.id, CallMethod::App, &no_phone, "She agreed.").await.unwrap();
    assert_eq!((callee.consent_by, callee.consent_at), (Some(ayu), Some(w.clock.now())));
    let refused = callees::change_method(&w, ayu, callee.id, CallMethod::Phone).await;
    assert!(matches!(refused, Err(ServiceError::Invalid { field: "phone", .. })));
    callees::update_profile(&w, ayu, callee.id, &details()).await.unwrap();
    callees::change_method(&w, ayu, callee.id, CallMethod::Phone).await.unwrap();
    let refused = callees::update_profile(&w, ayu, callee.id, &no_phone).await;
    assert!(matches!(refused, Err(ServiceError::Invalid { field: "phone", .. })));
    let kept = &callees::list(&w, ayu, family.id).await.unwrap()[0];
    assert_eq!(kept.phone.as_deref(), Some("+6281234567890"));
}

#[tokio::test]
async fn onboarding_goes_on_where_it_was_left() {
    let w = world().await;
    let ayu = w.account("ayu@example.org").await;
    let step = async || onboarding::state(&w, ayu).await.unwrap().step;
    assert_eq!(step().await, Step::Family);
    let family = onboarding::set_family_name(&w, ayu, "Wijaya").await.unwrap().id;
    assert_eq!(onboarding::set_family_name(&w, ayu, "Wijaya-Smith").await.unwrap().id, family);
    assert_eq!(step().await, Step::Method);
    onboarding::choose_method(&w, ayu, family, CallMethod::App).await.unwrap();
    assert_eq!(step().await, Step::Callee);
    let callee = onboarding::save_callee(&w, ayu, family, &details(), "She agreed.").await.unwrap();
    assert_eq!(step().await, Step::Schedule);
    assert!(onboarding::finish(&w, ayu, family).await.is_err());

    onboarding::choose_method(&w, ayu, family, CallMethod::Phone).await.unwrap();
    assert_eq!(step().await, Step::Callee, "another method needs other things of the callee");
    let again = onboarding::save_callee(&w, ayu, family, &details(), "She agreed.").await.unwrap();
    assert_eq!((again.id, again.call_method), (callee.id, CallMethod::Phone));
    schedules::save(&w, ayu, callee.id, &schedules::default_slots(&w)).await.unwrap();
    assert_eq!(step().await, Step::Ready);
    callees::change_method(&w, ayu, callee.id, CallMethod::App).await.unwrap();
    onboarding::choose_method(&w, ayu, family, CallMethod::App).await.unwrap();
    assert_eq!(step().await, Step::Pairing);
    onboarding::finish(&w, ayu, family).await.unwrap();
    assert_eq!(step().await, Step::Done);
    assert_eq!(families::for_account(&w, ayu).await.unwrap()[0].0.name, "Wijaya-Smith");
}

#[tokio::test]
async fn two_clicks_make_one_family() {
    let w = world().await;
    let ayu = w.account("ayu@example.org").await;
    let (a, b) =
        tokio::join!(onboarding::set_family_name(&w, ayu, "Wijaya"), onboarding::set_family_name(&w, ayu, "Wijaya"),);
    assert_eq!(a.unwrap().id, b.unwrap().id);
}
