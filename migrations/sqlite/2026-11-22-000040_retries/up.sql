-- What the family wishes when nobody picks up: tries for one promised call, and the wait between two. Null is the
-- installation's own setting.
ALTER TABLE callees ADD COLUMN tries INTEGER;
ALTER TABLE callees ADD COLUMN retry_after_s INTEGER;

-- Nobody asked for it, and it was written for every ring.
ALTER TABLE push_addresses DROP COLUMN last_ok_at;
