-- Ids are UUIDv7 in 16 bytes, moments are microseconds since 1970 in UTC, JSON is text.

CREATE TABLE accounts (
    id BYTEA PRIMARY KEY NOT NULL,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    locale TEXT NOT NULL,
    zone TEXT NOT NULL,
    staff_role TEXT,
    confirmed_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    id BYTEA PRIMARY KEY NOT NULL,
    account_id BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    secret_hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);

-- One-time links: confirm an address, reset a password, sign in, set up the first staff account.
CREATE TABLE links (
    secret_hash BYTEA PRIMARY KEY NOT NULL,
    account_id BYTEA REFERENCES accounts (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Attempts within a window, by a keyed name: wrong codes, wrong passwords.
CREATE TABLE throttles (
    name TEXT PRIMARY KEY NOT NULL,
    count INTEGER NOT NULL,
    resets_at BIGINT NOT NULL
);

CREATE TABLE families (
    id BYTEA PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    call_method TEXT,
    onboarded_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE members (
    family_id BYTEA NOT NULL REFERENCES families (id) ON DELETE CASCADE,
    account_id BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (family_id, account_id)
);
CREATE INDEX members_by_account ON members (account_id);

CREATE TABLE callees (
    id BYTEA PRIMARY KEY NOT NULL,
    family_id BYTEA NOT NULL REFERENCES families (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    address_form TEXT NOT NULL,
    language TEXT NOT NULL,
    zone TEXT NOT NULL,
    call_method TEXT NOT NULL,
    phone TEXT,
    interests TEXT NOT NULL,
    consent_text TEXT,
    consent_by BYTEA,
    consent_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX callees_by_family ON callees (family_id);

CREATE TABLE slots (
    id BYTEA PRIMARY KEY NOT NULL,
    callee_id BYTEA NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    slot_no INTEGER NOT NULL,
    local_time TEXT NOT NULL,
    weekdays INTEGER NOT NULL,
    enabled BOOLEAN NOT NULL,
    -- The next occurrence, and the local date that it stands for; null while off.
    next_at BIGINT,
    next_date TEXT,
    UNIQUE (callee_id, slot_no)
);
CREATE INDEX slots_due ON slots (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE devices (
    id BYTEA PRIMARY KEY NOT NULL,
    callee_id BYTEA NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    family_id BYTEA NOT NULL REFERENCES families (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    platform TEXT,
    state TEXT NOT NULL,
    secret_hash BYTEA NOT NULL UNIQUE,
    app_version TEXT,
    battery_percent INTEGER,
    network TEXT,
    claimed_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    revoked_at BIGINT,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX devices_by_callee ON devices (callee_id);

CREATE TABLE push_addresses (
    id BYTEA PRIMARY KEY NOT NULL,
    device_id BYTEA NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    environment TEXT NOT NULL,
    registered_at BIGINT NOT NULL,
    last_ok_at BIGINT,
    gone_at BIGINT,
    UNIQUE (device_id, channel)
);
CREATE INDEX push_addresses_by_address ON push_addresses (channel, address);

CREATE TABLE pairings (
    id BYTEA PRIMARY KEY NOT NULL,
    callee_id BYTEA NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    -- The six digits, for the family's page and the claim; erased when the pairing closes.
    code TEXT,
    issued_by BYTEA NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    device_id BYTEA,
    closed_at BIGINT
);
CREATE UNIQUE INDEX pairings_live_code ON pairings (code) WHERE code IS NOT NULL;
CREATE INDEX pairings_by_callee ON pairings (callee_id);

CREATE TABLE calls (
    id BYTEA PRIMARY KEY NOT NULL,
    family_id BYTEA NOT NULL REFERENCES families (id) ON DELETE CASCADE,
    callee_id BYTEA NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    -- 1 to 3, or 0 for "call now".
    slot_no INTEGER NOT NULL,
    local_date TEXT NOT NULL,
    call_method TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    due_at BIGINT NOT NULL,
    -- The present try: when it rings, and after which nothing may ring.
    ring_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries INTEGER NOT NULL,
    device_id BYTEA,
    answered_at BIGINT,
    joined_at BIGINT,
    ended_at BIGINT,
    duration_s INTEGER,
    mood_score INTEGER,
    -- When the reconciling tick looks at it again; null once nothing is missing.
    check_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- One row for one promise, however many planners run. What was taken back may be promised anew.
CREATE UNIQUE INDEX calls_promise ON calls (callee_id, slot_no, local_date) WHERE slot_no > 0 AND state <> 'canceled';
-- One live call for a callee: a second "call now" finds the first.
CREATE UNIQUE INDEX calls_now ON calls (callee_id) WHERE slot_no = 0 AND state IN ('queued', 'ringing');
CREATE INDEX calls_by_family ON calls (family_id, due_at);
CREATE INDEX calls_by_callee ON calls (callee_id, due_at);
CREATE INDEX calls_open ON calls (expires_at) WHERE state IN ('queued', 'ringing', 'answered', 'in_progress');
CREATE INDEX calls_to_check ON calls (check_at) WHERE check_at IS NOT NULL;

CREATE TABLE ring_attempts (
    id BYTEA PRIMARY KEY NOT NULL,
    call_id BYTEA NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    try_no INTEGER NOT NULL,
    channel TEXT NOT NULL,
    -- Handed to the vendor at queue time, with the ring time.
    ahead BOOLEAN NOT NULL,
    device_id BYTEA,
    push_address_id BYTEA,
    address TEXT NOT NULL,
    environment TEXT NOT NULL,
    group_id BYTEA NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    ring_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- When the next step with the vendor is due: send, look up, poll.
    act_at BIGINT,
    owner BYTEA,
    fence INTEGER NOT NULL,
    lease_until BIGINT,
    sends INTEGER NOT NULL,
    reference TEXT,
    recipient TEXT,
    sent_at BIGINT,
    accepted_at BIGINT,
    rang_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX ring_attempts_by_call ON ring_attempts (call_id);
CREATE INDEX ring_attempts_to_act ON ring_attempts (act_at) WHERE act_at IS NOT NULL;
CREATE INDEX ring_attempts_by_reference ON ring_attempts (reference) WHERE reference IS NOT NULL;

-- A conversation id that the provider gave to us, and the call that it belongs to.
CREATE TABLE conversations (
    provider TEXT NOT NULL,
    provider_ref TEXT NOT NULL,
    call_id BYTEA NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    -- The try that it belongs to: an event of an earlier try says nothing of a later one.
    attempt_id BYTEA NOT NULL,
    opened_at BIGINT NOT NULL,
    PRIMARY KEY (provider, provider_ref)
);
CREATE INDEX conversations_by_call ON conversations (call_id);

CREATE TABLE timeline (
    id BYTEA PRIMARY KEY NOT NULL,
    call_id BYTEA NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    family_id BYTEA NOT NULL,
    at BIGINT NOT NULL,
    step TEXT NOT NULL,
    detail TEXT
);
CREATE INDEX timeline_by_call ON timeline (call_id, at);

CREATE TABLE webhook_events (
    id BYTEA PRIMARY KEY NOT NULL,
    provider TEXT NOT NULL,
    body_hash BYTEA NOT NULL,
    body BYTEA NOT NULL,
    state TEXT NOT NULL,
    event TEXT,
    provider_ref TEXT,
    call_id BYTEA,
    note TEXT,
    received_at BIGINT NOT NULL,
    settled_at BIGINT,
    UNIQUE (provider, body_hash)
);
CREATE INDEX webhook_events_parked ON webhook_events (received_at) WHERE state = 'parked';

CREATE TABLE transcripts (
    call_id BYTEA PRIMARY KEY NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    provider_ref TEXT NOT NULL,
    language TEXT NOT NULL,
    turns TEXT NOT NULL,
    collected TEXT NOT NULL,
    provider_summary TEXT,
    stored_at BIGINT NOT NULL
);

CREATE TABLE summaries (
    call_id BYTEA NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    locale TEXT NOT NULL,
    headline TEXT NOT NULL,
    blocks TEXT NOT NULL,
    renderer TEXT NOT NULL,
    rendered_at BIGINT NOT NULL,
    PRIMARY KEY (call_id, locale)
);

CREATE TABLE alerts (
    id BYTEA PRIMARY KEY NOT NULL,
    -- Null for what only the staff can mend.
    family_id BYTEA REFERENCES families (id) ON DELETE CASCADE,
    callee_id BYTEA,
    call_id BYTEA,
    kind TEXT NOT NULL,
    -- One open alert for one cause.
    cause TEXT NOT NULL UNIQUE,
    detail TEXT NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    closed_at BIGINT,
    note TEXT
);
CREATE INDEX alerts_by_family ON alerts (family_id, state);

CREATE TABLE jobs (
    id BYTEA PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    -- A second job with the same key is the same job.
    key TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    lease_until BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX jobs_waiting ON jobs (run_at) WHERE state = 'waiting';
