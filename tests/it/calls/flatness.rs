//! Flatness: a morning's calls read as much of the database after years, beside the calls of thousands, as in a new house.
//! What is counted is the same on every machine: the rows and index entries that PostgreSQL looked at.

use callpanion::db::devices;
use callpanion::domain::{CallMethod, CallState};
use callpanion::services::{answering, housekeeping, schedules};
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line};

use crate::testing::{Engine, Settings, TestApp, every_day_at};

/// Other people's calls of the past, and of this hour.
const OTHERS: usize = 20_000;
/// Statistics change a plan here and there. To look at every row of one table once would be six times as much.
const AT_MOST: f64 = 2.5;
/// From a minute before the calls until the last of their tries is over.
const MORNING_S: u32 = 360;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn morning_reads_as_much_after_years_as_in_a_new_house() {
    let new = morning(0).await;
    let old = morning(OTHERS).await;
    println!("rows and index entries read: {new} in a new house, {old} beside {OTHERS} others");
    assert!(new > 100.0, "what is read is counted");
    assert!(old <= AT_MOST * new, "{old} in an old house, {new} in a new one");
}

/// A morning in the life of a few families, among so many others. Gives how much of the database was read.
async fn morning(others: usize) -> f64 {
    let app = TestApp::start_with(Engine::Postgres, soon_again).await;
    let mut homes = Vec::new();
    for line in [Line::Answers(scripts::ordinary(Language::English)), Line::Busy, Line::Voicemail] {
        let home = app.phone_household().await;
        app.world.line(&home.number, line);
        homes.push(home);
    }
    let mut ringing = Vec::new();
    for behaviour in [Behaviour::answer(scripts::ordinary(Language::English)), Behaviour::Ignore] {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.behave(behaviour);
        ringing.push(paired.device);
        homes.push(home);
    }
    let taken_back = app.household(CallMethod::Phone, &["09:04"]).await;
    if others > 0 {
        plant(&app, others).await;
    }
    app.database.execute("ANALYZE").await;
    let before = read(&app).await;
    for second in 0..MORNING_S {
        // Second by second, as a host does: to look ahead for the next thing to do would read more than to do it.
        app.advance_without_ticks(1).await;
        app.settle().await;
        if second == 10 {
            let later = every_day_at(&["21:00"]);
            schedules::save(&app.host, taken_back.account, taken_back.callee, &later).await.unwrap();
        }
        if second == 61 {
            for device in &ringing {
                let device = devices::find(&mut app.host.db.read().await.unwrap(), *device).await.unwrap().unwrap();
                assert!(answering::missed_push(&app.host, &device, 1).await.unwrap().is_some(), "it should be ringing");
            }
        }
    }
    assert_eq!(app.call(&taken_back).await.state, CallState::Canceled);
    housekeeping::tick(&app.host).await.unwrap();
    for home in &homes {
        assert!(app.call(home).await.state.is_outcome());
    }
    // A server process says what it has read when it ends.
    app.database
        .execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
    let after = read(&app).await;
    app.finish().await;
    after - before
}

fn soon_again(settings: &mut Settings) {
    for wait in ["RETRY_AFTER_S", "RETRY_BUSY_AFTER_S"] {
        settings.insert(format!("CALLPANION__CALLING__{wait}"), "60".to_owned());
    }
}

async fn read(app: &TestApp) -> f64 {
    let sum = "SELECT CAST( \
            (SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables) + \
            (SELECT coalesce(sum(idx_tup_read), 0) FROM pg_stat_user_indexes) AS TEXT) AS text";
    app.database.texts(sum).await[0].parse().unwrap()
}

