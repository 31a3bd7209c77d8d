-- What each process knows of each of its plugins, written anew every few seconds. A row that is not, is of a process
-- that is gone.
CREATE TABLE plugin_health (
    plugin TEXT NOT NULL,
    node_id BYTEA NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    calls BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    plugin_p50_us BIGINT,
    plugin_p99_us BIGINT,
    vendor_p50_us BIGINT,
    vendor_p99_us BIGINT,
    -- A rest has the last two; the vendor is null when it is the plugin itself that rests.
    resting_vendor TEXT,
    resting_since BIGINT,
    resting_until BIGINT,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (plugin, node_id)
);
CREATE INDEX plugin_health_by_age ON plugin_health (updated_at);
