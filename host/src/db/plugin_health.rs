//! Plugin health: what each process says of each of its plugins, a row for both.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::plugin_health;
use super::{Conn, DbError, on};
use crate::domain::{Moment, NodeId, PluginHealth, PluginRest, PluginState, Quantiles};

/// One plugin in one process.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = plugin_health, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(primary_key(plugin, node_id), treat_none_as_null = true)]
struct Row {
    plugin: String,
    node_id: NodeId,
    version: String,
    digest: String,
    state: PluginState,
    calls: i64,
    failures: i64,
    plugin_p50_us: Option<i64>,
    plugin_p99_us: Option<i64>,
    vendor_p50_us: Option<i64>,
    vendor_p99_us: Option<i64>,
    resting_vendor: Option<String>,
    resting_since: Option<Moment>,
    resting_until: Option<Moment>,
    updated_at: Moment,
}

impl Row {
    fn of(health: &PluginHealth, node: NodeId, now: Moment) -> Self {
        let micros = |times: Option<Quantiles>, pick: fn(Quantiles) -> u64| times.map(|times| number(pick(times)));
        let rest = health.rest.as_ref();
        Self {
            plugin: health.plugin.clone(),
            node_id: node,
            version: health.version.clone(),
            digest: health.digest.clone(),
            state: health.state,
            calls: number(health.calls),
            failures: number(health.failures),
            plugin_p50_us: micros(health.plugin_time, |times| times.p50_us),
            plugin_p99_us: micros(health.plugin_time, |times| times.p99_us),
            vendor_p50_us: micros(health.vendor_time, |times| times.p50_us),
            vendor_p99_us: micros(health.vendor_time, |times| times.p99_us),
            resting_vendor: rest.and_then(|rest| rest.vendor.clone()),
            resting_since: rest.map(|rest| rest.since),
            resting_until: rest.map(|rest| rest.until),
            updated_at: now,
        }
    }

    fn health(self) -> PluginHealth {
        let times = |p50: Option<i64>, p99: Option<i64>| Some(Quantiles { p50_us: count(p50?), p99_us: count(p99?) });
        let span = self.resting_since.zip(self.resting_until);
        PluginHealth {
            plugin: self.plugin,
            version: self.version,
            digest: self.digest,
            state: self.state,
            calls: count(self.calls),
            failures: count(self.failures),
            plugin_time: times(self.plugin_p50_us, self.plugin_p99_us),
            vendor_time: times(self.vendor_p50_us, self.vendor_p99_us),
            rest: span.map(|(since, until)| PluginRest { vendor: self.resting_vendor, since, until }),
        }
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Writes what a process says of a plugin, in the place of what it said before.
pub async fn put(c: &mut Conn, health: &PluginHealth, node: NodeId, now: Moment) -> Result<(), DbError> {
    let row = Row::of(health, node, now);
    on!(c, c => {
        diesel::insert_into(plugin_health::table)
            .values(&row)
            .on_conflict((plugin_health::plugin, plugin_health::node_id))
            .do_update()
            .set(&row)
            .execute(c)
            .await
    })?;
    Ok(())
}

/// What was written after a moment, by plugin and process.
pub async fn written_after(c: &mut Conn, moment: Moment) -> Result<Vec<(NodeId, PluginHealth)>, DbError> {
    let rows: Vec<Row> = on!(c, c => {
        plugin_health::table
            .filter(plugin_health::updated_at.gt(moment))
            .order((plugin_health::plugin, plugin_health::node_id))
            .select(Row::as_select())
            .load(c)
            .await
    })?;
    Ok(rows.into_iter().map(|row| (row.node_id, row.health())).collect())
}

/// Forgets what was written before a moment: by processes that are gone.
pub async fn sweep(c: &mut Conn, before: Moment) -> Result<usize, DbError> {
    Ok(on!(c, c => {
        diesel::delete(plugin_health::table.filter(plugin_health::updated_at.lt(before))).execute(c).await
    })?)
}
