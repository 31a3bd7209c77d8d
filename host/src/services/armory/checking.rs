//! Checking: what is held is compared with the database when something of its family changed.
//!
//! Every commit that concerns a family is told to the open pages of every host, and heard here too. What was canceled,
//! answered or taken over is dropped. When a message was missed, everything is compared. And what is about to ring is
//! compared once more: a message is a courtesy, and not a promise.

use std::collections::BTreeSet;

use crate::app::App;
use crate::db::ring_attempts::holding;
use crate::domain::{AttemptId, FamilyId};
use crate::services::error::ServiceError;
use crate::services::live::Change;

/// What rings within so long is compared once more.
const SOON_S: i64 = 3;

/// Compares as changes come in, until the host stops.
pub async fn keep_up(app: &App) -> Result<(), ServiceError> {
    let mut changes = app.live.listen();
    // What happened before this host listened.
    compare(app, &app.armory.all()).await?;
    while let Some(change) = changes.next().await {
        let mut families = BTreeSet::new();
        let mut missed = note(change, &mut families);
        while let Some(change) = changes.try_next() {
            missed |= note(change, &mut families);
        }
        let held =
            if missed { app.armory.all() } else { app.armory.of_families(&families.into_iter().collect::<Vec<_>>()) };
        if let Err(error) = compare(app, &held).await {
            // Without a database nothing can be taken back either. Once it is there again, everything is compared.
            tracing::warn!(%error, "what is armed could not be compared");
            return Err(error);
        }
    }
    Ok(())
}

/// Compares what rings within the next seconds. Returns how many were dropped.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let soon = app.armory.due_by(app.clock.now().plus_secs(SOON_S));
    compare(app, &soon).await
}

/// True when messages were missed.
fn note(change: Change, families: &mut BTreeSet<FamilyId>) -> bool {
    match change {
        Change::Families(changed) => {
            families.extend(changed.iter().copied());
            false
        }
        Change::Missed => true,
    }
}

/// Drops what the database does not call armed and this host's. Returns how many were dropped.
pub async fn compare(app: &App, attempts: &[AttemptId]) -> Result<usize, ServiceError> {
    if attempts.is_empty() {
        return Ok(0);
    }
    let held = holding::still_held(&mut app.db.read().await?, app.node, attempts).await?;
    let gone: Vec<AttemptId> = attempts.iter().filter(|attempt| !held.contains(attempt)).copied().collect();
    app.armory.drop_all(&gone);
    Ok(gone.len())
}
