//! Pace: how fast a lane sends to a vendor that has said "too many requests".
//!
//! One such reply may speak of one device only, and some of a vendor that is not well. When they are the most of what is
//! heard in a second, they speak of the sender: then the lane is silent until the vendor would hear it again, goes on as
//! fast as it was heard before, and feels its way from there: slower at each refusal, faster while there is none. What
//! cannot leave soon is given back unsent, so that it waits where it can still be dropped. While no vendor complains, this
//! is a look for each request and a count for each reply.
//!
//! The lane asks for each request, and tells of each reply.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Reply, vendor_clock};
use crate::clock::Clock;
use crate::domain::Moment;

/// So many refusals in a second are meant for the sender, if they are one in so many requests, those counted that are
/// not answered yet: refusals are heard first.
const STORM: (u32, u32) = (100, 2);
/// The same, once the vendor's limit is known; then only what is answered counts.
const ANOTHER_STORM: (u32, u32) = (8, 10);
/// A second of fewer refusals than one in so many replies is a good one.
const REPLIES_FOR_A_REFUSAL: u32 = 50;
/// A vendor that does not say when it would hear us again.
const HOLD: Duration = Duration::from_secs(1);
/// No vendor silences a lane for longer.
const HOLD_MAX: Duration = Duration::from_mins(1);
/// Requests a second, at the least.
const RATE_MIN: f64 = 1.0;
/// How much faster after a good second: twice as much after each further one, to the second number at the most.
const STEPS: (f64, f64) = (0.01, 0.5);
/// Without a refusal for so long, the vendor's limit counts as lifted.
const FORGET_AFTER: Duration = Duration::from_mins(2);
/// So many may wait in the lane, or two seconds' worth of them: the rest is given back.
const LINE_MIN: usize = 200;
const SECOND: Duration = Duration::from_secs(1);
/// While there is no limit, refusals are counted for a second, or for so many times as long as one takes.
const WINDOW_IN_REPLIES: u32 = 4;

/// See the file's first line.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Whether there is a limit at all.
    is_limited: AtomicBool,
    /// Requests that wait for their turn.
    waiting: AtomicUsize,
    /// First come, first served.
    line: tokio::sync::Mutex<()>,
    meter: Mutex<Meter>,
    tally: Tally,
}

/// How many requests were taken in this second and in the one before, and how many were not refused at all, while there
/// is no limit.
#[derive(Debug, Default)]
struct Tally {
    second: AtomicU64,
    now: AtomicU64,
    before: AtomicU64,
    others: AtomicU64,
}

/// The limit, once there is one. Times are those of [`Clock::monotonic`].
#[derive(Debug, Default)]
struct Meter {
    /// Requests a second.
    rate: f64,
    /// Requests that may leave at once.
    tokens: f64,
    filled_at: Duration,
    /// The vendor hears nothing before.
    held_until: Duration,
    /// No list comes before.
    next_list_at: Duration,
    refused_at: Duration,
    /// What left before belongs to an older rate.
    since: Duration,
    step: f64,
    /// Requests that were admitted in the second before this one.
    before: f64,
    /// Nothing has left since the limit is known.
    is_new: bool,
    second: Second,
}

/// What was heard since the rate was last judged.
#[derive(Debug, Default)]
struct Second {
    began: Duration,
    admitted: u32,
    refused: u32,
    /// Somebody had to wait for the rate.
    was_short: bool,
    /// When the vendor would hear us again, at the soonest.
    retry_after: Option<Duration>,
    /// While there is no limit: how many had not been refused when it began.
    others_before: u64,
}

impl Pace {
    /// Whether the vendor has said that it is asked too much.
    pub(super) fn is_limited(&self) -> bool {
        self.is_limited.load(Ordering::Relaxed)
    }

    /// Waits for the request's turn. False when too many wait before it: then it does not leave.
    pub(super) async fn pass(&self, clock: &Clock) -> bool {
        if !self.is_limited() {
            return true;
        }
        let _in_line = InLine::join(&self.waiting);
        if self.waiting.load(Ordering::Relaxed) > self.meter().line_max() {
            return false;
        }
        let _first = self.line.lock().await;
        loop {
            let turn = self.meter().take(clock.monotonic());
            match turn {
                Turn::Now => return true,
                Turn::In(wait) => tokio::time::sleep(clock.real(wait)).await,
                Turn::Free => {
                    let mut meter = self.meter();
                    *meter = Meter::default();
                    // Under the lock: a reply must not be told to a meter that has no limit.
                    self.is_limited.store(false, Ordering::Relaxed);
                    return true;
                }
            }
        }
    }

