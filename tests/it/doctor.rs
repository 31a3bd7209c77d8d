//! The doctor: says what is wrong with an installation and how it is mended, beside a host that runs or without one, and
//! changes nothing.

use callpanion_emulators::{World, WorldConfig};

use crate::faults::crowd::now;
use crate::testing::program::{Running, run_and_read};
use crate::testing::{Database, Engine, Settings, dump, environment};

const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];
const PLUGINS: [&str; 5] = ["FCM", "APNS_VOIP", "TWILIO_BATCH", "ELEVENLABS", "FAMILY_SUMMARY"];

/// An installation whose plugins are off, since trying them takes the longest.
async fn bare(database: &Database) -> (World, Settings) {
    let (world, mut settings) = whole(database).await;
    for plugin in PLUGINS {
        settings.insert(format!("CALLPANION__PLUGINS__{plugin}__ENABLED"), "false".into());
    }
    (world, settings)
}

async fn whole(database: &Database) -> (World, Settings) {
    let world = World::start(WorldConfig::default()).await.unwrap();
    let mut settings = environment(&world.settings(), "http://127.0.0.1:1", &database.url());
    settings.insert("CALLPANION__LISTEN".into(), "127.0.0.1:0".into());
    settings.insert("CALLPANION__LOG__LEVEL".into(), "info".into());
    (world, settings)
}

/// Its exit code, and all that it said.
async fn doctor(settings: &Settings) -> (i32, String) {
    let (ended, printed) = run_and_read(&["doctor"], settings).await;
    (ended.code, printed + &ended.said)
}

