//! A crowd: many families with a phone each, all of them due at known moments, and what became of them.

use std::time::Duration;

use callpanion::db::callees::Callee;
use callpanion::db::devices::Device;
use callpanion::db::families::Family;
use callpanion::db::push_addresses::PushAddress;
use callpanion::db::slots::StoredSlot;
use callpanion::db::{Conn, Db, DbError, Location, callees, devices, facts, families, push_addresses, slots};
use callpanion::domain::zone::{Zone, tz_release};
use callpanion::domain::{CallMethod, CalleeId, DeviceId, DeviceState, FamilyId, Moment, PushAddressId, SlotId};
use callpanion_emulators::{Behaviour, Phone, SystemTime, Time as _, World, WorldConfig};
use diesel_async::{AsyncConnection as _, AsyncPgConnection};
use futures::FutureExt as _;

use crate::testing::{Settings, environment, program};

/// How long a phone may ring in these tests.
pub const WINDOW_S: i64 = 45;
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
    /// Families with a phone each, one for each of these moments. The phones are let ring.
    pub async fn gather(location: Location, due: &[Moment]) -> Self {
        let world = World::start(WorldConfig::default()).await.unwrap();
        let db = Db::open(&location, 2).await.unwrap();
        let phone = |(at, due): (usize, &Moment)| {
            let phone = world.android(&format!("Phone {at}")).unwrap();
            phone.behave(Behaviour::Ignore);
            let (family, callee) = (FamilyId::new(), CalleeId::new());
            phone.was_paired(&family.to_string(), &callee.to_string());
            ((phone, *due), (family, callee))
        };
        let (due, homes): (Vec<(Phone, Moment)>, Vec<_>) = due.iter().enumerate().map(phone).unzip();
        let rows: Vec<_> =
            due.iter().zip(homes).map(|((phone, due), home)| (phone.push_address(), *due, home)).collect();
        let planted = db.write(|c| {
            async move {
                // The slots' moments are the test's own: nothing is to be computed anew for new time zone data.
                facts::put(c, facts::TZ_RELEASE, tz_release()).await?;
                for (address, due, home) in rows {
                    plant(c, address, due, home).await?;
                }
                Ok::<_, DbError>(())
            }
            .boxed()
        });
        planted.await.unwrap();
        Self { world, due, location }
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
            ("CALLING__RING_WINDOW_S", WINDOW_S.to_string()),
            ("CALLING__LEASE_S", "3".to_owned()),
            ("CALLING__QUIET_START", "00:00".to_owned()),
            ("CALLING__QUIET_END", "00:00".to_owned()),
        ] {
            settings.insert(format!("CALLPANION__{key}"), value);
        }
        settings
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
        self.due.iter().all(|(phone, _)| !phone.rings().is_empty())
    }

    /// Waits until every call has its outcome, and asks the program itself whether every promise was kept.
    pub async fn audit(&self, settings: &Settings) {
        self.until_settled().await;
        let audit = program::run(&["audit", "promises"], settings).await;
        assert_eq!(audit.code, 0, "{}", audit.said);
    }

    /// What the phones say, by now.
    pub fn rung(&self) -> Rung {
        let mut sum =
            Rung { promised: self.due.len(), lost: 0, doubled: 0, early: 0, late: 0, repeated: 0, max_late_ms: 0 };
        for (phone, due) in &self.due {
            let rings = phone.rings();
            sum.lost += usize::from(rings.is_empty());
            sum.doubled += usize::from(rings.len() > 1);
            sum.repeated += phone.pushes().len().saturating_sub(rings.len());
            for ring in rings {
                let late_ms = ring.at_ms - due.millis();
                sum.early += usize::from(late_ms < 0);
                sum.late += usize::from(late_ms > WINDOW_S * 1_000);
                sum.max_late_ms = sum.max_late_ms.max(late_ms);
            }
        }
        sum
    }

    /// How many rows a query counts: `FROM` and whatever follows. None while the database is away.
    pub async fn count(&self, from: &str) -> Option<i64> {
        let sql = format!("SELECT count(*) AS number FROM {from}");
        match &self.location {
            Location::Postgres(url) => {
                let mut connection = AsyncPgConnection::establish(url).await.ok()?;
                let rows: Vec<Number> =
                    diesel_async::RunQueryDsl::load(diesel::sql_query(sql), &mut connection).await.ok()?;
                Some(rows[0].number)
            }
            Location::Sqlite(file) => {
                let mut connection =
                    <diesel::SqliteConnection as diesel::Connection>::establish(file.to_str()?).ok()?;
                let rows: Vec<Number> = diesel::RunQueryDsl::load(diesel::sql_query(sql), &mut connection).ok()?;
                Some(rows[0].number)
            }
        }
    }

    /// Waits until this many rows are counted.
    pub async fn until_counted(&self, from: &str, number: usize) {
        let wanted = i64::try_from(number).unwrap();
        until(from, async || self.count(from).await == Some(wanted)).await;
    }

    /// Waits until every call has its outcome.
    pub async fn until_settled(&self) {
        let number = self.due.len();
        let outcomes = "calls WHERE state NOT IN ('queued', 'ringing', 'answered', 'in_progress')";
        self.until_counted(outcomes, number).await;
        assert_eq!(self.count("calls").await, i64::try_from(number).ok(), "one call for each promise");
    }
}

