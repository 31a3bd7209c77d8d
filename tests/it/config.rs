//! Configuration and start: what is wrong stops the program, and it says what to do.

use callpanion_emulators::{World, WorldConfig};

use crate::testing::program::run;
use crate::testing::{Database, Engine, Settings, environment};

const CONFIG_IS_WRONG: i32 = 3;
const FAILED: i32 = 1;

/// Settings that would start, on an empty SQLite database.
async fn settings() -> (World, Database, Settings) {
    let world = World::start(WorldConfig::default()).await.unwrap();
    let database = Database::empty(Engine::Sqlite).await;
    let mut settings = environment(&world.settings(), "http://127.0.0.1:1", &database.url());
    settings.insert("CALLPANION__LISTEN".into(), "127.0.0.1:0".into());
    settings.insert("CALLPANION__LOG__LEVEL".into(), "info".into());
    (world, database, settings)
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_key_stops_the_start_and_the_nearest_known_one_is_named() {
    let (_world, _database, mut settings) = settings().await;
    settings.insert("CALLPANION__CALLING__RING_WINDWO_S".into(), "30".into());
    let ended = run(&["serve"], &settings).await;
    assert_eq!(ended.code, CONFIG_IS_WRONG, "{}", ended.said);
    assert!(
        ended.said.contains("calling.ring_windwo_s") && ended.said.contains("calling.ring_window_s"),
        "{}",
        ended.said
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn typo_in_the_file_is_found_by_every_command_that_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("callpanion.toml");
    std::fs::write(&file, "[databse]\nurl = \"sqlite:x\"\n").unwrap();
    let file = file.to_str().unwrap();
    let commands: [&[&str]; 6] =
        [&["serve"], &["migrate"], &["check"], &["doctor"], &["config", "check"], &["plugin", "list"]];
    for command in commands {
        let ended = run(&[command, &["--config", file]].concat(), &Settings::new()).await;
        assert_eq!(ended.code, CONFIG_IS_WRONG, "{command:?}: {}", ended.said);
        assert!(ended.said.contains("database") && ended.said.contains(file), "{command:?}: {}", ended.said);
    }
    assert!(!folder.path().join("x").exists(), "nothing was begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_is_told_at_once() {
    let (_world, _database, mut settings) = settings().await;
    settings.insert("CALLPANION__CALLING__TRIES".into(), "99".into());
    settings.insert("CALLPANION__PAIRING__CODE_TTL_S".into(), "1".into());
    let ended = run(&["config", "check"], &settings).await;
    assert_eq!(ended.code, CONFIG_IS_WRONG);
    for key in ["calling.tries", "pairing.code_ttl_s"] {
        assert!(ended.said.contains(key), "{key}: {}", ended.said);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn file_that_is_not_there_is_named() {
    let ended = run(&["serve", "--config", "/nowhere/callpanion.toml"], &Settings::new()).await;
    assert_eq!(ended.code, CONFIG_IS_WRONG);
    assert!(ended.said.contains("/nowhere/callpanion.toml"), "{}", ended.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn secret_is_never_shown() {
    let (world, _database, mut settings) = settings().await;
    let key = world.settings().eleven_api_key;
    settings.insert("CALLPANION__CALLING__TRIES".into(), "99".into());
    let ended = run(&["config", "check"], &settings).await;
    assert!(!ended.said.contains(&key));
}

#[tokio::test(flavor = "multi_thread")]
async fn secret_of_digits_is_a_secret() {
    let (_world, _database, mut settings) = settings().await;
    settings.insert("CALLPANION__MAIL__USERNAME".into(), "4711".into());
    settings.insert("CALLPANION__MAIL__PASSWORD".into(), "0123456789".into());
    let ended = run(&["config", "check"], &settings).await;
    assert_eq!(ended.code, 0, "{}", ended.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_of_digits_is_the_text_that_its_plugin_wants() {
    let (_world, _database, mut settings) = settings().await;
    settings.insert("CALLPANION__PLUGINS__FCM__SETTINGS__PROJECT_ID".into(), "12345".into());
    account_of(&mut settings, "12345");
    let ended = run(&["config", "check"], &settings).await;
    assert_eq!(ended.code, 0, "{}", ended.said);
}

/// Makes the service account one of this project.
fn account_of(settings: &mut Settings, project: &str) {
    let json = settings.get_mut("CALLPANION__PLUGINS__FCM__CREDENTIALS__SERVICE_ACCOUNT__JSON").unwrap();
    let mut account: serde_json::Value = serde_json::from_str(json).unwrap();
    account["project_id"] = project.into();
    *json = account.to_string();
}

#[tokio::test(flavor = "multi_thread")]
async fn service_account_of_another_project_stops_the_check_and_the_start_with_what_to_do() {
    let (_world, _database, mut settings) = settings().await;
    let set = settings["CALLPANION__PLUGINS__FCM__SETTINGS__PROJECT_ID"].clone();
    account_of(&mut settings, "of-the-neighbours");
    for command in [&["config", "check"][..], &["serve"]] {
        let ended = run(command, &settings).await;
        assert_ne!(ended.code, 0, "{}", ended.said);
        let own = "project_id = \"of-the-neighbours\"";
        for said in ["plugins.fcm.settings.project_id", set.as_str(), own, "Service accounts"] {
            assert!(ended.said.contains(said), "{said}: {}", ended.said);
        }
        assert!(!ended.said.contains("PRIVATE KEY"), "{}", ended.said);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_plugin_stops_the_start_and_is_named() {
    let (_world, _database, mut settings) = settings().await;
    settings.insert("CALLPANION__PLUGINS__FCM__SOURCE".into(), "file:/nowhere/fcm.wasm".into());
    let ended = run(&["serve"], &settings).await;
    assert_eq!(ended.code, CONFIG_IS_WRONG, "{}", ended.said);
    assert!(ended.said.contains("`fcm`") && ended.said.contains("/nowhere"), "{}", ended.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_builtin_plugin_is_answered_with_the_known_ones() {
    let (_world, _database, mut settings) = settings().await;
    settings.insert("CALLPANION__PLUGINS__FCM__SOURCE".into(), "builtin:fcn".into());
    let ended = run(&["serve"], &settings).await;
    assert_eq!(ended.code, CONFIG_IS_WRONG, "{}", ended.said);
    assert!(ended.said.contains("fcn") && ended.said.contains("apns-voip"), "{}", ended.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn database_of_a_newer_version_is_refused_and_left_as_it_is() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let (_world, _empty, mut settings) = settings().await;
        let database = Database::fresh(engine).await;
        settings.insert("CALLPANION__DATABASE__URL".into(), database.url());
        database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001')").await;
        for command in ["serve", "migrate"] {
            let ended = run(&[command], &settings).await;
            assert_eq!(ended.code, FAILED, "{engine:?} {command}: {}", ended.said);
            for words in ["20990101000001", "newer version", "restore the backup"] {
                assert!(ended.said.contains(words), "{engine:?} {command}: {}", ended.said);
            }
        }
        assert_eq!(database.count("__diesel_schema_migrations WHERE version = '20990101000001'").await, 1);
        database.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_command_line_is_not_a_wrong_configuration() {
    assert_eq!(run(&["dance"], &Settings::new()).await.code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_stops_cleanly() {
    let (world, database, settings) = settings().await;
    let ended = crate::testing::program::Running::serve(&settings).await.stop().await;
    assert_eq!(ended.code, 0, "{}", ended.said);
    assert!(ended.said.contains("stopped"), "{}", ended.said);
    world.stop().await;
    database.end().await;
}
