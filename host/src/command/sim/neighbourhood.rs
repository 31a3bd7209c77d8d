//! The neighbourhood: parents in several zones, on phones of all kinds, each with their times a day. It is drawn from
//! the seed, and planted through the services as families would do it.

use anyhow::Context as _;
use callpanion_emulators::{Phone, World};
use jiff::civil::Time;

use super::calendar::{Calendar, minutes};
use super::dice::Dice;
use crate::app::App;
use crate::domain::{AccountId, CallMethod, CalleeId, FamilyId, Locale};
use crate::services::accounts::{self, SignUp};
use crate::services::callees::{self, Details};
use crate::services::schedules::SlotInput;
use crate::services::{devices, jobs, onboarding, pairings, schedules};

const CONSENT: &str = "They know about the calls and agreed to them.";
const ZONES: [&str; 8] = [
    "Europe/London",
    "America/New_York",
    "Asia/Jakarta",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Asia/Jayapura",
];
/// Between two calls of one parent: what happens in one is over before the next.
const APART_MINUTES: i64 = 100;

/// How a parent is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    Android,
    Iphone,
    /// A phone, and a tablet beside it.
    Both,
    Line,
}

/// One time of day.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// 1 to 3.
    pub(super) number: i32,
    pub(super) time: Time,
    pub(super) weekdays: u8,
}

/// A parent as the seed drew them.
#[derive(Clone, Debug)]
pub(super) struct Parent {
    pub(super) number: usize,
    pub(super) zone: &'static str,
    pub(super) reached: Reached,
    pub(super) slots: Vec<Slot>,
    /// Begins a family; otherwise it is the family of the parent before.
    pub(super) is_first: bool,
}

impl Parent {
    /// Draws parents.
    pub(super) fn draw_all(seed: u64, count: usize, calendar: &Calendar) -> Vec<Self> {
        (0..count).map(|number| Self::draw(seed, number, calendar)).collect()
    }

    fn draw(seed: u64, number: usize, calendar: &Calendar) -> Self {
        let mut dice = Dice::new(seed, "parent", number);
        // Two in five live where the clocks are changed.
        let zone = if dice.chance(40) { calendar.night.zone } else { *dice.pick(&ZONES) };
        let reached = match dice.between(1, 100) {
            1..=40 => Reached::Android,
            41..=62 => Reached::Iphone,
            63..=74 => Reached::Both,
            _ => Reached::Line,
        };
        let mut slots: Vec<Slot> = Vec::new();
        for _ in 0..dice.between(1, 3) {
            let time = draw_time(&mut dice, zone, calendar);
            let apart = |other: &Slot| {
                let between = (minutes(other.time) - minutes(time)).abs();
                between.min(24 * 60 - between) >= APART_MINUTES
            };
            if slots.iter().all(apart) {
                let weekdays = if dice.chance(75) { 0x7f } else { u8::try_from(dice.between(1, 0x7f)).unwrap_or(0x7f) };
                let number = i32::try_from(slots.len()).unwrap_or(0) + 1;
                slots.push(Slot { number, time, weekdays });
            }
        }
        Self { number, zone, reached, slots, is_first: number == 0 || dice.chance(60) }
    }

    fn method(&self) -> CallMethod {
        if self.reached == Reached::Line { CallMethod::Phone } else { CallMethod::App }
    }

    /// The number of their telephone: 555 01xx of an area code of their own.
    fn line(&self) -> String {
        // Area codes that are in use; the exchange 555-01xx is kept for drama in each of them.
        const AREAS: [u32; 4] = [202, 212, 312, 415];
        let area = AREAS[(self.number / 100) % AREAS.len()];
        format!("+1{area}55501{:02}", self.number % 100)
    }
}

fn draw_time(dice: &mut Dice, zone: &str, calendar: &Calendar) -> Time {
    // Half of those who live where the clocks are changed are night owls.
    if zone == calendar.night.zone && dice.chance(35) {
        return dice.pick(calendar.night.times).parse().unwrap_or(Time::midnight());
    }
    let (hour, minute) = match dice.between(1, 100) {
        // Everybody at nine is the normal case.
        1..=40 => (9, 0),
        41..=90 => (dice.between(7, 20), 5 * dice.between(0, 11)),
        _ => (dice.between(0, 23), dice.between(0, 59)),
    };
    let part = |number: i64| i8::try_from(number).unwrap_or(0);
    Time::new(part(hour), part(minute), 0, 0).unwrap_or(Time::midnight())
}

