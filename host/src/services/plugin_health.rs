//! Plugin health: each process tells the database how its plugins are, the staff's page and `plugin list` read it, and
//! a rest that begins opens an alert of the staff, which closes by itself when the rest has ended well. So does what only
//! the operator could mend, when it works again.

use std::collections::{BTreeMap, BTreeSet};

use futures::FutureExt;

use super::error::ServiceError;
use super::staff_alerts::closing;
use crate::app::App;
use crate::config::Config;
use crate::db::alerts::{self, Alert};
use crate::db::{Conn, DbError, Location, plugin_health};
use crate::domain::{AlertId, AlertKind, AlertState, Moment, NodeId, PluginHealth};

/// Between two reports of one process, in seconds.
pub const PERIOD_S: u64 = 15;
/// A report that is older is of a process that has gone: three in a row are missing.
const FRESH_S: i64 = 60;
/// Reports that nobody can want any more.
const KEPT_S: i64 = 3_600;

/// Reports how this process's plugins are. Returns 0: there is never more of the same at once.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let (node, now, health, proofs) = (app.node, app.clock.now(), app.plugins.health(), app.proofs.clone());
    app.db
        .write(move |c| {
            async move {
                for plugin in &health {
                    plugin_health::put(c, plugin, node, now).await?;
                }
                keep_alerts(c, now).await?;
                closing::close_mended(c, &proofs, now).await?;
                Ok::<_, ServiceError>(0)
            }
            .boxed()
        })
        .await
}

/// One alert for each plugin that rests anywhere, from the rest's begin until a call has shown that it is over.
async fn keep_alerts(c: &mut Conn, now: Moment) -> Result<(), DbError> {
    let reports = fresh(c, now).await?;
    let mut resting: BTreeMap<&str, &PluginHealth> = BTreeMap::new();
    for (_, health) in reports.iter().filter(|(_, health)| health.rest.is_some()) {
        resting.entry(&health.plugin).or_insert(health);
    }
    let mut told: BTreeSet<String> = BTreeSet::new();
    for alert in alerts::unclosed_of_kind(c, AlertKind::Resting).await? {
        let plugin = serde_json::from_str::<serde_json::Value>(&alert.detail)
            .ok()
            .and_then(|detail| Some(detail.get("plugin")?.as_str()?.to_owned()))
            .unwrap_or_default();
        if resting.contains_key(plugin.as_str()) {
            told.insert(plugin);
        } else {
            alerts::close(c, alert.id, None, now).await?;
        }
    }
    for health in resting.into_values().filter(|health| !told.contains(&health.plugin)) {
        alerts::open(c, &alert(health, now)).await?;
    }
    Ok(())
}

fn alert(health: &PluginHealth, now: Moment) -> Alert {
    let rest = health.rest.as_ref();
    let since = rest.map_or(now, |rest| rest.since);
    Alert {
        id: AlertId::new(),
        family_id: None,
        callee_id: None,
        call_id: None,
        kind: AlertKind::Resting,
        cause: format!("resting:{}:{}", health.plugin, since.0),
        detail: serde_json::json!({ "plugin": health.plugin, "rest": rest }).to_string(),
        evidence: "[]".to_owned(),
        state: AlertState::Open,
        opened_at: now,
        acknowledged_at: None,
        closed_at: None,
        note: None,
        acknowledged_by: None,
        last_at: None,
        times: 1,
    }
}

/// How the plugins are in every process that is alive.
pub(super) async fn fresh(c: &mut Conn, now: Moment) -> Result<Vec<(NodeId, PluginHealth)>, DbError> {
    plugin_health::written_after(c, now.plus_secs(-FRESH_S)).await
}

/// How each plugin of this process is: here, or worse in another process that is alive.
pub(super) async fn of_all(app: &App, c: &mut Conn) -> Result<BTreeMap<String, PluginHealth>, DbError> {
    let mut by_plugin: BTreeMap<String, PluginHealth> =
        app.plugins.health().into_iter().map(|health| (health.plugin.clone(), health)).collect();
    for (node, elsewhere) in fresh(c, app.clock.now()).await? {
        if let Some(here) = by_plugin.get_mut(&elsewhere.plugin)
            && node != app.node
        {
            here.calls = here.calls.saturating_add(elsewhere.calls);
            if elsewhere.state > here.state {
                (here.state, here.rest) = (elsewhere.state, elsewhere.rest);
            }
        }
    }
    Ok(by_plugin)
}

/// How the plugins are in the processes that serve this configuration now, as they report it: by plugin, with the
/// process. Reads the database, and neither makes nor changes one; empty when there is none.
pub async fn reported(config: &Config, now: Moment) -> Result<Vec<(NodeId, PluginHealth)>, DbError> {
    let Some(location) = Location::of(config) else { return Ok(Vec::new()) };
    let Some(mut c) = location.peek().await? else { return Ok(Vec::new()) };
    fresh(&mut c, now).await
}

/// Forgets the reports of processes that are gone.
pub(super) async fn sweep(c: &mut Conn, now: Moment) -> Result<(), DbError> {
    plugin_health::sweep(c, now.plus_secs(-KEPT_S)).await.map(|_| ())
}
