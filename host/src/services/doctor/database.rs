//! The database: whether it is there, of this version, readable and served, and whether its clock agrees.

use super::{record, told};
use crate::config::Config;
use crate::db::nodes::{self, Node};
use crate::db::vitals::{self, Migrated};
use crate::db::{Conn, DbError, Location, jobs, sealing_keys};
use crate::domain::{Finding, Moment};
use crate::services::plugin_health;
use crate::services::sealing::Sealer;

/// A host's sign of life comes each second; what is on its way is no silence.
const GRACE_S: i64 = 3;
/// Clocks of two machines that keep time differ by less.
const CLOCKS_AGREE_WITHIN_S: i64 = 2;
/// A ring lasts 45 s by default: so far off, one host takes for over what another still rings.
const CLOCKS_BREAK_AT_S: i64 = 30;

/// Looks at the database, and at what stands in it.
pub(super) async fn examine(config: &Config, now: Moment) -> Vec<Finding> {
    match look(config, now).await {
        Ok(found) => found,
        Err(error) => {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            vec![Finding::problem(
                format!("Database: it does not answer as it should. {error}{cause}"),
                "Look at `database.url`, whether the database runs, and whether its account may read every table of it.",
            )]
        }
    }
}

async fn look(config: &Config, now: Moment) -> Result<Vec<Finding>, DbError> {
    let Some(location) = Location::of(config) else {
        let mend = "Write `sqlite:FILE` or `postgres://…`, or leave it out for a file in `data_dir`.";
        return Ok(vec![Finding::problem("Database: `database.url` is of no kind that Callpanion knows.", mend)]);
    };
    let name = match &location {
        Location::Sqlite(file) => format!("SQLite at {}", file.display()),
        Location::Postgres(_) => "PostgreSQL".to_owned(),
    };
    let Some(mut c) = location.peek().await? else {
        let mend = "The first `callpanion serve` makes it. If there was one, look at `database.url` and `data_dir`, and \
                    whether you are where the relative path begins.";
        return Ok(vec![Finding::problem(format!("Database: there is none yet ({name})."), mend)]);
    };
    let mut found = vec![match vitals::migrated(&mut c).await? {
        Migrated::UpToDate => Finding::ok(format!("Database: {name}, up to date.")),
        Migrated::Behind(missing) => {
            let what =
                format!("Database: {name}, older than this version of the program (migrations missing: {missing}).");
            let mend = "Start `callpanion serve` of this version, or run `callpanion migrate`. Back it up first.";
            return Ok(vec![Finding::problem(what, mend)]);
        }
        Migrated::Newer(version) => {
            let what = format!("Database: {name}, changed by a newer version of the program (migration {version}).");
            let mend = "Run that version, or restore the backup that was made before the upgrade.";
            return Ok(vec![Finding::problem(what, mend)]);
        }
    }];
    let nodes = nodes::all(&mut c).await?;
    let alive = alive(&mut c, &nodes, config, now).await?;
    found.push(hosts(&nodes, alive.len()));
    found.push(clock(&mut c, &nodes, now).await?);
    found.push(sealing(&mut c, &alive, config).await?);
    found.extend(record::examine(&mut c, now).await?);
    Ok(found)
}

/// The hosts that serve. One that has its database for itself tells nobody that it lives, but how its plugins are.
async fn alive<'a>(c: &mut Conn, nodes: &'a [Node], config: &Config, now: Moment) -> Result<Vec<&'a Node>, DbError> {
    let reporting = if matches!(c, Conn::Pg(_)) { Vec::new() } else { plugin_health::fresh(c, now).await? };
    let is_seen = |node: &Node| node.seen_at.plus_secs(i64::from(config.calling.lease_s) + GRACE_S) >= now;
    let reports = |node: &Node| reporting.iter().any(|(id, _)| *id == node.id);
    Ok(nodes.iter().filter(|node| is_seen(node) || reports(node)).collect())
}

fn hosts(nodes: &[Node], alive: usize) -> Finding {
    let mend =
        "Start `callpanion serve`, and look at its log if it does not stay. Calls that are due meanwhile are not made.";
    match alive {
        0 => match nodes.iter().map(|node| node.seen_at).max() {
            None => Finding::problem("Hosts: none serves this database.", mend),
            Some(last) => Finding::problem(format!("Hosts: none has given a sign of life since {}.", told(last)), mend),
        },
        1 => Finding::ok("Hosts: one serves."),
        _ => Finding::ok(format!("Hosts: {alive} serve.")),
    }
}

/// This machine's clock, beside that of the database, or beside what hosts have written with it before.
async fn clock(c: &mut Conn, nodes: &[Node], now: Moment) -> Result<Finding, DbError> {
    let mend = "Let a time service keep the clocks of all machines (`timedatectl` shows whether one does). Calls ring by this \
                clock, and vendors refuse what a wrong one has signed.";
    if let Some(theirs) = vitals::clock(c).await? {
        let off = now.since(theirs).max(theirs.since(now));
        let off_s = i64::try_from(off.as_secs()).unwrap_or(i64::MAX);
        let what = format!("Clock: {off_s} s away from that of the database.");
        return Ok(if off_s <= CLOCKS_AGREE_WITHIN_S {
            Finding::ok("Clock: agrees with that of the database.")
        } else if off_s < CLOCKS_BREAK_AT_S {
            Finding::warning(what, mend)
        } else {
            Finding::problem(what, mend)
        });
    }
    let written = jobs::newest_at(c).await?;
    let latest = nodes.iter().map(|node| node.seen_at).chain(written).max();
    let latest = latest.filter(|at| *at > now.plus_secs(CLOCKS_AGREE_WITHIN_S));
    Ok(match latest {
        None => Finding::ok("Clock: behind nothing that was written with it."),
        Some(at) => {
            let what = format!("Clock: a host has written {}, and now it is {}.", told(at), told(now));
            Finding::problem(what, format!("It was set back, or is wrong. {mend}"))
        }
    })
}

/// Whether what is sealed can be read with this configuration, and whether running hosts seal as it says.
async fn sealing(c: &mut Conn, alive: &[&Node], config: &Config) -> Result<Finding, DbError> {
    let (present, previous) = Sealer::new(&config.database).names();
    let used = sealing_keys::all(c).await?;
    let is_given = |name: &&String| present.as_ref() == Some(*name) || previous.as_ref() == Some(*name);
    if let Some(missing) = used.iter().find(|name| !is_given(name)) {
        return Ok(Finding::problem(
            format!("Sealing key: push addresses are sealed with the key {missing}, which this configuration lacks."),
            "Set `database.encryption_key` (or `database.previous_encryption_key`) to the key with which they were sealed. \
             It is in no backup of the database. If it is lost, delete the sealed rows of `push_addresses` and of \
             `installation_keys`, and its row of `sealing_keys`: each phone or browser registers anew when its app or \
             page is opened.",
        ));
    }
    let otherwise = alive.iter().filter(|node| node.sealing_key != present).count();
    if otherwise > 0 {
        return Ok(Finding::warning(
            format!("Sealing key: {otherwise} of the running hosts have another one than this configuration."),
            "Start them anew with this configuration, or run the doctor with theirs (--config, and their environment).",
        ));
    }
    Ok(Finding::ok(if present.is_some() {
        "Sealing key: opens all that is sealed."
    } else {
        "Sealing key: there is none, so push addresses are stored in clear."
    }))
}
