//! The SQLite writer: one thread that owns the only writing connection.
//!
//! It gathers the jobs that wait, runs each in a savepoint of one transaction
//! and commits them together: many times the durable commits of separate
//! transactions, no busy errors, and a caller that goes away leaves nothing open.

use diesel_async::SimpleAsyncConnection;
use futures::future::{BoxFuture, FutureExt};
use tokio::sync::{mpsc, oneshot};

use super::conn::{Conn, Lite};
use super::error::DbError;

/// Jobs that may wait before callers do.
const QUEUE_JOBS: usize = 1_024;
/// Jobs that share one commit.
const GROUP_JOBS: usize = 256;

type Settle = Box<dyn FnOnce(Result<(), DbError>) + Send>;
type Job = Box<dyn for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, (bool, Settle)> + Send>;

/// The way to the writer thread. Cheap to clone; the thread ends with the last clone.
#[derive(Clone)]
pub(super) struct Writer(mpsc::Sender<Job>);

impl Writer {
    /// Starts the thread on `connection`.
    pub(super) fn start(connection: Lite) -> Result<Self, DbError> {
        let (sender, receiver) = mpsc::channel(QUEUE_JOBS);
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || futures::executor::block_on(serve(Conn::LiteWriter(Box::new(connection)), receiver)))
            .map_err(|error| DbError::Open(error.to_string()))?;
        Ok(Self(sender))
    }

    /// Runs `work` in a savepoint and answers once it is durable.
    pub(super) async fn run<R, E, F>(&self, work: F) -> Result<R, E>
    where
        F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<R, E>> + Send + 'static,
        R: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel::<Result<R, E>>();
        let job: Job = Box::new(move |conn| {
            async move {
                let result = std::panic::AssertUnwindSafe(work(conn)).catch_unwind().await;
                let result = result.unwrap_or_else(|_| Err(DbError::Interrupted.into()));
                let keep = result.is_ok();
                let settle: Settle = Box::new(move |committed| {
                    // A caller that went away wants no answer.
                    let _gone = answer.send(match committed {
                        Ok(()) => result,
                        Err(error) => result.and(Err(error.into())),
                    });
                });
                (keep, settle)
            }
            .boxed()
        });
        self.0.send(job).await.map_err(|_| DbError::Interrupted)?;
        answered.await.unwrap_or_else(|_| Err(DbError::Interrupted.into()))
    }
}

async fn serve(mut conn: Conn, mut jobs: mpsc::Receiver<Job>) {
    let mut group = Vec::with_capacity(GROUP_JOBS);
    while jobs.recv_many(&mut group, GROUP_JOBS).await > 0 {
        run_group(&mut conn, &mut group).await;
    }
}

async fn run_group(conn: &mut Conn, group: &mut Vec<Job>) {
    if let Err(error) = execute(conn, "BEGIN IMMEDIATE").await {
        tracing::error!(%error, "the database does not take writes");
        // Dropping the jobs answers their callers with `Interrupted`.
        group.clear();
        return;
    }
    let mut settles = Vec::with_capacity(group.len());
    for job in group.drain(..) {
        if execute(conn, "SAVEPOINT job").await.is_err() {
            continue;
        }
        let (keep, settle) = job(conn).await;
        let ended = if keep { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
        match execute(conn, ended).await {
            Ok(()) => settles.push(settle),
            Err(error) => settle(Err(error)),
        }
    }
    let committed = execute(conn, "COMMIT").await;
    if let Err(error) = &committed {
        tracing::error!(%error, "a group of writes was not committed");
        let _rolled_back = execute(conn, "ROLLBACK").await;
    }
    for settle in settles {
        settle(match &committed {
            Ok(()) => Ok(()),
            Err(_) => Err(DbError::Interrupted),
        });
    }
}

async fn execute(conn: &mut Conn, sql: &str) -> Result<(), DbError> {
    match conn {
        Conn::LiteWriter(lite) => Ok(lite.batch_execute(sql).await?),
        Conn::Pg(_) | Conn::LiteReader(_) => Err(DbError::Interrupted),
    }
}
