//! Pairing codes, and devices.

use std::time::Duration;

use futures::future::join_all;

use super::world::{World, world};
use crate::db::{devices as stored_devices, pairings as stored_pairings, ring_targets};
use crate::domain::{AccountId, CallMethod, CalleeId, DevicePlatform, DeviceState};
use crate::services::devices::{Heartbeat, Registration};
use crate::services::pairings::{Claim, Claimed};
use crate::services::{ServiceError, devices, pairings};

fn claim(code: &str, address: &str) -> Claim {
    Claim {
        code: code.into(),
        platform: Some(DevicePlatform::Android),
        name: "Pixel\u{7} 9".into(),
        address: address.into(),
    }
}

fn is_wrong<T>(result: &Result<T, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::Invalid { field: "pairing_code", code: "pairing-code-wrong" }))
}

fn other_code(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

fn registration(address: &str) -> Registration {
    Registration { channel: "fcm".into(), address: address.into(), ..Registration::default() }
}

async fn family(w: &World) -> (AccountId, CalleeId) {
    let account = w.account("ayu@example.org").await;
    (account, w.callee(account, CallMethod::App).await.id)
}

async fn pair(w: &World, account: AccountId, callee: CalleeId) -> Claimed {
    let code = pairings::issue(w, account, callee).await.unwrap().code;
    let claimed = pairings::claim(w, claim(&code, "192.0.2.1")).await.unwrap();
    pairings::confirm(w, account, claimed.device_id, false).await.unwrap();
    claimed
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_phones_one_gets_the_code() {
    let w = world().await;
    let (account, callee) = family(&w).await;
    for _ in 0..10 {
        let code = pairings::issue(&w, account, callee).await.unwrap().code;
        let tries = (0..8).map(|phone| pairings::claim(&w, claim(&code, &format!("192.0.2.{phone}"))));
        let (won, lost): (Vec<_>, Vec<_>) = join_all(tries).await.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1);
        assert!(lost.iter().all(is_wrong));
        w.clock.advance(Duration::from_hours(1));
    }
    assert_eq!(devices::list(&w, account, callee).await.unwrap().len(), 10);
}

#[tokio::test]
async fn a_code_works_once_until_its_end_and_until_the_next() {
    let w = world().await;
    let (account, callee) = family(&w).await;
    let first = pairings::issue(&w, account, callee).await.unwrap();
    let second = pairings::issue(&w, account, callee).await.unwrap();
    if first.code != second.code {
        assert!(is_wrong(&pairings::claim(&w, claim(&first.code, "192.0.2.1")).await), "replaced");
    }
    assert_eq!(pairings::live(&w, account, callee).await.unwrap().unwrap().code, second.code);
    let spaced = format!(" {} {}", &second.code[..3], &second.code[3..]);
    let claimed = pairings::claim(&w, claim(&spaced, "192.0.2.1")).await.unwrap();
    assert_eq!((claimed.callee_name.as_str(), claimed.callee_id), ("Sari", callee));
    assert!(is_wrong(&pairings::claim(&w, claim(&second.code, "192.0.2.1")).await), "used");
    assert!(pairings::live(&w, account, callee).await.unwrap().is_none());

    let third = pairings::issue(&w, account, callee).await.unwrap();
    w.clock.advance(Duration::from_mins(10));
    assert!(is_wrong(&pairings::claim(&w, claim(&third.code, "192.0.2.1")).await), "expired");
    assert_eq!(pairings::expire(&w).await.unwrap(), 1);
    let live = stored_pairings::live_of_callee(&mut w.db.read().await.unwrap(), callee, w.clock.now()).await;
    assert!(live.unwrap().is_none());
}

#[tokio::test]
async fn wrong_codes_are_throttled_by_network_then_in_total() {
    let w = world().await;
    let (account, callee) = family(&w).await;
    let code = pairings::issue(&w, account, callee).await.unwrap().code;
    let wrong = other_code(&code);
    for _ in 0..10 {
        assert!(is_wrong(&pairings::claim(&w, claim(&wrong, "2001:db8::1")).await));
    }
    // The right code too, from the same customer's network.
    let refused = pairings::claim(&w, claim(&code, "2001:db8::2")).await;
    assert!(matches!(refused, Err(ServiceError::Throttled { retry_after_s: 1..=3_600 })));
    for guess in 0..190 {
        assert!(is_wrong(&pairings::claim(&w, claim(&wrong, &format!("198.51.100.{guess}"))).await));
    }
    let refused = pairings::claim(&w, claim(&code, "203.0.113.1")).await;
    assert!(matches!(refused, Err(ServiceError::Throttled { .. })));

    w.clock.advance(Duration::from_hours(1));
    let code = pairings::issue(&w, account, callee).await.unwrap().code;
    for _ in 0..15 {
        assert!(is_wrong(&pairings::claim(&w, claim("12 45", "203.0.113.1")).await), "no guess at all");
    }
    assert!(pairings::claim(&w, claim(&code, "2001:db8::1")).await.is_ok());
}

#[tokio::test]
async fn a_right_code_counts_as_no_guess() {
    let w = world().await;
    let (account, callee) = family(&w).await;
    for _ in 0..15 {
        let code = pairings::issue(&w, account, callee).await.unwrap().code;
        pairings::claim(&w, claim(&code, "192.0.2.1")).await.unwrap();
    }
}

#[tokio::test]
async fn a_device_rings_only_while_the_family_says_so() {
    let w = world().await;
    let (account, callee) = family(&w).await;
    let code = pairings::issue(&w, account, callee).await.unwrap().code;
    let claimed = pairings::claim(&w, claim(&code, "192.0.2.1")).await.unwrap();
    let targets = async || ring_targets::of_callee(&mut w.db.read().await.unwrap(), callee).await.unwrap().len();

    let device = devices::authenticate(&w, &claimed.device_secret).await.unwrap();
    assert_eq!((device.state, device.name.as_str()), (DeviceState::Pending, "Pixel 9"));
    let refused = devices::authenticate_active(&w, &claimed.device_secret).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden)));
    devices::register_push_address(&w, &device, registration("token-1")).await.unwrap();
    assert_eq!(targets().await, 0, "pending");

    let (a, b) =
        tokio::join!(pairings::confirm(&w, account, device.id, false), pairings::decline(&w, account, device.id),);
    assert!(a.is_ok() != b.is_ok(), "one of two wins");
    let device = pair(&w, account, callee).await;
    let device = devices::authenticate_active(&w, &device.device_secret).await.unwrap();
    devices::register_push_address(&w, &device, registration("token-2")).await.unwrap();
    assert!(targets().await >= 1);
    for other in devices::list(&w, account, callee).await.unwrap() {
        pairings::unpair(&w, account, other.0.id).await.unwrap();
    }
    assert_eq!(targets().await, 0, "revoked");
    let late = devices::register_push_address(&w, &device, registration("token-2")).await;
    assert!(matches!(late, Err(ServiceError::Unauthenticated)));
    let refused = devices::authenticate(&w, &claimed.device_secret).await;
    assert!(matches!(refused, Err(ServiceError::Unauthenticated)));
    let twice = pairings::unpair(&w, account, device.id).await;
    assert!(matches!(twice, Err(ServiceError::Conflict(_))));
}

