//! Sealing: with a key in the configuration, whoever reads the database reads no push address and no pairing code, and
//! everything rings as before.

use callpanion::domain::Moment;
use callpanion::services::pairings;
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
            let refused = program::run(&[command], &keyless).await;
            assert_ne!(refused.code, 0);
            for words in ["push addresses in this database are sealed with the key", "`database.encryption_key`"] {
                assert!(refused.said.contains(words), "{command}: {}", refused.said);
            }
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

    seal(&with(&[(PREVIOUS, SECOND)])).await;
    assert_eq!(read_in(&database, &addresses).await.len(), CALLS, "the operator took the key away");
    let node = Running::serve(&plain).await;
    node.stop().await;
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
