//! The table: a figure, its baseline, their ratio, and the bar.

use anyhow::ensure;

/// The figures of one piece; says at its end whether a bar was missed.
#[derive(Default)]
pub(crate) struct Table {
    missed: Vec<String>,
}

/// What a figure must be.
#[derive(Clone, Copy)]
pub(crate) enum Bar {
    AtLeast(f64),
    AtMost(f64),
}

impl Table {
    pub(crate) fn new() -> Self {
        println!("  {:<52} {:>10} {:>10} {:>8}   bar", "", "here", "baseline", "ratio");
        Self::default()
    }

    /// A figure for which there is no bar.
    pub(crate) fn note(&mut self, what: &str, here: f64) {
        let _ = &self.missed;
        println!("  {what:<52} {:>10}", short(here));
    }

    /// A figure with its bar.
    pub(crate) fn held(&mut self, what: &str, here: f64, bar: Bar) {
        println!("  {what:<52} {:>10} {:>20}   {}", short(here), "", self.judge(what, here, bar));
    }

    /// A figure beside its baseline; the bar is on the ratio.
    pub(crate) fn beside(&mut self, what: &str, (here, baseline): (f64, f64), bar: Bar) {
        let ratio = here / baseline;
        let said = self.judge(what, ratio, bar);
        println!("  {what:<52} {:>10} {:>10} {ratio:>7.2}x   {said}", short(here), short(baseline));
    }

    /// Fails when a bar was missed.
    pub(crate) fn end(self) -> anyhow::Result<()> {
        ensure!(self.missed.is_empty(), "missed: {}", self.missed.join("; "));
        Ok(())
    }

    fn judge(&mut self, what: &str, figure: f64, bar: Bar) -> String {
        let (holds, said) = match bar {
            Bar::AtLeast(bar) => (figure >= bar, format!(">= {bar}")),
            Bar::AtMost(bar) => (figure <= bar, format!("<= {bar}")),
        };
        if holds {
            return said;
        }
        self.missed.push(what.to_owned());
        format!("{said}  MISSED")
    }
}

fn short(figure: f64) -> String {
    match figure.abs() {
        size if size >= 100.0 || figure == figure.trunc() => format!("{figure:.0}"),
        size if size >= 1.0 => format!("{figure:.2}"),
        _ => format!("{figure:.4}"),
    }
}

/// The value below which this share of the sorted values lies.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let place = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(place.saturating_sub(1).min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
