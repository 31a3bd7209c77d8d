//! Nodes: several `serve` processes on one database, in real time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use callpanion::db::families::Family;
use callpanion::db::pairings::Pairing;
use callpanion::db::slots::StoredSlot;
use callpanion::db::{Conn, Db, DbError, callees, devices, families, pairings, slots};
use callpanion::domain::{AccountId, CallMethod, CalleeId, FamilyId, Moment, PairingId, SlotId};
use callpanion_emulators::{Behaviour, Phone, SystemTime, Time as _, World, WorldConfig};
use futures::{FutureExt as _, StreamExt as _};

use crate::faults::crowd::Crowd;
use crate::faults::home::margaret;
use crate::testing::program::{self, Running};
use crate::testing::{Database, Engine, client, environment};

const CALLS: usize = 200;
/// Between the last preparation and the moment at which all of them are due.
const AHEAD_S: i64 = 4;

fn now() -> Moment {
    Moment::from_millis(SystemTime.now_ms())
}

/// A family with one callee and a live code for its phone.
async fn plant(c: &mut Conn, callee: CalleeId, code: String, now: Moment) -> Result<(), DbError> {
    let family = FamilyId::new();
    let (name, call_method) = (format!("Family {code}"), Some(CallMethod::App));
    families::insert(c, &Family { id: family, name, call_method, onboarded_at: Some(now), created_at: now }).await?;
    callees::insert(c, &margaret(callee, family, now)).await?;
    let (id, issued_by, expires_at) = (PairingId::new(), AccountId::new(), now.plus_secs(600));
    let code = Some(code);
    let pairing = Pairing {
        id,
        callee_id: callee,
        code,
        issued_by,
        issued_at: now,
        expires_at,
        device_id: None,
        closed_at: None,
    };
    assert!(pairings::insert(c, &pairing).await?);
    Ok(())
}

/// Confirms the callee's phone and makes a slot that is due at `due_at`.
async fn schedule(c: &mut Conn, callee: CalleeId, due_at: Moment, now: Moment) -> Result<(), DbError> {
    for device in devices::of_callee(c, callee).await? {
        devices::confirm(c, device.id, now).await?;
    }
    slots::put(
        c,
        &StoredSlot {
            id: SlotId::new(),
            callee_id: callee,
            slot_no: 1,
            local_time: "12:00".into(),
            weekdays: 0x7f,
            enabled: true,
            next_at: Some(due_at),
            next_date: Some("2026-10-12".into()),
            since: now,
        },
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_database_ring_each_of_two_hundred_calls_once() {
    let world = World::start(WorldConfig::default()).await.unwrap();
    let database = Database::fresh(Engine::Postgres).await;
    let db = Db::open(&database.location(), 2).await.unwrap();
    let mut settings = environment(&world.settings(), "http://127.0.0.1:1", &database.url());
    settings.insert("CALLPANION__LOG__LEVEL".into(), "info".into());
    settings.insert("CALLPANION__MAIL__TRANSPORT".into(), "none".into());
    let mut urls = Vec::new();
    let mut nodes = Vec::new();
    for _ in 0..2 {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        settings.insert("CALLPANION__LISTEN".into(), free.to_string());
        nodes.push(Running::serve(&settings).await);
        urls.push(format!("http://{free}"));
    }

    let callees: Vec<CalleeId> = (0..CALLS).map(|_| CalleeId::new()).collect();
    let phones: Vec<Phone> = (0..CALLS).map(|at| world.android(&format!("Phone {at}")).unwrap()).collect();
    let planted = callees.clone();
    let codes = move |at: usize| format!("{:06}", at * 7 + 1);
    let write = db.write(move |c| {
        async move {
            for (at, callee) in planted.into_iter().enumerate() {
                plant(c, callee, codes(at), now()).await?;
            }
            Ok::<_, DbError>(())
        }
        .boxed()
    });
    write.await.unwrap();
    // Each phone pairs through one of the two; few at once, as wrong guesses are counted before a code is looked up.
    let turn = AtomicUsize::new(0);
    futures::stream::iter(phones.iter().enumerate())
        .for_each_concurrent(4, |(at, phone)| {
            let url = &urls[turn.fetch_add(1, Ordering::Relaxed) % urls.len()];
            phone.behave(Behaviour::Decline { after_ms: 500 });
            async move { phone.pair(url, &codes(at)).await.unwrap() }
        })
        .await;
    let write = db.write(move |c| {
        async move {
            let now = now();
            for callee in callees {
                schedule(c, callee, now.plus_secs(AHEAD_S), now).await?;
            }
            Ok::<_, DbError>(())
        }
        .boxed()
    });
    write.await.unwrap();

    let declined = |phone: &Phone| {
        let said = |exchange: &callpanion_emulators::phone::Exchange| exchange.request["action"] == "decline";
        phone.exchanges().iter().any(|exchange| said(exchange) && exchange.status == Some(200))
    };
    let all = world.until(|world| world.phones().iter().all(declined)).await;
    let pushed: usize = phones.iter().map(|phone| phone.pushes().len()).sum();
    assert!(all, "every phone rang and was declined; {pushed} pushes came");
    for node in nodes {
        let ended = node.stop().await;
        assert_eq!(ended.code, 0, "{}", ended.said);
        assert!(!ended.said.contains(r#""level":"ERROR""#), "{}", ended.said);
    }

    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    for message in world.fcm.sent() {
        *sent.entry(message.target).or_default() += 1;
    }
    assert_eq!(sent.len(), CALLS, "every call rang");
    assert!(sent.values().all(|times| *times == 1), "and none twice");
    assert_eq!(database.count("calls").await, CALLS);
    assert_eq!(database.count("calls WHERE state = 'declined'").await, CALLS);
    assert_eq!(database.count("ring_attempts").await, CALLS);
    assert!(world.unexpected().is_empty(), "{:#?}", world.unexpected());
    world.stop().await;
    drop(db);
    database.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_process_on_one_sqlite_file_is_refused_until_the_first_has_ended() {
    let database = Database::fresh(Engine::Sqlite).await;
    let crowd = Crowd::nobody(database.location()).await;
    let settings = crowd.settings(&database.url());
    let first = Running::serve(&settings).await;
    let ready = format!("http://{}/readyz", settings["CALLPANION__LISTEN"]);

    // The same data folder and the same file, at another port.
    let settings = crowd.settings(&database.url());
    let refused = program::run(&["serve"], &settings).await;
    assert_eq!(refused.code, 1, "{}", refused.said);
    let why = format!("another process serves the database {}", database.url().trim_start_matches("sqlite:"));
    assert!(refused.said.contains(&why), "{}", refused.said);
    assert_eq!(client().get(ready).send().await.unwrap().status(), 200, "the first serves on");
    assert_eq!(database.count("nodes").await, 1, "the second has not entered itself");

    // However it ends.
    first.kill().await;
    let ended = Running::serve(&settings).await.stop().await;
    assert_eq!(ended.code, 0, "{}", ended.said);
    crowd.world.stop().await;
    database.end().await;
}
