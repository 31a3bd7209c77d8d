//! What one run of a plugin may spend: computing time and memory. The machine walks in.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cpu_time::ThreadTime;
use wasmtime::ResourceLimiter;

use crate::config::plugins::Limits;

const TABLE_ELEMENTS_MAX: usize = 40_000;
const INSTANCES_MAX: usize = 64;
const MEMORIES_MAX: usize = 8;

/// The computing time of one run, as its thread has spent it: on a busy machine a run takes longer, and may. It begins
/// when it is made, so the run must follow on the same thread.
#[derive(Clone)]
pub(super) struct Budget(Arc<Mutex<Spending>>);

struct Spending {
    left: Duration,
    /// What the present thread had computed when this stretch began; another thread has another clock.
    since: Duration,
}

impl Budget {
    pub(super) fn of(limits: Limits) -> Self {
        let left = Duration::from_millis(limits.cpu_ms.into());
        Self(Arc::new(Mutex::new(Spending { left, since: computed() })))
    }

    /// Takes stock.
    pub(super) fn is_spent(&self) -> bool {
        let mut spending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = computed();
        spending.left = spending.left.saturating_sub(now.saturating_sub(spending.since));
        spending.since = now;
        spending.left.is_zero()
    }

    /// It had to let others go first, and may be on another thread now.
    pub(super) fn goes_on(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).since = computed();
    }
}

fn computed() -> Duration {
    ThreadTime::now().as_duration()
}

/// The memory of one instance: of all its linear memories together, since a component may have several.
pub(super) struct Bounds {
    memory_left_bytes: usize,
    table_elements_left: usize,
}

impl Bounds {
    pub(super) fn new(memory_bytes: usize) -> Self {
        Self { memory_left_bytes: memory_bytes, table_elements_left: TABLE_ELEMENTS_MAX }
    }
}

/// Whether so much more fits into what is left, which it then takes.
fn take(left: &mut usize, current: usize, desired: usize) -> bool {
    let more = desired.saturating_sub(current);
    let fits = more <= *left;
    if fits {
        *left -= more;
    }
    fits
}

impl ResourceLimiter for Bounds {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(maximum.is_none_or(|maximum| desired <= maximum) && take(&mut self.memory_left_bytes, current, desired))
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(maximum.is_none_or(|maximum| desired <= maximum) && take(&mut self.table_elements_left, current, desired))
    }

    fn instances(&self) -> usize {
        INSTANCES_MAX
    }

    fn tables(&self) -> usize {
        INSTANCES_MAX
    }

    fn memories(&self) -> usize {
        MEMORIES_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_memories_share_one_limit() {
        let mut bounds = Bounds::new(10);
        assert!(bounds.memory_growing(0, 6, None).unwrap());
        assert!(!bounds.memory_growing(0, 5, None).unwrap(), "of another memory");
        assert!(bounds.memory_growing(6, 10, None).unwrap());
        assert!(!bounds.memory_growing(10, 11, None).unwrap());
        assert!(!Bounds::new(10).memory_growing(0, 5, Some(4)).unwrap());
    }

    #[test]
    fn only_what_this_thread_computes_is_spent() {
        let budget = Budget::of(Limits { cpu_ms: 3, ..Limits::default() });
        assert!(!budget.is_spent());
        let others = std::thread::spawn(|| {
            let begun = ThreadTime::now();
            while begun.elapsed() < Duration::from_millis(20) {}
        });
        others.join().unwrap();
        assert!(!budget.is_spent(), "another thread's time is not its own");
        let begun = ThreadTime::now();
        while begun.elapsed() < Duration::from_millis(20) {}
        assert!(budget.is_spent());
    }
}
