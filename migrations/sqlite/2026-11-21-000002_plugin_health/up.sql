-- What each process knows of each of its plugins, written anew every few seconds. A row that is not, is of a process
-- that is gone.
CREATE TABLE plugin_health (
    plugin TEXT NOT NULL,
    node_id BLOB NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    calls INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    plugin_p50_us INTEGER,
    plugin_p99_us INTEGER,
    vendor_p50_us INTEGER,
    vendor_p99_us INTEGER,
    -- A rest has the last two; the vendor is null when it is the plugin itself that rests.
    resting_vendor TEXT,
    resting_since INTEGER,
    resting_until INTEGER,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (plugin, node_id)
) STRICT;
CREATE INDEX plugin_health_by_age ON plugin_health (updated_at);
