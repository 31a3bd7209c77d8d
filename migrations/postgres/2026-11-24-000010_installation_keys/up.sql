-- Keys that are the installation's own, made at its first start. Others know the installation by them, browsers for
-- instance, and trust no second one: they belong into every backup. Sealed where there is an encryption key.
CREATE TABLE installation_keys (
    name TEXT PRIMARY KEY NOT NULL,
    secret TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
