//! Judging: what was promised, beside what happened at the phones and lines, beside what the host has on record. The
//! first two know nothing of the host. Of what the host has on record alone, the audit of promises judges.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

use callpanion_emulators::World;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::phone::Outcome;
use sha2::{Digest, Sha256};

use super::calendar::Promise;
use super::letters::{Letters, Told};
use super::neighbourhood::Home;
use crate::domain::{CallReason, CallState, CalleeId, Moment};
use crate::services::audit::Report;
use crate::services::ledger::{Entry, Ledger, Try};

/// Examples that are kept of each fault.
const EXAMPLES: usize = 5;

/// What came out.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    pub(super) promised: usize,
    /// Promises whose call has its outcome.
    pub(super) settled: usize,
    pub(super) outcomes: BTreeMap<&'static str, usize>,
    pub(super) talks: usize,
    pub(super) rings: usize,
    /// What is wrong, by name.
    pub(super) faults: BTreeMap<&'static str, usize>,
    pub(super) examples: Vec<String>,
    /// From the promised moment to the first ring of the first try, ms, sorted.
    pub(super) lateness_ms: Vec<i64>,
    /// Promises that came to nothing, or that led to worrying words, and have their alert.
    pub(super) alerts_right: usize,
    /// Talks by phone that a family was told of as failed first: the vendor answered nothing for minutes.
    pub(super) alerts_early: usize,
    pub(super) mails: usize,
    /// What came of each promise.
    pub(super) calls: Vec<String>,
    pub(super) trace: String,
}

/// Something rang: a phone, or a line.
#[derive(Clone, Debug)]
struct Touched {
    /// Which phone; none for a line, of which each has one.
    phone: Option<usize>,
    at: Moment,
    /// What they talked, if they did.
    talk: Option<Talk>,
}

#[derive(Clone, Copy, Debug)]
struct Talk {
    began_at: Moment,
    /// Something was said that a person must look at.
    is_worrying: bool,
}

