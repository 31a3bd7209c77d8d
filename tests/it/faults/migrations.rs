//! A migration is cut short by `kill -9`, and a database is newer than the program.

use callpanion::db::Location;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};

use super::crowd::{Crowd, count};
use super::disk::Disk;
use crate::testing::program::{self, Running};
use crate::testing::{Database, Engine, Settings, dump};

/// What the first version of the program made of an empty database.
const FIRST_SQLITE: &str = include_str!("../../../migrations/sqlite/2026-11-21-000001_first/up.sql");
const FIRST_POSTGRES: &str = include_str!("../../../migrations/postgres/2026-11-21-000001_first/up.sql");
const FIRST_IS_DONE: &str = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
     run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP); \
     INSERT INTO __diesel_schema_migrations (version) VALUES ('20261121000001');";
/// What a family had then; `ID` is the engine's way to write one.
const FAMILY: &str = "INSERT INTO families VALUES (ID, 'Achterberg', 'app', 1, 1); \
     INSERT INTO callees (id, family_id, name, address_form, language, zone, call_method, interests, created_at) \
        VALUES (ID, ID, 'Margaret', 'Mum', 'en', 'UTC', 'app', '', 1); \
     INSERT INTO slots VALUES (ID, ID, 1, '09:00', 127, YES, 1, '2026-10-12'); \
     INSERT INTO calls (id, family_id, callee_id, slot_no, local_date, call_method, state, due_at, ring_at, \
        expires_at, tries, created_at, updated_at) \
        VALUES (ID, ID, ID, 1, '2026-10-12', 'app', 'missed', 1, 1, 1, 1, 1, 1); \
     INSERT INTO timeline (id, call_id, family_id, at, step) VALUES (ID, ID, ID, 1, 'queued'); \
     INSERT INTO webhook_events (id, provider, body_hash, body, state, received_at) \
        VALUES (ID, 'elevenlabs', ID, ID, 'parked', 1);";
const KEPT: [&str; 6] = ["families", "callees", "slots", "calls", "timeline", "webhook_events"];
/// Tables that migrations make, each another one: whoever makes it first keeps others waiting there.
const MADE: [&str; 5] = ["families", "plugin_health", "pauses", "past_slots", "nodes"];

/// A database before it is migrated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Empty,
    /// As the first version left it, with a family in it.
    Old,
}

impl Before {
    fn sql(self, engine: Engine) -> String {
        let (first, id, yes) = match engine {
            Engine::Sqlite => (FIRST_SQLITE, "x'0192a0b0c0d07e0f8091a2b3c4d5e6f7'", "1"),
            Engine::Postgres => (FIRST_POSTGRES, "'\\x0192a0b0c0d07e0f8091a2b3c4d5e6f7'::bytea", "true"),
        };
        match self {
            Self::Empty => String::new(),
            Self::Old => [first, FIRST_IS_DONE, &FAMILY.replace("ID", id).replace("YES", yes)].concat(),
        }
    }
}

/// Settings with which the program migrates a database.
async fn settings(url: &str, location: Location) -> (Crowd, Settings) {
    let crowd = Crowd::nobody(location).await;
    let settings = crowd.settings(url);
    (crowd, settings)
}