    /// Whether a list of so many requests may come now. It says yes to one after the other.
    pub(super) fn admits(&self, requests: usize, clock: &Clock) -> bool {
        if !self.is_limited() {
            return true;
        }
        let waiting = self.waiting.load(Ordering::Relaxed);
        self.meter().admits(requests, waiting, clock.monotonic())
    }

    /// The vendor replied to a request that left at `left_at`, or did not, while it owes so many other replies.
    pub(super) fn note(&self, reply: Option<&Reply>, left_at: Duration, owed: impl Fn() -> usize, clock: &Clock) {
        let refusal = reply.filter(|reply| reply.status == 429);
        let now = clock.monotonic();
        if !self.is_limited() {
            self.tally.note(now.as_secs(), reply.map(|_| refusal.is_some()));
            if refusal.is_none() || !clock.runs() {
                return;
            }
        }
        if reply.is_none() {
            return;
        }
        let mut meter = self.meter();
        if self.is_limited() {
            meter.note(refusal.map(|refusal| retry_after(refusal, clock.now())), left_at, now);
        } else if let Some(refusal) = refusal {
            let others = self.tally.others.load(Ordering::Relaxed);
            if meter.is_first_storm(retry_after(refusal, clock.now()), (left_at, now), others, owed()) {
                meter.begin(self.tally.most(), now);
                self.is_limited.store(true, Ordering::Relaxed);
            }
        }
    }

    fn meter(&self) -> MutexGuard<'_, Meter> {
        self.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long until the vendor would hear us again.
fn retry_after(reply: &Reply, now: Moment) -> Duration {
    let header = |name: &str| reply.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    header("retry-after").and_then(|value| vendor_clock::wait(value, header("date"), now)).unwrap_or(HOLD)
}

struct InLine<'a>(&'a AtomicUsize);