#[tokio::test]
async fn a_new_device_can_replace_the_others() {
    let w = world().await;
    let (account, callee) = family(&w).await;
    let old = pair(&w, account, callee).await;
    let code = pairings::issue(&w, account, callee).await.unwrap().code;
    let new = pairings::claim(&w, claim(&code, "192.0.2.1")).await.unwrap();
    assert!(devices::authenticate_active(&w, &old.device_secret).await.is_ok(), "a claim alone changes nothing");
    pairings::confirm(&w, account, new.device_id, true).await.unwrap();
    assert!(devices::authenticate(&w, &old.device_secret).await.is_err());
    assert!(devices::authenticate_active(&w, &new.device_secret).await.is_ok());
}

#[tokio::test]
async fn an_address_belongs_to_the_device_that_sent_it_last() {
    let w = world().await;
    let (account, callee) = family(&w).await;
    let (old, new) = (pair(&w, account, callee).await, pair(&w, account, callee).await);
    let old = devices::authenticate(&w, &old.device_secret).await.unwrap();
    let new = devices::authenticate(&w, &new.device_secret).await.unwrap();
    for (device, address) in [(&old, "token-1"), (&old, "token-2"), (&new, "token-2")] {
        devices::register_push_address(&w, device, registration(address)).await.unwrap();
    }
    let targets = ring_targets::of_callee(&mut w.db.read().await.unwrap(), callee).await.unwrap();
    assert_eq!(targets.iter().map(|t| (t.device_id, t.address.as_str())).collect::<Vec<_>>(), [(new.id, "token-2")]);
}

#[tokio::test]
async fn a_heartbeat_keeps_what_it_does_not_say() {
    let w = world().await;
    let (account, callee) = family(&w).await;
    let claimed = pair(&w, account, callee).await;
    let device = devices::authenticate(&w, &claimed.device_secret).await.unwrap();
    let full = Heartbeat { battery_percent: Some(80), network: Some("wifi".into()), app_version: Some("1.2".into()) };
    devices::heartbeat(&w, &device, full).await.unwrap();
    w.clock.advance(Duration::from_secs(90));
    let less = Heartbeat { battery_percent: Some(79), ..Heartbeat::default() };
    devices::heartbeat(&w, &device, less).await.unwrap();
    let wrong = Heartbeat { battery_percent: Some(101), ..Heartbeat::default() };
    assert!(devices::heartbeat(&w, &device, wrong).await.is_err());

    let kept = stored_devices::find(&mut w.db.read().await.unwrap(), device.id).await.unwrap().unwrap();
    assert_eq!((kept.battery_percent, kept.network.as_deref()), (Some(79), Some("wifi")));
    assert_eq!((kept.app_version.as_deref(), kept.last_seen_at), (Some("1.2"), w.clock.now()));
    assert_eq!(kept.platform, Some(DevicePlatform::Android));

    w.clock.advance(Duration::from_secs(61));
    devices::authenticate(&w, &claimed.device_secret).await.unwrap();
    let kept = stored_devices::find(&mut w.db.read().await.unwrap(), device.id).await.unwrap().unwrap();
    assert_eq!(kept.last_seen_at, w.clock.now());
}