/// The tables and indexes of a SQLite file, as they were made.
fn schema(file: &std::path::Path) -> Vec<String> {
    let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let rows: Vec<Text> =
        diesel::sql_query("SELECT sql AS text FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
            .load(&mut connection)
            .unwrap();
    rows.into_iter().map(|row| row.text).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_migration_that_is_killed_anywhere_is_whole_after_the_next_start() {
    let mut kills = 0;
    for before in [Before::Empty, Before::Old] {
        let Some(disk) = Disk::start("migration cut short").await else { return };
        let location = Location::Sqlite(disk.file());
        let (crowd, mut settings) = settings(&format!("sqlite:{}", disk.file().display()), location.clone()).await;
        disk.watch(&mut settings);
        let make = || {
            for end in ["", "-wal", "-shm", "-journal"] {
                let _never_there = std::fs::remove_file(format!("{}{end}", disk.file().display()));
            }
            if before != Before::Empty {
                let mut connection = SqliteConnection::establish(disk.file().to_str().unwrap()).unwrap();
                connection.batch_execute(&before.sql(Engine::Sqlite)).unwrap();
            }
        };
        make();
        let whole = program::run(&["migrate"], &settings).await;
        assert_eq!(whole.code, 0, "{}", whole.said);
        let (deeds, wanted) = (disk.take_deeds().len(), schema(&disk.file()));
        assert!(deeds > 20 && wanted.len() > 40, "{deeds} deeds, {} tables and indexes", wanted.len());

        let every = if super::is_full() { 1 } else { deeds / 8 };
        for at in (1..=deeds).step_by(every) {
            make();
            let mut killed = settings.clone();
            Disk::kill_at(&mut killed, at);
            // Of two runs, one may close the file with a deed less.
            let is_killed = Running::begin(&["migrate"], &killed).until_ended().await.code().is_none();
            let again = program::run(&["migrate"], &settings).await;
            assert_eq!(again.code, 0, "{before:?}, killed before deed {at} of {deeds}: {}", again.said);
            assert!(schema(&disk.file()) == wanted, "{before:?}, killed before deed {at}: another schema");
            let rows = i64::from(before == Before::Old);
            for table in KEPT {
                assert_eq!(count(&location, table).await, Some(rows), "{before:?}, killed before deed {at}: {table}");
            }
            let whole = "pragma_integrity_check WHERE integrity_check = 'ok'";
            assert_eq!(count(&location, whole).await, Some(1));
            kills += usize::from(is_killed);
        }
        settings.remove("LD_PRELOAD");
        crowd.audit_now(&settings).await;
        crowd.world.stop().await;
    }
    assert!(kills >= 14, "{kills} were killed");
    eprintln!("kill -9 while SQLite is migrated, n = {kills}: each was whole after the next start");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_migration_that_is_killed_anywhere_is_whole_after_the_next_start() {
    let fresh = Database::fresh(Engine::Postgres).await;
    let wanted = columns_and_indexes(&fresh).await;
    fresh.end().await;
    let mut kills = 0;
    for before in [Before::Empty, Before::Old] {
        let database = Database::empty(Engine::Postgres).await;
        database.execute(&before.sql(Engine::Postgres)).await;
        let (crowd, settings) = settings(&database.url(), database.location()).await;
        for made in MADE.iter().filter(|made| before == Before::Empty || **made != "families") {
            // Nobody else can make a table of this name until this ends.
            let mut first = AsyncPgConnection::establish(&database.url()).await.unwrap();
            first.batch_execute(&format!("BEGIN; CREATE TABLE {made} ()")).await.unwrap();
            let migrating = Running::begin(&["migrate"], &settings);
            let waiting = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' \
                 AND wait_event <> 'advisory'";
            crowd.until_counted(waiting, 1).await;
            migrating.kill().await;
            first.batch_execute("ROLLBACK").await.unwrap();
            kills += 1;
        }
        let again = program::run(&["migrate"], &settings).await;
        assert_eq!(again.code, 0, "{before:?}: {}", again.said);
        assert!(columns_and_indexes(&database).await == wanted, "{before:?}: another schema");
        let rows = usize::from(before == Before::Old);
        for table in KEPT {
            assert_eq!(database.count(table).await, rows, "{before:?}: {table}");
        }
        crowd.audit_now(&settings).await;
        crowd.world.stop().await;
        database.end().await;
    }
    eprintln!(
        "kill -9 while PostgreSQL is migrated, n = {kills}: each went on with the next start, and all were whole"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn database_that_is_newer_than_the_program_is_refused_and_left_as_it_is() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = Database::fresh(engine).await;
        let (crowd, settings) = settings(&database.url(), database.location()).await;
        database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001')").await;
        let before = dump(&database, &[]).await;
        for command in [&["serve"][..], &["migrate"], &["audit", "promises"]] {
            let refused = program::run(command, &settings).await;
            assert_ne!(refused.code, 0, "{command:?}");
            for words in ["20990101000001", "newer version", "restore the backup made before the upgrade"] {
                assert!(refused.said.contains(words), "{engine:?}, {command:?}: {}", refused.said);
            }
        }
        assert!(dump(&database, &[]).await == before, "{engine:?}: something was written");
        eprintln!("a newer database on {engine:?}, n = 3 commands: refused, and nothing changed");
        crowd.world.stop().await;
        database.end().await;
    }
}

async fn columns_and_indexes(database: &Database) -> Vec<String> {
    let columns = "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default, \
        generation_expression) AS text FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1";
    let indexes = "SELECT indexdef AS text FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1";
    [database.texts(columns).await, database.texts(indexes).await].concat()
}

#[derive(diesel::QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}
