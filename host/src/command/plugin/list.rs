//! `callpanion plugin list`: which plugins there are, and how they are in the processes that run now.
//!
//! What a plugin is stands in its files; how it is, every serving process reports to the database, which is only
//! looked into. Where nothing runs there is nothing to tell, and that is no error.

use anyhow::anyhow;
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::command::args::PluginListArgs;
use crate::command::{Outcome, load_config};
use crate::config::Config;
use crate::domain::{Moment, NodeId, PluginHealth, Quantiles};
use crate::plugins::package::{PackageStore, resolve};
use crate::plugins::read_manifest;
use crate::services::plugin_health;

/// Enough of a digest to tell two apart by eye.
const DIGEST_SHOWN: usize = 12;
/// The last digits of a process's id: the first ones are the time at which it began.
const NODE_SHOWN: usize = 4;
const NOTHING: &str = "-";
/// The column of the process, which is left out where each plugin has one.
const PROCESS: usize = 1;
/// The first column of numbers.
const NUMBERS: usize = 5;
const LEGEND: [&str; 2] = [
    "Times are p50/p99 of the last calls: half took no longer than the first, 99 of 100 no longer than",
    "the second. A call has failed when it gave no result, or a vendor did not answer as it should.",
];

/// One section of the config.
struct Listed {
    id: String,
    enabled: bool,
    source: String,
    files: Result<Files, String>,
    /// What each process says.
    reports: Vec<(NodeId, PluginHealth)>,
}

