-- The names of the keys with which something in this database may be sealed. The keys themselves are in no database.
CREATE TABLE sealing_keys (
    name TEXT PRIMARY KEY NOT NULL,
    first_used_at BIGINT NOT NULL
);
