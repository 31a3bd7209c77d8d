-- What a family leaves to be told to a callee, and the talk in which the companion had it (told_in).
CREATE TABLE family_messages (
    id BYTEA PRIMARY KEY NOT NULL,
    callee_id BYTEA NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    account_id BYTEA REFERENCES accounts (id) ON DELETE SET NULL,
    text TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    told_at BIGINT,
    told_in BYTEA REFERENCES calls (id) ON DELETE SET NULL
);
CREATE INDEX family_messages_by_callee ON family_messages (callee_id, told_at);