impl Rung {
    /// Prints what was tested, with its number, and fails unless every phone rang once, on time.
    pub fn check(&self, fault: &str) {
        eprintln!("{fault}: {self:?}");
        assert!(self.promised > 0, "{fault}: nothing was promised");
        assert_eq!((self.lost, self.doubled, self.early, self.late), (0, 0, 0, 0), "{fault}: {self:?}");
    }
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// A family with a callee, a confirmed phone at this address, and a slot that is due.
async fn plant(
    c: &mut Conn,
    address: String,
    due: Moment,
    (family, callee): (FamilyId, CalleeId),
) -> Result<(), DbError> {
    let (device, now) = (DeviceId::new(), now());
    let call_method = CallMethod::App;
    let name = "The Hills".to_owned();
    families::insert(
        c,
        &Family { id: family, name, call_method: Some(call_method), onboarded_at: Some(now), created_at: now },
    )
    .await?;
    let row = Callee {
        id: callee,
        family_id: family,
        name: "Margaret".into(),
        address_form: "Grandma".into(),
        language: "en".into(),
        zone: "Europe/London".into(),
        call_method,
        phone: None,
        interests: String::new(),
        consent_text: Some("Yes.".into()),
        consent_by: None,
        consent_at: Some(now),
        created_at: now,
    };
    callees::insert(c, &row).await?;
    let row = Device {
        id: device,
        callee_id: callee,
        family_id: family,
        name: "Her phone".into(),
        platform: None,
        state: DeviceState::Active,
        secret_hash: device.0.as_bytes().to_vec(),
        app_version: None,
        battery_percent: None,
        network: None,
        claimed_at: now,
        confirmed_at: Some(now),
        revoked_at: None,
        last_seen_at: now,
    };
    devices::insert(c, &row).await?;
    let row = PushAddress {
        id: PushAddressId::new(),
        device_id: device,
        channel: "fcm".into(),
        address,
        environment: String::new(),
        registered_at: now,
        last_ok_at: None,
        gone_at: None,
    };
    push_addresses::put(c, &row).await?;
    let local = Zone::parse("Europe/London").unwrap().local(due);
    let row = StoredSlot {
        id: SlotId::new(),
        callee_id: callee,
        slot_no: 1,
        local_time: local.strftime("%H:%M").to_string(),
        weekdays: 0x7f,
        enabled: true,
        next_at: Some(due),
        next_date: Some(local.date().to_string()),
        since: now,
    };
    slots::put(c, &row).await
}
