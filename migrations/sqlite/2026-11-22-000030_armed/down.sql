CREATE TABLE steps (
    id BLOB PRIMARY KEY NOT NULL,
    call_id BLOB NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    family_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    step TEXT NOT NULL,
    detail TEXT
) STRICT;
INSERT INTO steps SELECT id, call_id, family_id, at, step, detail FROM timeline;
DROP TABLE timeline;
ALTER TABLE steps RENAME TO timeline;
CREATE INDEX timeline_by_call ON timeline (call_id, at);
DROP INDEX calls_open;
DROP INDEX calls_now;
DROP INDEX calls_promise;
ALTER TABLE calls DROP COLUMN open_until;
ALTER TABLE calls DROP COLUMN is_waiting;
ALTER TABLE calls DROP COLUMN is_promised;
CREATE INDEX calls_open ON calls (expires_at) WHERE state IN ('queued', 'ringing', 'answered', 'in_progress');
CREATE UNIQUE INDEX calls_now ON calls (callee_id) WHERE slot_no = 0 AND state IN ('queued', 'ringing');
CREATE UNIQUE INDEX calls_promise ON calls (callee_id, slot_no, local_date) WHERE slot_no > 0 AND state <> 'canceled';
DROP INDEX ring_attempts_by_submission;
ALTER TABLE ring_attempts DROP COLUMN submission;
CREATE INDEX ring_attempts_by_reference ON ring_attempts (reference) WHERE reference IS NOT NULL;
DROP INDEX ring_attempts_to_act;
CREATE INDEX ring_attempts_to_act ON ring_attempts (act_at) WHERE act_at IS NOT NULL;
DROP INDEX ring_attempts_unheld;
DROP INDEX ring_attempts_by_moment;
DROP TABLE nodes;
ALTER TABLE devices DROP COLUMN acknowledges;
