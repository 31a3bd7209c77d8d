-- What the staff is told of may be seen more than once: when last, and how often. Null: once, when it was opened.
ALTER TABLE alerts ADD COLUMN last_at INTEGER;
ALTER TABLE alerts ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
