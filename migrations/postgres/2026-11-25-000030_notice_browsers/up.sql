-- The browsers in which people want to be told, each by its subscription of Web Push, perhaps sealed. Its push service may say
-- that it is over (gone_at).
CREATE TABLE notice_browsers (
    id BYTEA PRIMARY KEY NOT NULL,
    account_id BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    gone_at BIGINT
);
CREATE INDEX notice_browsers_by_account ON notice_browsers (account_id);
CREATE INDEX notice_browsers_by_address ON notice_browsers (address);
