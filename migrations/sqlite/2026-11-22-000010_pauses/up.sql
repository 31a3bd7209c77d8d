-- A time without scheduled calls, in the callee's local dates, the first and the last included. A null last date is
-- open-ended; an ended pause holds no more, and stays for whoever asks why nobody called.
CREATE TABLE pauses (
    id BLOB PRIMARY KEY NOT NULL,
    callee_id BLOB NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    from_date TEXT NOT NULL,
    until_date TEXT,
    reason TEXT,
    made_by BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX pauses_by_callee ON pauses (callee_id) WHERE ended_at IS NULL;

-- One slot that does not call on one local date.
CREATE TABLE skips (
    callee_id BLOB NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    slot_no INTEGER NOT NULL,
    local_date TEXT NOT NULL,
    made_by BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (callee_id, slot_no, local_date)
) STRICT;

-- What the installation remembers of itself, one line each.
CREATE TABLE facts (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT;

-- A call that was taken back when it had rung before has had its day too: the slot may not promise it anew.
-- Where that was done before this rule, the one that was taken back counts as one that had not rung.
UPDATE calls SET tries = 1 WHERE slot_no > 0 AND state = 'canceled' AND tries > 1 AND EXISTS (
    SELECT 1 FROM calls AS other
    WHERE other.callee_id = calls.callee_id AND other.slot_no = calls.slot_no
        AND other.local_date = calls.local_date AND other.id <> calls.id
);
DROP INDEX calls_promise;
CREATE UNIQUE INDEX calls_promise ON calls (callee_id, slot_no, local_date)
    WHERE slot_no > 0 AND (state <> 'canceled' OR tries > 1);
