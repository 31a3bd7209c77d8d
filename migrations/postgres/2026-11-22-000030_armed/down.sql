DROP INDEX ring_attempts_by_reference;
CREATE INDEX ring_attempts_by_reference ON ring_attempts (reference) WHERE reference IS NOT NULL;
DROP INDEX ring_attempts_to_act;
CREATE INDEX ring_attempts_to_act ON ring_attempts (act_at) WHERE act_at IS NOT NULL;
DROP INDEX ring_attempts_unheld;
DROP INDEX ring_attempts_by_moment;
DROP TABLE nodes;
ALTER TABLE devices DROP COLUMN acknowledges;
