-- A call is open until it has ended. Told by its state, every step of an open call would write the index anew.
DROP INDEX calls_open;
ALTER TABLE calls DROP COLUMN open_until;
UPDATE calls SET ended_at = updated_at
    WHERE ended_at IS NULL AND state NOT IN ('queued', 'ringing', 'answered', 'in_progress');
ALTER TABLE calls ADD COLUMN open_until INTEGER GENERATED ALWAYS AS
    (CASE WHEN ended_at IS NULL THEN expires_at END) VIRTUAL;
CREATE INDEX calls_open ON calls (open_until) WHERE open_until IS NOT NULL;
