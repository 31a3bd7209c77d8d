//! The live bridge: on a shared database, a change that one host makes moves
//! the pages that are open at another, and what is armed there.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::app::App;
use crate::domain::{FamilyId, NodeId};
use crate::services::error::ServiceError;
use crate::services::live::Change;

/// A notice of PostgreSQL holds less than 8 000 bytes, and an id takes 37.
const FAMILIES_A_NOTICE: usize = 200;
/// Changes that follow each other so closely travel together.
const GATHER: Duration = Duration::from_millis(50);
/// What stands in a notice instead of families when anything may have changed.
const ANYTHING: &str = "*";

/// Tells the other hosts of this one's changes, until the host stops.
pub async fn tell(app: &App) -> Result<(), ServiceError> {
    let mut own = app.live.listen_to_own();
    while let Some(first) = own.next().await {
        tokio::time::sleep(GATHER).await;
        let (mut families, mut missed) = (BTreeSet::new(), false);
        let mut next = Some(first);
        while let Some(change) = next {
            match change {
                Change::Families(changed) => families.extend(changed.iter().copied()),
                Change::Missed => missed = true,
            }
            next = own.try_next();
        }
        let families: Vec<FamilyId> = families.into_iter().collect();
        let mut notices: Vec<String> =
            families.chunks(FAMILIES_A_NOTICE).map(|families| notice(app.node, families)).collect();
        if missed {
            notices.push(format!("{} {ANYTHING}", app.node));
        }
        app.db.notify(&notices).await?;
    }
    Ok(())
}

/// Hears of the other hosts' changes, until the connection ends.
pub async fn hear(app: &App) -> Result<(), ServiceError> {
    let listening = || app.live.heard(Change::Missed);
    app.db
        .hear(listening, |text| {
            if let Some((node, change)) = read(text)
                && node != app.node
            {
                app.live.heard(change);
            }
        })
        .await?;
    Ok(())
}

fn notice(node: NodeId, families: &[FamilyId]) -> String {
    families.iter().fold(node.to_string(), |text, family| format!("{text} {family}"))
}

fn read(text: &str) -> Option<(NodeId, Change)> {
    let (node, families) = text.split_once(' ')?;
    let change = match families {
        ANYTHING => Change::Missed,
        families => Change::Families(families.split(' ').filter_map(|family| family.parse().ok()).collect()),
    };
    Some((node.parse().ok()?, change))
}

#[cfg(test)]
mod tests {
    use super::{ANYTHING, FAMILIES_A_NOTICE, notice, read};
    use crate::domain::{FamilyId, NodeId};
    use crate::services::live::Change;

    #[test]
    fn a_notice_is_read_as_it_was_written() {
        let (node, families) = (NodeId::new(), vec![FamilyId::new(); FAMILIES_A_NOTICE]);
        let text = notice(node, &families);
        assert!(text.len() < 8_000, "PostgreSQL takes no longer notice than that");
        assert_eq!(read(&text), Some((node, Change::Families(families.into()))));
        assert_eq!(read(&format!("{node} {ANYTHING}")), Some((node, Change::Missed)));
        assert_eq!(read("rubbish"), None);
    }
}
