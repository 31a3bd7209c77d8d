//! Letters: what the families were told, call by call and week by week.

use std::collections::{HashMap, HashSet};

use crate::mail::{Mail, Mailer};

/// The letters about one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Of a talk.
    pub(super) summaries: usize,
    /// That ask somebody to look: nobody talked, or something was said.
    pub(super) alarms: usize,
}

/// Every letter about a call so far. The outbox keeps a limited number, so it is emptied into here from time to time.
#[derive(Debug, Default)]
pub(super) struct Letters {
    of_calls: HashMap<String, Told>,
    /// The names of the letters about one week, by their reader, subject and dates. One that was sent twice has one name.
    of_weeks: HashMap<(String, String, String), HashSet<String>>,
    /// How many about calls.
    pub(super) count: usize,
}

impl Letters {
    /// Takes everything out of the outbox.
    pub(super) fn take_in(&mut self, mailer: &Mailer) {
        for letter in mailer.outbox().map(|outbox| outbox.take()).unwrap_or_default() {
            self.add(&letter);
        }
    }

    fn add(&mut self, letter: &Mail) {
        // A week is looked at beside those before it.
        if letter.text.contains("/insights?callee=") {
            let dates = letter.text.lines().nth(2).unwrap_or_default().to_owned();
            let week = (letter.to.clone(), letter.subject.clone(), dates);
            self.of_weeks.entry(week).or_default().insert(letter.id.clone());
            return;
        }
        // A letter knows its call by the link to it, and who is to look by the link for that.
        let Some((_, rest)) = letter.text.split_once("/calls/") else { return };
        let call = rest.chars().take_while(|c| c.is_ascii_hexdigit() || *c == '-').collect();
        let told = self.of_calls.entry(call).or_default();
        if letter.text.contains("/alerts/ack/") {
            told.alarms += 1;
        } else {
            told.summaries += 1;
        }
        self.count += 1;
    }

    /// Those about a call.
    pub(super) fn of(&self, call: &str) -> Told {
        self.of_calls.get(call).copied().unwrap_or_default()
    }

    /// The weeks that somebody was told of more than once.
    pub(super) fn weeks_repeated(&self) -> impl Iterator<Item = String> {
        let repeated = self.of_weeks.iter().filter(|(_, names)| names.len() > 1);
        repeated
            .map(|((reader, subject, dates), names)| format!("{reader}: {subject}, {dates}: {} letters", names.len()))
    }
}
