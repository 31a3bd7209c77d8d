//! The database: two engines, one schema, and migrations that many hosts may start at once.

use std::collections::{BTreeMap, BTreeSet};

use callpanion::db::{Db, DbError};
use regex::Regex;

use crate::testing::{Database, Engine};

/// The tables as the host sees them.
const SCHEMA: &str = include_str!("../../host/src/db/schema.rs");

/// Columns by table, each with whether it may be null. What the engine computes is its own, and serves indexes only.
type Tables = BTreeMap<String, BTreeSet<(String, bool)>>;

fn described() -> Tables {
    let table = Regex::new(r"(?s)diesel::table!\s*\{\s*(\w+)\s*\([^)]*\)\s*\{(.*?)\n    \}").unwrap();
    let column = Regex::new(r"(?m)^\s*(\w+) -> (.+),$").unwrap();
    let columns = |body: &str| {
        column.captures_iter(body).map(|found| (found[1].to_owned(), found[2].starts_with("Nullable"))).collect()
    };
    table.captures_iter(SCHEMA).map(|found| (found[1].to_owned(), columns(&found[2]))).collect()
}

async fn migrated(engine: Engine) -> Tables {
    let database = Database::fresh(engine).await;
    let sql = match engine {
        Engine::Sqlite => {
            "SELECT m.name || ' ' || p.name || ' ' || (p.\"notnull\" = 0) AS text \
             FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        Engine::Postgres => {
            "SELECT table_name || ' ' || column_name || ' ' || CASE is_nullable WHEN 'YES' THEN '1' ELSE '0' END AS text \
             FROM information_schema.columns WHERE table_schema = 'public' AND is_generated = 'NEVER'"
        }
    };
    let mut tables = Tables::new();
    for row in database.texts(sql).await {
        let [table, column, nullable] = row.split(' ').collect::<Vec<_>>().try_into().unwrap();
        if !table.starts_with("__diesel") {
            tables.entry(table.to_owned()).or_default().insert((column.to_owned(), nullable == "1"));
        }
    }
    database.end().await;
    tables
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_and_the_host_agree_on_every_column() {
    let described = described();
    assert!(described.len() > 15, "the schema was read: {:?}", described.keys());
    for engine in [Engine::Sqlite, Engine::Postgres] {
        assert_eq!(migrated(engine).await, described, "{engine:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_keep_the_same_things_unique() {
    let mut found = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = Database::fresh(engine).await;
        let sql = match engine {
            Engine::Sqlite => {
                "SELECT m.name || ': ' || (SELECT group_concat(i.name, ' ') FROM pragma_index_info(l.name) i) AS text \
                 FROM sqlite_master m JOIN pragma_index_list(m.name) l WHERE m.type = 'table' AND l.\"unique\" = 1"
            }
            Engine::Postgres => {
                "SELECT t.relname || ': ' || (SELECT string_agg(a.attname, ' ' ORDER BY k.at) \
                    FROM unnest(x.indkey) WITH ORDINALITY AS k(attnum, at) \
                    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum) AS text \
                 FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
                 WHERE x.indisunique AND n.nspname = 'public'"
            }
        };
        let unique: BTreeSet<String> =
            database.texts(sql).await.into_iter().filter(|row| !row.starts_with("__diesel")).collect();
        found.push(unique);
        database.end().await;
    }
    assert!(found[0].len() > 15, "{:#?}", found[0]);
    assert_eq!(found[0], found[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_can_be_read_on_both_engines() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = Database::fresh(engine).await;
        for (table, columns) in described() {
            let columns: Vec<&str> = columns.iter().map(|(column, _)| column.as_str()).collect();
            let from = format!("(SELECT {} FROM {table}) AS all_of_it", columns.join(", "));
            assert_eq!(database.count(&from).await, 0);
        }
        database.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_hosts_that_start_at_once_migrate_once() {
    let database = Database::empty(Engine::Postgres).await;
    let location = database.location();
    let opened = futures::future::join_all((0..6).map(|_| Db::open(&location, 2))).await;
    for db in opened {
        db.unwrap().ping().await.unwrap();
    }
    let migrations = database.count("__diesel_schema_migrations").await;
    drop(Db::open(&location, 2).await.unwrap());
    assert_eq!(database.count("__diesel_schema_migrations").await, migrations, "starting again changes nothing");
    database.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn migration_that_nobody_knows_is_refused() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = Database::fresh(engine).await;
        database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001')").await;
        let refused = Db::open(&database.location(), 2).await;
        assert!(matches!(refused, Err(DbError::Newer(version)) if version == "20990101000001"), "{engine:?}");
        database.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn family_takes_everything_with_it() {
    const TABLES: [&str; 6] = ["callees", "slots", "calls", "ring_attempts", "timeline", "transcripts"];
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = Database::fresh(engine).await;
        let id = if engine == Engine::Sqlite { "x'01'" } else { "'\\x01'::bytea" };
        let sql = "PRAGMA foreign_keys = ON; \
             INSERT INTO families VALUES (ID, 'Achterberg', 'app', 1, 1); \
             INSERT INTO callees (id, family_id, name, address_form, language, zone, call_method, interests, created_at) \
                VALUES (ID, ID, 'M', 'M', 'en', 'UTC', 'app', '', 1); \
             INSERT INTO slots VALUES (ID, ID, 1, '09:00', 127, true, 1, '2026-10-12', 1); \
             INSERT INTO calls (id, family_id, callee_id, slot_no, local_date, call_method, state, due_at, ring_at, \
                expires_at, tries, created_at, updated_at) \
                VALUES (ID, ID, ID, 1, '2026-10-12', 'app', 'queued', 1, 1, 1, 1, 1, 1); \
             INSERT INTO ring_attempts (id, call_id, try_no, channel, ahead, address, environment, group_id, state, \
                ring_at, expires_at, fence, sends, created_at) \
                VALUES (ID, ID, 1, 'fcm', false, '', '', ID, 'armed', 1, 1, 1, 0, 1); \
             INSERT INTO timeline (id, call_id, at, step) VALUES (ID, ID, 1, 'queued'); \
             INSERT INTO transcripts (call_id, provider_ref, language, turns, collected, stored_at) \
                VALUES (ID, 'x', 'en', '[]', '[]', 1);";
        let sql = sql.replace("ID", id);
        let planted = if engine == Engine::Sqlite { sql } else { sql.replace("PRAGMA foreign_keys = ON;", "") };
        database.execute(&planted).await;
        for table in TABLES {
            assert_eq!(database.count(table).await, 1, "{table}");
        }
        let pragma = if engine == Engine::Sqlite { "PRAGMA foreign_keys = ON;" } else { "" };
        database.execute(&format!("{pragma} DELETE FROM families;")).await;
        for table in TABLES {
            assert_eq!(database.count(table).await, 0, "{engine:?}: {table}");
        }
        database.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_not_changed_under_a_process_that_serves_them() {
    let database = Database::fresh(Engine::Sqlite).await;
    let serving = Db::open(&database.location(), 1).await.unwrap();
    let claim = serving.claim().unwrap();
    Db::open(&database.location(), 1).await.expect("there is nothing to change: who only looks may look");
    let changed = "sqlite_master WHERE name = 'family_messages'";
    let last = "(SELECT max(version) FROM __diesel_schema_migrations)";
    database.execute(&format!("DELETE FROM __diesel_schema_migrations WHERE version = {last}")).await;
    database.execute(include_str!("../../migrations/sqlite/2026-11-26-000010_family_messages/down.sql")).await;
    let refused = Db::open(&database.location(), 1).await.map(|_| ()).unwrap_err();
    assert!(matches!(refused, DbError::Claimed(_)), "{refused:?}");
    assert_eq!(database.count(changed).await, 0);
    drop((claim, serving));
    drop(Db::open(&database.location(), 1).await.unwrap());
    assert_eq!(database.count(changed).await, 1);
    database.end().await;
}
