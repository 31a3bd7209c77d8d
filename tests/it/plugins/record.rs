//! The record: a whole day is kept without anybody in it, and what is kept runs again to the byte.
//!
//! `tests/fixtures/recordings` holds such a day. A plugin that behaves otherwise on purpose makes a test here fail; then
//! renew them, and look at what changed:
//!
//! ```sh
//! cargo test -p callpanion-tests --test it plugins::record::renew -- --ignored
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use callpanion::plugins::Recording;
use callpanion::plugins::record::RecordedRound;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line, Script, World, WorldConfig};

use crate::testing::{Engine, Household, Paired, Settings, TestApp, environment, on_both, program, run};

const PLUGINS: [&str; 5] = ["apns-voip", "elevenlabs", "family-summary", "fcm", "twilio-batch"];
/// The recorder works behind the calls; it has never taken a second.
const PATIENCE: Duration = Duration::from_mins(1);

fn recording(settings: &mut Settings) {
    recording_as("stand-ins", settings);
}

/// A folder of its own, in which only the compiled plugins are shared.
fn recording_as(record: &str, settings: &mut Settings) {
    let shared = Path::new(&settings["CALLPANION__DATA_DIR"]).join("plugin-cache");
    let own = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recording").join(uuid::Uuid::now_v7().to_string());
    fs::create_dir_all(&shared).unwrap();
    fs::create_dir_all(&own).unwrap();
    std::os::unix::fs::symlink(shared, own.join("plugin-cache")).unwrap();
    settings.insert("CALLPANION__DATA_DIR".to_owned(), own.display().to_string());
    for id in PLUGINS {
        let section = id.replace('-', "_").to_uppercase();
        settings.insert(format!("CALLPANION__PLUGINS__{section}__RECORD"), record.to_owned());
    }
}

fn folder(app: &TestApp) -> PathBuf {
    Path::new(&app.settings["CALLPANION__DATA_DIR"]).join("recordings")
}

