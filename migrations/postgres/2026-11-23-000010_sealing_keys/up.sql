-- The names of the keys with which something in this database may be sealed. The keys themselves are in no database.
CREATE TABLE sealing_keys (
    name TEXT PRIMARY KEY NOT NULL,
    first_used_at BIGINT NOT NULL
);

-- With which key a host seals, and which other one it can read: none is put to use that a running host cannot read.
ALTER TABLE nodes ADD COLUMN sealing_key TEXT;
ALTER TABLE nodes ADD COLUMN previous_sealing_key TEXT;
