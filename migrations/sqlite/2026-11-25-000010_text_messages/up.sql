-- The phone number at which a person is told in a few words beside a letter. It is used once a code that was sent to it was
-- typed (verified_at), and until the vendor says that nothing arrives there (gone_at). Of the code there is the hash, how
-- long it is worth something, and how often somebody guessed.
CREATE TABLE notice_numbers (
    account_id BLOB PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    number TEXT NOT NULL,
    code_hash BLOB,
    code_until INTEGER,
    guesses INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    verified_at INTEGER,
    gone_at INTEGER
) STRICT;

-- Text messages: one for a person and a cause, by which notifier it went, what its vendor calls it, and what became of it.
-- Neither the number nor the words are kept.
CREATE TABLE text_messages (
    id BLOB PRIMARY KEY NOT NULL,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    cause TEXT NOT NULL,
    notifier TEXT,
    reference TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (account_id, cause)
) STRICT;
CREATE INDEX text_messages_by_reference ON text_messages (reference, notifier);
CREATE INDEX text_messages_by_age ON text_messages (made_at);