/// Other families, each with what years leave behind, and with a call that rang this hour.
async fn plant(app: &TestApp, others: usize) {
    let now = app.now().0;
    let (born, yesterday, lately) = (now - 300 * 86_400_000_000, now - 86_400_000_000, now - 600_000_000);
    let tomorrow = now + 86_400_000_000;
    let numbers = format!(
        "WITH n AS (SELECT i, decode(lpad(to_hex(i), 32, '0'), 'hex') AS id FROM generate_series(1, {others}) AS i)"
    );
    let insert = |table: &str, values: &str| format!("INSERT INTO {table} {numbers} SELECT {values} FROM n;");
    let sql = [
        insert(
            "accounts (id, email, name, password_hash, locale, zone, confirmed_at, created_at)",
            &format!("id, i || '@others.example', 'Others', '', 'en', 'UTC', {born}, {born}"),
        ),
        insert(
            "sessions (id, account_id, secret_hash, created_at, last_seen_at, expires_at)",
            &format!("id, id, id, {yesterday}, {lately}, {tomorrow}"),
        ),
        insert(
            "links (secret_hash, account_id, purpose, expires_at)",
            &format!("id, id, 'reset_password', {tomorrow}"),
        ),
        insert("throttles (name, count, resets_at)", &format!("'other:' || i, 1, {tomorrow}")),
        insert(
            "families (id, name, call_method, onboarded_at, created_at)",
            &format!("id, 'Others', 'app', {born}, {born}"),
        ),
        insert("members (family_id, account_id, role, joined_at)", &format!("id, id, 'owner', {born}")),
        insert(
            "callees (id, family_id, name, address_form, language, zone, call_method, interests, consent_text, \
             consent_by, consent_at, created_at)",
            &format!("id, id, 'Margaret', 'Grandma', 'en', 'UTC', 'app', '', 'Yes.', id, {born}, {born}"),
        ),
        insert(
            "devices (id, callee_id, family_id, name, platform, state, secret_hash, claimed_at, confirmed_at, last_seen_at)",
            &format!("id, id, id, 'Galaxy', 'android', 'active', id, {born}, {born}, {born}"),
        ),
        insert(
            "push_addresses (id, device_id, channel, address, environment, registered_at)",
            &format!("id, id, 'fcm', 'other ' || i, '', {born}"),
        ),
        insert(
            "pairings (id, callee_id, issued_by, issued_at, expires_at, closed_at)",
            &format!("id, id, id, {born}, {born}, {born}"),
        ),
        insert(
            "slots (id, callee_id, slot_no, local_time, weekdays, enabled, next_at, next_date)",
            &format!("id, id, 1, '08:00', 127, true, {tomorrow}, '2026-10-13'"),
        ),
        insert(
            "calls (id, family_id, callee_id, slot_no, local_date, call_method, state, due_at, ring_at, expires_at, \
             tries, ended_at, created_at, updated_at)",
            &format!(
                "id, id, id, 1, '2026-10-12', 'app', 'completed', {lately}, {lately}, {lately} + 45000000, 1, {lately}, \
                 {lately}, {lately}"
            ),
        ),
        insert(
            "ring_attempts (id, call_id, try_no, channel, ahead, device_id, push_address_id, address, environment, \
             group_id, state, ring_at, expires_at, fence, sends, reference, sent_at, accepted_at, created_at)",
            &format!(
                "id, id, 1, 'fcm', i % 2 = 0, id, id, 'other', '', id, 'closed', {lately}, {lately} + 45000000, 1, 1, \
                 'batch ' || i, {lately}, {lately}, {lately}"
            ),
        ),
        insert("timeline (id, call_id, at, step)", &format!("id, id, {lately}, 'queued'")),
        insert(
            "conversations (provider, provider_ref, call_id, attempt_id, opened_at)",
            &format!("'elevenlabs', 'other ' || i, id, id, {lately}"),
        ),
        insert(
            "webhook_events (id, provider, body_hash, body, state, provider_ref, received_at)",
            &format!("id, 'elevenlabs', id, '', 'applied', 'other ' || i, {lately}"),
        ),
        insert(
            "alerts (id, family_id, call_id, kind, cause, detail, evidence, state, opened_at, closed_at)",
            &format!("id, id, id, 'missed', 'other ' || i, '', '[]', 'closed', {lately}, {lately}"),
        ),
        insert(
            "jobs (id, kind, key, payload, state, run_at, attempts, created_at)",
            &format!("id, 'apply_webhook', 'other ' || i, '{{}}', 'done', {lately}, 1, {lately}"),
        ),
    ];
    // What this read is said at once, and not while the morning is counted.
    app.database.execute(&format!("{} SELECT pg_stat_force_next_flush();", sql.concat())).await;
}
