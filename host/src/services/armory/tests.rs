//! What the armory keeps, and what it lets go.

use std::time::Duration;

use super::{Armed, Armory};
use crate::db::ring_attempts::RingAttempt;
use crate::domain::{
    AttemptId, AttemptState, CallId, CalleeId, DeviceId, FamilyId, GroupId, Moment, NodeId, PushAddressId, Ring,
};

const LEASE: Duration = Duration::from_secs(5);

fn armed(family: FamilyId, second: i64) -> Armed {
    let (id, call_id, ring_at) = (AttemptId::new(), CallId::new(), Moment(second * 1_000_000));
    let expires_at = ring_at.plus_secs(45);
    let attempt = RingAttempt {
        id,
        call_id,
        try_no: 1,
        channel: "fcm".into(),
        ahead: false,
        device_id: Some(DeviceId::new()),
        push_address_id: Some(PushAddressId::new()),
        address: "an address".into(),
        environment: String::new(),
        group_id: GroupId::new(),
        state: AttemptState::Armed,
        reason: None,
        ring_at,
        expires_at,
        act_at: Some(ring_at),
        owner: Some(NodeId::new()),
        fence: 1,
        lease_until: Some(expires_at),
        sends: 0,
        reference: None,
        recipient: None,
        sent_at: None,
        accepted_at: None,
        rang_at: None,
        created_at: Moment(0),
    };
    let ring = Ring {
        attempt: id,
        call: call_id,
        group: attempt.group_id,
        family,
        callee: CalleeId::new(),
        address: attempt.address.clone(),
        environment: String::new(),
        ring_at,
        expires_at,
        language: "en".into(),
        zone: "Europe/London".into(),
        variables: Vec::new(),
    };
    Armed { attempt, ring }
}

fn ids(armory: &Armory, second: i64) -> Vec<AttemptId> {
    let lists = armory.take_due(Moment(second * 1_000_000), |_| true);
    lists.iter().flat_map(|list| list.rings.iter().map(|armed| armed.attempt.id)).collect()
}

#[test]
fn what_is_due_comes_out_in_order_a_hundred_to_a_list() {
    let armory = Armory::default();
    let family = FamilyId::new();
    let rings: Vec<Armed> = (0..250).map(|at| armed(family, 100 + at % 2)).collect();
    armory.put(rings.clone());
    armory.put(rings.clone());
    assert_eq!((armory.len(), armory.next_at()), (250, Some(Moment(100_000_000))));
    assert!(armory.take_due(Moment(99_999_999), |_| true).is_empty());
    let lists = armory.take_due(Moment(100_000_000), |_| true);
    assert_eq!(lists.iter().map(|list| list.rings.len()).collect::<Vec<_>>(), [100, 25]);
    assert_eq!(ids(&armory, 200).len(), 125);
    assert!(armory.is_empty() && armory.of_families(&[family]).is_empty());
}

#[test]
fn what_is_dropped_does_not_come_out() {
    let armory = Armory::default();
    let (ours, theirs) = (FamilyId::new(), FamilyId::new());
    let (kept, gone, planned) = (armed(ours, 100), armed(theirs, 100), armed(theirs, 100));
    armory.put(vec![kept.clone(), gone.clone(), planned.clone()]);
    assert_eq!(armory.of_families(&[theirs]).len(), 2);
    armory.drop_all(&[gone.attempt.id]);
    // One is dropped while its list is with the planner.
    let mut list = armory.take_unplanned("fcm", Moment(200_000_000)).unwrap();
    list.was_planned = true;
    armory.drop_all(&[planned.attempt.id]);
    armory.put_back(list);
    let again = armory.take_unplanned("fcm", Moment(200_000_000)).expect("what is left is planned anew");
    armory.put_back(again);
    assert_eq!(ids(&armory, 100), [kept.attempt.id]);
}

#[test]
fn channels_are_planned_beside_each_other() {
    let armory = Armory::default();
    let mut iphone = armed(FamilyId::new(), 100);
    iphone.attempt.channel = "apns-voip".into();
    armory.put(vec![armed(FamilyId::new(), 100), iphone]);
    let soon = Moment(200_000_000);
    assert_eq!(armory.unplanned(soon), ["apns-voip".to_owned(), "fcm".to_owned()].into());
    let with_the_planner = armory.take_unplanned("fcm", soon).unwrap();
    assert!(armory.take_unplanned("fcm", soon).is_none());
    let mut other = armory.take_unplanned("apns-voip", soon).expect("it waits for nobody");
    other.was_planned = true;
    armory.put_back(other);
    assert!(armory.unplanned(soon).is_empty());
    armory.put_back(with_the_planner);
    assert_eq!(armory.unplanned(soon), ["fcm".to_owned()].into());
    assert!(armory.unplanned(Moment(99_000_000)).is_empty());
}

#[test]
fn a_host_that_slept_longer_than_its_lease_rings_nothing_of_what_it_held() {
    let armory = Armory::default();
    armory.put(vec![armed(FamilyId::new(), 100)]);
    assert!(armory.wake_up(Duration::from_secs(10), LEASE) && armory.wake_up(Duration::from_secs(15), LEASE));
    assert!(armory.is_awake(Duration::from_secs(20), LEASE) && !armory.is_awake(Duration::from_secs(21), LEASE));
    assert!(!armory.take_stale());
    assert!(!armory.wake_up(Duration::from_secs(100), LEASE));
    assert!(armory.is_empty() && armory.take_stale() && !armory.take_stale());
}

#[test]
fn a_plan_is_made_for_the_last_moment_at_which_its_list_leaves_as_planned() {
    let at = Moment(100_000_000);
    for (window_s, late_s) in [(45, 5), (30, 3), (5, 1), (600, 5)] {
        let armory = Armory::default();
        let mut ring = armed(FamilyId::new(), 100);
        ring.attempt.expires_at = at.plus_secs(window_s);
        armory.put(vec![ring]);
        let list = armory.take_unplanned("fcm", at).unwrap();
        assert_eq!(list.planned_for(), at.plus_secs(late_s), "of {window_s} seconds");
    }
}
