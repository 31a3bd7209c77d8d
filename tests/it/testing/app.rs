//! The running host of one test, and the hand on its clock.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use callpanion::app::App;
use callpanion::clock::Clock;
use callpanion::config::Config;
use callpanion::domain::Moment;
use callpanion::mail::{Mailer, Outbox};
use callpanion::services::{agenda, housekeeping, jobs, nodes, plugin_health, setup};
use callpanion::worker::round::round;
use callpanion::{boot, web};
use callpanion_emulators::{ManualTime, World, WorldConfig};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::database::{Database, Engine};
use super::settings::{self, Settings, environment};
use super::{Browser, log};

/// When every test begins: a Monday, a minute before nine in London.
pub const START: &str = "2026-10-12T07:59:00Z";
/// Rounds of ticks within one second of the clock: more means that something feeds itself.
const MOST_ROUNDS: usize = 50;

/// The host, its world and its database. Clones are the same.
#[derive(Clone)]
pub struct TestApp(Arc<Running>);

/// What a [`TestApp`] consists of.
pub struct Running {
    /// What the services are given.
    pub host: App,
    /// The vendors and phones.
    pub world: World,
    /// Where the host listens.
    pub url: String,
    /// What was mailed.
    pub mail: Arc<Outbox>,
    /// Where its rows are.
    pub database: Database,
    /// The configuration, for another host on the same database.
    pub settings: Settings,
    time: Arc<ManualTime>,
    personal: Mutex<Vec<String>>,
    log_from: usize,
    stop: CancellationToken,
    tasks: TaskTracker,
    is_alone: AtomicBool,
    finished: AtomicBool,
}

impl Deref for TestApp {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.0
    }
}

impl TestApp {
    /// Starts a host on a database of its own, with settings changed.
    pub async fn start_with(engine: Engine, with: impl FnOnce(&mut Settings)) -> Self {
        let log_from = log::captured().text().len();
        let start = Moment::from(START.parse::<jiff::Timestamp>().unwrap());
        let time = Arc::new(ManualTime::new(start.millis()));
        let (world, database, listener) = tokio::join!(
            World::start(WorldConfig::new(time.clone())),
            Database::fresh(engine),
            TcpListener::bind("127.0.0.1:0"),
        );
        let (world, listener) = (world.unwrap(), listener.unwrap());
        let url = format!("http://{}", listener.local_addr().unwrap());
        world.set_webhook_url(format!("{url}/webhooks/elevenlabs"));
        let mut settings = environment(&world.settings(), &url, &database.url());
        with(&mut settings);

        let mailer = Mailer::memory();
        let mail = mailer.outbox().unwrap();
        let host = assemble(&settings, Clock::manual(start), mailer).await;
        nodes::join(&host).await.unwrap();
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let service = web::router::router(host.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
        tasks.spawn(async move { serving.await.unwrap() });
        tasks.close();
        let world_secrets = world.settings();
        let personal = Mutex::new(vec![
            world_secrets.webhook_secret,
            world_secrets.eleven_api_key,
            world_secrets.apns_auth_key_pem.lines().nth(1).unwrap_or_default().to_owned(),
        ]);
        Self(Arc::new(Running {
            host,
            world,
            url,
            mail,
            database,
            settings,
            time,
            personal,
            log_from,
            stop,
            tasks,
            is_alone: AtomicBool::new(true),
            finished: AtomicBool::new(false),
        }))
    }

    /// Another host on the same database and clock: its services, without a web door.
    pub async fn another_host(&self) -> App {
        self.is_alone.store(false, Ordering::SeqCst);
        let host = assemble(&self.settings, self.host.clock.clone(), Mailer::memory()).await;
        // As the first of two would on a shared database: on SQLite a second process is refused.
        nodes::tick(&host).await.unwrap();
        host
    }

    /// Now.
    pub fn now(&self) -> Moment {
        self.host.clock.now()
    }

    /// Lets time pass, by whole seconds; after each in which somebody has something to do, everything that it sets off
    /// comes to rest.
    pub async fn advance(&self, seconds: u32) {
        self.settle().await;
        let mut passed = 0;
        while passed < seconds {
            let swept = passed.div_ceil(60);
            passed += self.pass_some(seconds - passed).await;
            self.settle().await;
            if passed.div_ceil(60) > swept {
                housekeeping::tick(&self.host).await.unwrap();
            }
        }
    }

    /// Lets time pass while the host is down: no tick runs, phones and vendors live on.
    pub async fn advance_without_ticks(&self, seconds: u32) {
        for _ in 0..seconds {
            self.move_clocks();
            assert!(self.world.settle().await, "the emulated world does not come to rest");
        }
    }

    /// Lets time pass while another host alone gives signs of life.
    pub async fn keep_alive_until_due(&self, other: &App, seconds: u32) {
        for _ in 0..seconds {
            self.move_clocks();
            nodes::tick(other).await.unwrap();
            assert!(self.world.settle().await, "the emulated world does not come to rest");
        }
    }

    /// Advances until `reached` holds, at most so many seconds.
    pub async fn advance_until<F: Future<Output = bool>>(&self, seconds: u32, reached: impl Fn() -> F) {
        self.settle().await;
        let mut passed = 0;
        while passed < seconds {
            if reached().await {
                return;
            }
            passed += self.pass_some(seconds - passed).await;
            self.settle().await;
        }
        assert!(reached().await, "not reached within {seconds} s");
    }

    /// Jumps to a moment; what lies between does not happen to the host.
    pub async fn jump_to(&self, moment: &str) {
        let ahead = Moment::from(moment.parse::<jiff::Timestamp>().unwrap()).since(self.now());
        assert!(!ahead.is_zero(), "the clock only goes forward");
        self.host.clock.advance(ahead);
        self.time.advance(i64::try_from(ahead.as_millis()).unwrap());
        assert!(self.world.settle().await, "the emulated world does not come to rest");
    }

    /// Lets the seconds pass until somebody has something to do, `most` of them at the most and one at the least. Returns
    /// how many passed. Hosts that watch each other have something to do in each.
    async fn pass_some(&self, most: u32) -> u32 {
        let now_ms = self.now().millis();
        let due = agenda::next_at(&self.host).await;
        let is_alone = self.is_alone.load(Ordering::SeqCst) && due.is_ok();
        let next_ms = due.ok().flatten().map(Moment::millis).into_iter().chain(self.world.next_ms()).min();
        let reports_ms = i64::try_from(plugin_health::PERIOD_S * 1_000).unwrap();
        let next_ms = next_ms.unwrap_or(i64::MAX).min((now_ms / reports_ms + 1) * reports_ms);
        let seconds = if is_alone { (next_ms - now_ms + 999) / 1_000 } else { 1 };
        let seconds = u32::try_from(seconds.clamp(1, i64::from(most))).unwrap();
        // A host lives through the others too, and finds nothing to do: it was not asleep.
        self.host.clock.set_forward(Duration::from_secs((seconds - 1).into()));
        self.host.clock.advance(Duration::from_secs(1));
        self.time.advance(i64::from(seconds) * 1_000);
        seconds
    }

    fn move_clocks(&self) {
        // The host first: what the phones send when they wake up comes to a host that is as late as they are.
        self.host.clock.advance(Duration::from_secs(1));
        self.time.advance(1_000);
    }

    /// Runs every tick until nothing changes any more, at this second of the clock.
    pub async fn settle(&self) {
        for _ in 0..MOST_ROUNDS {
            assert!(self.world.settle().await, "the emulated world does not come to rest");
            if tick(&self.host).await == 0 {
                return;
            }
        }
        panic!("the ticks do not come to rest");
    }

    /// Does every job that is due.
    pub async fn run_jobs(&self) {
        while jobs::run_due(&self.host).await.unwrap() > 0 {}
    }

    /// A browser with no cookies yet, in English.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url, "en")
    }

