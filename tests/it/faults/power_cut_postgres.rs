//! The power fails under PostgreSQL: what it was told and had not synced is lost, or half of it is.
//!
//! One run of the server is written down, and cut at many places: see [`super::disk`]. What each cut leaves is a folder
//! of data, on which another server is started, and finds out for itself what happened.

use std::path::Path;

use callpanion::db::Location;
use callpanion::domain::Moment;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use futures::future::join_all;

use super::crowd::{Crowd, now, until};
use super::disk::{Disk, Names, Platter};
use super::power_cut::{Known, WINDOW_S, chance, post_webhooks, start_on};
use crate::testing::Settings;
use crate::testing::cluster::Cluster;
use crate::testing::program::Running;

const CALLS: usize = 60;
/// While phones ring: a checkpoint writes the pages of tables, and a cut may tear them.
const CHECKPOINTS: usize = 4;
/// Hosts that are started on what a cut left.
const STARTS: usize = 2;
/// Synced as by default, and with so little memory that pages are written between checkpoints too.
const WATCHED: &str = "-c fsync=on -c shared_buffers=2MB -c bgwriter_delay=10ms";
/// Whoever looks need not be careful.
const LOOKING: &str = "-c fsync=off";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn power_cut_under_postgres_loses_no_webhook_that_was_answered_and_no_name_of_a_ring_that_left() {
    let Some(disk) = Disk::start("power cut under PostgreSQL").await else { return };
    let cluster = Cluster::start_with(WATCHED).await;
    let first = now().plus_secs(16);
    let due: Vec<Moment> = (0..CALLS).map(|at| Moment(first.0 + i64::try_from(at).unwrap() * 40_000)).collect();
    let mut crowd = Crowd::gather(Location::Postgres(cluster.url()), &due).await;
    crowd.window_s = WINDOW_S;
    cluster.rest().await;
    let before = Platter::of(&cluster.data(), Names::InOrder);
    cluster.go_with(&disk.watch_folder(&cluster.data())).await;
    let settings = crowd.settings(&cluster.url());
    let node = Running::serve(&settings).await;
    crowd.until_armed(CALLS).await;
    let armed_at = now();
    until("the first phone rings", async || crowd.pushed() > 0).await;
    let (webhooks, ()) = tokio::join!(post_webhooks(&crowd, &settings), checkpoints(&crowd));
    until("every phone rings", async || crowd.has_rung()).await;
    crowd.until_counted("ring_attempts WHERE accepted_at IS NOT NULL", CALLS).await;
    let killed_at = now();
    node.kill().await;
    // In good order: a server that is killed may have noted what it then did not do.
    cluster.rest().await;

    let known = Known { webhooks, rings: crowd.ring_names() };
    let deeds = disk.take_deeds();
    let mut unlike = before.after(&deeds).unlike(&cluster.data());
    unlike.retain(|file| !is_made_anew(file));
    assert!(unlike.is_empty(), "written past the log: {unlike:?}");

    let first_after = |moment: Moment| deeds.iter().position(|deed| deed.at_us > moment.0).unwrap_or(deeds.len());
    let (armed, killed) = (first_after(armed_at), first_after(killed_at));
    assert!(killed > armed + 100, "the crowd left {armed}..{killed} of {} writes and syncs", deeds.len());
    let place = |number: usize, of: usize| armed + (killed - armed) * number / of;
    let starts = (1..=STARTS).map(|number| place(number, STARTS));
    join_all(starts.map(|start| start_after(&crowd, before.after(&deeds[..start]), start, &settings))).await;

    let places = if super::is_full() { 60 } else { 6 };
    let (mut platter, mut taken, mut cuts, mut trees) = (before, 0, 0, None);
    for number in 1..=places {
        // Just before what is done at this place, and everything before it was.
        let place = place(number, places);
        for deed in &deeds[taken..place] {
            platter.take(deed);
        }
        taken = place;
        let cut_at = deeds.get(place).map_or(i64::MAX, |deed| deed.at_us);
        let mut chance = chance(place);
        for is_half in [false, true] {
            let left = Cluster::start_on(LOOKING, |data| platter.cut(data, || is_half && chance.bool())).await;
            trees = look_at(&left, &known, cut_at).await;
            left.halt().await;
            cuts += 1;
        }
    }
    match trees {
        Some(trees) => eprintln!("tables and indexes after a power cut, n = {trees} indexes in each of {cuts}: sound"),
        None => eprintln!("tables and indexes after a power cut: NOT CHECKED, PostgreSQL came without amcheck"),
    }
    let (rings, webhooks) = (known.rings.len(), known.webhooks.len());
    crowd.rung().check(&format!(
        "power cut under PostgreSQL, n = {cuts} cuts of one run of {} writes and syncs with {rings} rings, {webhooks} \
         webhooks and {CHECKPOINTS} checkpoints, and {STARTS} starts on what was left",
        killed - armed
    ));
    crowd.world.stop().await;
}

