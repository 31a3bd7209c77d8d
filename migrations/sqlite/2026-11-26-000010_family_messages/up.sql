-- What a family leaves to be told to a callee, and the talk in which the companion had it (told_in).
CREATE TABLE family_messages (
    id BLOB PRIMARY KEY NOT NULL,
    callee_id BLOB NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    account_id BLOB REFERENCES accounts (id) ON DELETE SET NULL,
    text TEXT NOT NULL,
    written_at INTEGER NOT NULL,
    told_at INTEGER,
    told_in BLOB REFERENCES calls (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX family_messages_by_callee ON family_messages (callee_id, told_at);
