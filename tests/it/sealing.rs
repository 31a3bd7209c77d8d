//! Sealing: with a key in the configuration, whoever reads the database reads no push address and no pairing code, and
//! everything rings as before.

use callpanion::domain::Moment;
use callpanion::services::{pairings, queueing};
use callpanion_emulators::Behaviour;

use crate::faults::crowd::{Crowd, now, until};
use crate::testing::program::{self, Running};
use crate::testing::{Database, Engine, Settings, dump, on_both};

const KEY: &str = "CALLPANION__DATABASE__ENCRYPTION_KEY";
const PREVIOUS: &str = "CALLPANION__DATABASE__PREVIOUS_ENCRYPTION_KEY";
const FIRST: &str = "cQ4mWq0v3L8xk2m9m5pZ5H0x1u8vJ7dYt0b6N3s2A1o=";
const SECOND: &str = "Zk9sP1tq7c3y5R2w8B6d0V4n1M7j5H3g9F2a6S8x4Uo=";
const CALLS: usize = 5;

fn sealed(settings: &mut Settings) {
    settings.insert(KEY.into(), FIRST.into());
}

/// The installation's own key, as it is stored.
const OWN_KEY: &str = "SELECT secret AS text FROM installation_keys";

/// Which of `texts` can be read in the database.
async fn read_in<'a>(database: &Database, texts: &'a [String]) -> Vec<&'a String> {
    let rows: Vec<String> = dump(database, &[]).await.into_values().flatten().collect();
    texts.iter().filter(|text| rows.iter().any(|row| row.contains(text.as_str()))).collect()
}

on_both! {
    with: sealed;

    async fn phone_is_paired_rung_and_given_back_without_a_word_in_clear(app: TestApp) {
        let (home, others) = (app.app_household().await, app.app_household().await);
        let code = app.pairing_code(&home).await;
        let stored = app.database.texts("SELECT code AS text FROM pairings WHERE code IS NOT NULL").await;
        assert!(stored.len() == 1 && stored[0].starts_with("sealed:") && !stored[0].contains(&code), "{stored:?}");
        let live = pairings::live(&app.host, home.account, home.callee).await.unwrap();
        assert_eq!(live.map(|live| live.code), Some(code), "its family can read it");

        let (first, second) = (app.android(&home).await, app.iphone(&others).await);
        let addresses = [first.phone.push_address(), second.phone.push_address()];
        for paired in [&first, &second] {
            paired.phone.behave(Behaviour::Ignore);
        }
        app.advance(61).await;
        assert_eq!([first.phone.rings().len(), second.phone.rings().len()], [1, 1]);
        assert_eq!(read_in(&app.database, &addresses).await, [""; 0]);
        for home in [&home, &others] {
            app.outcome(home, 900).await;
        }
        // The phone is handed on: its address leaves the one who had it.
        let third = app.app_household().await;
        app.pair(&third, first.phone.clone()).await;
        let kept = "SELECT address AS text FROM push_addresses";
        assert_eq!(app.database.texts(kept).await.len(), 2, "one of each phone");
    }
}

async fn seal(settings: &Settings) {
    let ended = program::run(&["seal"], settings).await;
    assert_eq!(ended.code, 0, "{}", ended.said);
}

/// The program does not do it, and says why.
async fn refused(command: &str, settings: &Settings, why: &[&str]) {
    let refused = program::run(&[command], settings).await;
    assert_ne!(refused.code, 0);
    for words in why {
        assert!(refused.said.contains(words), "{command}: {}", refused.said);
    }
}