/// Has the server write its tables now and then, until most phones have rung.
async fn checkpoints(crowd: &Crowd) {
    for number in 1..=CHECKPOINTS {
        until("more phones ring", async || crowd.pushed() > CALLS * number / (CHECKPOINTS + 1)).await;
        crowd.execute("CHECKPOINT").await;
    }
}

/// Caches and statistics that the server writes in a way that is not seen, and throws away when it starts after a cut.
fn is_made_anew(file: &Path) -> bool {
    file.ends_with("pg_internal.init") || file.starts_with("pg_stat") || file.starts_with("pg_stat_tmp")
}

/// Starts a host on what a cut leaves.
async fn start_after(crowd: &Crowd, platter: Platter, start: usize, settings: &Settings) {
    let mut chance = chance(start);
    let left = Cluster::start_on(LOOKING, |data| platter.cut(data, || chance.bool())).await;
    start_on(crowd, &Location::Postgres(left.url()), left.url(), settings).await;
    left.halt().await;
}

/// Looks for everything that the world knew by the time of a cut, and whether tables and indexes are sound. How many
/// indexes there are; none where the server cannot say.
async fn look_at(left: &Cluster, known: &Known, cut_at: i64) -> Option<usize> {
    let mut connection = AsyncPgConnection::establish(&left.url()).await.unwrap();
    let webhooks = texts(&mut connection, "SELECT convert_from(body, 'UTF8') AS text FROM webhook_events").await;
    let jobs = texts(&mut connection, "SELECT key AS text FROM jobs WHERE kind = 'apply_webhook'").await;
    let rings = texts(&mut connection, "SELECT encode(id, 'hex') AS text FROM ring_attempts").await;
    known.check(&webhooks, &jobs, &rings, cut_at);
    let amcheck = "SELECT name::text AS text FROM pg_available_extensions WHERE name = 'amcheck'";
    texts(&mut connection, amcheck).await.pop()?;
    connection.batch_execute("CREATE EXTENSION amcheck").await.unwrap();
    let tables = "SELECT relname || ': ' || msg AS text FROM pg_class c, LATERAL verify_heapam(c.oid) \
        WHERE relkind IN ('r', 't', 'm')";
    let unsound = texts(&mut connection, tables).await;
    assert!(unsound.is_empty(), "tables after a power cut at {cut_at}: {unsound:?}");
    // Fails with the first one that is out of order, or lacks a row.
    let indexes = "SELECT concat(relname, bt_index_check(c.oid, true)) AS text FROM pg_class c \
        JOIN pg_index ON indexrelid = c.oid JOIN pg_am ON pg_am.oid = relam WHERE amname = 'btree' AND indisvalid";
    Some(texts(&mut connection, indexes).await.len())
}

async fn texts(connection: &mut AsyncPgConnection, sql: &str) -> Vec<String> {
    let rows: Vec<Text> =
        diesel::sql_query(sql).load(connection).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.into_iter().map(|row| row.text).collect()
}

#[derive(diesel::QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}
