//! The figures: how often a plugin was called, how often that went wrong, and how long it and its vendor took.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::domain::Quantiles;

/// So many samples make a generation. The quantiles are those of the last one or two: enough for a p99, and what was
/// slow last month does not hide what is slow today.
const GENERATION: u64 = 1_000;
/// Longer than any run or request may take.
const LONGEST_US: u64 = 120_000_000;
const SIGNIFICANT_DIGITS: u8 = 2;

/// One plugin's figures since it was loaded.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) calls: u64,
    pub(super) failures: u64,
    pub(super) plugin_time: Samples,
    pub(super) vendor_time: Samples,
}

/// How long something took, lately.
#[derive(Debug, Default)]
pub(super) struct Samples {
    /// Made with the first sample: most plugins of most hosts are idle.
    current: Option<Histogram<u32>>,
    previous: Option<Histogram<u32>>,
}

impl Samples {
    pub(super) fn note(&mut self, took: Duration) {
        if self.current.is_none() {
            self.current = Histogram::new_with_bounds(1, LONGEST_US, SIGNIFICANT_DIGITS).ok();
        }
        let Some(current) = &mut self.current else { return };
        current.saturating_record(u64::try_from(took.as_micros()).unwrap_or(LONGEST_US));
        if current.len() >= GENERATION {
            std::mem::swap(&mut self.current, &mut self.previous);
            self.current.iter_mut().for_each(Histogram::reset);
        }
    }

    /// Nothing when there is no sample.
    pub(super) fn quantiles(&self) -> Option<Quantiles> {
        let mut all = self.current.clone().or_else(|| self.previous.clone())?;
        if let (Some(_), Some(previous)) = (&self.current, &self.previous) {
            all.add(previous).ok()?;
        }
        let at = |quantile| all.value_at_quantile(quantile);
        (!all.is_empty()).then(|| Quantiles { p50_us: at(0.5), p99_us: at(0.99) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within_a_hundredth(found: u64, wanted: u64) -> bool {
        found.abs_diff(wanted) * 100 <= wanted
    }

    #[test]
    fn quantiles_are_those_of_the_samples() {
        let mut samples = Samples::default();
        assert_eq!(samples.quantiles(), None);
        for millis in 1..=100 {
            samples.note(Duration::from_millis(millis));
        }
        let found = samples.quantiles().unwrap();
        assert!(within_a_hundredth(found.p50_us, 50_000) && within_a_hundredth(found.p99_us, 99_000), "{found:?}");
        samples.note(Duration::MAX);
        samples.note(Duration::ZERO);
        assert!(samples.quantiles().is_some(), "what lies beyond the bounds is counted at them");
    }

    #[test]
    fn what_was_long_ago_is_forgotten() {
        let mut samples = Samples::default();
        (0..GENERATION).for_each(|_| samples.note(Duration::from_secs(9)));
        let slow = samples.quantiles().unwrap();
        assert!(within_a_hundredth(slow.p50_us, 9_000_000), "{slow:?}");
        (0..GENERATION * 2).for_each(|_| samples.note(Duration::from_millis(2)));
        let quick = samples.quantiles().unwrap();
        assert!(within_a_hundredth(quick.p99_us, 2_000), "{quick:?}");
    }
}
