//! Secrets: what only its owner may know stands nowhere that others may look.

use std::path::Path;

use callpanion_emulators::Settings as Vendors;

use super::crowd::{Crowd, now, until};
use crate::testing::program::Running;
use crate::testing::{Database, Engine, PASSWORD, Settings, dump, on_both};

const CALLS: usize = 5;
/// Typed by somebody where nothing may repeat it.
const CANARY: &str = "canary-that-nobody-may-hear";
/// Of the host itself: nobody gave them out.
const MAIL_PASSWORD: &str = "mail-password-of-the-operator";
const ENCRYPTION_KEY: &str = "cQ4mWq0v3L8xk2m9m5pZ5H0x1u8vJ7dYt0b6N3s2A1o=";
/// The keys of all secrets, each of which has a twin that names a file.
const WITH_TWINS: [&str; 8] = [
    "CALLPANION__DATABASE__ENCRYPTION_KEY",
    "CALLPANION__DATABASE__URL",
    "CALLPANION__MAIL__PASSWORD",
    "CALLPANION__PLUGINS__APNS_VOIP__CREDENTIALS__AUTH_KEY__KEY",
    "CALLPANION__PLUGINS__ELEVENLABS__CREDENTIALS__API_KEY__VALUE",
    "CALLPANION__PLUGINS__ELEVENLABS__CREDENTIALS__WEBHOOK_SECRET__VALUE",
    "CALLPANION__PLUGINS__FCM__CREDENTIALS__SERVICE_ACCOUNT__JSON",
    "CALLPANION__PLUGINS__TWILIO_BATCH__CREDENTIALS__API_KEY__VALUE",
];

/// What the operator's vendors gave out, and a line of each private key.
fn of_vendors(vendors: &Vendors) -> Vec<String> {
    let keys = [&vendors.fcm_service_account_json.replace("\\n", "\n"), &vendors.apns_auth_key_pem];
    let lines = keys.into_iter().map(|key| key.lines().find(|line| line.len() == 64).unwrap().to_owned());
    lines.chain([vendors.eleven_api_key.clone(), vendors.webhook_secret.clone()]).collect()
}

/// Puts each secret into a file of a folder, and its twin in its place.
fn put_into_files(settings: &mut Settings, folder: &Path) {
    for key in WITH_TWINS {
        let (secret, file) = (settings.remove(key).expect(key), folder.join(key));
        std::fs::write(&file, secret).unwrap();
        settings.insert(format!("{key}_FILE"), file.display().to_string());
    }
}

on_both! {
    async fn secret_is_neither_in_the_database_nor_in_an_answer(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        let browser = app.signed_in(&home).await;
        let staff = app.staff().await;
        let mut secrets = of_vendors(&app.world.settings());
        secrets.extend([&browser, &staff].map(|browser| browser.cookie("session").unwrap()));
        secrets.extend([paired.phone.device_secret().unwrap(), PASSWORD.to_owned(), CANARY.to_owned()]);
        secrets.push("seven-brass-door-handles".to_owned());
        secrets.push(app.mailed_link(&home.email, "/confirm/").await);
        for secret in &secrets {
            // The run's log is searched when the test is over.
            app.keep_out_of_the_log(secret.clone());
        }

        for page in [
            app.browser().post("/sign-in", &[("email", &home.email), ("password", CANARY)]).await,
            app.browser().get(&format!("/setup/{CANARY}")).await,
            app.browser().get(&format!("/confirm/{CANARY}")).await,
            app.browser().get("/no-such-page").await,
            browser.get("/staff").await,
            staff.get("/staff").await,
        ] {
            let told = secrets.iter().find(|secret| page.text().contains(secret.as_str()));
            assert_eq!(told, None, "{} {}", page.status, page.path);
        }
        let rows: Vec<String> = dump(&app.database, &[]).await.into_values().flatten().collect();
        for secret in &secrets {
            let as_bytes = secret.bytes().fold(String::new(), |bytes, byte| format!("{bytes}{byte:02x}"));
            let told = rows.iter().find(|row| row.contains(secret.as_str()) || row.to_lowercase().contains(&as_bytes));
            assert_eq!(told, None, "{secret} can be read in the database");
        }
        eprintln!("secrets, n = {}, sought in {} rows: none found", secrets.len(), rows.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secret_is_neither_in_the_log_of_a_host_that_says_all_nor_in_the_list_of_processes() {
    let database = Database::fresh(Engine::Sqlite).await;
    let due = now().plus_secs(8);
    let mut crowd = Crowd::gather(database.location(), &[due; CALLS]).await;
    crowd.window_s = 15;
    let mut settings = crowd.settings(&database.url());
    settings.insert("CALLPANION__LOG__LEVEL".into(), "trace".into());
    let node = Running::serve(&settings).await;
    until("every phone rings", async || crowd.has_rung()).await;
    crowd.audit(&settings).await;
    let command = node.command_line();
    let said = node.stop().await.said;
    let mut secrets = of_vendors(&crowd.world.settings());
    secrets.extend(crowd.addresses());
    let told = secrets.iter().find(|secret| said.contains(secret.as_str()) || command.contains(secret.as_str()));
    assert_eq!(told, None, "it is told");
    assert!(said.contains("serving"), "it said something at all: {said}");
    crowd.rung().check(&format!(
        "secrets, n = {}, sought in {} KiB of the log and in the command line: none found; rings meanwhile",
        secrets.len(),
        said.len() / 1_024
    ));
    crowd.world.stop().await;
    database.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secret_in_a_file_is_not_in_the_environment_and_no_secret_is_in_a_core_dump() {
    let (database, folder) = (Database::fresh(Engine::Sqlite).await, tempfile::tempdir().unwrap());
    let crowd = Crowd::gather(database.location(), &[now().plus_secs(8); CALLS]).await;
    let mut settings = crowd.settings(&database.url());
    for (key, value) in [
        ("MAIL__USERNAME", "callpanion"),
        ("MAIL__PASSWORD", MAIL_PASSWORD),
        ("DATABASE__ENCRYPTION_KEY", ENCRYPTION_KEY),
    ] {
        settings.insert(format!("CALLPANION__{key}"), value.to_owned());
    }
    put_into_files(&mut settings, folder.path());
    let node = Running::serve(&settings).await;
    let environment = node.environment();
    let mut secrets = of_vendors(&crowd.world.settings());
    secrets.extend([MAIL_PASSWORD.to_owned(), ENCRYPTION_KEY.to_owned(), database.url()]);
    let told = secrets.iter().find(|secret| environment.contains(secret.as_str()));
    assert_eq!(told, None, "it is in the environment");
    for key in WITH_TWINS {
        assert!(environment.contains(&format!("{key}_FILE=")), "{key} has a file");
    }

    // It has them all the same: the provider is known by its signature, and the vendor takes the rings.
    let answer = crowd.post_webhook(&settings, r#"{"webhook":"of the provider"}"#).await;
    assert_eq!(answer.status().as_u16(), 200);
    until("every phone rings", async || crowd.has_rung()).await;
    crowd.rung().check(&format!("secrets in files, n = {}, sought in the environment: none found", secrets.len()));
    let [soft, hard] = node.limit("Max core file size");
    // 1 is heeded for files and for pipes to a program; below a hard limit of 0 it is had otherwise.
    assert!(soft == hard && ["1", "0"].contains(&soft.as_str()), "{soft} {hard}");
    assert!(!node.abort().await, "the kernel wrote its memory");
    crowd.world.stop().await;
    database.end().await;
}
