ALTER TABLE callees DROP COLUMN tries;
ALTER TABLE callees DROP COLUMN retry_after_s;
