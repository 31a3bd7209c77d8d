//! Live: tells open pages that something of their family changed.
//!
//! It carries ids only; a page that hears its family's id asks again for what
//! it shows. A page that misses a message is merely late until the next one.

use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use crate::domain::FamilyId;

/// Messages that a slow page may fall behind before it is told to refresh.
const BACKLOG: usize = 256;

/// The way from the services to the open pages. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Live {
    changes: broadcast::Sender<FamilyId>,
    own: broadcast::Sender<FamilyId>,
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
        self.heard(family);
        // No other host is the usual case.
        let _nobody = self.own.send(family);
    }

    /// Something of this family changed at another host.
    pub fn heard(&self, family: FamilyId) {
        // No page open is the usual case.
        let _nobody = self.changes.send(family);
    }

    /// From now on, hear of the changes that this host made.
    pub fn listen_to_own(&self) -> broadcast::Receiver<FamilyId> {
        self.own.subscribe()
    }

    /// From now on, hear of every family's changes; the listener filters.
    pub fn listen(&self) -> broadcast::Receiver<FamilyId> {
        self.changes.subscribe()
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
