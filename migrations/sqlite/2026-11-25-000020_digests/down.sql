DROP TABLE digests;
DROP INDEX callees_digest_due;
ALTER TABLE callees DROP COLUMN digest_at;
