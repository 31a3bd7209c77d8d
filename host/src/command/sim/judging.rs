//! Judging: what was promised, beside what happened at the phones and lines, beside what the host has on record. The
//! first two know nothing of the host.

use std::collections::{BTreeMap, HashMap};

use callpanion_emulators::World;
use callpanion_emulators::phone::Outcome;
use sha2::{Digest, Sha256};

use super::calendar::Promise;
use super::neighbourhood::Home;
use crate::domain::{CallState, Moment};
use crate::mail::Mail;
use crate::services::ledger::{Entry, Ledger, Try};

/// Examples that are kept of each fault.
const EXAMPLES: usize = 5;

/// What came out.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    pub(super) promised: usize,
    pub(super) outcomes: BTreeMap<&'static str, usize>,
    pub(super) talks: usize,
    /// What is wrong, by name.
    pub(super) faults: BTreeMap<&'static str, usize>,
    pub(super) examples: Vec<String>,
    /// From the moment of a ring to the ring, ms, sorted.
    pub(super) lateness_ms: Vec<i64>,
    pub(super) alerts_right: usize,
    pub(super) mails: usize,
    /// Calls of which somebody was told twice: allowed after a death, and worth knowing.
    pub(super) mails_doubled: usize,
    pub(super) jobs_left: usize,
    pub(super) trace: String,
}

/// Something rang: a phone, or a line.
#[derive(Clone, Debug)]
struct Touched {
    at: Moment,
    /// The attempt, as the push or the submission named it.
    attempt: String,
    talked: bool,
}

pub(super) fn judge(
    promises: &[Promise],
    homes: &[Home],
    world: &World,
    record: &Ledger,
    letters: &[Mail],
) -> Findings {
    let mut findings = Findings { promised: promises.len(), jobs_left: record.jobs_left.len(), ..Findings::default() };
    let mut touched = all_touched(homes, world);
    let numbers: HashMap<_, usize> = homes.iter().map(|home| (home.callee, home.parent.number)).collect();
    let key = |entry: &Entry| (numbers.get(&entry.callee).copied(), entry.slot_no, entry.local_date.clone());
    let mut entries: HashMap<_, Vec<&Entry>> = HashMap::new();
    for entry in &record.entries {
        entries.entry(key(entry)).or_default().push(entry);
    }
    let told = told(letters);
    let mut trace = Sha256::new();
    for promise in promises {
        let found = entries.remove(&(Some(promise.parent), promise.slot_no, promise.date.clone())).unwrap_or_default();
        let name = format!("parent {}, {} slot {}", promise.parent, promise.date, promise.slot_no);
        let Some(entry) = found.first().filter(|entry| entry.due_at == promise.at) else {
            findings.fault("lost", &name);
            continue;
        };
        if found.len() > 1 {
            findings.fault("doubled", &format!("{name}: {} calls", found.len()));
        }
        let mine: Vec<(&Try, Vec<Touched>)> = entry
            .attempts
            .iter()
            .map(|attempt| (attempt, touched.remove(&attempt.id.to_string()).unwrap_or_default()))
            .collect();
        let first = findings.judge_call(&name, entry, &mine);
        findings.judge_mails(&name, told.get(&entry.call.to_string()).copied().unwrap_or(0));
        trace.update(format!(
            "{}|{} {}|{}|{}|{first:?}\n",
            promise.parent, promise.date, promise.slot_no, entry.state, entry.tries
        ));
    }
    for entry in entries.into_values().flatten() {
        findings.fault("not promised", &format!("call {} due at {}", entry.call, entry.due_at));
    }
    for strays in touched.into_values() {
        findings.fault("rung for nothing", &format!("{strays:?}"));
    }
    for what in world.unexpected() {
        findings.fault("what no vendor takes", &what);
    }
    for job in &record.jobs_left {
        findings.fault("jobs left", job);
    }
    findings.lateness_ms.sort_unstable();
    findings.mails = letters.len();
    findings.trace = hex::encode(trace.finalize());
    findings.trace.truncate(16);
    findings
}

impl Findings {
    fn fault(&mut self, what: &'static str, example: &str) {
        let count = self.faults.entry(what).or_default();
        *count += 1;
        if *count <= EXAMPLES {
            self.examples.push(format!("{what}: {example}"));
        }
    }

