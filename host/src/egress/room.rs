//! Room: how much of requests and replies is held in memory at once, by one call of a plugin and by all calls of it. What
//! waits for a vendor holds no instance, so the number of calls alone bounds nothing. The plugins room makes the room;
//! sending takes from it as a reply arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A longer reply is not heard to its end, unless its room says otherwise.
pub(super) const REPLY_MAX_BYTES: usize = 4 * 1024 * 1024;
/// What all calls of one plugin may hold together, in bytes.
const PLUGIN_MAX_BYTES: usize = 256 * 1024 * 1024;

/// The room of one plugin.
#[derive(Clone, Debug)]
pub struct Rooms(Arc<AtomicUsize>);

impl Default for Rooms {
    fn default() -> Self {
        Self(Arc::new(AtomicUsize::new(PLUGIN_MAX_BYTES)))
    }
}

impl Rooms {
    /// The room of one call, at most `bytes`. It is given back when it is dropped.
    pub fn open(&self, bytes: usize) -> Room {
        let (left, taken) = (AtomicUsize::new(bytes), AtomicUsize::new(0));
        Room { left, taken, shared: self.0.clone(), reply_max_bytes: REPLY_MAX_BYTES }
    }
}

/// The room of one call.
#[derive(Debug)]
pub struct Room {
    left: AtomicUsize,
    taken: AtomicUsize,
    shared: Arc<AtomicUsize>,
    pub(super) reply_max_bytes: usize,
}

impl Room {
    /// The same, for replies of at most `bytes` each: a recording is longer than words.
    #[must_use]
    pub fn for_replies_of(mut self, bytes: usize) -> Self {
        self.reply_max_bytes = bytes;
        self
    }

    /// Takes so many bytes, if the call and its plugin have them left.
    pub fn take(&self, bytes: usize) -> bool {
        if !take(&self.left, bytes) {
            return false;
        }
        let taken = take(&self.shared, bytes);
        if taken {
            self.taken.fetch_add(bytes, Ordering::Relaxed);
        }
        taken
    }
}

fn take(left: &AtomicUsize, bytes: usize) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
}

impl Drop for Room {
    fn drop(&mut self) {
        self.shared.fetch_add(*self.taken.get_mut(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_its_own_room_and_gives_back_what_it_took() {
        let rooms = Rooms::default();
        let room = rooms.open(10);
        assert!(room.take(6) && !room.take(5) && room.take(4));
        let all = rooms.open(usize::MAX);
        assert!(!all.take(PLUGIN_MAX_BYTES), "the other call holds some");
        drop(room);
        assert!(all.take(PLUGIN_MAX_BYTES) && !rooms.open(10).take(1));
        drop(all);
        assert!(rooms.open(10).take(1));
    }
}