impl<'a> InLine<'a> {
    fn join(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Tally {
    /// A reply, and whether it is a refusal; `None` where there was none.
    fn note(&self, second: u64, refused: Option<bool>) {
        let known = self.second.load(Ordering::Relaxed);
        if known != second && self.second.compare_exchange(known, second, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            let last = self.now.swap(0, Ordering::Relaxed);
            self.before.store(if second == known + 1 { last } else { 0 }, Ordering::Relaxed);
        }
        self.now.fetch_add(u64::from(refused == Some(false)), Ordering::Relaxed);
        self.others.fetch_add(u64::from(refused != Some(true)), Ordering::Relaxed);
    }

    fn most(&self) -> u32 {
        let most = self.now.load(Ordering::Relaxed).max(self.before.load(Ordering::Relaxed));
        u32::try_from(most).unwrap_or(u32::MAX)
    }
}

enum Turn {
    Now,
    In(Duration),
    /// There is no limit any more.
    Free,
}

impl Meter {
    /// Whether so many refusals are meant for the sender, when so many others were not refused lately.
    fn is_storm(&self, others: u32) -> bool {
        let refused = self.second.refused;
        let (least, of_all) = if self.rate == 0.0 { STORM } else { ANOTHER_STORM };
        refused >= least && refused >= others.saturating_add(refused) / of_all
    }

    /// A refusal while there is no limit: whether that is enough of them. What was refused lately is laid beside the
    /// `others`, and beside those that the vendor owes an answer: they may be admitted.
    fn is_first_storm(
        &mut self,
        again: Duration,
        (left_at, now): (Duration, Duration),
        others: u64,
        owed: usize,
    ) -> bool {
        // Of a vendor that takes its time, what is owed outweighs what is refused in a second.
        let window = SECOND.max(now.saturating_sub(left_at) * WINDOW_IN_REPLIES);
        let elapsed = now.saturating_sub(self.second.began);
        if self.second.refused == 0 || elapsed > window * 2 {
            self.second = Second { began: now, others_before: others, ..Second::default() };
        } else if elapsed > window {
            // What was before counts half: few replies say little.
            let Second { refused, others_before, retry_after, .. } = self.second;
            let others_before = others_before + others.saturating_sub(others_before) / 2;
            self.second = Second { began: now, refused: refused / 2, others_before, retry_after, ..Second::default() };
        }
        let soonest = self.second.retry_after.map_or(again, |known| known.min(again));
        (self.second.retry_after, self.refused_at) = (Some(soonest), now);
        self.second.refused += 1;
        let others = others.saturating_sub(self.second.others_before).saturating_add(owed as u64);
        self.is_storm(u32::try_from(others).unwrap_or(u32::MAX))
    }

    /// The vendor has had enough: silence, and then as much a second as it took before.
    fn begin(&mut self, admitted: u32, now: Duration) {
        self.is_new = true;
        self.before = f64::from(admitted);
        self.rate = self.before.max(RATE_MIN);
        self.hold(now);
    }

    fn hold(&mut self, now: Duration) {
        let wait = self.second.retry_after.unwrap_or(HOLD).min(HOLD_MAX);
        self.held_until = now + wait;
        (self.tokens, self.step, self.since) = (0.0, STEPS.0, now);
        self.start_over(now);
    }

    fn start_over(&mut self, now: Duration) {
        self.second = Second { began: now, ..Second::default() };
    }

    /// How many may wait in the lane.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number above zero")]
    fn line_max(&self) -> usize {
        ((self.rate * 2.0) as usize).max(LINE_MIN)
    }

    fn take(&mut self, now: Duration) -> Turn {
        if now.saturating_sub(self.refused_at) > FORGET_AFTER {
            return Turn::Free;
        }
        if now < self.held_until {
            return Turn::In(self.held_until.saturating_sub(now));
        }
        self.is_new = false;
        // What was saved up while nobody came is worth a twentieth of a second: the vendor's clock is not ours.
        let since = now.saturating_sub(self.filled_at.max(self.held_until));
        self.tokens = (self.tokens + since.as_secs_f64() * self.rate).min((self.rate / 20.0).max(1.0));
        self.filled_at = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Turn::Now;
        }
        self.second.was_short = true;
        Turn::In(Duration::from_secs_f64((1.0 - self.tokens) / self.rate))
    }

    fn admits(&mut self, requests: usize, waiting: usize, now: Duration) -> bool {
        let half_a_second = self.line_max() / 4;
        let is_open = now >= self.held_until && now >= self.next_list_at;
        if now.saturating_sub(self.refused_at) <= FORGET_AFTER
            && (!is_open || waiting > half_a_second.min(LINE_MIN / 4))
        {
            return false;
        }
        let span = f64::from(u32::try_from(requests).unwrap_or(u32::MAX)) / self.rate.max(RATE_MIN) / 2.0;
        self.next_list_at = now + Duration::from_secs_f64(span);
        true
    }

    /// A reply, and if it is a refusal, when the vendor would hear us again.
    fn note(&mut self, refusal: Option<Duration>, left_at: Duration, now: Duration) {
        // What is heard during the silence left before it too, whenever exactly that was.
        if left_at < self.since || now < self.held_until {
            if refusal.is_none() && self.is_new {
                // Refusals may be heard first: this one was admitted in the same second.
                self.before += 1.0;
                self.rate = self.before.max(RATE_MIN);
            }
            return;
        }
        if let Some(again) = refusal {
            let soonest = self.second.retry_after.map_or(again, |known| known.min(again));
            (self.second.retry_after, self.refused_at) = (Some(soonest), now);
            self.second.refused += 1;
        } else {
            self.second.admitted += 1;
        }
        self.judge(now);
    }

    /// After a second, or when the vendor has had enough again.
    fn judge(&mut self, now: Duration) {
        let elapsed = now.saturating_sub(self.second.began);
        let Second { admitted, refused, was_short, .. } = self.second;
        let is_storm = self.is_storm(admitted);
        if !is_storm && elapsed < SECOND {
            return;
        }
        if is_storm || refused * REPLIES_FOR_A_REFUSAL > admitted + refused {
            // A few refusals may have reasons of their own, and stay however slow the lane is: then only a little slower.
            let heard = if is_storm { self.admitted_a_second(elapsed) * 0.95 } else { self.rate };
            self.rate = (self.rate * 0.9).min(heard).max(self.rate / 4.0).max(RATE_MIN);
            self.step = STEPS.0;
        } else if was_short {
            self.rate *= 1.0 + self.step;
            self.step = (self.step * 2.0).min(STEPS.1);
        }
        self.before = self.admitted_a_second(elapsed);
        if is_storm { self.hold(now) } else { self.start_over(now) }
    }

    /// What began less than a second ago is completed with the second before.
    fn admitted_a_second(&self, elapsed: Duration) -> f64 {
        let (admitted, seconds) = (f64::from(self.second.admitted), elapsed.as_secs_f64());
        if seconds < 1.0 { admitted + self.before * (1.0 - seconds) } else { admitted / seconds }
    }
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
