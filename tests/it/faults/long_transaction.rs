//! Somebody holds a transaction open on PostgreSQL for hours: what was written and changed since cannot be cleared away.
//!
//! What that costs is counted in pages that the server touches, which is the same on every machine: on one server there
//! are two databases with a host each, and in one of them a transaction that began before the first call.

use callpanion::db::Location;
use callpanion::domain::Moment;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::cluster::Cluster;
use crate::testing::program::Running;

/// The shortest that a phone may ring.
const WINDOW_S: i64 = 15;
/// Ticks of a host that has nothing to do.
const TICKS: f64 = 4.0;
/// For a call, so many times the pages of a host in whose database nobody holds anything open. And for the ticks that
/// have nothing to do so many pages for each call that is over: they pass over its dead rows until the transaction ends.
const MOST: f64 = 2.0;

/// What of the server's statistics concerns one database.
#[derive(diesel::QueryableByName)]
struct Cost {
    /// Pages touched.
    #[diesel(sql_type = diesel::sql_types::Double)]
    pages: f64,
    /// Pages touched by one run of each statement, all together.
    #[diesel(sql_type = diesel::sql_types::Double)]
    once: f64,
    /// How often due slots were looked for.
    #[diesel(sql_type = diesel::sql_types::Double)]
    ticks: f64,
}

/// The server's statistics, seen from another database.
struct Counter(AsyncPgConnection);

impl Counter {
    async fn reset(&mut self) {
        self.0.batch_execute("SELECT pg_stat_statements_reset()").await.unwrap();
    }

    /// The dearest statements of the database with the open transaction.
    async fn dearest(&mut self) -> Vec<String> {
        let sql = "SELECT (shared_blks_hit + shared_blks_read) / calls || ' pages: ' || left(query, 1200) AS text \
            FROM pg_stat_statements JOIN pg_database d ON d.oid = dbid WHERE d.datname = 'held' \
            ORDER BY (shared_blks_hit + shared_blks_read)::float / calls DESC LIMIT 6";
        let rows: Vec<Text> = diesel::sql_query(sql).load(&mut self.0).await.unwrap();
        rows.into_iter().map(|row| row.text).collect()
    }

    async fn read(&mut self, database: &str) -> Cost {
        let sql = format!(
            "SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0)::float AS pages, \
                coalesce(sum((shared_blks_hit + shared_blks_read)::float / calls), 0) AS once, \
                coalesce(sum(calls) FILTER (WHERE query LIKE 'SELECT %slots%next_at%'), 0)::float AS ticks \
             FROM pg_stat_statements JOIN pg_database d ON d.oid = dbid WHERE d.datname = '{database}' \
                AND query NOT LIKE '%AS number%'"
        );
        diesel::sql_query(sql).get_result(&mut self.0).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transaction_that_is_held_open_does_not_double_what_a_call_costs() {
    let calls = if super::is_full() { 20_000 } else { 800 };
    let cluster = Cluster::start_with("-c fsync=off -c shared_preload_libraries=pg_stat_statements").await;
    let mut counter = Counter(AsyncPgConnection::establish(&cluster.url()).await.unwrap());
    counter.0.batch_execute("CREATE EXTENSION pg_stat_statements").await.unwrap();
    let (names, mut hosts) = (["free", "held"], Vec::new());
    let first = now().plus_secs(if super::is_full() { 120 } else { 18 });
    let due: Vec<Moment> = (0..calls).map(|at| first.plus_secs(i64::from(at) / 200)).collect();
    for name in names {
        counter.0.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        let url = cluster.url().replace("/postgres", &format!("/{name}"));
        let mut crowd = Crowd::gather(Location::Postgres(url.clone()), &due).await;
        crowd.window_s = WINDOW_S;
        hosts.push((crowd, url));
    }
    let mut holder = AsyncPgConnection::establish(&hosts[1].1).await.unwrap();
    let hold = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM slots";
    holder.batch_execute(hold).await.unwrap();
    counter.reset().await;
    let mut nodes = Vec::new();
    for (crowd, url) in &hosts {
        nodes.push(Running::serve(&crowd.settings(url)).await);
    }
    until_moment(first.plus_secs(i64::from(calls) / 200)).await;
    for (name, (crowd, _)) in names.iter().zip(&hosts) {
        until("every phone rings", async || crowd.has_rung()).await;
        crowd.until_settled().await;
        crowd.rung().check(&format!("a database with a transaction held open ({name}), n = {calls}"));
    }
    let (free, held) = (counter.read("free").await, counter.read("held").await);
    let each = |cost: &Cost| cost.pages / f64::from(calls);
    let (free, held) = (each(&free), each(&held));
    eprintln!("pages touched for a call: {free:.1}, and {held:.1} with a transaction held open, n = {calls}");
    assert!(held <= MOST * free, "a call touches {held} pages, and {free} without a transaction held open");

    // What is left of all these calls: nobody has anything to do now.
    counter.reset().await;
    loop {
        let (free, held) = (counter.read("free").await, counter.read("held").await);
        if free.ticks < TICKS || held.ticks < TICKS {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            continue;
        }
        let (free, held) = (free.once, held.once);
        eprintln!(
            "pages touched by each tick once, with nothing due: {free:.1}, and {held:.1}, n = {calls} calls before"
        );
        let dearest = counter.dearest().await;
        assert!(held <= free + MOST * f64::from(calls), "ticks touch {held} pages, not {free}: {dearest:#?}");
        break;
    }
    for (node, (crowd, url)) in nodes.into_iter().zip(hosts) {
        crowd.audit(&crowd.settings(&url)).await;
        node.stop().await;
        crowd.world.stop().await;
    }
}

#[derive(diesel::QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}