/// What the plugin's files are.
struct Files {
    kind: &'static str,
    version: String,
    digest: String,
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the command's result, and why it is not whole")]
pub(super) async fn run(args: PluginListArgs) -> Outcome {
    let config = load_config(args.config.config.as_deref())?;
    let reports = plugin_health::reported(&config, Clock::system().now()).await.unwrap_or_else(|error| {
        eprintln!("callpanion: how the plugins are cannot be read from the database: {:#}", anyhow!(error));
        Vec::new()
    });
    let listed = look(&config, reports);
    if args.json {
        println!("{:#}", Value::Array(listed.iter().map(json_of).collect()));
    } else {
        print!("{}", table(&listed));
    }
    match listed.iter().filter(|plugin| plugin.enabled && plugin.files.is_err()).count() {
        0 => Ok(()),
        1 => Err(anyhow!("an enabled plugin cannot be read").into()),
        broken => Err(anyhow!("{broken} enabled plugins cannot be read").into()),
    }
}

fn look(config: &Config, mut reports: Vec<(NodeId, PluginHealth)>) -> Vec<Listed> {
    let store = PackageStore::open(&config.data_dir, Clock::system());
    let files = |id: &str, plugin| -> anyhow::Result<Files> {
        let manifest = read_manifest(id, plugin, Some(&store))?;
        let digest = resolve(id, plugin, Some(&store))?.digest().to_string();
        Ok(Files { kind: manifest.kind.as_str(), version: manifest.version, digest })
    };
    let listed = config.plugins.iter().map(|(id, plugin)| Listed {
        id: id.clone(),
        enabled: plugin.enabled,
        source: plugin.source.clone(),
        files: files(id, plugin).map_err(|error| format!("{error:#}")),
        reports: reports.extract_if(.., |(_, health)| health.plugin == *id).collect(),
    });
    listed.collect()
}

/// One line for each plugin, or for each process where several run.
fn table(listed: &[Listed]) -> String {
    let several = listed.iter().any(|plugin| plugin.reports.len() > 1);
    let head = ["PLUGIN", "PROCESS", "STATE", "VERSION", "DIGEST", "CALLS", "FAILED", "PLUGIN TIME", "VENDOR TIME"];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(listed.iter().flat_map(lines));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut text: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells = row.iter().zip(&widths).enumerate().filter(|(column, _)| several || *column != PROCESS);
            let cells = cells.map(|(column, (cell, &width))| match column {
                // Numbers stand on the right.
                NUMBERS.. => format!("{cell:>width$}"),
                _ => format!("{cell:<width$}"),
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect();
    text.push(String::new());
    text.extend(notes(listed));
    text.join("\n") + "\n"
}

fn lines(plugin: &Listed) -> Vec<[String; 9]> {
    let nothing = || NOTHING.to_owned();
    let short = |digest: &str| digest.get(..DIGEST_SHOWN).unwrap_or(digest).to_owned();
    if plugin.reports.is_empty() {
        let state = match &plugin.files {
            _ if !plugin.enabled => "off",
            Err(_) => "unreadable",
            Ok(_) => NOTHING,
        };
        let files = plugin.files.as_ref().ok();
        let version = files.map_or_else(nothing, |files| files.version.clone());
        let digest = files.map_or_else(nothing, |files| short(&files.digest));
        let state = state.to_owned();
        return vec![[
            plugin.id.clone(),
            nothing(),
            state,
            version,
            digest,
            nothing(),
            nothing(),
            nothing(),
            nothing(),
        ]];
    }
    let line = |(node, health): &(NodeId, PluginHealth)| {
        [
            plugin.id.clone(),
            node_name(*node),
            health.state.to_string(),
            health.version.clone(),
            short(&health.digest),
            health.calls.to_string(),
            health.failures.to_string(),
            health.plugin_time.map_or_else(nothing, times),
            health.vendor_time.map_or_else(nothing, times),
        ]
    };
    plugin.reports.iter().map(line).collect()
}

/// What the table has no room for.
fn notes(listed: &[Listed]) -> Vec<String> {
    let silent = listed.iter().all(|plugin| plugin.reports.is_empty());
    let mut notes = if silent {
        vec!["No process reports how they are: none has run with this configuration in the last minute.".to_owned()]
    } else {
        LEGEND.map(str::to_owned).to_vec()
    };
    for plugin in listed {
        for (node, health) in &plugin.reports {
            let Some(rest) = &health.rest else { continue };
            let process = if plugin.reports.len() > 1 { format!(" in {}", node_name(*node)) } else { String::new() };
            let whom = rest.vendor.as_deref().unwrap_or("the plugin itself");
            let (since, until) = (time_of_day(rest.since), time_of_day(rest.until));
            let id = &plugin.id;
            notes
                .push(format!("{id}{process}: since {since} {whom} has kept failing; it is left alone until {until}."));
        }
        notes.extend(plugin.files.as_ref().err().map(|problem| format!("{}: {problem}", plugin.id)));
    }
    notes
}

fn json_of(plugin: &Listed) -> Value {
    let processes: Vec<Value> = plugin
        .reports
        .iter()
        .map(|(node, health)| {
            json!({
                "process": node.to_string(),
                "state": health.state,
                "version": health.version,
                "digest": health.digest,
                "calls": health.calls,
                "failures": health.failures,
                "plugin_time": health.plugin_time,
                "vendor_time": health.vendor_time,
                "rest": health.rest.as_ref().map(|rest| json!({
                    "vendor": rest.vendor,
                    "since": rest.since.to_string(),
                    "until": rest.until.to_string(),
                })),
            })
        })
        .collect();
    let files = plugin.files.as_ref();
    json!({
        "plugin": plugin.id,
        "enabled": plugin.enabled,
        "source": plugin.source,
        "kind": files.ok().map(|files| files.kind),
        "version": files.ok().map(|files| &files.version),
        "digest": files.ok().map(|files| &files.digest),
        "problem": files.err(),
        "processes": processes,
    })
}

fn node_name(node: NodeId) -> String {
    let id = node.to_string();
    id.get(id.len().saturating_sub(NODE_SHOWN)..).unwrap_or_default().to_owned()
}

/// Both in the unit that suits the longer one.
fn times(times: Quantiles) -> String {
    let (unit, micros) = match times.p99_us {
        0..1_000 => ("µs", 1.0),
        1_000..1_000_000 => ("ms", 1e3),
        _ => ("s", 1e6),
    };
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let number = |us: u64| {
        let number = us as f64 / micros;
        if number >= 10.0 || us == 0 || micros <= 1.0 { format!("{number:.0}") } else { format!("{number:.1}") }
    };
    format!("{}/{} {unit}", number(times.p50_us), number(times.p99_us))
}

fn time_of_day(moment: Moment) -> String {
    moment.to_jiff().strftime("%H:%M:%S UTC").to_string()
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
