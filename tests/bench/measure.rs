//! How the benchmarks measure: CPU time of this process, resident memory, and medians over interleaved rounds, so that
//! what disturbs one contestant disturbs the other.

use std::fs;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

/// One measured stretch.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// CPU time of all threads of this process.
    pub cpu: Duration,
    /// Time on the wall.
    pub wall: Duration,
}

impl Cost {
    /// Microseconds of CPU for each of `number` things.
    pub fn cpu_us_each(&self, number: usize) -> f64 {
        micros(self.cpu, number)
    }

    /// Things a second.
    pub fn rate(&self, number: usize) -> f64 {
        1_000_000.0 / micros(self.wall, number)
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of a benchmark")]
fn micros(time: Duration, number: usize) -> f64 {
    time.as_secs_f64() * 1_000_000.0 / number as f64
}

/// A stopwatch for CPU and wall.
#[derive(Debug)]
pub struct Watch {
    cpu: ProcessTime,
    wall: Instant,
}

impl Watch {
    /// Starts.
    pub fn start() -> Self {
        Self { cpu: ProcessTime::now(), wall: Instant::now() }
    }

    /// What passed since the start.
    pub fn stop(&self) -> Cost {
        Cost { cpu: self.cpu.elapsed(), wall: self.wall.elapsed() }
    }
}

/// The middle of these; of an even number the lower one.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// Resident memory of this process in MB.
#[expect(clippy::cast_precision_loss, reason = "numbers of a benchmark")]
pub fn resident_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kb.unwrap_or(0) as f64 / 1024.0
}
