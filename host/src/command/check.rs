//! `callpanion check`: asks each loaded provider, channel and notifier whether everything is set up. Prints all that is wrong
//! at once, each with what to do.

use std::time::Duration;

use anyhow::anyhow;

use super::args::ConfigArg;
use super::{Outcome, load_config, printable};
use crate::boot;
use crate::clock::Clock;
use crate::domain::manifest::Submits;
use crate::domain::{Finding, Severity};
use crate::plugins::PluginFailure;
use crate::services::facts;

const DEADLINE: Duration = Duration::from_secs(30);
/// What to do is told in lines of this width, which fit into most windows.
const WIDTH_CHARS: usize = 100;
/// A finding stands behind its mark, and what to do below it.
const INDENT: &str = "           ";

/// What was found, over all plugins.
#[derive(Default)]
struct Count {
    problems: usize,
    /// Those of the problems that stand in the way of notices, and of no call.
    of_notices: usize,
    warnings: usize,
}

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(arg: ConfigArg) -> Outcome {
    let config = load_config(arg.config.as_deref())?;
    let plugins = boot::load_plugins(&config, Clock::system()).await?;
    let mut count = Count::default();
    let providers = plugins.provider_ids();
    if providers.is_empty() {
        println!("No provider is enabled. Set plugins.elevenlabs.enabled = true and its credentials.");
    }
    for provider in providers {
        let facts = facts::of(&config, &plugins, &provider);
        println!("{provider}");
        match plugins.check(&provider, facts, DEADLINE).await {
            Ok(findings) => {
                for finding in &findings {
                    count.tell(finding);
                }
            }
            Err(failure) => count.tell(&of_failure(&failure)),
        }
    }
    for channel in plugins.channels() {
        println!("{}", channel.id);
        let facts = facts::of(&config, &plugins, &channel.id);
        match plugins.check_channel(&channel.id, facts, DEADLINE).await {
            Ok(findings) => {
                for finding in findings.iter().flatten() {
                    count.tell(finding);
                }
            }
            Err(failure) => count.tell(&of_failure(&failure)),
        }
        if channel.submits == Submits::Moment {
            count.tell(&finding(
                Severity::Ok,
                "Only a call shows whether it rings.",
                "Pair a phone with a family of your own, and on the family's page press the button that calls now.",
            ));
        }
    }
    let of_calls = count.problems;
    for notifier in plugins.notifier_ids() {
        println!("{notifier}");
        if !plugins.is_checkable(&notifier) {
            count.tell(&finding(
                Severity::Ok,
                "Only a notice shows whether it arrives.",
                "With an account of your own, choose it on the page of your letters, and have it sent something.",
            ));
            continue;
        }
        let facts = facts::of(&config, &plugins, &notifier);
        match plugins.check(&notifier, facts, DEADLINE).await {
            Ok(findings) => {
                for finding in &findings {
                    count.tell(finding);
                }
            }
            Err(failure) => count.tell(&of_failure(&failure)),
        }
    }
    count.of_notices = count.problems - of_calls;
    println!("{}", count.in_words());
    match count.problems {
        0 => Ok(()),
        1 => Err(anyhow!("one problem was found").into()),
        problems => Err(anyhow!("{problems} problems were found").into()),
    }
}

impl Count {
    /// Prints a finding, and counts it. The words are a plugin's, and it may have them from a vendor.
    #[expect(clippy::print_stdout, reason = "the command's result")]
    fn tell(&mut self, finding: &Finding) {
        let mark = match finding.severity {
            Severity::Ok if finding.mend.is_empty() => "ok     ",
            // In order, and yet there is something to know or to do.
            Severity::Ok => "note   ",
            Severity::Warning => "WARNING",
            Severity::Problem => "PROBLEM",
        };
        println!("  {mark}  {}", printable(&finding.what));
        for line in lines(&printable(&finding.mend)) {
            println!("{INDENT}{line}");
        }
        self.problems += usize::from(finding.severity == Severity::Problem);
        self.warnings += usize::from(finding.severity == Severity::Warning);
    }

    fn in_words(&self) -> String {
        let what = match self.of_notices {
            0 => "calls",
            of_notices if of_notices == self.problems => "notices",
            _ => "calls and notices",
        };
        let problems = match self.problems {
            0 => "No problem was found.".to_owned(),
            1 => format!("1 problem: {what} fail until it is mended."),
            problems => format!("{problems} problems: {what} fail until they are mended."),
        };
        match self.warnings {
            0 => problems,
            1 => format!("{problems} 1 warning: calls work, and could do so better."),
            warnings => format!("{problems} {warnings} warnings: calls work, and could do so better."),
        }
    }
}

fn of_failure(failure: &PluginFailure) -> Finding {
    let mend = if failure.retryable() { "Check again in a few minutes." } else { "" };
    finding(Severity::Problem, &failure.to_string(), mend)
}

fn finding(severity: Severity, what: &str, mend: &str) -> Finding {
    Finding { severity, what: what.to_owned(), mend: mend.to_owned() }
}

/// A text in lines of whole words.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() + INDENT.len() <= WIDTH_CHARS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_between_words_and_a_long_word_stands_alone() {
        let long = "x".repeat(120);
        let text = format!("{}{long} end", "word ".repeat(30));
        let broken = lines(&text);
        assert_eq!(broken.join(" "), text);
        assert!(broken.iter().all(|line| line.chars().count() <= 89 || *line == long), "{broken:?}");
        assert_eq!(lines(" "), [""; 0]);
    }

    #[test]
    fn what_was_found_is_summed_up() {
        let said = |problems, of_notices, warnings| Count { problems, of_notices, warnings }.in_words();
        assert_eq!(said(0, 0, 0), "No problem was found.");
        assert_eq!(said(1, 0, 0), "1 problem: calls fail until it is mended.");
        assert_eq!(said(1, 1, 0), "1 problem: notices fail until it is mended.");
        assert_eq!(said(3, 1, 0), "3 problems: calls and notices fail until they are mended.");
        assert_eq!(
            said(2, 0, 3),
            "2 problems: calls fail until they are mended. 3 warnings: calls work, and could do so better."
        );
    }
}