    /// Gives how late the first ring was, ms after its moment.
    fn judge_call(&mut self, name: &str, entry: &Entry, mine: &[(&Try, Vec<Touched>)]) -> Option<i64> {
        let state = entry.state;
        *self.outcomes.entry(state.as_str()).or_default() += 1;
        let name = format!("{name} ({state} {}, try {})", entry.reason.as_deref().unwrap_or("-"), entry.tries);
        if !state.is_outcome() {
            self.fault("open", &name);
        }
        let mut all: Vec<&Touched> = mine.iter().flat_map(|(_, touched)| touched).collect();
        all.sort_by_key(|touched| touched.at);
        // The device drops a ring that it knows: whatever rang twice for one try rang as two.
        let mut at_once: BTreeMap<(i32, &str), usize> = BTreeMap::new();
        for (attempt, touched) in mine {
            *at_once.entry((attempt.try_no, &attempt.address)).or_default() += touched.len();
            for one in touched {
                self.judge_moment(&name, attempt, one.at);
            }
        }
        for times in at_once.into_values().filter(|times| *times > 1) {
            self.fault("doubled", &format!("{name}: rung {times} times in one try"));
        }
        let talks = all.iter().filter(|touched| touched.talked).count();
        self.talks += talks;
        let after = all.iter().skip_while(|touched| !touched.talked).skip(1).count();
        if after > 0 {
            self.fault("doubled", &format!("{name}: rung {after} times after a talk"));
        }
        if (state == CallState::Completed) != (talks > 0) {
            self.fault("outcome wrong", &format!("{name}: {talks} talks"));
        }
        match (talks > 0, entry.alerts) {
            (false, 1) => self.alerts_right += 1,
            (false, 0) => self.fault("alerts missing", &name),
            (true, 0) => {}
            (_, alerts) => self.fault("alerts wrong", &format!("{name}: {alerts} alerts, {talks} talks")),
        }
        mine.iter().flat_map(|(attempt, touched)| touched.iter().map(|one| late_ms(attempt, one.at))).next()
    }

    fn judge_moment(&mut self, name: &str, attempt: &Try, at: Moment) {
        let late = late_ms(attempt, at);
        self.lateness_ms.push(late);
        if late < 0 {
            self.fault("early", &format!("{name}: {} ms", -late));
        }
        if at > attempt.expires_at {
            self.fault("late beyond its window", &format!("{name}: {late} ms"));
        }
    }

    fn judge_mails(&mut self, name: &str, letters: usize) {
        match letters {
            0 => self.fault("mails missing", name),
            1 => {}
            _ => self.mails_doubled += 1,
        }
    }
}

fn late_ms(attempt: &Try, at: Moment) -> i64 {
    at.millis() - attempt.ring_at.millis()
}

/// What rang, by attempt.
fn all_touched(homes: &[Home], world: &World) -> HashMap<String, Vec<Touched>> {
    let mut found: HashMap<String, Vec<Touched>> = HashMap::new();
    for ring in homes.iter().flat_map(|home| &home.phones).flat_map(|phone| phone.rings()) {
        let talked = matches!(ring.outcome, Outcome::Talked { .. } | Outcome::Talking { .. });
        let (at, attempt) = (Moment::from_millis(ring.at_ms), ring.session_id);
        found.entry(attempt.clone()).or_default().push(Touched { at, attempt, talked });
    }
    let batches = world.eleven.batches();
    let completed: HashMap<&str, bool> = batches
        .iter()
        .flat_map(|batch| &batch.recipients)
        .filter_map(|recipient| Some((recipient.conversation_id.as_deref()?, recipient.status == "completed")))
        .collect();
    for dial in world.eleven.dials() {
        let talked = completed.get(dial.conversation_id.as_str()).copied().unwrap_or(false);
        let (at, attempt) = (Moment::from_millis(dial.at_ms), dial.recipient_id);
        found.entry(attempt.clone()).or_default().push(Touched { at, attempt, talked });
    }
    found
}

/// How many letters there are about each call.
fn told(letters: &[Mail]) -> HashMap<String, usize> {
    let mut told: HashMap<String, usize> = HashMap::new();
    for letter in letters {
        if let Some((_, rest)) = letter.text.split_once("/calls/") {
            let call: String = rest.chars().take_while(|c| c.is_ascii_hexdigit() || *c == '-').collect();
            *told.entry(call).or_default() += 1;
        }
    }
    told
}
