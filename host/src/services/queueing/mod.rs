//! Queueing: five minutes before a slot, its promise becomes a call.
//!
//! What is due is taken in pages, and a page is a handful of statements in one transaction: the slots move on by
//! compare-and-set, the calls are made, unique on callee, slot and local date, and their first ring attempts are armed
//! and this host's. Of many planners one gets each slot, and a planner that dies loses nothing.
//!
//! Whoever can still be rung goes first. Then come those whose ring window went by without a host or a database: each
//! occurrence has its call, which is over as soon as it is made, and the family is told. A slot that cannot be queued is
//! found, tried again with every tick, and keeps no other waiting; when its window is over its family is told too.

mod now;
mod page;

use std::time::Duration;

use tokio::time::Instant;

pub use now::call_now;
pub(crate) use page::{tell_missed, tell_replaced};

use self::page::Window;
use crate::app::App;
use crate::db::{DbError, slots};
use crate::services::calls::Rules;
use crate::services::error::ServiceError;

/// How long a tick looks for the slots of a page that cannot be queued: a table that somebody locks would keep it for ever.
const ISOLATING_FOR: Duration = Duration::from_secs(5);

/// How far a tick has come in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// There may be more.
    More,
    /// Nothing is left.
    Done,
    /// Some could not be queued.
    Stuck,
}

/// Queues every slot that is due within the lead. Returns how many calls were made.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let (mut made, mut open) = (0, Progress::More);
    loop {
        while open == Progress::More {
            open = take_page(app, Window::Open(app.node), &mut made).await?;
        }
        let over = take_page(app, Window::Over, &mut made).await?;
        if over != Progress::More || open == Progress::Stuck {
            break;
        }
        // What has moved on may be open by now.
        open = Progress::More;
    }
    if made > 0 {
        app.wake.notify_waiters();
    }
    Ok(made)
}

async fn take_page(app: &App, window: Window, made: &mut usize) -> Result<Progress, ServiceError> {
    match page::queue(app, window, None).await {
        Ok(queued) => {
            *made += queued.made;
            Ok(if queued.moved == 0 { Progress::Done } else { Progress::More })
        }
        Err(error) if error.retryable() => Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, cause = cause(&error), "slots could not be queued together");
            isolate(app, window, made).await
        }
    }
}

/// Queues what can be queued of a page, by halves. While some can, there may be more.
async fn isolate(app: &App, window: Window, made: &mut usize) -> Result<Progress, ServiceError> {
    let began = Instant::now();
    let mut parts = vec![slots::due_ids(&mut app.db.read().await?, window.span(&Rules::of(app))).await?];
    let mut progress = Progress::Stuck;
    while let Some(mut part) = parts.pop() {
        if began.elapsed() > ISOLATING_FOR {
            let waiting = part.len() + parts.iter().map(Vec::len).sum::<usize>();
            tracing::error!(waiting, "slots could not be queued: something in the database is locked or full");
            return Ok(Progress::Stuck);
        }
        match page::queue(app, window, Some(part.clone())).await {
            Ok(queued) => {
                *made += queued.made;
                if queued.moved > 0 {
                    progress = Progress::More;
                }
            }
            Err(error) if error.retryable() => return Err(error.into()),
            Err(error) if part.len() <= 1 => {
                let slot = part.first().map(ToString::to_string);
                tracing::error!(slot, %error, cause = cause(&error), "a slot could not be queued; it is tried again");
            }
            Err(_) => {
                let later = part.split_off(part.len() / 2);
                parts.extend([later, part]);
            }
        }
    }
    Ok(progress)
}

fn cause(error: &DbError) -> Option<String> {
    std::error::Error::source(error).map(ToString::to_string)
}