#[track_caller]
fn must_say(said: &str, words: &[&str]) {
    for words in words {
        assert!(said.contains(words), "it does not say {words:?}, but:\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn served_installation_is_well_and_served_on() {
    for engine in ENGINES {
        let database = Database::fresh(engine).await;
        let (world, settings) = whole(&database).await;
        let host = Running::serve(&settings).await;
        let (code, said) = doctor(&settings).await;
        let version = env!("CARGO_PKG_VERSION");
        let plugin = format!("Plugin fcm: version {version}, a channel, loads.");
        let wanted = [
            "up to date.",
            "Hosts: one serves.",
            "Clock: ",
            "Sealing key: there is none",
            "Troubles: none is open.",
            "Breakers: no plugin or vendor is left alone.",
            "Jobs: none is overdue",
            "Disk: ",
            "Mail: letters are only written to files",
            plugin.as_str(),
            "callpanion check",
        ];
        must_say(&said, &wanted);
        assert!(code == 0 && !said.contains("PROBLEM"), "{engine:?}: {said}");
        let stopped = host.stop().await;
        assert_eq!(stopped.code, 0, "{}", stopped.said);
        world.stop().await;
        database.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_host_nobody_is_rung_and_nothing_is_written() {
    for engine in ENGINES {
        let database = Database::fresh(engine).await;
        let (world, settings) = bare(&database).await;
        let before = dump(&database, &[]).await;
        let (code, said) = doctor(&settings).await;
        assert_eq!(code, 1, "{said}");
        must_say(&said, &["PROBLEM  Hosts: none serves this database.\n         Start `callpanion serve`"]);
        must_say(&said, &["PROBLEM  Plugins: no channel is on", "`provider.app` names elevenlabs, which is not on."]);
        must_say(&said, &["problems were found"]);
        assert!(dump(&database, &[]).await == before, "{engine:?}: something was written");
        world.stop().await;
        database.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn database_that_is_away_is_told_and_none_is_made() {
    let database = Database::empty(Engine::Sqlite).await;
    let (world, mut settings) = bare(&database).await;
    let (code, said) = doctor(&settings).await;
    assert_eq!(code, 1, "{said}");
    must_say(&said, &["Database: there is none yet", "The first `callpanion serve` makes it."]);
    let file = database.url().trim_start_matches("sqlite:").to_owned();
    assert!(!std::path::Path::new(&file).exists());

    settings.insert("CALLPANION__DATABASE__URL".into(), "postgres://nobody:hush@127.0.0.1:1/none".into());
    let (code, said) = doctor(&settings).await;
    assert_eq!(code, 1, "{said}");
    must_say(&said, &["PROBLEM  Database: it does not answer as it should.", "Look at `database.url`"]);
    must_say(&said, &["Disk: "]);
    assert!(!said.contains("hush"), "{said}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn older_and_newer_databases_are_told_and_left_as_they_are() {
    for engine in ENGINES {
        let database = Database::fresh(engine).await;
        let (world, settings) = bare(&database).await;
        let last = "(SELECT max(version) FROM __diesel_schema_migrations)";
        let hidden = format!("DELETE FROM __diesel_schema_migrations WHERE version = {last}");
        database.execute(&hidden).await;
        let (_, said) = doctor(&settings).await;
        must_say(&said, &["(migrations missing: 1)", "`callpanion migrate`"]);
        database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001')").await;
        let before = dump(&database, &[]).await;
        let (code, said) = doctor(&settings).await;
        assert_eq!(code, 1, "{said}");
        must_say(&said, &["changed by a newer version", "20990101000001", "restore the backup"]);
        assert!(dump(&database, &[]).await == before, "{engine:?}: something was written");
        world.stop().await;
        database.end().await;

        let database = Database::empty(engine).await;
        database.execute("CREATE TABLE somebody_elses (id INTEGER)").await;
        let (world, settings) = bare(&database).await;
        let (code, said) = doctor(&settings).await;
        assert_eq!(code, 1, "{said}");
        must_say(&said, &["migrations missing: "]);
        world.stop().await;
        database.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_in_the_database_is_told() {
    let now_us = now().0;
    for engine in ENGINES {
        let database = Database::fresh(engine).await;
        let (world, settings) = bare(&database).await;
        let id = |digit: char| {
            let id = digit.to_string().repeat(32);
            if engine == Engine::Sqlite { format!("x'{id}'") } else { format!("'\\x{id}'::bytea") }
        };
        let (first, second) = (id('1'), id('2'));
        let (then, until) = (now_us - 60_000_000, now_us + 60_000_000);
        let sql = format!(
            "INSERT INTO sealing_keys (name, first_used_at) VALUES ('deadbeef', 1); \
             INSERT INTO jobs (id, kind, key, payload, state, run_at, attempts, created_at) VALUES \
                ({first}, 'summarise', 'a', '{{}}', 'waiting', 1, 0, 1), \
                ({second}, 'send_mail', 'b', '{{}}', 'dead', {then}, 14, 1); \
             UPDATE jobs SET last_error = 'the mail server refuses (550)' WHERE key = 'b'; \
             INSERT INTO plugin_health (plugin, node_id, version, digest, state, calls, failures, resting_vendor, \
                resting_since, resting_until, updated_at) VALUES \
                ('fcm', {first}, '1', 'x', 'resting', 9, 5, 'https://fcm.example', {then}, {until}, {now_us});"
        );
        database.execute(&sql).await;
        let (code, said) = doctor(&settings).await;
        assert_eq!(code, 1, "{said}");
        let wanted = [
            "PROBLEM  Sealing key: push addresses are sealed with the key deadbeef",
            "PROBLEM  Jobs: 1 overdue",
            "WARNING  Jobs: 1 given up in the last week, the last one (send_mail): the mail server refuses (550)",
            "WARNING  Breakers: fcm: since ",
            "https://fcm.example has kept failing",
        ];
        must_say(&said, &wanted);
        world.stop().await;
        database.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_server_that_is_away_is_told() {
    let database = Database::fresh(Engine::Sqlite).await;
    let (world, mut settings) = bare(&database).await;
    for (key, value) in [("TRANSPORT", "smtp"), ("HOST", "127.0.0.1"), ("PORT", "1"), ("TLS", "none")] {
        settings.insert(format!("CALLPANION__MAIL__{key}"), value.into());
    }
    let (code, said) = doctor(&settings).await;
    assert_eq!(code, 1, "{said}");
    must_say(&said, &["PROBLEM  Mail: 127.0.0.1:1: the mail server cannot be reached.", "Look at `mail.host`"]);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plugin_that_lacks_a_grant_is_told_beside_those_that_load() {
    let database = Database::fresh(Engine::Sqlite).await;
    let (world, mut settings) = whole(&database).await;
    settings.insert("CALLPANION__PLUGINS__FCM__GRANTS__HOSTS".into(), "https://elsewhere.example".into());
    let (code, said) = doctor(&settings).await;
    assert_eq!(code, 1, "{said}");
    must_say(&said, &["PROBLEM  Plugin fcm: ", "not granted", "`callpanion plugin show fcm`"]);
    must_say(&said, &["Plugin elevenlabs: version ", "a provider, loads."]);
    world.stop().await;
}
