//! Letters in memory: what the demo shows, and what tests read.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Mail;

/// At most this many letters are kept; then the oldest go.
const KEPT_LETTERS: usize = 10_000;

/// The letters that a memory mailer was given, oldest first.
#[derive(Debug, Default)]
pub struct Outbox {
    letters: Mutex<Vec<Mail>>,
}

impl Outbox {
    /// Every letter, oldest first.
    pub fn all(&self) -> Vec<Mail> {
        self.lock().clone()
    }

    /// The letters to one address, oldest first.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        self.lock().iter().filter(|mail| mail.to == address).cloned().collect()
    }

    /// Takes every letter out.
    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.lock())
    }

    pub(super) fn put(&self, mail: Mail) {
        let mut letters = self.lock();
        if letters.len() == KEPT_LETTERS {
            letters.remove(0);
        }
        letters.push(mail);
    }

    /// A panic elsewhere cannot leave half a letter, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, Vec<Mail>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
