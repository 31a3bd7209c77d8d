//! Volume: what a full hour asks of PostgreSQL, in figures that are the same on every machine. The benchmark `pipeline`
//! has the bars; here they are held.

use callpanion::domain::AttemptState;
use callpanion::services::{outcomes, queueing, ringing};

use crate::testing::{Engine, TestApp, as_they_are, run};

const CALLS: usize = 500;
/// A page of either is a thousand, and one transaction: all calls of this test.
const TRANSACTIONS: f64 = 2.0;
const WAL_BYTES_A_CALL: f64 = 3_000.0;
/// The row, its three index entries, and what its first update left behind; with so few rows, each file's first pages
/// weigh a hundred bytes of it.
const BYTES_A_SCHEDULE: f64 = 650.0;
const BYTES_A_CALL: f64 = 3_000.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_hour_asks_little_of_the_database() {
    run(Engine::Postgres, as_they_are, full_hour).await;
}

async fn full_hour(app: TestApp) {
    plant(&app).await;
    app.database.execute("CREATE EXTENSION pg_walinspect").await;
    // Other tests share the server, and each database they drop is a checkpoint: what is to be read must be kept.
    app.database.execute("SELECT pg_create_physical_replication_slot('volume', true)").await;

    let from = place(&app).await;
    assert_eq!(queueing::tick(&app.host).await.unwrap(), CALLS);
    app.jump_to("2026-10-12T08:00:00Z").await;
    assert_eq!(ringing::run_due(&app.host).await, CALLS);
    assert_eq!(outcomes::write(&app.host).await.unwrap(), CALLS);
    let to = place(&app).await;

    let accepted = format!("ring_attempts WHERE state = '{}'", AttemptState::Accepted.as_str());
    assert_eq!(app.database.count(&accepted).await, CALLS);
    assert_eq!(app.world.fcm.sent().len(), CALLS);
    assert_eq!(app.database.count("timeline").await, 2 * CALLS);

    // Only what touched this database is counted.
    let written = format!(
        "pg_get_wal_records_info('{from}', '{to}') AS r, pg_database AS d \
         WHERE d.datname = current_database() AND r.block_ref LIKE '%/' || d.oid || '/%'"
    );
    let each = |number: f64| number / f64::from(u16::try_from(CALLS).unwrap());
    // What the server does by itself, such as gathering statistics, touches none of these.
    let ours = "SELECT pg_relation_filenode(oid) FROM pg_class \
        WHERE relname IN ('slots', 'calls', 'ring_attempts', 'timeline')";
    let transactions = number(
        &app,
        &format!(
            "count(DISTINCT r.xid::text) FROM {written} AND r.xid::text <> '0' \
             AND substring(r.block_ref FROM 'rel [0-9]+/[0-9]+/([0-9]+)')::bigint IN ({ours})"
        ),
    )
    .await;
    let wal = each(number(&app, &format!("sum(r.record_length - r.fpi_length) FROM {written}")).await);
    app.database.execute("SELECT pg_drop_replication_slot('volume')").await;
    assert!(transactions <= TRANSACTIONS, "{transactions} transactions for {CALLS} calls");
    assert!(wal <= WAL_BYTES_A_CALL, "{wal} bytes of WAL for a call");
    let size = |tables: &str| format!("sum(pg_total_relation_size(t)) FROM unnest('{tables}'::regclass[]) AS t");
    let schedule = each(number(&app, &size("{slots}")).await);
    assert!(schedule <= BYTES_A_SCHEDULE, "{schedule} bytes for a schedule");
    let call = each(number(&app, &size("{calls,ring_attempts,timeline}")).await);
    assert!(call <= BYTES_A_CALL, "{call} bytes for a call");
}

/// The one number of `SELECT` and this.
async fn number(app: &TestApp, what: &str) -> f64 {
    app.database.texts(&format!("SELECT CAST((SELECT {what}) AS TEXT) AS text")).await[0].parse().unwrap()
}

async fn place(app: &TestApp) -> String {
    app.database.texts("SELECT pg_current_wal_flush_lsn()::text AS text").await.remove(0)
}

/// Families with a phone each, all due at eight, UTC.
async fn plant(app: &TestApp) {
    let (born, due) = (app.now().plus_secs(-86_400), app.now().plus_secs(60));
    let (born, due) = (born.0, due.0);
    let phones: Vec<String> =
        (0..CALLS).map(|number| format!("({number}, '{}')", app.world.fcm.silent_phone())).collect();
    let n = format!(
        "WITH n AS (SELECT decode(lpad(to_hex(i), 32, '0'), 'hex') AS id, address FROM (VALUES {}) AS v (i, address))",
        phones.join(", ")
    );
    let insert = |table: &str, values: &str| format!("INSERT INTO {table} {n} SELECT {values} FROM n;");
    let sql = [
        insert(
            "families (id, name, call_method, onboarded_at, created_at)",
            &format!("id, 'Achterberg', 'app', {born}, {born}"),
        ),
        insert(
            "callees (id, family_id, name, address_form, language, zone, call_method, interests, consent_text, \
             consent_by, consent_at, created_at)",
            &format!("id, id, 'Margaret', 'Grandma', 'en', 'Europe/London', 'app', '', 'Yes.', id, {born}, {born}"),
        ),
        insert(
            "devices (id, callee_id, family_id, name, platform, state, secret_hash, claimed_at, confirmed_at, last_seen_at)",
            &format!("id, id, id, 'Galaxy', 'android', 'active', id, {born}, {born}, {born}"),
        ),
        insert(
            "push_addresses (id, device_id, channel, address, environment, registered_at)",
            &format!("id, id, 'fcm', address, '', {born}"),
        ),
        insert(
            "slots (id, callee_id, slot_no, local_time, weekdays, enabled, next_at, next_date)",
            &format!("id, id, 1, '09:00', 127, true, {due}, '2026-10-12'"),
        ),
    ];
    app.database.execute(&sql.concat()).await;
}