/// Judges the promises by what rang and by the record. `record` may reach beyond them.
pub(super) fn judge(
    promises: &[Promise],
    homes: &[Home],
    world: &World,
    record: &Ledger,
    letters: &Letters,
) -> Findings {
    let mut findings = Findings { promised: promises.len(), ..Findings::default() };
    let mut touched = all_touched(homes, world);
    let numbers: HashMap<CalleeId, usize> = homes.iter().map(|home| (home.callee, home.parent.number)).collect();
    let mut entries: HashMap<_, &Entry> = HashMap::new();
    for entry in &record.entries {
        let key = (numbers.get(&entry.callee).copied(), entry.slot_no, entry.local_date.clone());
        // One that was taken back stands for nothing, if there is another.
        if entry.state != CallState::Canceled || !entries.contains_key(&key) {
            entries.insert(key, entry);
        }
    }
    for promise in promises {
        let entry = entries.get(&(Some(promise.parent), promise.slot_no, promise.date.clone())).copied();
        let name = format!("parent {}, {} slot {}", promise.parent, promise.date, promise.slot_no);
        let Some(entry) = entry.filter(|entry| entry.due_at == promise.at) else {
            findings.fault("lost", &name);
            findings.calls.push(format!("{name} (lost)"));
            continue;
        };
        let mine: Vec<(&Try, Vec<Touched>)> = entry
            .attempts
            .iter()
            .map(|attempt| (attempt, touched.remove(&attempt.id.to_string()).unwrap_or_default()))
            .collect();
        findings.judge_call(world, &name, entry, &mine, letters.of(&entry.call.to_string()));
    }
    findings.judge_strays(promises, record, &numbers, touched);
    for what in world.unexpected() {
        findings.fault("what no vendor takes", &what);
    }
    for job in &record.jobs_left {
        findings.fault("jobs left", job);
    }
    for week in letters.weeks_repeated() {
        findings.fault("weeks told twice", &week);
    }
    findings.lateness_ms.sort_unstable();
    findings.mails = letters.count;
    findings.trace = hex::encode(Sha256::digest(findings.calls.join("\n")));
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

    /// Takes in what the audit found, which has the database alone to go by.
    pub(super) fn hear(&mut self, audit: &Report) {
        for gap in &audit.gaps.first {
            self.fault("audit: gaps", &format!("slot {} on {}, due {}", gap.slot_no, gap.local_date, gap.due_at));
        }
        for double in &audit.doubles.first {
            let (slot_no, date) = (double.slot_no, &double.local_date);
            self.fault("audit: doubles", &format!("{:?}, slot {slot_no} on {date}", double.kind));
        }
        for overdue in &audit.overdue.first {
            self.fault("audit: overdue", &format!("{}, due {}", overdue.state, overdue.due_at));
        }
        if audit.promised != u64::try_from(self.promised).unwrap_or(u64::MAX) {
            let counts = format!("{} by the audit, {} by the calendar", audit.promised, self.promised);
            self.fault("promises counted differently", &counts);
        }
    }

    fn judge_call(&mut self, world: &World, name: &str, entry: &Entry, mine: &[(&Try, Vec<Touched>)], told: Told) {
        let state = entry.state;
        *self.outcomes.entry(state.as_str()).or_default() += 1;
        self.settled += usize::from(state.is_outcome());
        let name = format!("{name} ({state} {}{})", entry.reason.map_or("-", CallReason::as_str), course(entry, mine));
        if !state.is_outcome() {
            self.fault("open", &name);
        }
        self.judge_rings(&name, mine);
        let talks: Vec<Talk> = mine.iter().flat_map(|(_, touched)| touched).filter_map(|one| one.talk).collect();
        let too_early = is_told_early(world, entry, &talks);
        self.judge_talks(&name, entry, &talks, told, too_early);
        let first = mine.iter().filter(|(attempt, _)| attempt.try_no == 1).flat_map(|(_, touched)| touched);
        let late_ms = first.map(|one| one.at.millis() - entry.due_at.millis()).min();
        self.lateness_ms.extend(late_ms);
        self.calls.push(name);
    }

    fn judge_rings(&mut self, name: &str, mine: &[(&Try, Vec<Touched>)]) {
        let talk_at = mine.iter().flat_map(|(_, touched)| touched).filter_map(|one| one.talk).map(|talk| talk.began_at);
        let talk_at = talk_at.min();
        // The device drops a ring that it knows: whatever rang twice for one try rang as two.
        let mut at_once: BTreeMap<(i32, Option<usize>), usize> = BTreeMap::new();
        for (attempt, touched) in mine {
            for one in touched {
                *at_once.entry((attempt.try_no, one.phone)).or_default() += 1;
                self.rings += 1;
                let late_ms = one.at.millis() - attempt.ring_at.millis();
                if late_ms < 0 {
                    self.fault("early", &format!("{name}: {} ms", -late_ms));
                }
                if one.at > attempt.expires_at {
                    self.fault("late beyond its window", &format!("{name}: {late_ms} ms"));
                }
                // A second device may ring while nobody knows whether the first does, but not once they talk.
                if talk_at.is_some_and(|talk_at| one.at > talk_at) {
                    self.fault("doubled", &format!("{name}: rung after a talk"));
                }
            }
        }
        for times in at_once.into_values().filter(|times| *times > 1) {
            self.fault("doubled", &format!("{name}: rung {times} times in one try"));
        }
    }

    /// `too_early`: the family was told of a failure while nobody could know better, and of the talk later.
    fn judge_talks(&mut self, name: &str, entry: &Entry, talks: &[Talk], told: Told, too_early: bool) {
        self.talks += talks.len();
        if talks.len() > 1 {
            self.fault("doubled", &format!("{name}: {} talks", talks.len()));
        }
        let talked = !talks.is_empty();
        self.alerts_early += usize::from(too_early);
        if (entry.state == CallState::Completed) != talked && !too_early {
            self.fault("outcome wrong", &format!("{name}: {} talks", talks.len()));
        }
        let is_worrying = talks.iter().any(|talk| talk.is_worrying);
        let wanted = (usize::from(!talked || too_early), usize::from(is_worrying));
        let found = (entry.alerts, usize::from(entry.worries > 0));
        if found.0 > wanted.0 || found.1 > wanted.1 {
            self.fault("alerts wrong", &format!("{name}: {found:?} for {wanted:?}"));
        } else if found != wanted {
            self.fault("alerts missing", &format!("{name}: {found:?} for {wanted:?}"));
        } else if wanted != (0, 0) {
            self.alerts_right += 1;
        }
        let wanted = Told { summaries: usize::from(talked), alarms: wanted.0 + wanted.1 };
        if told.summaries < wanted.summaries || told.alarms < wanted.alarms {
            self.fault("mails missing", &format!("{name}: {told:?} for {wanted:?}"));
        } else if told != wanted {
            self.fault("mails wrong", &format!("{name}: {told:?} for {wanted:?}"));
        }
    }

    /// Calls that nobody promised, and what rang for no call. What was promised after the end is left out.
    fn judge_strays(
        &mut self,
        promises: &[Promise],
        record: &Ledger,
        numbers: &HashMap<CalleeId, usize>,
        mut touched: HashMap<String, Vec<Touched>>,
    ) {
        let last_at = promises.iter().map(|promise| promise.at).max().unwrap_or(Moment(i64::MIN));
        let promised: BTreeSet<(usize, Moment)> = promises.iter().map(|promise| (promise.parent, promise.at)).collect();
        for entry in &record.entries {
            for attempt in &entry.attempts {
                touched.remove(&attempt.id.to_string());
            }
            let number = numbers.get(&entry.callee).copied().unwrap_or(usize::MAX);
            if entry.due_at <= last_at && !promised.contains(&(number, entry.due_at)) {
                self.fault("not promised", &format!("call due at {}", entry.due_at));
            }
        }
        for strays in touched.into_values().flatten() {
            self.fault("rung for nothing", &format!("at {}", strays.at));
        }
    }
}

