//! The push service takes so many requests a second, and far more are due at once than it takes in their window.

use super::crowd::{Crowd, Rung, now, until_moment};
use crate::testing::{Database, Engine};

/// What the push service takes, in requests a second; it holds a second's worth of them.
const A_SECOND: usize = 40;
const WINDOW_S: usize = 15;
/// All that can ring in the window of the first.
const ROOM: usize = A_SECOND * (WINDOW_S + 1);
/// From the first refusal on the host knows of the limit.
const KNOWN_AFTER_S: i64 = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vendor_that_takes_few_is_asked_at_its_pace_and_the_oldest_go_first() {
    let database = Database::fresh(Engine::Sqlite).await;
    let first = now().plus_secs(15);
    let second = first.plus_secs(4);
    // The first fit, if nothing comes before them; of the others most do not.
    let (fit, more) = (ROOM * 6 / 10, ROOM);
    let due: Vec<_> = [vec![first; fit], vec![second; more]].concat();
    let mut crowd = Crowd::gather(database.location(), &due).await;
    crowd.window_s = i64::try_from(WINDOW_S).unwrap();
    let (node, settings) = crowd.served_by_few(&database.url(), A_SECOND).await;
    until_moment(first.plus_secs(KNOWN_AFTER_S)).await;
    let (hits, pushed) = (crowd.world.fcm.faults().hits(), crowd.pushed());
    crowd.audit(&settings).await;

    let (early, later) = (crowd.rung_of(|_, due| due == first), crowd.rung_of(|_, due| due == second));
    let refused = crowd.world.fcm.faults().hits() - hits;
    let taken = crowd.pushed() - pushed;
    let told = crowd.explained().await;
    let Rung { lost, doubled, late, .. } = crowd.rung();
    eprintln!(
        "a storm of 429, n = {}, {A_SECOND} a second taken: {hits} refused until the limit was known, then {refused} of \
         {} ({} %); {lost} did not ring and {told} families were told, {doubled} doubled, {late} late; the first {early:?}",
        due.len(),
        taken + refused,
        refused * 100 / (taken + refused),
    );
    assert_eq!((early.lost, early.doubled, early.early, early.late), (0, 0, 0, 0), "the oldest first: {early:?}");
    assert_eq!((later.doubled, later.early, later.late), (0, 0, 0), "{later:?}");
    assert!(later.lost > 0, "more were due than fit: {later:?}");
    assert!(refused * 20 <= taken, "{refused} of {} requests were one too many", taken + refused);
    // The window of the later ones is longer by the four seconds between them.
    assert!(taken * 10 >= ROOM * 7, "the vendor took {taken} and would have taken more");
    node.stop().await;
    crowd.world.stop().await;
    database.end().await;
}
