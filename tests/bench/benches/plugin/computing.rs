//! What a plugin computes: an export in a fresh instance, beside the same function natively.

use std::num::NonZeroUsize;
use std::process::Command;

use anyhow::Context as _;
use callpanion::clock::Clock;
use callpanion::domain::Moment;
use callpanion::plugins::{Entropy, Input, Output, Plugins, Surroundings, Turn, wit};
use callpanion_bench::{Watch, median};
use futures::StreamExt as _;

use crate::{native, samples};

const ROUNDS: usize = 9;
/// So many callers keep the plugins' threads busy, as they are at the full hour. One alone also pays for waking a sleeping
/// processor twice for each call; that is told under "calls a second".
const CALLERS: usize = 4;

/// One contest: the plugin's function and the native one.
struct Contest {
    what: &'static str,
    /// What one call is divided by, for lists.
    rings: usize,
    calls: usize,
    plugin: &'static str,
    input: Input,
    turn: Turn,
    native: Box<dyn Fn()>,
    bar: Option<f64>,
}

pub(crate) async fn run() -> anyhow::Result<()> {
    let plugins = plugins(None)?;
    println!("one call in a fresh instance, µs of CPU       plugin    native     ratio      bar");
    let mut planning_and_reading = 0.0;
    for contest in contests() {
        let (mut wasm, mut plain) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let in_plugin = of_plugin(&plugins, &contest).await?;
            let watch = Watch::start();
            (0..contest.calls).for_each(|_| (contest.native)());
            let natively = watch.stop().cpu_us_each(contest.calls * contest.rings);
            // The first round warms up.
            if round > 0 {
                wasm.push(in_plugin);
                plain.push(natively);
            }
        }
        let (wasm, plain) = (median(&wasm), median(&plain));
        let bar = contest.bar.map_or_else(String::new, |bar| format!("< {bar:.0}"));
        println!("  {:<40} {wasm:>9.1} {plain:>9.2} {:>8.1}x {bar:>8}", contest.what, wasm / plain);
        if contest.rings == 100 {
            planning_and_reading += wasm;
        }
    }
    println!("  {:<40} {planning_and_reading:>9.1} {:>28}", "each of 100 rings, planned and read", "< 12");
    at_once()
}

async fn of_plugin(plugins: &Plugins, contest: &Contest) -> anyhow::Result<f64> {
    let watch = Watch::start();
    let calls = (0..contest.calls).map(|_| plugins.play(contest.plugin, contest.input.clone(), contest.turn.clone()));
    let mut calls = futures::stream::iter(calls).buffer_unordered(CALLERS);
    while let Some(played) = calls.next().await {
        let output = played?.output;
        anyhow::ensure!(!matches!(output, Output::Failed(_)), "{}: {output:?}", contest.what);
    }
    Ok(watch.stop().cpu_us_each(contest.calls * contest.rings))
}

fn contests() -> Vec<Contest> {
    let ring = |what, rings: usize, answered: bool, bar| {
        let given: Vec<_> = (0..rings).map(samples::ring).collect();
        let answers = if answered { vec![samples::accepted(); rings] } else { Vec::new() };
        let context = samples::context(&samples::channel_settings("https://vendor.example"));
        let (own, own_rings) = (native::context(context.clone()), native::rings(given.clone()));
        let own_answers: Vec<_> = answers.iter().cloned().map(native::answer).collect();
        Contest {
            what,
            rings: if rings == 100 { 100 } else { 1 },
            calls: if rings == 100 { 100 } else { 1_000 },
            plugin: "apns-voip",
            input: Input::Ring(given),
            turn: Turn { context, answers },
            native: Box::new(move || {
                drop(std::hint::black_box(native::ring(own.clone(), own_rings.clone(), own_answers.clone())));
            }),
            bar,
        }
    };
    let webhook = |what, bytes| {
        let input = samples::webhook(bytes);
        let context = samples::context(&samples::provider_settings());
        let own = native::context(context.clone());
        let body = if let Input::ReadWebhook { body, .. } = &input { body.clone() } else { Vec::new() };
        Contest {
            what,
            rings: 1,
            calls: 6_000_000 / bytes,
            plugin: "elevenlabs",
            input,
            turn: Turn { context, answers: Vec::new() },
            native: Box::new(move || _ = std::hint::black_box(native::read_webhook(own.clone(), &body))),
            bar: None,
        }
    };
    let context = samples::context(&serde_json::json!({}));
    let (own, material) = (native::context(context.clone()), native::material(samples::material()));
    vec![
        ring("ring, 1 target, planning", 1, false, Some(60.0)),
        ring("ring, 1 target, reading the answer", 1, true, Some(60.0)),
        ring("ring, 100 targets, planning, each", 100, false, None),
        ring("ring, 100 targets, reading, each", 100, true, None),
        webhook("read-webhook, 60 KB", 60_000),
        webhook("read-webhook, 500 KB", 500_000),
        Contest {
            what: "render, a talk of 40 turns",
            rings: 1,
            calls: 200,
            plugin: "family-summary",
            input: Input::Render(samples::material()),
            turn: Turn { context, answers: Vec::new() },
            native: Box::new(move || _ = std::hint::black_box(native::render(own.clone(), material.clone()))),
            bar: None,
        },
    ]
}

/// How many single rings a second on one processor, with the plugins on one and on two threads: each in a process that
/// is bound to it.
fn at_once() -> anyhow::Result<()> {
    println!("\ncalls a second on one processor, `ring` for one target");
    for (threads, callers) in [(1, 1), (1, CALLERS), (2, CALLERS)] {
        let mut child = Command::new("taskset");
        child.args(["--cpu-list", "0"]).arg(std::env::current_exe()?);
        let ended = child.args(["calls", &threads.to_string(), &callers.to_string()]).output();
        let said = ended.context("`taskset` of util-linux binds a process to one processor")?;
        anyhow::ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        print!("{}", String::from_utf8_lossy(&said.stdout));
    }
    Ok(())
}

/// One such process.
pub(crate) async fn calls(threads: &str, callers: &str) -> anyhow::Result<()> {
    const CALLS: usize = 20_000;
    let (threads, callers) = (threads.parse()?, callers.parse()?);
    let plugins = plugins(NonZeroUsize::new(threads))?;
    let context = samples::context(&samples::channel_settings("https://vendor.example"));
    let watch = Watch::start();
    let calls = (0..CALLS).map(|number| {
        let turn = Turn { context: context.clone(), answers: Vec::<wit::Answer>::new() };
        plugins.play("apns-voip", Input::Ring(vec![samples::ring(number)]), turn)
    });
    let played: Vec<_> = futures::stream::iter(calls).buffer_unordered(callers).collect().await;
    let cost = watch.stop();
    anyhow::ensure!(played.iter().all(Result::is_ok), "a call failed");
    let (rate, cpu) = (cost.rate(CALLS), cost.cpu_us_each(CALLS));
    println!("  {threads} threads, {callers} callers {rate:>29.0} {:>9} {cpu:>6.1} µs of CPU each", "");
    Ok(())
}

fn plugins(threads: Option<NonZeroUsize>) -> anyhow::Result<Plugins> {
    let clock = Clock::manual(Moment::from_millis(1_794_990_000_000));
    let surroundings = Surroundings { threads, ..Surroundings::new(clock, Entropy::fixed([7; 32]))? };
    Ok(Plugins::load(&samples::computing()?, surroundings)?)
}
