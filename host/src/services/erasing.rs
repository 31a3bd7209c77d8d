//! Erasing: what providers keep of talks is removed there, talk by talk, until each of them has said so.
//!
//! Whoever erases a callee or a family walks in, in the same transaction, while it is still known which talks were theirs.
//! A job for each talk carries all that is needed, so nothing of it must stay behind in another table.

use std::time::Duration;

use futures::FutureExt;

use crate::app::App;
use crate::db::conversations;
pub use crate::db::conversations::Whose;
use crate::db::{Conn, Db, DbError};
use crate::domain::Moment;
use crate::services::error::ServiceError;
use crate::services::jobs::{self, Job, Trouble};

const DEADLINE: Duration = Duration::from_secs(30);

/// Queues the removal of all that providers keep of these talks. Gives how many there are.
pub(crate) async fn at_providers(c: &mut Conn, whose: Whose, now: Moment) -> Result<usize, DbError> {
    let talks = conversations::of(c, whose).await?;
    let count = talks.len();
    for talk in talks {
        let key = format!("{}:{}", talk.provider, talk.provider_ref);
        let job = Job::EraseTalk { provider: talk.provider, conversation: talk.provider_ref };
        jobs::enqueue(c, &job, &key, now).await?;
    }
    Ok(count)
}

/// The same, for an operator who is asked for nothing else. What is kept here stays.
pub async fn queue(db: &Db, whose: Whose, now: Moment) -> Result<usize, ServiceError> {
    Ok(db.write(move |c| async move { at_providers(c, whose, now).await }.boxed()).await?)
}

/// Has a provider remove what it keeps of a talk. Whatever stands in the way is tried again, however long that takes:
/// an erasure that was promised is not given up.
pub(crate) async fn at_provider(app: &App, provider: &str, conversation: &str) -> Result<(), Trouble> {
    match app.plugins.erase(provider, conversation, DEADLINE).await {
        // What is not there any more is as good as removed.
        Ok(_) => Ok(()),
        Err(failure) => Err(Trouble::Passing(failure.to_string())),
    }
}
