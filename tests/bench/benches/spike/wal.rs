//! The ledger: what PostgreSQL wrote between two moments, read from its log: bytes, of which whole pages after a
//! checkpoint, and transactions. What other databases of the server did is not counted.

use crate::store::Store;
use crate::table::Bar::AtMost;
use crate::table::Table;

/// From the opening to the closing.
#[derive(Default)]
pub(crate) struct Ledger {
    from: String,
    to: String,
}

impl Ledger {
    pub(crate) async fn open(&mut self, store: &Store) -> anyhow::Result<()> {
        self.from = place(store).await?;
        Ok(())
    }

    pub(crate) async fn close(&mut self, store: &Store) -> anyhow::Result<()> {
        self.to = place(store).await?;
        Ok(())
    }

    /// Nothing on SQLite, which has no such log.
    pub(crate) async fn tell(&self, store: &Store, table: &mut Table, calls: usize) -> anyhow::Result<()> {
        if !store.is_postgres() {
            return Ok(());
        }
        store.execute("CREATE EXTENSION IF NOT EXISTS pg_walinspect").await?;
        let records = format!(
            "FROM pg_get_wal_records_info('{}', '{}') AS r, pg_database AS d \
             WHERE d.datname = current_database() AND r.block_ref LIKE '%/' || d.oid || '/%'",
            self.from, self.to
        );
        let each = |number: f64| number / calls as f64;
        let bytes = store.number(&format!("SELECT sum(r.record_length - r.fpi_length) {records}")).await?;
        let pages = store.number(&format!("SELECT sum(r.fpi_length) {records}")).await?;
        // The server is the benchmark's own: every commit is the host's. A process's signs of life are no call's.
        let transactions = store
            .number(&format!(
                "SELECT (SELECT count(*) FROM pg_get_wal_records_info('{}', '{}') AS c \
                    WHERE c.resource_manager = 'Transaction' AND c.record_type LIKE 'COMMIT%') \
                 - (SELECT count(*) FROM (SELECT r.xid::text {records} AND r.xid::text <> '0' GROUP BY 1 \
                    HAVING bool_and(substring(r.block_ref FROM 'rel [0-9]+/[0-9]+/([0-9]+)')::bigint IN \
                        (SELECT pg_relation_filenode(oid) FROM pg_class \
                         WHERE relname ~ '^(nodes|plugin_health)'))) AS signs)",
                self.from, self.to
            ))
            .await?;
        table.held("writing transactions a call", each(transactions), AtMost(0.004));
        table.held("bytes of WAL a call", each(bytes + pages), AtMost(3_000.0));
        table.note("  of which whole pages after the checkpoint", each(pages));
        let by_table = store
            .texts(&format!(
                "SELECT coalesce(c.relname, '?') || ' ' || t.kind || ' ' || t.bytes || ' ' || t.number AS text FROM ( \
                    SELECT substring(r.block_ref FROM 'rel [0-9]+/[0-9]+/([0-9]+)')::bigint AS file, \
                        r.resource_manager || '/' || r.record_type AS kind, \
                        sum(r.record_length) AS bytes, count(*) AS number {records} GROUP BY 1, 2) AS t \
                 LEFT JOIN pg_class AS c ON pg_relation_filenode(c.oid) = t.file ORDER BY t.bytes DESC LIMIT 24"
            ))
            .await?;
        for line in by_table {
            if let [name, kind, bytes, number] = line.split(' ').collect::<Vec<_>>()[..] {
                let (bytes, number) = (each(bytes.parse()?), each(number.parse()?));
                println!("    {name:<30} {kind:<24} {bytes:>8.0} bytes, {number:.2} records a call");
            }
        }
        Ok(())
    }
}

async fn place(store: &Store) -> anyhow::Result<String> {
    if !store.is_postgres() {
        return Ok(String::new());
    }
    let places = store.texts("SELECT pg_current_wal_flush_lsn()::text AS text").await?;
    places.into_iter().next().ok_or_else(|| anyhow::anyhow!("the server did not say where its log is"))
}
