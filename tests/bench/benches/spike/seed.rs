//! Families that are due: planted by set inserts, as they would stand after years.

use callpanion::domain::Moment;
use callpanion::domain::zone::tz_release;

use crate::store::Store;

/// The push address of a family's phone, as long as Google's are.
pub(crate) fn address(number: usize) -> String {
    format!("{number:022}:APA91b{}", "hG0NxQ7wV3mZk2Lr8TfYc5UeJ4sPaB6dQiO9nWxEvRtYuIoPlKjHgFdSaZxCvBnM".repeat(2))
}

/// Plants families `from` to `to`, each with a callee, a phone and a daily slot that is next due at `due_at`.
pub(crate) async fn families(store: &Store, (from, to): (usize, usize), due_at: Moment) -> anyhow::Result<()> {
    let Moment(due) = due_at;
    let minutes = due_at.secs().div_euclid(60).rem_euclid(1_440);
    let (time, born) = (format!("{:02}:{:02}", minutes / 60, minutes % 60), due - 30 * 86_400 * 1_000_000);
    let seen = due - 3_600 * 1_000_000;
    let pg = store.is_postgres();
    let id = if pg { "decode(lpad(to_hex(i), 32, '0'), 'hex')" } else { "unhex(printf('%032x', i))" };
    let token = address(0).split_off(22);
    let address =
        if pg { format!("lpad(i::text, 22, '0') || '{token}'") } else { format!("printf('%022d', i) || '{token}'") };
    let date = if pg {
        format!("to_char(to_timestamp({due} / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')")
    } else {
        format!("date({due} / 1000000, 'unixepoch')")
    };
    let numbers = numbers(store, from, to);
    let insert = |table: &str, values: String| format!("INSERT INTO {table} {numbers} SELECT {values} FROM n;");
    let sql = [
        insert(
            "families (id, name, call_method, onboarded_at, created_at)",
            format!("{id}, 'Achterberg', 'app', {born}, {born}"),
        ),
        insert(
            "callees (id, family_id, name, address_form, language, zone, call_method, phone, interests, consent_text, \
            consent_by, consent_at, created_at)",
            format!(
                "{id}, {id}, 'Margaret Achterberg', 'Grandma Maggie', 'en', 'Europe/London', 'app', NULL, \
                'Dahlias and the shipping forecast.', 'She agreed.', {id}, {born}, {born}"
            ),
        ),
        insert(
            "devices (id, callee_id, family_id, name, platform, state, secret_hash, app_version, battery_percent, \
            network, claimed_at, confirmed_at, revoked_at, last_seen_at)",
            format!(
                "{id}, {id}, {id}, 'Galaxy', 'android', 'active', {id}, '1.0', 80, 'wifi', {born}, {born}, NULL, {seen}"
            ),
        ),
        insert(
            "push_addresses (id, device_id, channel, address, environment, registered_at, gone_at)",
            format!("{id}, {id}, 'fcm', {address}, '', {born}, NULL"),
        ),
    ];
    store.execute(&sql.concat()).await?;
    // They were computed by this release: a host that begins leaves them as they are.
    let release = tz_release();
    store.execute(&format!("INSERT INTO facts VALUES ('tz_release', '{release}') ON CONFLICT DO NOTHING")).await?;
    let slots = insert(
        "slots (id, callee_id, slot_no, local_time, weekdays, enabled, next_at, next_date)",
        format!("{id}, {id}, 1, '{time}', 127, true, {due}, {date}"),
    );
    store.execute(&slots).await
}

/// Gives families `from` to `to` a call that was settled a day before `now`, with what it left: its attempt, its
/// conversation, a webhook and a job.
pub(crate) async fn history(store: &Store, (from, to): (usize, usize), now: Moment) -> anyhow::Result<()> {
    let at = now.0 - 86_400 * 1_000_000;
    let id = if store.is_postgres() { "decode(lpad(to_hex(i), 32, '0'), 'hex')" } else { "unhex(printf('%032x', i))" };
    let numbers = numbers(store, from, to);
    let calls = format!(
        "INSERT INTO calls (id, family_id, callee_id, slot_no, local_date, call_method, state, due_at, ring_at, \
            expires_at, tries, answered_at, ended_at, duration_s, created_at, updated_at) {numbers} \
         SELECT {id}, {id}, {id}, 1, '2026-01-01', 'app', 'completed', {at}, {at}, {at} + 45000000, 1, {at}, {at}, 300, \
            {at}, {at} FROM n;"
    );
    let attempts = format!(
        "INSERT INTO ring_attempts (id, call_id, try_no, channel, ahead, device_id, push_address_id, address, \
            environment, group_id, state, ring_at, expires_at, fence, owner, sends, sent_at, accepted_at, created_at) \
            {numbers} \
         SELECT {id}, {id}, 1, 'fcm', false, {id}, {id}, 'x', '', {id}, 'closed', {at}, {at} + 45000000, 1, {id}, 1, \
            {at}, {at}, {at} FROM n;"
    );
    let text = if store.is_postgres() { "'conv_' || i" } else { "printf('conv_%d', i)" };
    let conversations = format!(
        "INSERT INTO conversations (provider, provider_ref, call_id, attempt_id, opened_at) {numbers} \
         SELECT 'elevenlabs', {text}, {id}, {id}, {at} FROM n;"
    );
    let webhooks = format!(
        "INSERT INTO webhook_events (id, provider, body_hash, body, state, provider_ref, call_id, received_at) {numbers} \
         SELECT {id}, 'elevenlabs', {id}, {id}, 'applied', {text}, {id}, {at} FROM n;"
    );
    let jobs = format!(
        "INSERT INTO jobs (id, kind, key, payload, state, run_at, attempts, created_at) {numbers} \
         SELECT {id}, 'apply_webhook', {text}, '{{}}', 'done', {at}, 1, {at} FROM n;"
    );
    store.execute(&[calls, attempts, conversations, webhooks, jobs].concat()).await
}

fn numbers(store: &Store, from: usize, to: usize) -> String {
    if store.is_postgres() {
        format!("WITH n AS (SELECT generate_series({from}, {to}) AS i)")
    } else {
        format!("WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {to})")
    }
}