    /// A browser whose owner reads Bahasa Indonesia.
    pub fn browser_in(&self, language: &'static str) -> Browser {
        Browser::new(&self.url, language)
    }

    /// The browser of the installation's administrator, made by the printed set-up link.
    pub async fn staff(&self) -> Browser {
        let path = setup::ensure_setup_link(&self.host).await.unwrap().expect("a set-up link");
        self.keep_out_of_the_log(path.trim_start_matches("/setup/"));
        let browser = self.browser();
        let form = [("name", "Ada Admin"), ("email", "ada@operator.example"), ("password", "seven-brass-door-handles")];
        let page = browser.post(&path, &form).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/staff"), "{}", page.text());
        browser
    }

    /// Something that must never stand in the log.
    pub fn keep_out_of_the_log(&self, secret: impl Into<String>) {
        let secret = secret.into();
        if secret.len() > 3 {
            self.personal.lock().unwrap().push(secret);
        }
    }

    /// Ends the test: fails if work was left undone, a vendor saw what it should not, or the log tells of people.
    pub async fn finish(self) {
        self.finished.store(true, Ordering::SeqCst);
        let undone = self
            .database
            .texts("SELECT kind || ' ' || state || ' ' || coalesce(last_error, '') AS text FROM jobs WHERE state <> 'done'")
            .await;
        assert!(undone.is_empty(), "jobs are left: {undone:#?}");
        let unexpected = self.world.unexpected();
        assert!(unexpected.is_empty(), "a vendor or phone saw what it should not: {unexpected:#?}");
        let personal = self.personal.lock().unwrap().clone();
        log::assert_silent_about(&personal, self.log_from);

        self.host.live.close();
        self.stop.cancel();
        self.world.stop().await;
        tokio::time::timeout(Duration::from_secs(20), self.tasks.wait()).await.expect("the web door closes");
        self.database.end().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.finished.load(Ordering::SeqCst), "a test ended without TestApp::finish");
        }
    }
}

/// Reads settings as the program does, and puts the host together.
async fn assemble(settings: &Settings, clock: Clock, mailer: Mailer) -> App {
    std::fs::create_dir_all(settings::data_dir()).unwrap();
    let config = Config::load(None, settings.clone().into_iter()).unwrap_or_else(|error| panic!("{error}"));
    boot::assemble(config, clock, mailer).await.unwrap()
}

/// One round of every tick of the worker. Returns how much they did.
pub async fn tick(host: &App) -> usize {
    round(host).await.unwrap()
}
