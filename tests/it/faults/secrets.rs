//! Secrets: what only its owner may know stands nowhere that others may look.

use callpanion_emulators::Settings as Vendors;

use super::crowd::{Crowd, now, until};
use crate::testing::program::Running;
use crate::testing::{Database, Engine, PASSWORD, dump, on_both};

const CALLS: usize = 5;
/// Typed by somebody where nothing may repeat it.
const CANARY: &str = "canary-that-nobody-may-hear";

/// What the operator's vendors gave out, and a line of each private key.
fn of_vendors(vendors: &Vendors) -> Vec<String> {
    let keys = [&vendors.fcm_service_account_json.replace("\\n", "\n"), &vendors.apns_auth_key_pem];
    let lines = keys.into_iter().map(|key| key.lines().find(|line| line.len() == 64).unwrap().to_owned());
    lines.chain([vendors.eleven_api_key.clone(), vendors.webhook_secret.clone()]).collect()
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
