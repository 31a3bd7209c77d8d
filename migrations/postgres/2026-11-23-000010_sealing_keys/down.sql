ALTER TABLE nodes DROP COLUMN previous_sealing_key;
ALTER TABLE nodes DROP COLUMN sealing_key;
DROP TABLE sealing_keys;
