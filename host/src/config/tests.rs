//! The rules of the configuration: layers, twins, typos, types and ranges.

use std::fs;

use super::*;

pub(super) fn load(text: &str, env: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("callpanion.toml");
    fs::write(&file, text).unwrap();
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(Some(&file), env)
        .map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

fn error(text: &str) -> String {
    load(text, &[]).unwrap_err()
}

#[test]
fn defaults_load_without_file_and_environment() {
    let config = Config::load(None, std::iter::empty()).unwrap();
    assert_eq!(config.calling.ring_window_s, 45);
    assert_eq!(config.listen.port(), 8080);
    assert_eq!(config.database.backend(&config.data_dir), Some(Backend::Sqlite("data/callpanion.sqlite".into())));
    assert_eq!(config.mail.dir.as_deref(), Some(Path::new("data/mail")));
    let enabled: Vec<_> =
        config.plugins.iter().filter(|(_, plugin)| plugin.enabled).map(|(id, _)| id.as_str()).collect();
    assert_eq!(enabled, ["family-summary"]);
}

#[test]
fn file_wins_over_defaults_and_environment_over_the_file() {
    let text = "[calling]\nring_window_s = 50\ntries = 3\n";
    let env = [
        ("CALLPANION__CALLING__RING_WINDOW_S", "60"),
        ("CALLPANION__CALLING__DEFAULT_SLOTS", "08:00, 18:30"),
        ("CALLPANION__PLUGINS__APNS_VOIP__ENABLED", "true"),
        ("CALLPANION__PLUGINS__APNS_VOIP__CREDENTIALS__AUTH_KEY__TEAM_ID", "0012345678"),
        ("CALLPANION__PLUGINS__FCM__GRANTS__PRIVATE_ADDRESSES", "true"),
        ("CALLPANION__MAIL__USERNAME", "callpanion"),
        ("CALLPANION__MAIL__PASSWORD", "0123"),
        ("CALLPANION__PLUGINS__TWILIO_BATCH__SETTINGS__TARGET_CONCURRENCY_LIMIT", "5"),
        ("CALLPANION_PORT", "tcp://10.0.0.1:80"),
        ("PATH", "/bin"),
    ];
    let config = load(text, &env).unwrap();
    assert_eq!((config.calling.ring_window_s, config.calling.tries), (60, 3));
    assert_eq!(config.calling.default_slots.len(), 2);
    assert!(config.plugins["apns-voip"].enabled);
    assert!(config.plugins["fcm"].grants.private_addresses);
    assert_eq!(config.plugins["twilio-batch"].settings["target_concurrency_limit"], 5);
    assert_eq!(config.mail.password.as_ref().map(Secret::reveal), Some("0123"));
    let plugins::CredentialConfig::JwtEs256 { team_id, .. } = &config.plugins["apns-voip"].credentials["auth-key"]
    else {
        panic!("the kind of the credential comes from the defaults");
    };
    assert_eq!(team_id, "0012345678");
}

#[test]
fn typo_names_key_source_and_nearest_key() {
    let text = error("[calling]\nring_windw_s = 50\n");
    assert_eq!(text, "unknown key `calling.ring_windw_s` in callpanion.toml: did you mean `calling.ring_window_s`?");
    let text = load("", &[("CALLPANION__CALING__TRIES", "2")]).unwrap_err();
    assert_eq!(text, "unknown key `caling` in environment variable CALLPANION__CALING__TRIES: did you mean `calling`?");
    let guess = |text: &str| error(text).split_once("did you mean ").map(|(_, guess)| guess.to_owned()).unwrap();
    assert_eq!(guess("ring_window_s = 50"), "`calling.ring_window_s`?");
    assert_eq!(guess("[plugins.fmc]\nenabled = true"), "`plugins.fcm`?");
    assert_eq!(guess("[plugins.fcm]\nenabeld = true"), "`plugins.fcm.enabled`?");
    assert_eq!(guess("[plugins.fcm.grants]\nhost = []"), "`plugins.fcm.grants.hosts`?");
    assert_eq!(guess("[plugins.fcm.limits]\nmemory = 8"), "`plugins.fcm.limits.memory_mb`?");
    assert_eq!(guess("[plugins.fcm.settings]\nbase_ulr = \"\""), "`plugins.fcm.settings.base_url`?");
    let text = error("[plugins.fcm.credentials.service-account]\njson_fiel = \"x\"");
    assert!(text.contains("credentials.service-account"), "{text}");
    assert!(text.ends_with("json_file`?"), "{text}");
}

#[test]
fn all_problems_are_told_at_once() {
    let text = error("[calling]\nring_windw_s = 50\ntries = 9\n[log]\nfromat = \"json\"\n");
    assert_eq!(text.lines().count(), 3, "{text}");
}

#[test]
fn third_party_plugin_has_free_settings() {
    let text = "[plugins.bell]\nsource = \"file:/opt/bell.wasm\"\n[plugins.bell.settings]\nvolume = 7\n\
                [plugins.bell.credentials.key]\nkind = \"bearer\"\nvalue_file = \"/nowhere/key\"\n";
    let config = load(text, &[("CALLPANION__PLUGINS__BELL__SETTINGS__TONE", "high")]).unwrap();
    assert_eq!(config.plugins["bell"].settings["volume"], 7);
    assert_eq!(config.plugins["bell"].settings["tone"], "high");
}

#[test]
fn empty_settings_of_built_in_plugins_count_as_missing() {
    let config = load("", &[]).unwrap();
    assert!(!config.plugins["fcm"].settings.contains_key("project_id"));
    assert!(config.plugins["fcm"].settings.contains_key("base_url"));
}

#[test]
fn secret_comes_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    fs::write(&file, "postgres://companion:invented@localhost/companion\n").unwrap();
    let config = load(&format!("database.url_file = '{}'", file.display()), &[]).unwrap();
    let backend = config.database.backend(&config.data_dir);
    assert_eq!(backend, Some(Backend::Postgres(Secret::new("postgres://companion:invented@localhost/companion"))));
}

