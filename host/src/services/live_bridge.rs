//! The live bridge: on a shared database, a change that one host makes moves
//! the pages that are open at another.

use tokio::sync::broadcast::error::RecvError;

use crate::app::App;
use crate::domain::{FamilyId, NodeId};
use crate::services::error::ServiceError;

/// Tells the other hosts of this one's changes, until the host stops.
pub async fn tell(app: &App) -> Result<(), ServiceError> {
    let mut own = app.live.listen_to_own();
    loop {
        match own.recv().await {
            Ok(family) => app.db.notify(&notice(app.node, family)).await?,
            // What was missed is told with the next change of the same family.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return Ok(()),
        }
    }
}

/// Hears of the other hosts' changes, until the connection ends.
pub async fn hear(app: &App) -> Result<(), ServiceError> {
    app.db
        .hear(|text| {
            if let Some((node, family)) = read(text)
                && node != app.node
            {
                app.live.heard(family);
            }
        })
        .await?;
    Ok(())
}

fn notice(node: NodeId, family: FamilyId) -> String {
    format!("{node} {family}")
}

fn read(text: &str) -> Option<(NodeId, FamilyId)> {
    let (node, family) = text.split_once(' ')?;
    Some((node.parse().ok()?, family.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{notice, read};
    use crate::domain::{FamilyId, NodeId};

    #[test]
    fn a_notice_is_read_as_it_was_written() {
        let (node, family) = (NodeId::new(), FamilyId::new());
        assert_eq!(read(&notice(node, family)), Some((node, family)));
        assert_eq!(read("rubbish"), None);
    }
}
