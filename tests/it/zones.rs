//! Zones against an independent judge: Python's `zoneinfo`, with the same release of the data from its own package.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use callpanion::domain::Moment;
use callpanion::domain::zone::{DstNote, Zone, all_zone_names, tz_release};

const JUDGE: &str = include_str!("zones.py");
/// Mismatches that are shown.
const SHOWN: usize = 20;

#[expect(clippy::disallowed_methods, reason = "this is the tests' own setting, not one of the host's")]
fn judged(names: &[String]) -> String {
    let python = std::env::var("CALLPANION_TEST_ZONEINFO").expect(
        "no Python with the `tzdata` package to compare with: run tests/run, which installs it and sets \
         CALLPANION_TEST_ZONEINFO",
    );
    let mut child = Command::new(python)
        .args(["-c", JUDGE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("CALLPANION_TEST_ZONEINFO is a Python");
    child.stdin.take().unwrap().write_all(names.join("\n").as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "the judge failed");
    String::from_utf8(ended.stdout).unwrap()
}

#[test]
fn every_minute_around_every_change_is_read_as_python_reads_it() {
    let names = all_zone_names();
    let judged = judged(&names);
    let mut lines = judged.lines();
    assert_eq!(
        lines.next(),
        Some(tz_release()),
        "the `tzdata` package that tests/run installs is not of the release that is bundled"
    );
    let (mut cases, mut gaps, mut folds, mut changes, mut wrong) = (0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    let (mut changing, mut shown) = (BTreeSet::new(), String::new());
    for line in lines {
        let mut words = line.split(' ');
        let name = words.next().unwrap();
        let zone = Zone::parse(name).unwrap();
        let change_s: i64 = words.next().unwrap().parse().unwrap();
        let start: i64 = words.next().unwrap().parse().unwrap();
        let change = Moment::from_secs(change_s);
        assert_ne!(zone.offset_s(change.plus_secs(-1)), zone.offset_s(change), "{name} changes at {change}");
        (changes, _) = (changes + 1, changing.insert(name.to_owned()));
        for (minute, word) in (start..).zip(words) {
            let local = Zone::utc().local(Moment::from_secs(minute * 60));
            let (moment, note) = zone.moment(local.date(), local.time());
            let (offset, kind) = match note {
                DstNote::None => (word, DstNote::None),
                _ => (word.trim_end_matches(['g', 'f']), note),
            };
            let said = match word.chars().last() {
                Some('g') => DstNote::Gap,
                Some('f') => DstNote::Fold,
                _ => DstNote::None,
            };
            cases += 1;
            gaps += u64::from(said == DstNote::Gap);
            folds += u64::from(said == DstNote::Fold);
            let expected = offset.parse::<i64>().map(|offset| Moment::from_secs((minute - offset) * 60));
            if kind != said || expected != Ok(moment) {
                wrong += 1;
                if wrong <= u64::try_from(SHOWN).unwrap() {
                    writeln!(shown, "{name} at {local}: here {moment} {note:?}, Python {word}").unwrap();
                }
            }
        }
    }
    println!(
        "n = {cases} minutes around {changes} changes of {} zones of {} ({}), {gaps} in a gap, {folds} in a fold: \
         {wrong} mismatches",
        changing.len(),
        names.len(),
        tz_release(),
    );
    assert_eq!(wrong, 0, "\n{shown}");
    assert!(cases > 1_500_000, "{cases}");
}
