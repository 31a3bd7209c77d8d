-- The evening on which the family is told next of the callee's week; null before the first talk.
ALTER TABLE callees ADD COLUMN digest_at INTEGER;
CREATE INDEX callees_digest_due ON callees (digest_at) WHERE digest_at IS NOT NULL;

-- What was told of a week, by its last day (YYYY-MM-DD, on the callee's calendar), in each language of the pages. The
-- parts are JSON, and so are the ids of the week's calls: a part rests on them by their place in that list.
CREATE TABLE digests (
    callee_id BLOB NOT NULL REFERENCES callees (id) ON DELETE CASCADE,
    last_day TEXT NOT NULL,
    locale TEXT NOT NULL,
    mood_score INTEGER,
    parts TEXT NOT NULL,
    calls TEXT NOT NULL,
    renderer TEXT NOT NULL,
    rendered_at INTEGER NOT NULL,
    PRIMARY KEY (callee_id, last_day, locale)
) STRICT;
