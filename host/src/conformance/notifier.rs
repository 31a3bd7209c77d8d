//! Notifiers: does each notice end in the verdict that is true, and does no callback tell of what is not in it? The door
//! of this room walks in; it calls `stage` and `explore`.

use super::cast;
use super::channel::{Fate, fates};
use super::checks::Check;
use super::explore::{Ending, Says};
use super::stage::{Stage, brief};
use crate::plugins::wit::{Callback, Notice, Verdict};
use crate::plugins::{Input, Output, Turn};

impl Stage {
    /// Everything about a notifier.
    pub(super) async fn try_notifier(&mut self) {
        let endings = self.explore(&Input::Notify(self.notices(1)), "one notice").await;
        let accepted = endings.iter().any(|it| it.is_success() && fate(it) == Some(Fate::Accepted));
        self.covered(accepted, "one notice", "led to `accepted`", &endings);
        for ending in &endings {
            self.judge_notice(ending);
        }
        for number in [0, 1, 100] {
            let label = format!("{number} notices");
            let output = self.succeed(&Input::Notify(self.notices(number)), &label).await;
            let held = output.as_ref().is_some_and(|output| fates(output, number).is_some());
            self.notes.note(Check::NotifyLists, held, || {
                format!("{label}: {}", output.as_ref().map_or_else(|| "no end".to_owned(), brief))
            });
        }
        self.try_late().await;
        self.try_callbacks().await;
    }

    pub(super) fn notices(&self, number: usize) -> Vec<Notice> {
        (0..number).map(|i| cast::notice(&self.manifest, i)).collect()
    }

    fn judge_notice(&mut self, ending: &Ending) {
        let told = || ending.told();
        let Some(fate) = fate(ending) else {
            self.notes.note(Check::NotifyLists, false, told);
            return;
        };
        let sound = fate != Fate::Accepted || ending.is_success() || ending.is_after_the_fact();
        self.notes.note(Check::NotifyAccepted, sound, told);
        let (true, true, Some(said)) = (ending.bare, ending.is_clean(), ending.says()) else { return };
        let held = match said {
            Says::Unsent | Says::Status(429) => matches!(fate, Fate::Retry(_)) || ending.is_after_the_fact(),
            Says::Unknown | Says::Status(500..=502 | 504..600) => {
                // A look-up before the sending may be tried again.
                fate == Fate::Unknown || matches!(fate, Fate::Retry(_)) && ending.only_reads()
            }
            Says::Status(401 | 403) => fate == Fate::Misconfigured,
            Says::Success | Says::Status(_) => true,
        };
        self.notes.note(Check::NotifyHonest, held, told);
    }

    /// A notice whose time is over.
    async fn try_late(&mut self) {
        let late = Notice { expires_at_ms: cast::NOW_MS - 1, ..cast::notice(&self.manifest, 0) };
        let output = self.open(&Input::Notify(vec![late]), "a notice that comes too late").await;
        let told = || format!("a notice that comes too late: {}", output.as_ref().map_or_else(String::new, brief));
        let held = match &output {
            Some(Output::Request(_)) | None => false,
            Some(Output::Notified(verdicts)) => !verdicts.iter().any(|it| matches!(it, Verdict::Accepted(_))),
            Some(_) => true,
        };
        self.notes.note(Check::NotifyLate, held, told);
    }

    async fn try_callbacks(&mut self) {
        let mut bodies: Vec<(String, Vec<u8>)> = vec![
            ("an empty callback".to_owned(), Vec::new()),
            ("a callback that is no text".to_owned(), vec![0xff, 0x00, 0xfe]),
            ("a callback of nothing but brackets".to_owned(), "[".repeat(10_000).into_bytes()),
            ("a callback of half a megabyte".to_owned(), super::webhooks::long()),
        ];
        for (name, body) in &self.webhooks {
            bodies.push((format!("callback {name}, cut off"), body[..body.len() / 2].to_vec()));
        }
        for (label, body) in bodies {
            let input = Input::ReadCallback { headers: Vec::new(), body };
            let turn = Turn { context: self.context(), answers: Vec::new() };
            let Some(output) = self.play(&input, &turn, &label).await else { continue };
            let told = || format!("{label}: {}", brief(&output));
            let held = match &output {
                Output::Callback(Callback::Receipts(receipts)) => receipts.is_empty(),
                Output::Callback(_) => true,
                _ => false,
            };
            self.notes.note(Check::CallbackGarbage, held, told);
        }
    }
}

fn fate(ending: &Ending) -> Option<Fate> {
    fates(&ending.output, 1)?.first().copied()
}
