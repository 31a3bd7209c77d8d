DROP INDEX calls_open;
ALTER TABLE calls DROP COLUMN open_until;
ALTER TABLE calls ADD COLUMN open_until INTEGER GENERATED ALWAYS AS
    (CASE WHEN state IN ('queued', 'ringing', 'answered', 'in_progress') THEN expires_at END) VIRTUAL;
CREATE INDEX calls_open ON calls (open_until) WHERE open_until IS NOT NULL;
