//! Live: tells whoever looks on that something of a family changed.
//!
//! It carries ids only; a page that hears its family's id asks again for what
//! it shows. One that misses a message is told so, and asks again for everything.

use std::sync::Arc;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio_util::sync::CancellationToken;

use crate::domain::FamilyId;

/// Messages that a slow listener may fall behind before it is told that it missed some.
const BACKLOG: usize = 256;

/// What a listener hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Something of these families changed.
    Families(Arc<[FamilyId]>),
    /// Messages were missed: anything may have changed.
    Missed,
}

/// The way from the services to who looks on. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Live {
    changes: broadcast::Sender<Change>,
    own: broadcast::Sender<Change>,
    closed: CancellationToken,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            changes: broadcast::channel(BACKLOG).0,
            own: broadcast::channel(BACKLOG).0,
            closed: CancellationToken::new(),
        }
    }
}

impl Live {
    /// Something of this family changed here. Called after the commit.
    pub fn changed(&self, family: FamilyId) {
        self.changed_all(&[family]);
    }

    /// Something of these families changed here: one message for all. Called after the commit.
    pub fn changed_all(&self, families: &[FamilyId]) {
        if families.is_empty() {
            return;
        }
        let change = Change::Families(families.into());
        self.heard(change.clone());
        // No other host is the usual case.
        let _nobody = self.own.send(change);
    }

    /// Something changed at another host.
    pub fn heard(&self, change: Change) {
        // No page open is the usual case.
        let _nobody = self.changes.send(change);
    }

    /// From now on, hear of the changes that this host made.
    pub fn listen_to_own(&self) -> Listener {
        Listener(self.own.subscribe())
    }

    /// From now on, hear of every family's changes; the listener filters.
    pub fn listen(&self) -> Listener {
        Listener(self.changes.subscribe())
    }

    /// The host stops: every listener should end.
    pub fn close(&self) {
        self.closed.cancel();
    }

    /// Answers when the host stops.
    pub async fn until_closed(self) {
        self.closed.cancelled_owned().await;
    }
}

/// Hears changes, in order.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Change>);

impl Listener {
    /// The next change; `None` when there will be none any more.
    pub async fn next(&mut self) -> Option<Change> {
        match self.0.recv().await {
            Ok(change) => Some(change),
            Err(RecvError::Lagged(_)) => Some(Change::Missed),
            Err(RecvError::Closed) => None,
        }
    }

    /// The next change, if one waits already.
    pub fn try_next(&mut self) -> Option<Change> {
        match self.0.try_recv() {
            Ok(change) => Some(change),
            Err(TryRecvError::Lagged(_)) => Some(Change::Missed),
            Err(TryRecvError::Empty | TryRecvError::Closed) => None,
        }
    }
}
