-- Ids are UUIDv7 in 16 bytes, moments are microseconds since 1970 in UTC, JSON is text.

CREATE TABLE accounts (
    id BLOB PRIMARY KEY NOT NULL,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    locale TEXT NOT NULL,
    zone TEXT NOT NULL,
    staff_role TEXT,
    confirmed_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id BLOB PRIMARY KEY NOT NULL,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    secret_hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account_id);

-- One-time links: confirm an address, reset a password, sign in, set up the first staff account.
CREATE TABLE links (
    secret_hash BLOB PRIMARY KEY NOT NULL,
    account_id BLOB REFERENCES accounts (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;

-- Attempts within a window, by a keyed name: wrong codes, wrong passwords.
CREATE TABLE throttles (
    name TEXT PRIMARY KEY NOT NULL,
    count INTEGER NOT NULL,
    resets_at INTEGER NOT NULL
) STRICT;

CREATE TABLE families (
    id BLOB PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    call_method TEXT,
    onboarded_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
    family_id BLOB NOT NULL REFERENCES families (id) ON DELETE CASCADE,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (family_id, account_id)
) STRICT;
CREATE INDEX members_by_account ON members (account_id);

CREATE TABLE callees (
    id BLOB PRIMARY KEY NOT NULL,
    family_id BLOB NOT NULL REFERENCES families (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    address_form TEXT NOT NULL,
    language TEXT NOT NULL,
    zone TEXT NOT NULL,
    call_method TEXT NOT NULL,
    phone TEXT,
    interests TEXT NOT NULL,
    consent_text TEXT,
    consent_by BLOB,
    consent_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX callees_by_family ON callees (family_id);

CREATE TABLE slots (
    id BLOB PRIMARY KEY NOT NULL,
    callee_id BLOB NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    slot_no INTEGER NOT NULL,
    local_time TEXT NOT NULL,
    weekdays INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    -- The next occurrence, and the local date that it stands for; null while off.
    next_at INTEGER,
    next_date TEXT,
    UNIQUE (callee_id, slot_no)
) STRICT;
CREATE INDEX slots_due ON slots (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE devices (
    id BLOB PRIMARY KEY NOT NULL,
    callee_id BLOB NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    family_id BLOB NOT NULL REFERENCES families (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    platform TEXT,
    state TEXT NOT NULL,
    secret_hash BLOB NOT NULL UNIQUE,
    app_version TEXT,
    battery_percent INTEGER,
    network TEXT,
    claimed_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    revoked_at INTEGER,
    last_seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX devices_by_callee ON devices (callee_id);

CREATE TABLE push_addresses (
    id BLOB PRIMARY KEY NOT NULL,
    device_id BLOB NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    environment TEXT NOT NULL,
    registered_at INTEGER NOT NULL,
    last_ok_at INTEGER,
    gone_at INTEGER,
    UNIQUE (device_id, channel)
) STRICT;
CREATE INDEX push_addresses_by_address ON push_addresses (channel, address);

CREATE TABLE pairings (
    id BLOB PRIMARY KEY NOT NULL,
    callee_id BLOB NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    -- The six digits, for the family's page and the claim; erased when the pairing closes.
    code TEXT,
    issued_by BLOB NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    device_id BLOB,
    closed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX pairings_live_code ON pairings (code) WHERE code IS NOT NULL;
CREATE INDEX pairings_by_callee ON pairings (callee_id);

CREATE TABLE calls (
    id BLOB PRIMARY KEY NOT NULL,
    family_id BLOB NOT NULL REFERENCES families (id) ON DELETE CASCADE,
    callee_id BLOB NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    -- 1 to 3, or 0 for "call now".
    slot_no INTEGER NOT NULL,
    local_date TEXT NOT NULL,
    call_method TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    due_at INTEGER NOT NULL,
    -- The present try: when it rings, and after which nothing may ring.
    ring_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    device_id BLOB,
    answered_at INTEGER,
    joined_at INTEGER,
    ended_at INTEGER,
    duration_s INTEGER,
    mood_score INTEGER,
    -- When the reconciling tick looks at it again; null once nothing is missing.
    check_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
-- One row for one promise, however many planners run. What was taken back may be promised anew.
CREATE UNIQUE INDEX calls_promise ON calls (callee_id, slot_no, local_date) WHERE slot_no > 0 AND state <> 'canceled';
-- One live call for a callee: a second "call now" finds the first.
CREATE UNIQUE INDEX calls_now ON calls (callee_id) WHERE slot_no = 0 AND state IN ('queued', 'ringing');
CREATE INDEX calls_by_family ON calls (family_id, due_at);
CREATE INDEX calls_by_callee ON calls (callee_id, due_at);
CREATE INDEX calls_open ON calls (expires_at) WHERE state IN ('queued', 'ringing', 'answered', 'in_progress');
CREATE INDEX calls_to_check ON calls (check_at) WHERE check_at IS NOT NULL;

CREATE TABLE ring_attempts (
    id BLOB PRIMARY KEY NOT NULL,
    call_id BLOB NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    try_no INTEGER NOT NULL,
    channel TEXT NOT NULL,
    -- Handed to the vendor at queue time, with the ring time.
    ahead INTEGER NOT NULL,
    device_id BLOB,
    push_address_id BLOB,
    address TEXT NOT NULL,
    environment TEXT NOT NULL,
    group_id BLOB NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    ring_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- When the next step with the vendor is due: send, look up, poll.
    act_at INTEGER,
    owner BLOB,
    fence INTEGER NOT NULL,
    lease_until INTEGER,
    sends INTEGER NOT NULL,
    reference TEXT,
    recipient TEXT,
    sent_at INTEGER,
    accepted_at INTEGER,
    rang_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ring_attempts_by_call ON ring_attempts (call_id);
CREATE INDEX ring_attempts_to_act ON ring_attempts (act_at) WHERE act_at IS NOT NULL;
CREATE INDEX ring_attempts_by_reference ON ring_attempts (reference) WHERE reference IS NOT NULL;

-- A conversation id that the provider gave to us, and the call that it belongs to.
CREATE TABLE conversations (
    provider TEXT NOT NULL,
    provider_ref TEXT NOT NULL,
    call_id BLOB NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    -- The try that it belongs to: an event of an earlier try says nothing of a later one.
    attempt_id BLOB NOT NULL,
    opened_at INTEGER NOT NULL,
    PRIMARY KEY (provider, provider_ref)
) STRICT;
CREATE INDEX conversations_by_call ON conversations (call_id);

CREATE TABLE timeline (
    id BLOB PRIMARY KEY NOT NULL,
    call_id BLOB NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    family_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    step TEXT NOT NULL,
    detail TEXT
) STRICT;
CREATE INDEX timeline_by_call ON timeline (call_id, at);

CREATE TABLE webhook_events (
    id BLOB PRIMARY KEY NOT NULL,
    provider TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL,
    event TEXT,
    provider_ref TEXT,
    call_id BLOB,
    note TEXT,
    received_at INTEGER NOT NULL,
    settled_at INTEGER,
    UNIQUE (provider, body_hash)
) STRICT;
CREATE INDEX webhook_events_parked ON webhook_events (received_at) WHERE state = 'parked';

CREATE TABLE transcripts (
    call_id BLOB PRIMARY KEY NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    provider_ref TEXT NOT NULL,
    language TEXT NOT NULL,
    turns TEXT NOT NULL,
    collected TEXT NOT NULL,
    provider_summary TEXT,
    stored_at INTEGER NOT NULL
) STRICT;

CREATE TABLE summaries (
    call_id BLOB NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    locale TEXT NOT NULL,
    headline TEXT NOT NULL,
    blocks TEXT NOT NULL,
    renderer TEXT NOT NULL,
    rendered_at INTEGER NOT NULL,
    PRIMARY KEY (call_id, locale)
) STRICT;

CREATE TABLE alerts (
    id BLOB PRIMARY KEY NOT NULL,
    -- Null for what only the staff can mend.
    family_id BLOB REFERENCES families (id) ON DELETE CASCADE,
    callee_id BLOB,
    call_id BLOB,
    kind TEXT NOT NULL,
    -- One open alert for one cause.
    cause TEXT NOT NULL UNIQUE,
    detail TEXT NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    acknowledged_at INTEGER,
    closed_at INTEGER,
    note TEXT
) STRICT;
CREATE INDEX alerts_by_family ON alerts (family_id, state);

CREATE TABLE jobs (
    id BLOB PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    -- A second job with the same key is the same job.
    key TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    lease_until INTEGER,
    last_error TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_waiting ON jobs (run_at) WHERE state = 'waiting';