/// Whether a call was given up because its vendor answered none of the questions between the talk's beginning and then.
fn is_told_early(world: &World, entry: &Entry, talks: &[Talk]) -> bool {
    const LOOKS: [Op; 4] = [Op::Batches, Op::Batch, Op::Conversation, Op::Conversations];
    let (Some(talk), Some(ended_at)) = (talks.first(), entry.ended_at) else { return false };
    let asked = world.eleven.requests();
    let mut looks = asked
        .iter()
        .filter(|asked| asked.op.is_some_and(|op| LOOKS.contains(&op)))
        .filter(|asked| (talk.began_at.millis()..=ended_at.millis()).contains(&asked.at_ms))
        .peekable();
    let is_given_up = entry.state == CallState::Failed && entry.reason == Some(CallReason::VendorSilent);
    is_given_up && looks.peek().is_some() && looks.all(|asked| asked.status != Some(200))
}

/// What rang, by attempt, as the push or the submission named it.
fn all_touched(homes: &[Home], world: &World) -> HashMap<String, Vec<Touched>> {
    let mut found: HashMap<String, Vec<Touched>> = HashMap::new();
    let mut add = |phone: Option<usize>, attempt: String, at_ms: i64, conversation: Option<&str>| {
        let talk = conversation.and_then(|id| talk(world, id));
        found.entry(attempt).or_default().push(Touched { phone, at: Moment::from_millis(at_ms), talk });
    };
    let phones = homes.iter().flat_map(|home| &home.phones).enumerate();
    for (phone, ring) in phones.flat_map(|(number, phone)| phone.rings().into_iter().map(move |ring| (number, ring))) {
        let conversation = match &ring.outcome {
            Outcome::Talked { conversation_id, .. } | Outcome::Talking { conversation_id } => {
                Some(conversation_id.as_str())
            }
            _ => None,
        };
        add(Some(phone), ring.session_id, ring.at_ms, conversation);
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
        add(None, dial.recipient_id, dial.at_ms, talked.contains(conversation).then_some(conversation));
    }
    found
}

fn talk(world: &World, conversation: &str) -> Option<Talk> {
    let conversation = world.eleven.conversation(conversation)?;
    // By the provider's clock, which counts seconds: the end of that second.
    let second = conversation["metadata"]["start_time_unix_secs"].as_i64()?;
    let collected = &conversation["analysis"]["data_collection_results"];
    Some(Talk {
        began_at: Moment::from_millis(second * 1_000 + 999),
        is_worrying: collected["flag_fall_risk"]["value"] == true,
    })
}

/// Seconds, to the millisecond.
struct Seconds(i64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        write!(f, "{sign}{}.{:03}", self.0.abs() / 1_000, self.0.abs() % 1_000)
    }
}

/// In words, in seconds from the promised moment.
fn course(entry: &Entry, mine: &[(&Try, Vec<Touched>)]) -> String {
    let seconds = |at: Moment| Seconds(at.millis() - entry.due_at.millis());
    let mut told = Vec::new();
    for (attempt, touched) in mine {
        told.push(format!("; try {} at {} s", attempt.try_no, seconds(attempt.ring_at)));
        for one in touched {
            told.push(format!(", rang {} s", seconds(one.at)));
            told.extend(one.talk.map(|talk| format!(", talked {} s", seconds(talk.began_at))));
        }
    }
    told.concat()
}
