-- What a member of a family said that they want, or do not want, to be told of, by each way. Where there is no row, the
-- way's usual holds.
CREATE TABLE notice_wishes (
    family_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    event TEXT NOT NULL,
    way TEXT NOT NULL,
    wanted INTEGER NOT NULL,
    PRIMARY KEY (family_id, account_id, event, way),
    FOREIGN KEY (family_id, account_id) REFERENCES members (family_id, account_id) ON DELETE CASCADE
) STRICT;

-- How a person wants to be told, whatever the family: in which language (null: as their pages), and in which hours not,
-- HH:MM on the clock of the account's zone (both null: always). Whether worrying words may come in these hours too.
CREATE TABLE notice_readers (
    account_id BLOB PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    locale TEXT,
    quiet_from TEXT,
    quiet_until TEXT,
    worries_wake INTEGER NOT NULL
) STRICT;

-- The secret of the link in a letter with which its reader ends one wish of theirs.
CREATE TABLE notice_links (
    secret_hash BLOB PRIMARY KEY NOT NULL,
    family_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    event TEXT NOT NULL,
    way TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    FOREIGN KEY (family_id, account_id) REFERENCES members (family_id, account_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX notice_links_by_member ON notice_links (family_id, account_id);
CREATE INDEX notice_links_by_age ON notice_links (made_at);
