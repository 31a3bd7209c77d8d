//! A crowd: many families with a phone each, all of them due at known moments, and what became of them.

use std::ops::Range;
use std::time::Duration;

use callpanion::db::{Db, DbError, Location, facts};
use callpanion::domain::zone::tz_release;
use callpanion::domain::{CalleeId, FamilyId, Moment};
use callpanion_emulators::eleven::webhooks::sign;
use callpanion_emulators::{Behaviour, Fault, Phone, SystemTime, Time as _, World, WorldConfig, fcm};
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, SqliteConnection};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use futures::FutureExt as _;

use super::home::plant;
use crate::testing::program::Running;
use crate::testing::{Settings, WEBHOOK_PATH, client, environment, program};

/// How long a phone may ring in these tests.
const WINDOW_S: i64 = 45;
/// Nothing that these tests wait for takes longer.
const PATIENCE: Duration = Duration::from_secs(100);
const POLL: Duration = Duration::from_millis(50);

/// Now, for the host and for the emulators.
pub fn now() -> Moment {
    Moment::from_millis(SystemTime.now_ms())
}

/// Waits until it holds.
pub async fn until(what: &str, reached: impl AsyncFn() -> bool) {
    let waiting = async {
        while !reached().await {
            tokio::time::sleep(POLL).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok(), "not reached in time: {what}");
}

/// Waits until a moment.
pub async fn until_moment(at: Moment) {
    tokio::time::sleep(at.since(now())).await;
}

/// See the file's first line.
pub struct Crowd {
    /// The vendors and phones.
    pub world: World,
    /// How long its phones may ring.
    pub window_s: i64,
    /// When each phone is to ring.
    due: Vec<(Phone, Moment)>,
    location: Location,
}

/// What the phones say.
#[derive(Debug)]
pub struct Rung {
    /// Calls that were promised.
    pub promised: usize,
    /// Phones that never rang.
    pub lost: usize,
    /// Phones that rang more than once.
    pub doubled: usize,
    /// Rings before their moment.
    pub early: usize,
    /// Rings after their window.
    pub late: usize,
    /// Pushes that came beside the one that rang: the phone dropped them.
    pub repeated: usize,
    /// The longest lateness.
    pub max_late_ms: i64,
}

impl Crowd {
    /// Families with an Android phone each, one for each of these moments. The phones are let ring.
    pub async fn gather(location: Location, due: &[Moment]) -> Self {
        Self::with_iphones(location, due, &[]).await
    }

    /// The same, and families with an iPhone each, which another vendor rings.
    pub async fn with_iphones(location: Location, androids: &[Moment], iphones: &[Moment]) -> Self {
        let world = World::start(WorldConfig::default()).await.unwrap();
        let db = Db::open(&location, 2).await.unwrap();
        let phone = |(at, due): (usize, &Moment)| {
            let name = format!("Phone {at}");
            let phone = if at < androids.len() { world.android(&name) } else { world.iphone(&name) }.unwrap();
            phone.behave(Behaviour::Ignore);
            let (family, callee) = (FamilyId::new(), CalleeId::new());
            phone.was_paired(&family.to_string(), &callee.to_string());
            ((phone, *due), (family, callee))
        };
        let (due, homes): (Vec<(Phone, Moment)>, Vec<_>) =
            androids.iter().chain(iphones).enumerate().map(phone).unzip();
        let rows: Vec<_> = due.iter().zip(homes).map(|((phone, due), home)| (phone.clone(), *due, home)).collect();
        let planted = db.write(|c| {
            async move {
                // The slots' moments are the test's own: nothing is to be computed anew for new time zone data.
                facts::put(c, facts::TZ_RELEASE, tz_release()).await?;
                for (phone, due, home) in rows {
                    plant(c, &phone, due, home).await?;
                }
                Ok::<_, DbError>(())
            }
            .boxed()
        });
        planted.await.unwrap();
        Self { world, window_s: WINDOW_S, due, location }
    }

    /// The world without anybody in it, and a database that is left as it is.
    pub async fn nobody(location: Location) -> Self {
        let world = World::start(WorldConfig::default()).await.unwrap();
        Self { world, window_s: WINDOW_S, due: Vec::new(), location }
    }

    /// The settings of a host that rings this crowd, at a database.
    pub fn settings(&self, database_url: &str) -> Settings {
        let mut settings = environment(&self.world.settings(), "http://127.0.0.1:1", database_url);
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        for (key, value) in [
            ("LISTEN", port.to_string()),
            ("LOG__LEVEL", "info".to_owned()),
            ("MAIL__TRANSPORT", "none".to_owned()),
            ("CALLING__TRIES", "1".to_owned()),
            ("CALLING__RING_WINDOW_S", self.window_s.to_string()),
            ("CALLING__LEASE_S", "3".to_owned()),
            ("CALLING__QUIET_START", "00:00".to_owned()),
            ("CALLING__QUIET_END", "00:00".to_owned()),
        ] {
            settings.insert(format!("CALLPANION__{key}"), value);
        }
        settings
    }

    /// A host that rings this crowd, at the push service that takes only so many in a second.
    pub async fn served_by_few(&self, database_url: &str, a_second: usize) -> (Running, Settings) {
        let fault = Fault::from(fcm::Refusal::QuotaExceeded).retry_after("1");
        self.world.fcm.faults().above(u32::try_from(a_second).unwrap(), fault);
        let mut settings = self.settings(database_url);
        settings.insert("CALLPANION__CALLING__VENDOR_DEADLINE_MS".into(), "5000".into());
        let node = Running::serve(&settings).await;
        self.until_armed(self.due.len()).await;
        (node, settings)
    }

    /// The database is another one now.
    pub fn moves_to(&mut self, location: Location) {
        self.location = location;
    }

    /// Posts a webhook to a host with these settings, signed as the provider signs it.
    pub async fn post_webhook(&self, settings: &Settings, body: &str) -> reqwest::Response {
        let url = format!("http://{}{WEBHOOK_PATH}", settings["CALLPANION__LISTEN"]);
        let signature = sign(self.world.eleven.webhook_secret(), now().secs(), body);
        let request = client().post(url).header("content-type", "application/json");
        request.header("elevenlabs-signature", signature).body(body.to_owned()).send().await.unwrap()
    }

    /// The push addresses of the phones.
    pub fn addresses(&self) -> Vec<String> {
        self.due.iter().map(|(phone, _)| phone.push_address()).collect()
    }

    /// How many pushes the vendor took.
    pub fn pushed(&self) -> usize {
        self.world.fcm.sent().len()
    }

    /// Whether every phone has rung.
    pub fn has_rung(&self) -> bool {
        self.have_rung(0..self.due.len())
    }

    /// Whether each of these phones has rung, by the places of their moments.
    pub fn have_rung(&self, phones: Range<usize>) -> bool {
        self.due[phones].iter().all(|(phone, _)| !phone.rings().is_empty())
    }

    /// Fails unless every phone that never rang has a call with an outcome that says why, and an alert; and every call of
    /// which it is said that nobody picked up rang. Gives how many calls did not ring, as far as the host knows.
    pub async fn explained(&self) -> usize {
        let count = async |from: &str| usize::try_from(self.count(from).await.unwrap()).unwrap();
        let lost = self.rung().lost;
        let told = "calls WHERE state IN ('failed', 'expired') AND reason IS NOT NULL \
            AND EXISTS (SELECT 1 FROM alerts WHERE alerts.call_id = calls.id)";
        let (told, unanswered) = (count(told).await, count("calls WHERE state = 'missed'").await);
        assert_eq!(told + unanswered, self.due.len(), "each has one of these outcomes");
        let known = self.known_of_lost().await;
        assert!(lost <= told, "{lost} phones never rang, and {told} families were told so: {known:#?}");
        assert!(unanswered <= self.due.len() - lost, "{unanswered} calls are said to have rung, {lost} phones did not");
        told
    }

    /// Waits until every call has its outcome, and asks the program itself whether every promise was kept.
    pub async fn audit(&self, settings: &Settings) {
        self.until_settled().await;
        self.audit_now(settings).await;
    }

    /// Asks the program itself whether every promise was kept by now: a call that may be open may be open.
    pub async fn audit_now(&self, settings: &Settings) {
        let audit = program::run(&["audit", "promises"], settings).await;
        assert_eq!(audit.code, 0, "{}", audit.said);
    }

    /// The name under which each phone rang, as the database writes ids, and by when, in microseconds.
    pub fn ring_names(&self) -> Vec<(String, i64)> {
        let rings = self.due.iter().flat_map(|(phone, _)| phone.rings());
        rings.map(|ring| (ring.session_id.replace('-', ""), (ring.at_ms + 1) * 1_000)).collect()
    }

    /// What the phones say, by now.
    pub fn rung(&self) -> Rung {
        self.rung_of(|_, _| true)
    }

    /// How many rings came before their moment by more than this.
    pub fn rung_early_by(&self, most_ms: i64) -> usize {
        let early = |(phone, due): &(Phone, Moment)| {
            phone.rings().iter().filter(|ring| due.millis() - ring.at_ms > most_ms).count()
        };
        self.due.iter().map(early).sum()
    }

    /// How late each ring was, the least late first.
    pub fn lateness_ms(&self) -> Vec<i64> {
        let late = |(phone, due): &(Phone, Moment)| {
            phone.rings().iter().map(|ring| ring.at_ms - due.millis()).collect::<Vec<_>>()
        };
        let mut late: Vec<i64> = self.due.iter().flat_map(late).collect();
        late.sort_unstable();
        late
    }

    /// What these phones say, by the places of their moments.
    pub fn rung_at(&self, phones: Range<usize>) -> Rung {
        sum(&self.due[phones], self.window_s)
    }

    /// What those phones say of which this holds.
    pub fn rung_of(&self, wanted: impl Fn(&Phone, Moment) -> bool) -> Rung {
        sum(self.due.iter().filter(|(phone, due)| wanted(phone, *due)), self.window_s)
    }

    /// What the host knows of the phones that never rang: how many of each kind.
    async fn known_of_lost(&self) -> Vec<String> {
        let lost: Vec<String> = self
            .due
            .iter()
            .filter(|(phone, _)| phone.rings().is_empty())
            .map(|(phone, _)| format!("'{}'", phone.push_address()))
            .collect();
        if lost.is_empty() {
            return Vec::new();
        }
        let sql = format!(
            "SELECT count(*) || ' ' || c.state || ' ' || c.reason || ', attempt ' || a.state || ' sent ' || a.sends || ' ' \
             || coalesce(a.reason, '') || CASE WHEN a.accepted_at IS NULL THEN '' ELSE ' ACCEPTED' END AS line \
             FROM calls c JOIN ring_attempts a ON a.call_id = c.id WHERE a.address IN ({}) \
             GROUP BY c.state, c.reason, a.state, a.sends, a.reason, a.accepted_at IS NULL",
            lost.join(",")
        );
        self.lines(sql).await
    }

    /// What became of the calls, as far as the host knows: how many of each kind.
    pub async fn outcomes(&self) -> Vec<String> {
        let sql =
            "SELECT count(*) || ' ' || state || ' ' || coalesce(reason, '') AS line FROM calls GROUP BY state, reason";
        self.lines(sql.to_owned()).await
    }

    async fn lines(&self, sql: String) -> Vec<String> {
        let rows: Vec<Line> = match &self.location {
            Location::Postgres(url) => {
                let mut connection = AsyncPgConnection::establish(url).await.unwrap();
                diesel_async::RunQueryDsl::load(diesel::sql_query(sql), &mut connection).await.unwrap()
            }
            Location::Sqlite(file) => {
                let file = file.to_str().unwrap();
                let mut connection = <diesel::SqliteConnection as diesel::Connection>::establish(file).unwrap();
                diesel::RunQueryDsl::load(diesel::sql_query(sql), &mut connection).unwrap()
            }
        };
        rows.into_iter().map(|row| row.line).collect()
    }

    /// How many rows a query counts: `FROM` and whatever follows. None while the database is away.
    pub async fn count(&self, from: &str) -> Option<i64> {
        count(&self.location, from).await
    }

    /// Runs SQL that gives no rows back, past the host.
    pub async fn execute(&self, sql: &str) {
        match &self.location {
            Location::Postgres(url) => {
                let mut connection = AsyncPgConnection::establish(url).await.unwrap();
                connection.batch_execute(sql).await.unwrap();
            }
            Location::Sqlite(file) => {
                let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                SimpleConnection::batch_execute(&mut connection, "PRAGMA busy_timeout = 5000;").unwrap();
                SimpleConnection::batch_execute(&mut connection, sql).unwrap();
            }
        }
    }

    /// Waits until this many rows are counted.
    pub async fn until_counted(&self, from: &str, number: usize) {
        let wanted = i64::try_from(number).unwrap();
        until(from, async || self.count(from).await == Some(wanted)).await;
    }

    /// Waits until hosts hold so many rings.
    pub async fn until_armed(&self, number: usize) {
        self.until_counted("ring_attempts WHERE state = 'armed' AND owner IS NOT NULL", number).await;
    }

    /// Waits until every call has its outcome.
    pub async fn until_settled(&self) {
        let number = self.due.len();
        let outcomes = "calls WHERE state NOT IN ('queued', 'ringing', 'answered', 'in_progress')";
        self.until_counted(outcomes, number).await;
        assert_eq!(self.count("calls").await, i64::try_from(number).ok(), "one call for each promise");
    }
}

fn sum<'a>(phones: impl IntoIterator<Item = &'a (Phone, Moment)>, window_s: i64) -> Rung {
    let mut sum = Rung { promised: 0, lost: 0, doubled: 0, early: 0, late: 0, repeated: 0, max_late_ms: 0 };
    for (phone, due) in phones {
        let rings = phone.rings();
        sum.promised += 1;
        sum.lost += usize::from(rings.is_empty());
        sum.doubled += usize::from(rings.len() > 1);
        sum.repeated += phone.pushes().len().saturating_sub(rings.len());
        for ring in rings {
            let late_ms = ring.at_ms - due.millis();
            sum.early += usize::from(late_ms < 0);
            sum.late += usize::from(late_ms > window_s * 1_000);
            sum.max_late_ms = sum.max_late_ms.max(late_ms);
        }
    }
    sum
}

impl Rung {
    /// Prints what was tested, with its number, and fails unless every phone rang once, on time.
    pub fn check(&self, fault: &str) {
        eprintln!("{fault}: {self:?}");
        assert!(self.promised > 0, "{fault}: nothing was promised");
        assert_eq!((self.lost, self.doubled, self.early, self.late), (0, 0, 0, 0), "{fault}: {self:?}");
    }
}

/// How many rows a query counts: `FROM` and whatever follows. None while the database is away.
pub async fn count(location: &Location, from: &str) -> Option<i64> {
    let sql = format!("SELECT count(*) AS number FROM {from}");
    match location {
        Location::Postgres(url) => {
            let mut connection = AsyncPgConnection::establish(url).await.ok()?;
            let rows: Vec<Number> =
                diesel_async::RunQueryDsl::load(diesel::sql_query(sql), &mut connection).await.ok()?;
            Some(rows[0].number)
        }
        Location::Sqlite(file) => {
            let mut connection = SqliteConnection::establish(file.to_str()?).ok()?;
            let rows: Vec<Number> = diesel::RunQueryDsl::load(diesel::sql_query(sql), &mut connection).ok()?;
            Some(rows[0].number)
        }
    }
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}
