-- What is looked for by these stays as cheap when the tables have grown for years.
CREATE INDEX ring_attempts_by_group ON ring_attempts (group_id) WHERE ahead;
CREATE INDEX jobs_done ON jobs (created_at) WHERE state = 'done';
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX sessions_by_use ON sessions (last_seen_at);
CREATE INDEX pairings_open ON pairings (expires_at) WHERE closed_at IS NULL;
CREATE INDEX links_by_account ON links (account_id);
CREATE INDEX links_by_end ON links (expires_at);
CREATE INDEX throttles_by_end ON throttles (resets_at);
