//! Planning: the requests of a ring are made ready before it is due.
//!
//! A minute ahead the channel plugin computes, for a whole list, what is to be sent; at the moment itself only the
//! sending is left. A list without a plan rings all the same: then the plugin runs first.

use std::time::Duration;

use crate::app::App;
use crate::domain::Ring;
use crate::services::error::ServiceError;

/// So long before its moment a list is planned.
const AHEAD_S: i64 = 60;
/// What is due sooner is not planned: it is about to be rung.
const NOT_WITHIN: Duration = Duration::from_secs(2);
/// How long a plugin may take for one list.
const DEADLINE: Duration = Duration::from_secs(2);

/// Plans what is due within a minute. Returns how many lists were planned.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let mut planned = 0;
    while let Some(mut list) = app.armory.take_unplanned(app.clock.now().plus_secs(AHEAD_S)) {
        list.was_planned = true;
        if list.moment().since(app.clock.now()) > NOT_WITHIN {
            let rings: Vec<Ring> = list.rings.iter().map(|armed| armed.ring.clone()).collect();
            match app.plugins.plan_rings(&list.channel, rings, list.moment(), DEADLINE).await {
                Ok(plan) => {
                    list.plan = Some(plan);
                    planned += 1;
                }
                Err(failure) => {
                    tracing::warn!(channel = list.channel, %failure, "rings could not be planned ahead");
                }
            }
        }
        app.armory.put_back(list);
    }
    Ok(planned)
}
