-- The inbox keeps bodies compressed: `codec` says how. Those that are there stay as they are, and readable.
ALTER TABLE webhook_events ADD COLUMN codec TEXT NOT NULL DEFAULT 'plain';
-- The length as it came.
ALTER TABLE webhook_events ADD COLUMN body_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE webhook_events SET body_bytes = octet_length(body);
-- Reading the inbox again goes along it.
CREATE INDEX webhook_events_by_age ON webhook_events (received_at, id);

-- From when a slot has its present time, days and zone. What was promised before we do not know.
ALTER TABLE slots ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
UPDATE slots SET since = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;

-- What a slot promised until its time, its days or the callee's zone changed, or it was dropped.
CREATE TABLE past_slots (
    callee_id BYTEA NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    slot_no INTEGER NOT NULL,
    local_time TEXT NOT NULL,
    weekdays INTEGER NOT NULL,
    zone TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (callee_id, slot_no, until)
);

-- Whom an alert is told first. Null: after those who have a place, the owner first, then as they joined.
ALTER TABLE members ADD COLUMN contact_order INTEGER;

-- Who took the alert in hand.
ALTER TABLE alerts ADD COLUMN acknowledged_by BYTEA;

-- Who was told of an alert, in which place, and the secret of the link with which they can take it in hand.
CREATE TABLE alert_notices (
    alert_id BYTEA NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    account_id BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    secret_hash BYTEA NOT NULL UNIQUE,
    told_at BIGINT NOT NULL,
    PRIMARY KEY (alert_id, account_id)
);
CREATE INDEX alert_notices_by_account ON alert_notices (account_id);
