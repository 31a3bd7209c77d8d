//! Rings that cross the network: through plugin and egress, and through the same egress with the request built
//! natively. Each contestant is a process of its own, and so is the vendor.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use callpanion::clock::Clock;
use callpanion::domain::{AttemptId, CallId, CalleeId, FamilyId, GroupId, Moment, Ring};
use callpanion::egress::web_push::InstallationKey;
use callpanion::egress::{Answer, Egress, Permits, Request, Room, Rooms, Trust};
use callpanion::plugins::{Entropy, Plugins, Surroundings, wit};
use callpanion_bench::{Watch, median, resident_mb};
use callpanion_plugin_api::{Body, Stop};
use futures::StreamExt as _;
use futures::future::try_join_all;

use crate::vendor::HELD;
use crate::{native, samples};

const NOW: Moment = Moment::from_millis(1_794_990_000_000);
const LIST: usize = 100;
const DEADLINE: Duration = Duration::from_mins(2);
/// Rings of one round, and the lists that are under way at once.
const RINGS: usize = 20_000;
const LISTS_AT_ONCE: usize = 8;
const ROUNDS: usize = 5;

/// What both contestants do: ring a list, and say that every ring was taken.
enum Contestant {
    Plugin(Plugins),
    Native(Arc<Egress>, String),
}

impl Contestant {
    fn new(by: &str, origin: &str, roots: &str) -> anyhow::Result<Self> {
        let trust = Trust::with_extra_roots(roots.replace('|', "\n").as_bytes())?;
        let (clock, config) = (Clock::manual(NOW), samples::apns(origin)?);
        if by == "plugin" {
            let surroundings = Surroundings { trust, ..Surroundings::new(clock, Entropy::fixed([7; 32]))? };
            return Ok(Self::Plugin(Plugins::load(&BTreeMap::from([("apns-voip".to_owned(), config)]), surroundings)?));
        }
        let permits =
            Permits { plugin: "apns-voip".to_owned(), origins: [origin.parse()?].into(), private_addresses: true };
        let door = Egress::new(permits, &config.credentials, clock, &trust, &InstallationKey::default())?;
        Ok(Self::Native(Arc::new(door), origin.to_owned()))
    }

    async fn ring(&self, list: usize) -> anyhow::Result<()> {
        match self {
            Self::Plugin(plugins) => {
                let rings = (0..LIST).map(|number| ring(list * LIST + number)).collect();
                let verdicts = plugins.ring("apns-voip", rings, DEADLINE).await?;
                let taken = verdicts.iter().all(|v| matches!(v, callpanion::domain::Verdict::Accepted(_)));
                anyhow::ensure!(taken && verdicts.len() == LIST, "{:?}", verdicts.first());
            }
            Self::Native(egress, origin) => {
                let context = native::context(samples::context(&samples::channel_settings(origin)));
                let rings = native::rings((0..LIST).map(|number| samples::ring(list * LIST + number)).collect());
                let Err(Stop::Request(requests)) = native::ring(context.clone(), rings.clone(), Vec::new()) else {
                    anyhow::bail!("nothing was asked for");
                };
                let until = tokio::time::Instant::now() + DEADLINE;
                let room = Rooms::default().open(usize::MAX);
                let room = &room;
                let sent = requests.into_iter().map(|request| send(egress, request, until, room));
                let answers: Vec<_> = futures::stream::iter(sent).buffered(LIST).collect().await;
                let verdicts = native::ring(context, rings, answers.into_iter().map(native::answer).collect());
                anyhow::ensure!(verdicts.is_ok_and(|verdicts| verdicts.len() == LIST), "a ring was not taken");
            }
        }
        Ok(())
    }
}

async fn send(
    egress: &Egress,
    request: callpanion_plugin_api::Request,
    until: tokio::time::Instant,
    room: &Room,
) -> wit::Answer {
    let request = Request {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: match request.body {
            Body::Empty => Vec::new().into(),
            Body::Text(text) => text.into(),
            Body::Bytes(bytes) => bytes.into(),
        },
        credential: request.credential,
        repeatable: request.repeatable,
        timeout: Duration::from_millis(request.timeout_ms.into()),
    };
    let answer = match egress.prepare(request) {
        Ok(request) => egress.send(&request, until, room).await,
        Err(refusal) => refusal,
    };
    match answer {
        Answer::Reply(reply) => {
            wit::Answer::Response(wit::Response { status: reply.status, headers: reply.headers, body: reply.body })
        }
        Answer::Unsent(why) | Answer::Misconfigured(why) => wit::Answer::Unsent(why),
        Answer::Unknown(why) => wit::Answer::Unknown(why),
    }
}

fn ring(number: usize) -> Ring {
    Ring {
        attempt: AttemptId::new(),
        call: CallId::new(),
        group: GroupId::new(),
        family: FamilyId::new(),
        callee: CalleeId::new(),
        address: format!("{number:064x}"),
        environment: "production".to_owned(),
        ring_at: NOW,
        expires_at: NOW.plus_secs(60),
        language: "en".to_owned(),
        zone: "Europe/Amsterdam".to_owned(),
        variables: vec![("callee_name".to_owned(), "Wilhelmina".to_owned())],
    }
}

