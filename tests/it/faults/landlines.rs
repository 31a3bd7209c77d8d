//! Households that are called on the ordinary phone, beside a crowd that is called in the app.

use callpanion::db::{Db, DbError, Location};
use callpanion::domain::Moment;
use callpanion_emulators::{Line, World};
use futures::FutureExt as _;

use super::home::plant_number;
use crate::testing::Database;

/// The numbers whose families know that they were not dialled, and why.
const TOLD: &str = "SELECT callees.phone AS text FROM calls JOIN callees ON callees.id = calls.callee_id \
    WHERE calls.call_method = 'phone' AND calls.state IN ('failed', 'expired') AND calls.reason IS NOT NULL \
    AND EXISTS (SELECT 1 FROM alerts WHERE alerts.call_id = calls.id)";

/// See the file's first line: the numbers, and when each is to be dialled.
pub struct Landlines(Vec<(String, Moment)>);

impl Landlines {
    /// A family for each of these moments, of whole seconds, as the vendor has them. Their lines are engaged.
    pub async fn gather(location: &Location, world: &World, due: &[Moment]) -> Self {
        let lines: Vec<(String, Moment)> =
            due.iter().enumerate().map(|(at, due)| (format!("+44207946{at:04}"), *due)).collect();
        for (number, _) in &lines {
            world.line(number, Line::Busy);
        }
        let db = Db::open(location, 2).await.unwrap();
        let rows = lines.clone();
        let planted = db.write(move |c| {
            async move {
                for (number, due) in rows {
                    plant_number(c, &number, due).await?;
                }
                Ok::<_, DbError>(())
            }
            .boxed()
        });
        planted.await.unwrap();
        Self(lines)
    }

    /// Whether each was dialled, or its family knows why not.
    pub async fn are_settled(&self, world: &World, database: &Database) -> bool {
        let told = database.texts(TOLD).await;
        self.0.iter().all(|(number, due)| !late_ms(world, number, *due).is_empty() || told.contains(number))
    }

    /// Prints what the vendor dialled, and fails where that was a number twice, or not in its window. Gives how many it
    /// never dialled.
    pub fn check(&self, world: &World, window_s: i64, fault: &str) -> usize {
        let dials: Vec<Vec<i64>> = self.0.iter().map(|(number, due)| late_ms(world, number, *due)).collect();
        let undialled = dials.iter().filter(|dials| dials.is_empty()).count();
        let doubled = dials.iter().filter(|dials| dials.len() > 1).count();
        let off = dials.iter().flatten().filter(|late_ms| !(0..=window_s * 1_000).contains(*late_ms)).count();
        eprintln!(
            "{fault}: of {} phones {doubled} were dialled twice, {off} not in their window, {undialled} not at all",
            dials.len()
        );
        assert_eq!((doubled, off), (0, 0), "{fault}: {dials:?}");
        undialled
    }
}

/// How late a number was dialled, each time.
fn late_ms(world: &World, number: &str, due: Moment) -> Vec<i64> {
    let dials = world.eleven.dials();
    dials.iter().filter(|dial| dial.number == number).map(|dial| dial.at_ms - due.millis()).collect()
}
