//! Ten times as much is due as can leave in the ring window, and a moment later a usual load.

use super::crowd::{Crowd, now, until, until_moment};
use super::memory::Memory;
use crate::testing::{Database, Engine};

/// What the push service takes, in requests a second.
const A_SECOND: usize = 15;
const WINDOW_S: usize = 15;
const TOO_MANY: usize = 10 * A_SECOND * WINDOW_S;
/// The load after it.
const USUAL: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_too_much_ends_with_outcomes_and_the_next_calls_are_on_time() {
    let database = Database::fresh(Engine::Sqlite).await;
    let due = now().plus_secs(18);
    let next = due.plus_secs(i64::try_from(WINDOW_S).unwrap() + 15);
    let all: Vec<_> = [vec![due; TOO_MANY], vec![next; USUAL]].concat();
    let mut crowd = Crowd::gather(database.location(), &all).await;
    crowd.window_s = i64::try_from(WINDOW_S).unwrap();
    let (node, settings) = crowd.served_by_few(&database.url(), A_SECOND).await;
    until_moment(due.plus_secs(-2)).await;
    let mut memory = Memory::of(&node);
    let is_next = |_: &callpanion_emulators::Phone, at| at == next;
    let settling = async {
        until_moment(next).await;
        until("the next calls ring", async || crowd.rung_of(is_next).lost == 0).await;
        crowd.audit(&settings).await;
    };
    memory.during(&node, settling).await;
    let told = crowd.explained().await;
    let rung = crowd.rung();
    let fault = format!("ten times as much due as can leave, n = {TOO_MANY}");
    eprintln!("{fault}: {rung:?}, {told} families were told that it did not ring");
    memory.check(&fault);
    assert_eq!((rung.doubled, rung.early, rung.late), (0, 0, 0), "{fault}: {rung:?}");
    assert!(TOO_MANY - rung.lost >= A_SECOND * WINDOW_S * 6 / 10, "the vendor would have taken more: {rung:?}");
    let next = crowd.rung_of(is_next);
    next.check(&format!("{fault}: the {USUAL} calls after it"));
    // At the pace of this vendor they take some seconds.
    assert!(next.max_late_ms < 8_000, "{next:?}");
    node.stop().await;
    crowd.world.stop().await;
    database.end().await;
}
