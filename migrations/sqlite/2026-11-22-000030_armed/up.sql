-- The processes that share the work. `beats` grows while one lives; others tell by their own clocks when it stands still.
CREATE TABLE nodes (
    id BLOB PRIMARY KEY NOT NULL,
    beats INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;

-- It has said of a ring that it rings: from then on it is expected to.
ALTER TABLE devices ADD COLUMN acknowledges INTEGER NOT NULL DEFAULT 0;

-- What rings at one moment, whoever holds it.
CREATE INDEX ring_attempts_by_moment ON ring_attempts (ring_at);
-- What is to go out and nobody holds.
CREATE INDEX ring_attempts_unheld ON ring_attempts (act_at) WHERE owner IS NULL AND act_at IS NOT NULL;
-- What a vendor was given ahead, or is to be: look-ups and submissions.
DROP INDEX ring_attempts_to_act;
CREATE INDEX ring_attempts_to_act ON ring_attempts (act_at) WHERE act_at IS NOT NULL AND ahead;

-- What the engine computes from a row, and the indexes on it: see the twin of this file for PostgreSQL.
DROP INDEX ring_attempts_by_reference;
ALTER TABLE ring_attempts ADD COLUMN submission TEXT GENERATED ALWAYS AS (CASE WHEN ahead THEN reference END) VIRTUAL;
CREATE INDEX ring_attempts_by_submission ON ring_attempts (submission) WHERE submission IS NOT NULL;
DROP INDEX calls_promise;
DROP INDEX calls_now;
DROP INDEX calls_open;
ALTER TABLE calls ADD COLUMN is_promised INTEGER GENERATED ALWAYS AS (state <> 'canceled') VIRTUAL;
ALTER TABLE calls ADD COLUMN is_waiting INTEGER GENERATED ALWAYS AS (state IN ('queued', 'ringing')) VIRTUAL;
ALTER TABLE calls ADD COLUMN open_until INTEGER GENERATED ALWAYS AS
    (CASE WHEN state IN ('queued', 'ringing', 'answered', 'in_progress') THEN expires_at END) VIRTUAL;
CREATE UNIQUE INDEX calls_promise ON calls (callee_id, slot_no, local_date) WHERE slot_no > 0 AND is_promised;
CREATE UNIQUE INDEX calls_now ON calls (callee_id) WHERE slot_no = 0 AND is_waiting;
CREATE INDEX calls_open ON calls (open_until) WHERE open_until IS NOT NULL;

-- Steps are found by their call only, and lie beside each other.
CREATE TABLE steps (
    id BLOB NOT NULL,
    call_id BLOB NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    family_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    step TEXT NOT NULL,
    detail TEXT,
    PRIMARY KEY (call_id, at, id)
) STRICT, WITHOUT ROWID;
INSERT INTO steps SELECT id, call_id, family_id, at, step, detail FROM timeline;
DROP TABLE timeline;
ALTER TABLE steps RENAME TO timeline;
