//! Judging: what was promised, beside what happened at the phones and lines, beside what the host has on record. The
//! first two know nothing of the host.

use std::collections::{BTreeMap, HashMap, HashSet};

use callpanion_emulators::phone::Outcome;
use callpanion_emulators::{Phone, World};
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
    pub(super) trace: String,
}

/// Something rang: a phone, or a line.
#[derive(Clone, Debug)]
struct Touched {
    at: Moment,
    /// When they began to talk, if they did.
    talk_at: Option<Moment>,
}

pub(super) fn judge(
    promises: &[Promise],
    homes: &[Home],
    world: &World,
    record: &Ledger,
    letters: &[Mail],
) -> Findings {
    let mut findings = Findings { promised: promises.len(), ..Findings::default() };
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
        let name = format!("{name} ({state} {}{})", entry.reason.as_deref().unwrap_or("-"), course(entry, mine));
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
        let talks = all.iter().filter(|touched| touched.talk_at.is_some()).count();
        self.talks += talks;
        if talks > 1 {
            self.fault("doubled", &format!("{name}: {talks} talks"));
        }
        // A second device may ring while nobody knows whether the first does, but not once they talk.
        let talk_at = all.iter().filter_map(|touched| touched.talk_at).min();
        let after = all.iter().filter(|touched| talk_at.is_some_and(|talk_at| touched.at > talk_at)).count();
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

/// What rang, by attempt, as the push or the submission named it.
fn all_touched(homes: &[Home], world: &World) -> HashMap<String, Vec<Touched>> {
    let mut found: HashMap<String, Vec<Touched>> = HashMap::new();
    let mut add = |attempt: String, at_ms: i64, conversation: Option<&str>| {
        let talk_at = conversation.and_then(|id| talk_began(world, id));
        found.entry(attempt).or_default().push(Touched { at: Moment::from_millis(at_ms), talk_at });
    };
    for ring in homes.iter().flat_map(|home| &home.phones).flat_map(Phone::rings) {
        let conversation = match &ring.outcome {
            Outcome::Talked { conversation_id, .. } | Outcome::Talking { conversation_id } => {
                Some(conversation_id.as_str())
            }
            _ => None,
        };
        add(ring.session_id, ring.at_ms, conversation);
    }
    let batches = world.eleven.batches();
    let talked: HashSet<&str> = batches
        .iter()
        .flat_map(|batch| &batch.recipients)
        .filter(|recipient| recipient.status == "completed")
        .filter_map(|recipient| recipient.conversation_id.as_deref())
        .collect();
    for dial in world.eleven.dials() {
        let conversation = dial.conversation_id.as_str();
        add(dial.recipient_id, dial.at_ms, talked.contains(conversation).then_some(conversation));
    }
    found
}

/// By the provider's clock, which counts seconds: the end of that second.
fn talk_began(world: &World, conversation: &str) -> Option<Moment> {
    let second = world.eleven.conversation(conversation)?["metadata"]["start_time_unix_secs"].as_i64()?;
    Some(Moment::from_millis(second * 1_000 + 999))
}

/// In words, in seconds from the promised moment.
fn course(entry: &Entry, mine: &[(&Try, Vec<Touched>)]) -> String {
    let seconds = |at: Moment| (at.millis() - entry.due_at.millis()) / 1_000;
    let mut told = String::new();
    for (attempt, touched) in mine {
        told += &format!("; try {} at {:+} s", attempt.try_no, seconds(attempt.ring_at));
        for one in touched {
            told += &format!(", rang {:+} s", seconds(one.at));
            if let Some(talk_at) = one.talk_at {
                told += &format!(", talked {:+} s", seconds(talk_at));
            }
        }
    }
    told
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
