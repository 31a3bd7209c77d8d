DROP INDEX calls_promise;
CREATE UNIQUE INDEX calls_promise ON calls (callee_id, slot_no, local_date) WHERE slot_no > 0 AND state <> 'canceled';
DROP TABLE facts;
DROP TABLE skips;
DROP TABLE pauses;
