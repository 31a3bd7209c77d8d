-- Who does it now: when that process dies, the job need not wait for the end of its lease.
ALTER TABLE jobs ADD COLUMN owner BYTEA;