#[test]
fn missing_and_empty_secret_files_are_named() {
    let text = error("mail.password_file = \"/nowhere/secret\"");
    assert!(text.contains("`mail.password_file` in callpanion.toml names /nowhere/secret"), "{text}");
    assert!(text.contains("No such file"), "{text}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("empty");
    fs::write(&file, "\n").unwrap();
    let text = error(&format!("database.url_file = '{}'", file.display()));
    assert!(text.ends_with("it is empty"), "{text}");
}

#[test]
fn secret_and_its_file_together_are_refused() {
    let env = [("CALLPANION__MAIL__PASSWORD", "hush-hush")];
    let text = load("mail.password_file = \"/nowhere\"", &env).unwrap_err();
    assert!(text.starts_with("both `mail.password` (in environment variable CALLPANION__MAIL__PASSWORD)"), "{text}");
    assert!(text.contains("`mail.password_file` (in callpanion.toml)"), "{text}");
    assert!(!text.contains("hush-hush"));
    let text = error("[plugins.elevenlabs.credentials.api-key]\nvalue = \"x\"\nvalue_file = \"y\"\n");
    assert!(text.contains("both `plugins.elevenlabs.credentials.api-key.value`"), "{text}");
}

#[test]
fn wrong_types_name_key_source_and_expectation() {
    assert_eq!(
        error("calling.tries = \"often\""),
        "`calling.tries` in callpanion.toml: expected a whole number, not below zero, found `often`"
    );
    let text = load("", &[("CALLPANION__LOG__FORMAT", "xml")]).unwrap_err();
    assert_eq!(
        text,
        "`log.format` in environment variable CALLPANION__LOG__FORMAT: expected one of `json`, `pretty`, found `xml`"
    );
    assert!(error("calling.tries = -1").contains("found -1"));
    assert!(error("calling = 5").contains("`calling` in callpanion.toml: expected a table, found 5"));
    assert!(error("listen = \"here\"").contains("`listen` in callpanion.toml"));
    assert!(error("public_url = \"example.org\"").contains("`public_url` in callpanion.toml"));
    assert!(error("calling.quiet_start = \"9\"").contains("a time of day such as"));
    assert!(error("trusted_proxies = [\"10.0.0.0/40\"]").contains("10.0.0.0/8"));
    let text = error("mail.password = 4711");
    assert!(text.contains("mail.password") && !text.contains("4711"), "{text}");
}

#[test]
fn values_out_of_range_name_the_range() {
    assert_eq!(
        error("calling.ring_window_s = 300"),
        "`calling.ring_window_s` in callpanion.toml: expected 15 to 120, found 300"
    );
    assert!(error("calling.tries = 0").contains("1 to 5"));
    assert!(error("public_url = \"https://example.org/calls\"").contains("nothing after it"));
    assert!(error("public_url = \"ftp://example.org\"").contains("http://"));
    assert!(error("calling.default_slots = [\"09:00\", \"09:00\"]").contains("different times"));
    assert!(error("calling.default_slots = [\"22:00\"]").contains("quiet_start"));
    assert!(error("sessions.idle_days = 100").contains("absolute_days"));
    assert!(error("calling = { ring_window_s = 20, vendor_deadline_ms = 20000 }").contains("shorter"));
    assert!(error("mail.transport = \"smtp\"").contains("`mail.host`"));
    assert!(error("renderer = \"family-sumary\"").contains("did you mean `family-summary`?"));
    let text = error("[plugins.fcm.limits]\nmemory_mb = 1024");
    assert!(text.contains("`plugins.fcm.limits.memory_mb` in callpanion.toml: expected 1 to 256"), "{text}");
    let text = error("database.url = \"mysql://root:invented@localhost\"");
    assert!(text.contains("postgres://") && !text.contains("invented"), "{text}");
}

#[test]
fn broken_file_names_the_line_and_not_its_text() {
    let text = error("[mail]\npassword = \"hush\"hush\n");
    assert!(text.starts_with("callpanion.toml is not valid TOML: line 2"), "{text}");
    assert!(!text.contains("hush"), "{text}");
    let missing = Config::load(Some(Path::new("/nowhere/callpanion.toml")), std::iter::empty()).unwrap_err();
    assert!(missing.to_string().contains("/nowhere/callpanion.toml"));
}

#[test]
fn dump_masks_secrets_and_can_be_read_again() {
    let text = "mail = { username = \"me\", password = \"hush-hush\" }\n\
                [plugins.elevenlabs.credentials.api-key]\nvalue = \"hush-key\"\n";
    let dump = load(text, &[]).unwrap().dump().unwrap();
    assert!(!dump.contains("hush"), "{dump}");
    assert!(dump.contains("ring_window_s = 45") && dump.contains("password = \"***\""), "{dump}");
    assert_eq!(load(&dump, &[]).unwrap().calling.default_slots.len(), 3);
}
