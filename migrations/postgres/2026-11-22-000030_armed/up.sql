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
-- What a vendor was given ahead, or is to be: look-ups and submissions. The rest is not in it, so that the outcome of a
-- push touches no index.
DROP INDEX ring_attempts_to_act;
CREATE INDEX ring_attempts_to_act ON ring_attempts (act_at) WHERE act_at IS NOT NULL AND ahead;
DROP INDEX ring_attempts_by_reference;
CREATE INDEX ring_attempts_by_reference ON ring_attempts (reference) WHERE reference IS NOT NULL AND ahead;

-- Each row is updated once or twice soon after it was written: room for that on its own page keeps the indexes still.
ALTER TABLE ring_attempts SET (fillfactor = 60);
ALTER TABLE calls SET (fillfactor = 60);
ALTER TABLE push_addresses SET (fillfactor = 80);
