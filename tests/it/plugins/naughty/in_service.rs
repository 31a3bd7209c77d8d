//! What remains of an attack: the ring attempt and the log name the plugin with its version, and the call goes on.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use callpanion::domain::{AttemptState, CallState};
use callpanion_emulators::Behaviour;
use callpanion_emulators::scripts::{self, Language};

use super::super::fixtures::{NAUGHTY, built};
use crate::testing::{Settings, log, on_both};

/// It takes the other plugin's section, whose settings have defaults of their own.
const OF_FCM: &str = r#"
[settings.project_id]
type = "string"
help = "Not used."
[settings.caller_name]
type = "string"
help = "Not used."
[settings.avatar]
type = "string"
help = "Not used."
"#;

/// Where the plugin lies for every host of these tests.
fn source() -> String {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("naughty-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("naughty.wasm"), built("naughty")).unwrap();
        std::fs::write(folder.join("plugin.toml"), format!("{NAUGHTY}\n{OF_FCM}")).unwrap();
        folder
    });
    format!("file:{}", folder.join("naughty.wasm").display())
}

/// A hostile plugin in the place of the one that rings Android phones.
fn in_the_place_of_fcm(settings: &mut Settings) {
    let section = "CALLPANION__PLUGINS__FCM__";
    settings.retain(|name, _| !name.starts_with(section));
    for (key, value) in [
        ("ENABLED", "true"),
        ("SOURCE", &source()),
        ("UNSIGNED", "true"),
        ("GRANTS__DATA", "push-address"),
        ("GRANTS__CREDENTIALS", "key,bound"),
        ("CREDENTIALS__KEY__KIND", "bearer"),
        ("CREDENTIALS__KEY__VALUE", "the-key-of-naughty"),
        ("CREDENTIALS__BOUND__KIND", "header"),
        ("CREDENTIALS__BOUND__HEADER", "x-bound"),
        ("CREDENTIALS__BOUND__VALUE", "the-bound-key-of-naughty"),
        ("SETTINGS__ATTACK", "endless-loop"),
    ] {
        settings.insert(format!("{section}{key}"), value.to_owned());
    }
}

on_both! {
    with: in_the_place_of_fcm;
    async fn attack_is_named_in_the_attempt_and_the_log_and_the_next_device_rings(app: TestApp) {
        let log_from = log::captured().text().len();
        let home = app.app_household().await;
        app.android(&home).await;
        let good = app.iphone(&home).await;
        good.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));
        let call = app.outcome(&home, 900).await;
        assert_eq!(call.state, CallState::Completed, "{:?}", app.timeline(&call).await);

        let attempts = app.attempts(call.id).await;
        let attacked: Vec<_> = attempts.iter().filter(|attempt| attempt.channel == "fcm").collect();
        assert!(!attacked.is_empty());
        for attempt in attacked {
            let reason = attempt.reason.as_deref().unwrap_or_default();
            assert_eq!(attempt.state, AttemptState::Failed, "{reason}");
            assert!(reason.contains("the plugin fcm 6.6.6 is broken: it used more than 250 ms of CPU"), "{reason}");
        }
        let log = log::captured().text();
        let named = |line: &&str| line.contains("fcm 6.6.6") && line.contains("250 ms of CPU");
        assert!(log[log_from..].lines().any(|line| named(&line)), "the log names it");
    }
}