/// A parent who lives in the world: with phones or a line.
pub(super) struct Home {
    pub(super) parent: Parent,
    pub(super) callee: CalleeId,
    account: AccountId,
    pub(super) phones: Vec<Phone>,
    /// The number of the line, E.164.
    pub(super) line: Option<String>,
}

/// Plants everyone.
pub(super) async fn plant(
    app: &App,
    world: &World,
    public_url: &str,
    parents: Vec<Parent>,
) -> anyhow::Result<Vec<Home>> {
    let mut homes: Vec<Home> = Vec::with_capacity(parents.len());
    let mut family: Option<(AccountId, FamilyId)> = None;
    for parent in parents {
        let details = details(&parent);
        let (account, callee) = if let Some((account, family)) = family.filter(|_| !parent.is_first) {
            (account, callees::add(app, account, family, parent.method(), &details, CONSENT).await?.id)
        } else {
            let account = sign_up(app, parent.number).await?;
            let new = onboarding::set_family_name(app, account, &format!("Family {}", parent.number)).await?.id;
            onboarding::choose_method(app, account, new, parent.method()).await?;
            let callee = onboarding::save_callee(app, account, new, &details, CONSENT).await?.id;
            family = Some((account, new));
            (account, callee)
        };
        let phones = phones(world, &parent)?;
        for phone in &phones {
            pair(app, account, callee, phone, public_url).await.context("pairing")?;
        }
        let line = (parent.reached == Reached::Line).then(|| parent.line());
        let home = Home { parent, callee, account, phones, line };
        home.schedule(app, true).await?;
        if let Some((account, family)) = family.filter(|_| home.parent.is_first) {
            onboarding::finish(app, account, family).await?;
        }
        homes.push(home);
    }
    Ok(homes)
}

impl Home {
    /// Switches every slot on or off.
    pub(super) async fn schedule(&self, app: &App, enabled: bool) -> anyhow::Result<()> {
        let input = |slot: &Slot| SlotInput {
            slot_no: slot.number,
            time: slot.time.strftime("%H:%M").to_string(),
            weekdays: slot.weekdays,
            enabled,
        };
        let wish: Vec<SlotInput> = self.parent.slots.iter().map(input).collect();
        schedules::save(app, self.account, self.callee, &wish).await?;
        Ok(())
    }
}

fn phones(world: &World, parent: &Parent) -> anyhow::Result<Vec<Phone>> {
    let name = |what: &str| format!("{what} of parent {}", parent.number);
    Ok(match parent.reached {
        Reached::Android => vec![world.android(&name("Phone"))?],
        Reached::Iphone => vec![world.iphone(&name("Phone"))?],
        Reached::Both => vec![world.android(&name("Phone"))?, world.iphone(&name("Tablet"))?],
        Reached::Line => Vec::new(),
    })
}

async fn sign_up(app: &App, number: usize) -> anyhow::Result<AccountId> {
    let email = format!("family.{number}@neighbours.example");
    let wish = SignUp {
        email: email.clone(),
        password: format!("a-long-password-{number}"),
        name: format!("Child {number}"),
        locale: Locale::En,
        zone: "Europe/London".to_owned(),
    };
    // Everyone from an address of their own: one for all would be held back.
    let address = format!("10.{}.{}.1", number / 250, number % 250);
    accounts::sign_up(app, wish, &address).await?;
    while jobs::run_due(app).await? > 0 {}
    let outbox = app.mailer.outbox().context("the simulator keeps its mail in memory")?;
    let letters = outbox.to(&email);
    let token = letters.iter().find_map(|mail| {
        let (_, rest) = mail.text.split_once("/confirm/")?;
        rest.split(char::is_whitespace).next()
    });
    Ok(accounts::confirm(app, token.context("no letter with the confirmation link came")?).await?)
}

async fn pair(app: &App, account: AccountId, callee: CalleeId, phone: &Phone, public_url: &str) -> anyhow::Result<()> {
    let issued = pairings::issue(app, account, callee).await?;
    phone.pair(public_url, &issued.code).await?;
    let claimed = devices::list(app, account, callee).await?;
    let (device, _) = claimed.into_iter().next().context("the phone claimed no code")?;
    pairings::confirm(app, account, device.id, false).await?;
    Ok(())
}

fn details(parent: &Parent) -> Details {
    let indonesian = parent.zone.starts_with("Asia/Ja");
    Details {
        name: format!("Parent {}", parent.number),
        address_form: String::new(),
        language: if indonesian { "id" } else { "en" }.to_owned(),
        phone: if parent.reached == Reached::Line { parent.line() } else { String::new() },
        country: "US".to_owned(),
        zone: parent.zone.to_owned(),
        interests: "The garden and the neighbours.".to_owned(),
    }
}
