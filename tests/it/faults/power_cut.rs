//! The power fails: what SQLite was told and had not synced is lost, or half of it is.
//!
//! One run of the program is written down, and cut at every place that may matter: see [`super::disk`].

use std::path::Path;
use std::time::Duration;

use callpanion::db::Location;
use callpanion::domain::Moment;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection};
use futures::future::join_all;

use super::crowd::{Crowd, count, now, until};
use super::disk::{Deed, Disk, Names, Platter};
use crate::testing::Settings;
use crate::testing::program::Running;

const CALLS: usize = 60;
/// Vendors that post webhooks side by side, and how many each.
const POSTING: usize = 4;
const WEBHOOKS_EACH: usize = 40;
/// Long enough for the hosts that are started at the end.
pub const WINDOW_S: i64 = 120;
/// Hosts that are started on what a cut left.
const STARTS: usize = 3;

/// What the world knows, and when it was told so: webhooks that were answered, and the names of rings that came.
pub struct Known {
    /// The bodies of the webhooks.
    pub webhooks: Vec<(String, i64)>,
    /// As the database writes ids.
    pub rings: Vec<(String, i64)>,
}

impl Known {
    /// Fails unless all that was known before a cut is among what it left: webhooks, the keys of their jobs, and rings.
    pub fn check(&self, webhooks: &[String], jobs: &[String], rings: &[String], cut_at: i64) {
        assert_eq!(webhooks.len(), jobs.len(), "each webhook has its job");
        for (what, known, found) in [("webhook", &self.webhooks, webhooks), ("ring", &self.rings, rings)] {
            for (name, _) in known.iter().filter(|(_, at)| *at < cut_at) {
                assert!(found.contains(name), "the {what} {name} is lost with a power cut at {cut_at}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn power_cut_loses_no_webhook_that_was_answered_and_no_name_of_a_ring_that_left() {
    let Some(disk) = Disk::start("power cut").await else { return };
    let first = now().plus_secs(14);
    let due: Vec<Moment> = (0..CALLS).map(|at| Moment(first.0 + i64::try_from(at).unwrap() * 40_000)).collect();
    let mut crowd = Crowd::gather(Location::Sqlite(disk.file()), &due).await;
    crowd.window_s = WINDOW_S;
    let wal = disk.data().join("it.sqlite-wal");
    until("the database is closed", async || !wal.exists()).await;
    let before = Platter::of(&disk.data(), Names::WithFolder);
    let mut settings = crowd.settings(&format!("sqlite:{}", disk.file().display()));
    disk.watch(&mut settings);
    let node = Running::serve(&settings).await;
    crowd.until_armed(CALLS).await;
    let armed_at = now();
    until("the first phone rings", async || crowd.pushed() > 0).await;
    let webhooks = post_webhooks(&crowd, &settings).await;
    until("every phone rings", async || crowd.has_rung()).await;
    crowd.until_counted("ring_attempts WHERE accepted_at IS NOT NULL", CALLS).await;
    node.kill().await;

    let known = Known { webhooks, rings: crowd.ring_names() };
    let deeds = disk.take_deeds();
    let is_after_arming = |deed: &Deed| deed.at_us > armed_at.0;
    let armed = deeds.iter().position(is_after_arming).unwrap();
    for name in ["LD_PRELOAD", "DISK_LOG"] {
        settings.remove(name);
    }
    let starts = (1..=STARTS).map(|at| armed + (deeds.len() - armed) * at / STARTS);
    join_all(starts.map(|start| start_after(&crowd, before.after(&deeds[..start]), start, &settings))).await;

    let most = if super::is_full() { deeds.len() } else { 120 };
    let (mut platter, mut cuts) = (before.clone(), 0);
    for at in 0..=deeds.len() {
        // Just before this one is done, and everything before it was.
        let cut_at = deeds.get(at).map_or(i64::MAX, |deed| deed.at_us);
        let mut chance = chance(at);
        if at * most / deeds.len() != (at + 1) * most / deeds.len() {
            for is_half in [false, true] {
                let found = tempfile::tempdir().unwrap();
                platter.cut(found.path(), || is_half && chance.bool());
                look_at(found.path(), &known, cut_at);
                cuts += 1;
            }
        }
        if let Some(deed) = deeds.get(at) {
            platter.take(deed);
        }
    }
    // The log is whole: with everything that was told, the files are as the killed program left them. It may have been
    // killed between the last word and the deed.
    let is_whole = [deeds.len(), deeds.len() - 1].iter().any(|told| {
        let whole = tempfile::tempdir().unwrap();
        before.after(&deeds[..*told]).cut(whole.path(), || true);
        let same =
            |name| std::fs::read(whole.path().join(name)).unwrap() == std::fs::read(disk.data().join(name)).unwrap();
        ["it.sqlite", "it.sqlite-wal"].into_iter().all(same)
    });
    assert!(is_whole, "the database was written past the log");

    let (rings, webhooks) = (known.rings.len(), known.webhooks.len());
    crowd.rung().check(&format!(
        "power cut under SQLite, n = {cuts} cuts of one run of {} writes and syncs with {rings} rings and {webhooks} \
         webhooks, and {STARTS} starts on what was left",
        deeds.len()
    ));
    crowd.world.stop().await;
}

/// Posts webhooks side by side, and notes when each was answered.
pub async fn post_webhooks(crowd: &Crowd, settings: &Settings) -> Vec<(String, i64)> {
    let post = async |body: String| {
        let answer = crowd.post_webhook(settings, &body).await;
        assert_eq!(answer.status().as_u16(), 200, "{body}");
        // Moments are whole milliseconds: by the end of this one it was answered.
        (body, now().0 + 1_000)
    };
    let vendor = async |vendor: usize| {
        let mut answered = Vec::with_capacity(WEBHOOKS_EACH);
        for number in 0..WEBHOOKS_EACH {
            answered.push(post(format!(r#"{{"webhook":"{vendor}-{number}"}}"#)).await);
            // As many as come while the crowd rings.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        answered
    };
    join_all((0..POSTING).map(vendor)).await.concat()
}

/// Opens what a cut left, and looks for everything that the world knew by then.
fn look_at(folder: &Path, known: &Known, cut_at: i64) {
    let file = folder.join("it.sqlite");
    let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    // Whoever looks need not be careful.
    connection.batch_execute("PRAGMA synchronous = OFF;").unwrap();
    let mut texts = |sql: &str| -> Vec<String> {
        let rows: Vec<Text> = diesel::sql_query(sql).load(&mut connection).unwrap();
        rows.into_iter().map(|row| row.text).collect()
    };
    assert_eq!(texts("SELECT integrity_check AS text FROM pragma_integrity_check"), ["ok"], "cut before {cut_at}");
    let webhooks = texts("SELECT CAST(body AS TEXT) AS text FROM webhook_events");
    let jobs = texts("SELECT key AS text FROM jobs WHERE kind = 'apply_webhook'");
    let rings = texts("SELECT lower(hex(id)) AS text FROM ring_attempts");
    known.check(&webhooks, &jobs, &rings, cut_at);
}

/// Heads or tails, the same in each run.
pub fn chance(at: usize) -> fastrand::Rng {
    fastrand::Rng::with_seed(u64::try_from(at).unwrap())
}

/// Starts a host on what a cut leaves.
async fn start_after(crowd: &Crowd, platter: Platter, start: usize, settings: &Settings) {
    let folder = tempfile::tempdir().unwrap();
    let mut chance = chance(start);
    platter.cut(folder.path(), || chance.bool());
    let file = folder.path().join("it.sqlite");
    let url = format!("sqlite:{}", file.display());
    start_on(crowd, &Location::Sqlite(file), url, settings).await;
}

/// Starts a host on a database that a cut has left, and audits it when nothing is left to do. It may repeat rings, under
/// the same names.
pub async fn start_on(crowd: &Crowd, here: &Location, url: String, settings: &Settings) {
    let mut settings = settings.clone();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    settings.insert("CALLPANION__LISTEN".to_owned(), port.to_string());
    settings.insert("CALLPANION__DATABASE__URL".to_owned(), url);
    let node = Running::serve(&settings).await;
    let left = "ring_attempts WHERE accepted_at IS NULL";
    until(left, async || count(here, left).await == Some(0)).await;
    let unread = "jobs WHERE state <> 'done'";
    until(unread, async || count(here, unread).await == Some(0)).await;
    crowd.audit_now(&settings).await;
    node.stop().await;
}

#[derive(diesel::QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}
