DROP INDEX throttles_by_end;
DROP INDEX links_by_end;
DROP INDEX links_by_account;
DROP INDEX pairings_open;
DROP INDEX sessions_by_use;
DROP INDEX sessions_by_end;
DROP INDEX jobs_done;
DROP INDEX ring_attempts_by_group;