/// A contestant's process: prints rings a second and µs of CPU, round by round, each on a line from its input.
pub(crate) async fn rate(by: &str, origin: &str, roots: &str) -> anyhow::Result<()> {
    let contestant = Contestant::new(by, origin, roots)?;
    contestant.ring(0).await?;
    for line in std::io::stdin().lock().lines() {
        line?;
        let watch = Watch::start();
        let lists = (0..RINGS / LIST).map(|list| contestant.ring(list));
        let rung: Vec<_> = futures::stream::iter(lists).buffer_unordered(LISTS_AT_ONCE).collect().await;
        let cost = watch.stop();
        rung.into_iter().collect::<anyhow::Result<()>>()?;
        println!("{} {}", cost.rate(RINGS), cost.cpu_us_each(RINGS));
    }
    Ok(())
}

/// A contestant's process: rings ten thousand at once, and prints what they take while the vendor is silent.
pub(crate) async fn hold(by: &str, origin: &str, roots: &str) -> anyhow::Result<()> {
    let contestant = Contestant::new(by, origin, roots)?;
    let idle = resident_mb();
    let rings = try_join_all((0..HELD / LIST).map(|list| contestant.ring(list)));
    let told = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line)?;
        println!("{}", resident_mb() - idle);
        anyhow::Ok(())
    });
    let (rung, told) = tokio::join!(rings, told);
    told??;
    rung.map(drop)
}

/// Another process of this program, spoken to by lines.
struct Other {
    child: Child,
    tell: ChildStdin,
    hear: BufReader<ChildStdout>,
}

impl Other {
    fn start(words: &[&str]) -> anyhow::Result<Self> {
        let mut child =
            Command::new(std::env::current_exe()?).args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(tell), Some(hear)) = (child.stdin.take(), child.stdout.take()) else { anyhow::bail!("no pipes") };
        Ok(Self { child, tell, hear: BufReader::new(hear) })
    }

    fn hear(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        anyhow::ensure!(self.hear.read_line(&mut line)? > 0, "a process of the benchmark ended early");
        Ok(line.trim().to_owned())
    }

    fn tell(&mut self) -> anyhow::Result<()> {
        Ok(self.tell.write_all(b"go\n")?)
    }

    fn end(mut self) -> anyhow::Result<()> {
        drop(self.tell);
        self.child.wait()?;
        Ok(())
    }
}

pub(crate) fn run() -> anyhow::Result<()> {
    let mut vendor = Other::start(&["vendor", "answering"])?;
    let (origin, roots) = (vendor.hear()?, vendor.hear()?);
    let mut contestants = ["plugin", "native"]
        .map(|by| Other::start(&["rate", by, &origin, &roots]))
        .into_iter()
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut rates = vec![Vec::new(); 2];
    let mut cpus = vec![Vec::new(); 2];
    for _ in 0..ROUNDS {
        for (number, contestant) in contestants.iter_mut().enumerate() {
            contestant.tell()?;
            let line = contestant.hear()?;
            let (rate, cpu) = line.split_once(' ').unwrap_or_default();
            rates[number].push(rate.parse()?);
            cpus[number].push(cpu.parse()?);
        }
    }
    contestants.into_iter().try_for_each(Other::end)?;
    vendor.end()?;
    let ratios: Vec<f64> =
        rates[0].iter().zip(&rates[1]).map(|(plugin, native): (&f64, &f64)| plugin / native).collect();
    println!("\nrings in lists of {LIST} over HTTP/2 with TLS        plugin    native     ratio      bar");
    let (plugin, native) = (median(&rates[0]), median(&rates[1]));
    println!("  {:<40} {plugin:>9.0} {native:>9.0} {:>8.2}x {:>8}", "rings a second", median(&ratios), "> 0.85");
    println!("  {:<40} {:>9.1} {:>9.1}", "µs of CPU each", median(&cpus[0]), median(&cpus[1]));

    let mut taken = [0.0; 2];
    for (number, by) in ["plugin", "native"].into_iter().enumerate() {
        let mut vendor = Other::start(&["vendor", "holding"])?;
        let (origin, roots) = (vendor.hear()?, vendor.hear()?);
        let mut contestant = Other::start(&["hold", by, &origin, &roots])?;
        anyhow::ensure!(vendor.hear()? == "full", "the vendor said something else");
        contestant.tell()?;
        taken[number] = contestant.hear()?.parse()?;
        vendor.tell()?;
        contestant.end()?;
        vendor.end()?;
    }
    let [plugin, native] = taken;
    let what = format!("MB for {HELD} rings waiting");
    println!("  {what:<40} {plugin:>9.0} {native:>9.0} {:>8.2}x {:>8}", plugin / native, "< 250");
    println!("  {:<40} {:>28} {:>19}", "", "", "< 1.30x");
    Ok(())
}
