-- The processes that share the work. `beats` grows while one lives; others tell by their own clocks when it stands still.
CREATE TABLE nodes (
    id BYTEA PRIMARY KEY NOT NULL,
    beats BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

-- It has said of a ring that it rings: from then on it is expected to.
ALTER TABLE devices ADD COLUMN acknowledges BOOLEAN NOT NULL DEFAULT FALSE;

-- What rings at one moment, whoever holds it.
CREATE INDEX ring_attempts_by_moment ON ring_attempts (ring_at);
-- What is to go out and nobody holds.
CREATE INDEX ring_attempts_unheld ON ring_attempts (act_at) WHERE owner IS NULL AND act_at IS NOT NULL;
-- What a vendor was given ahead, or is to be: look-ups and submissions.
DROP INDEX ring_attempts_to_act;
CREATE INDEX ring_attempts_to_act ON ring_attempts (act_at) WHERE act_at IS NOT NULL AND ahead;

-- What the engine computes from a row. An index that named `reference` or `state` itself would be written anew for every
-- ring of a full hour: these columns stay as they are while a push is taken and its call goes from queued to ringing, so
-- those updates touch no index.
DROP INDEX ring_attempts_by_reference;
ALTER TABLE ring_attempts ADD COLUMN submission TEXT GENERATED ALWAYS AS (CASE WHEN ahead THEN reference END) STORED;
CREATE INDEX ring_attempts_by_submission ON ring_attempts (submission) WHERE submission IS NOT NULL;
DROP INDEX calls_promise;
DROP INDEX calls_now;
DROP INDEX calls_open;
ALTER TABLE calls
    ADD COLUMN is_promised BOOLEAN NOT NULL GENERATED ALWAYS AS (state <> 'canceled') STORED,
    ADD COLUMN is_waiting BOOLEAN NOT NULL GENERATED ALWAYS AS (state IN ('queued', 'ringing')) STORED,
    ADD COLUMN open_until BIGINT GENERATED ALWAYS AS
        (CASE WHEN state IN ('queued', 'ringing', 'answered', 'in_progress') THEN expires_at END) STORED;
CREATE UNIQUE INDEX calls_promise ON calls (callee_id, slot_no, local_date) WHERE slot_no > 0 AND is_promised;
CREATE UNIQUE INDEX calls_now ON calls (callee_id) WHERE slot_no = 0 AND is_waiting;
CREATE INDEX calls_open ON calls (open_until) WHERE open_until IS NOT NULL;

-- Steps are found by their call only: one index serves as both. A call's first step leaves room for the next ones.
ALTER TABLE timeline DROP CONSTRAINT timeline_pkey;
DROP INDEX timeline_by_call;
ALTER TABLE timeline ADD PRIMARY KEY (call_id, at, id) WITH (fillfactor = 30);

-- Each row is updated once or twice soon after it was written: room for a second copy of every row on its own page keeps
-- the indexes still.
ALTER TABLE ring_attempts SET (fillfactor = 45);
ALTER TABLE calls SET (fillfactor = 45);
ALTER TABLE slots SET (fillfactor = 45);
ALTER TABLE push_addresses SET (fillfactor = 80);

-- What goes with its parent goes by these triggers. A foreign key would do the same, but it looks up, locks and writes the
-- parent's row for every call, attempt and step of a full hour, where the parent is known to be there: the same
-- transaction has read it, or made it.
ALTER TABLE ring_attempts DROP CONSTRAINT ring_attempts_call_id_fkey;
ALTER TABLE timeline DROP CONSTRAINT timeline_call_id_fkey;
ALTER TABLE calls DROP CONSTRAINT calls_callee_id_fkey;
ALTER TABLE calls DROP CONSTRAINT calls_family_id_fkey;
CREATE FUNCTION calls_go_with_callees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM calls WHERE callee_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER calls_go AFTER DELETE ON callees REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION calls_go_with_callees();
CREATE FUNCTION steps_go_with_calls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM timeline WHERE call_id IN (SELECT id FROM gone);
    DELETE FROM ring_attempts WHERE call_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER steps_go AFTER DELETE ON calls REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION steps_go_with_calls();
