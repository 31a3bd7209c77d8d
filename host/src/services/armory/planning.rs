//! Planning: the requests of a ring are made ready before it is due.
//!
//! A minute ahead the channel plugin computes, for a whole list, what is to be sent; at the moment itself only the
//! sending is left. A list without a plan rings all the same: then the plugin runs first.

use std::time::Duration;

use tokio::time::Instant;

use crate::app::App;
use crate::domain::{Moment, Ring};
use crate::services::error::ServiceError;

/// So long before its moment a list is planned.
const AHEAD_S: i64 = 60;
/// What is due sooner is not planned: it is about to be rung.
const NOT_WITHIN: Duration = Duration::from_secs(2);
/// How long a plugin may take for one list.
const DEADLINE: Duration = Duration::from_secs(2);

/// Plans what is due within a minute, each channel beside the others: a vendor that sells its tokens slowly keeps no other
/// channel waiting for long. Returns how many lists were planned.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let channels = app.armory.unplanned(horizon(app));
    let planned = channels.iter().map(|channel| plan_channel(app, channel));
    Ok(futures::future::join_all(planned).await.into_iter().sum())
}

/// Plans list after list for as long as one may take, or until one cannot be planned: the others have their turn with the
/// next tick.
async fn plan_channel(app: &App, channel: &str) -> usize {
    let (mut planned, began) = (0, Instant::now());
    while began.elapsed() < DEADLINE
        && let Some(mut list) = app.armory.take_unplanned(channel, horizon(app))
    {
        list.was_planned = true;
        if list.moment().since(app.clock.now()) <= NOT_WITHIN {
            app.armory.put_back(list);
            continue;
        }
        let rings: Vec<Ring> = list.rings.iter().map(|armed| armed.ring.clone()).collect();
        let plan = app.plugins.plan_rings(channel, rings, list.planned_for(), DEADLINE).await;
        let failure = plan.map(|plan| list.plan = Some(plan)).err();
        app.armory.put_back(list);
        if let Some(failure) = failure {
            tracing::warn!(channel, %failure, "rings could not be planned ahead");
            break;
        }
        planned += 1;
    }
    planned
}

fn horizon(app: &App) -> Moment {
    app.clock.now().plus_secs(AHEAD_S)
}