/// The texts of a plugin's recordings, oldest first.
fn texts(app: &TestApp, plugin: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder(app).join(plugin)) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// Waits until so many summaries have been recorded: they are made last, and recordings are in order.
async fn recorded(app: &TestApp, summaries: usize) {
    let mut look = tokio::time::interval(Duration::from_millis(20));
    let there = async {
        while texts(app, "family-summary").len() < summaries {
            look.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, there).await.expect("the summaries are recorded");
}

/// Calls by phone and by app, in two languages, with one phone that has lost the app.
struct Day {
    homes: Vec<Household>,
    phones: Vec<Paired>,
    scripts: Vec<Script>,
}

async fn day(app: &TestApp) -> Day {
    let said = [scripts::cheerful(Language::English), scripts::worrying(Language::Indonesian)];
    let [cheerful, worrying] = said.clone().map(|script| app.say(script));
    let by_phone = app.phone_household().await;
    app.world.line(&by_phone.number, Line::Answers(worrying.clone()));
    let by_android = app.app_household().await;
    let lost = app.android(&by_android).await;
    lost.phone.uninstall();
    let android = app.android(&by_android).await;
    android.phone.behave(Behaviour::answer(cheerful));
    let by_iphone = app.app_household().await;
    let iphone = app.iphone(&by_iphone).await;
    iphone.phone.behave(Behaviour::answer(worrying));
    let homes = vec![by_phone, by_android, by_iphone];
    for home in &homes {
        let call = app.outcome(home, 900).await;
        app.advance_until(900, || app.is_summarised(call.id)).await;
    }
    recorded(app, homes.len() * 2).await;
    Day { homes, phones: vec![lost, android, iphone], scripts: said.to_vec() }
}

/// Everything that belongs to the people of the day.
async fn private(app: &TestApp, day: &Day) -> BTreeSet<String> {
    let mut private: BTreeSet<String> =
        ["Achterberg", "Margaret", "Maggie", "Rosalind", "Dahlias", "shipping forecast", "Europe/London"]
            .map(str::to_owned)
            .into();
    for home in &day.homes {
        let ids = [home.account.to_string(), home.family.to_string(), home.callee.to_string()];
        private.extend(ids.into_iter().chain([home.email.clone(), home.number.trim_start_matches('+').to_owned()]));
        for call in app.calls(home).await {
            private.insert(call.id.to_string());
            for attempt in app.attempts(call.id).await {
                private.insert(attempt.id.to_string());
                private.extend(attempt.reference.into_iter().chain(attempt.recipient));
            }
        }
    }
    for paired in &day.phones {
        private.extend([paired.phone.push_address(), paired.phone.device_secret().unwrap(), paired.device.to_string()]);
    }
    private.extend(app.world.eleven.conversation_ids());
    private.extend(app.database.texts("SELECT provider_ref AS text FROM conversations").await);
    private.insert(app.world.eleven.agent_number().trim_start_matches('+').to_owned());
    for script in &day.scripts {
        let collected = script.collected.iter().map(|one| &one.rationale);
        let values = script.collected.iter().filter_map(|one| one.value.as_str());
        let said = script.turns.iter().filter_map(|turn| turn.text.as_ref()).chain(collected);
        let texts = said.chain([&script.title, &script.summary]).map(String::as_str).chain(values);
        // Also parts of a sentence: the name within it is another household's, and quotes may be escaped.
        let parts = texts.flat_map(|text| text.split(['{', '}', '"', '.', ',', '!', '?', ';'])).map(str::trim);
        private.extend(parts.filter(|part| part.contains(' ') && part.len() > 8).map(str::to_owned));
    }
    private
}

on_both! {
    with: recording;
    async fn recordings_of_a_whole_day_name_nobody_and_run_again_to_the_byte(app: TestApp) {
        let day = day(&app).await;
        let private = private(&app, &day).await;
        assert!(private.len() > 80);
        let mut exports = BTreeSet::new();
        for plugin in PLUGINS {
            for text in texts(&app, plugin) {
                for secret in &private {
                    assert!(!text.contains(secret.as_str()), "{secret:?} stands in a recording of {plugin}:\n{text}");
                }
                let recording = Recording::from_text(&text).unwrap();
                exports.insert(format!("{plugin} {}", recording.export));
                assert!(!recording.stand_ins_changed_the_flow, "{text}");
                let replayed = recording.replay(&app.host.plugins, plugin).await.unwrap();
                assert_eq!((replayed.runs, replayed.differences), (recording.rounds.len(), Vec::new()), "{text}");
            }
        }
        for export in [
            "apns-voip ring", "elevenlabs open-session", "elevenlabs read-webhook", "family-summary render", "fcm ring",
            "twilio-batch inspect", "twilio-batch ring",
        ] {
            assert!(exports.contains(export), "{export} is not in {exports:?}");
        }
        fs::remove_dir_all(folder(&app).parent().unwrap()).unwrap();
    }
}

fn recording_all(settings: &mut Settings) {
    recording_as("all", settings);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_kept_when_the_operator_says_so() {
    run(Engine::Sqlite, recording_all, async |app| {
        let day = day(&app).await;
        let all: String = PLUGINS.iter().flat_map(|plugin| texts(&app, plugin)).collect();
        for word in ["Margaret Achterberg", "sweet peas", &day.homes[0].number, &day.phones[1].phone.push_address()] {
            assert!(all.contains(word), "{word}");
        }
        fs::remove_dir_all(folder(&app).parent().unwrap()).unwrap();
    })
    .await;
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/recordings")
}

fn fixture_files() -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What `callpanion plugin replay` is told, and says.
async fn replay(arguments: &[&str]) -> program::Ended {
    let world = World::start(WorldConfig::default()).await.unwrap();
    let settings = environment(&world.settings(), "http://127.0.0.1:1", "sqlite:unused");
    let arguments: Vec<&str> = ["plugin", "replay"].iter().chain(arguments).copied().collect();
    let ended = program::run(&arguments, &settings).await;
    world.stop().await;
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_calls_run_again_to_the_byte() {
    let files: Vec<String> = fixture_files().iter().map(|file| file.display().to_string()).collect();
    assert!(files.len() >= 8, "{files:?}");
    let ended = replay(&files.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(ended.code, 0, "if this was meant, renew the recordings (see the top of this file):\n{}", ended.said);
}

/// The component of `fcm` as it would be if somebody had changed what it sends.
fn changed_fcm() -> tempfile::TempDir {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut component = fs::read(built.join("plugins/wasm32-wasip2/plugin/callpanion_fcm.wasm")).unwrap();
    let (was, is) = (b"relativeName", b"relativeNome");
    let places: Vec<_> = (0..component.len() - was.len()).filter(|at| component[*at..].starts_with(was)).collect();
    assert!(!places.is_empty(), "the key stands in the component");
    for at in places {
        component[at..at + is.len()].copy_from_slice(is);
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("changed.wasm"), component).unwrap();
    fs::write(folder.path().join("plugin.toml"), include_str!("../../../plugins/fcm/plugin.toml")).unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_plugin_shows_its_differences() {
    let folder = changed_fcm();
    let plugin = folder.path().join("changed.wasm").display().to_string();
    let ring = fixtures().join("fcm-ring.json").display().to_string();
    let ended = replay(&[&ring, "--plugin", &plugin]).await;
    assert_eq!(ended.code, 1, "{}", ended.said);
    assert!(ended.said.contains("came out otherwise"), "{}", ended.said);
    let ended = replay(&[&ring, "--json", "--plugin", &plugin]).await;
    assert_eq!(ended.code, 1, "{}", ended.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_recording_is_refused_with_a_reason() {
    let ended = replay(&[concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]).await;
    assert_eq!(ended.code, 1);
    assert!(ended.said.contains("this is no recording"), "{}", ended.said);
}

/// Not a test: writes `tests/fixtures/recordings` anew from a day of calls.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it writes into the source tree"]
async fn renew() {
    run(Engine::Sqlite, recording, async |app| {
        day(&app).await;
        let mut chosen: BTreeMap<String, String> = BTreeMap::new();
        for plugin in PLUGINS {
            for text in texts(&app, plugin) {
                let recording = Recording::from_text(&text).unwrap();
                // The phone that lost the app tells more than one that rings.
                let gone = |round: &RecordedRound| format!("{:?}", round.output).contains("Gone(");
                let kind = if recording.rounds.iter().any(gone) { "-gone" } else { "" };
                chosen.entry(format!("{plugin}-{}{kind}.json", recording.export)).or_insert(text);
            }
        }
        fs::create_dir_all(fixtures()).unwrap();
        for old in fixture_files() {
            fs::remove_file(old).unwrap();
        }
        for (name, text) in chosen {
            fs::write(fixtures().join(name), text).unwrap();
        }
        fs::remove_dir_all(folder(&app).parent().unwrap()).unwrap();
    })
    .await;
}