async fn keys_change(engine: Engine) {
    let database = Database::fresh(engine).await;
    let due: Vec<Moment> = (0..CALLS).map(|_| now().plus_secs(25)).collect();
    let crowd = Crowd::gather(database.location(), &due).await;
    let addresses = crowd.addresses();
    let plain = crowd.settings(&database.url());
    let with = |keys: &[(&str, &str)]| {
        let mut settings = plain.clone();
        settings.extend(keys.iter().map(|(name, key)| ((*name).to_owned(), (*key).to_owned())));
        settings
    };
    assert_eq!(read_in(&database, &addresses).await.len(), CALLS, "they were stored in clear");

    seal(&with(&[(KEY, FIRST)])).await;
    assert_eq!(read_in(&database, &addresses).await, [""; 0]);
    for keyless in [plain.clone(), with(&[(KEY, SECOND)])] {
        for command in ["serve", "seal"] {
            let why = ["push addresses in this database are sealed with the key", "`database.encryption_key`"];
            refused(command, &keyless, &why).await;
        }
    }
    let both = with(&[(KEY, SECOND), (PREVIOUS, FIRST)]);
    seal(&both).await;
    let node = Running::serve(&with(&[(KEY, SECOND)])).await;
    until("every phone rings", async || crowd.has_rung()).await;
    crowd.until_counted("ring_attempts WHERE accepted_at IS NOT NULL", CALLS).await;
    crowd.audit_now(&both).await;
    node.stop().await;
    crowd.rung().check(&format!("rung at addresses that are sealed on {engine:?}, n = {CALLS}"));
    assert_eq!(read_in(&database, &addresses).await, [""; 0], "nor in what rang");
    let own = database.texts(OWN_KEY).await;
    assert!(own.len() == 1 && own[0].starts_with("sealed:"), "nor is the installation's own key: {own:?}");

    seal(&with(&[(PREVIOUS, SECOND)])).await;
    assert_eq!(read_in(&database, &addresses).await.len(), CALLS, "the operator took the key away");
    let own = database.texts(OWN_KEY).await;
    assert!(!own[0].contains(':'), "{own:?}");
    let node = Running::serve(&plain).await;
    node.stop().await;
    assert_eq!(database.texts(OWN_KEY).await, own, "it is the same key as long as the installation lives");
    crowd.world.stop().await;
    database.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_in_clear_is_sealed_and_keys_change_on_sqlite() {
    keys_change(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_in_clear_is_sealed_and_keys_change_on_postgres() {
    keys_change(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_key_is_put_to_use_that_a_running_host_lacks() {
    let database = Database::fresh(Engine::Postgres).await;
    let due: Vec<Moment> = (0..CALLS).map(|_| now().plus_secs(40)).collect();
    let crowd = Crowd::gather(database.location(), &due).await;
    let with = |keys: &[(&str, &str)]| {
        // Each has a port of its own.
        let mut settings = crowd.settings(&database.url());
        settings.extend(keys.iter().map(|(name, key)| ((*name).to_owned(), (*key).to_owned())));
        settings
    };
    let keyless = Running::serve(&with(&[])).await;
    refused("serve", &with(&[(KEY, FIRST)]), &["1 of the hosts that run", "`database.previous_encryption_key`"]).await;
    refused("seal", &with(&[(KEY, FIRST)]), &["1 of the hosts that run", "have another"]).await;
    assert_eq!(database.count("sealing_keys").await, 0);

    let reader = Running::serve(&with(&[(PREVIOUS, FIRST)])).await;
    // One that died is not waited for.
    keyless.kill().await;
    let sealer = Running::serve(&with(&[(KEY, FIRST)])).await;
    refused("seal", &with(&[(KEY, FIRST)]), &["1 of the hosts that run", "have another"]).await;
    reader.stop().await;
    seal(&with(&[(KEY, FIRST)])).await;
    assert_eq!(read_in(&database, &crowd.addresses()).await, [""; 0]);
    until("every phone rings", async || crowd.has_rung()).await;
    crowd.until_counted("ring_attempts WHERE accepted_at IS NOT NULL", CALLS).await;
    assert_eq!(read_in(&database, &crowd.addresses()).await, [""; 0]);
    crowd.rung().check(&format!("sealed beside a running host, n = {CALLS}"));
    sealer.stop().await;
    crowd.world.stop().await;
    database.end().await;
}

on_both! {
    with: sealed;

    async fn address_that_cannot_be_read_is_told_of_and_the_next_device_rings(app: TestApp) {
        let home = app.app_household().await;
        let (older, newer) = (app.android(&home).await, app.iphone(&home).await);
        older.phone.behave(Behaviour::Ignore);
        newer.phone.behave(Behaviour::Ignore);
        // Damaged, as by a restore beside another key.
        app.database.execute("UPDATE push_addresses SET address = 'sealed:00000000:AAAA' WHERE channel <> 'fcm'").await;
        app.advance(61).await;
        assert_eq!([older.phone.rings().len(), newer.phone.rings().len()], [1, 0]);
        app.outcome(&home, 900).await;

        let rung = older.phone.rings().len();
        app.database.execute("UPDATE push_addresses SET address = 'sealed:00000000:AAAA'").await;
        queueing::call_now(&app.host, home.callee).await.unwrap();
        app.advance(61).await;
        assert_eq!([older.phone.rings().len(), newer.phone.rings().len()], [rung, 0]);
        let reasons = "SELECT reason AS text FROM calls WHERE slot_no = 0";
        assert_eq!(app.database.texts(reasons).await, ["misconfigured"]);
        assert_eq!(app.database.count("alerts WHERE kind = 'misconfigured' AND family_id IS NULL").await, 1);
    }
}
