DROP TABLE alert_notices;
ALTER TABLE alerts DROP COLUMN acknowledged_by;
ALTER TABLE members DROP COLUMN contact_order;
DROP TABLE past_slots;
ALTER TABLE slots DROP COLUMN since;
DROP INDEX webhook_events_by_age;
-- A body that is compressed cannot be read by the version before: it goes.
DELETE FROM webhook_events WHERE codec <> 'plain';
ALTER TABLE webhook_events DROP COLUMN body_bytes;
ALTER TABLE webhook_events DROP COLUMN codec;
