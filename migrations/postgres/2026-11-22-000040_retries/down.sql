ALTER TABLE push_addresses ADD COLUMN last_ok_at BIGINT;
ALTER TABLE callees DROP COLUMN tries;
ALTER TABLE callees DROP COLUMN retry_after_s;
