//! The demo's family: a daughter with a father on the phone and two parents in
//! the app. It is planted through the services, as a family would through the pages.

use anyhow::Context;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line, Phone, World};

use crate::app::App;
use crate::domain::zone::Zone;
use crate::domain::{AccountId, CallMethod, CalleeId, DevicePlatform, Locale, Moment};
use crate::services::accounts::{self, SignUp};
use crate::services::callees::{self, Details};
use crate::services::devices::Device;
use crate::services::schedules::SlotInput;
use crate::services::{jobs, onboarding, pairings, schedules};

const EMAIL: &str = "dewi@family.example";
const CONSENT: &str = "Agreed on the phone: the companion may call, and the family may read the summaries.";
/// In the number range that Ofcom keeps for drama.
const FATHERS_NUMBER: &str = "+442079460123";
/// From the start to the first call, on the demo's clock: time to be queued and seen.
const FIRST_CALL_IN_S: i64 = 330;

/// What the banner tells.
pub(in crate::command) struct Welcome {
    pub(in crate::command) sign_in_path: String,
    pub(in crate::command) email: &'static str,
    pub(in crate::command) password: String,
    pub(super) calls: Vec<String>,
    /// Who can be rung on a phone with the app, by its platform.
    pub(in crate::command) in_app: Vec<InApp>,
}

/// A callee with a phone that has the app.
pub(in crate::command) struct InApp {
    pub(in crate::command) callee: CalleeId,
    pub(in crate::command) platform: DevicePlatform,
    pub(in crate::command) device: Device,
    pub(in crate::command) phone: Phone,
}

/// Plants the family, pairs its phones and schedules its calls.
pub(super) async fn plant(app: &App, world: &World, public_url: &str) -> anyhow::Result<Welcome> {
    let password = format!("demo-{}", &uuid::Uuid::new_v4().simple().to_string()[..12]);
    let account = sign_up(app, &password).await?;
    let family = onboarding::set_family_name(app, account, "Family Wijaya").await?.id;
    onboarding::choose_method(app, account, family, CallMethod::App).await?;

    let mother = onboarding::save_callee(app, account, family, &sri(), CONSENT).await?.id;
    let aunt = callees::add(app, account, family, CallMethod::App, &ratna(), CONSENT).await?.id;
    let father = callees::add(app, account, family, CallMethod::Phone, &harris(), CONSENT).await?.id;

    let android = world.android("Ibu Sri")?;
    android.behave_in_turn(vec![
        Behaviour::answer(scripts::cheerful(Language::Indonesian).lasting(80)),
        Behaviour::answer(scripts::worrying(Language::Indonesian).lasting(90)),
        Behaviour::answer(scripts::ordinary(Language::Indonesian).lasting(70)),
    ]);
    let mothers = pair(app, account, mother, &android, public_url).await?;
    let iphone = world.iphone("Aunt Ratna")?;
    iphone.behave_in_turn(vec![
        Behaviour::answer(scripts::ordinary(Language::English).lasting(75)),
        Behaviour::Ignore,
        Behaviour::Ignore,
        Behaviour::answer(scripts::cheerful(Language::English).lasting(60)),
    ]);
    let aunts = pair(app, account, aunt, &iphone, public_url).await?;
    world.eleven.lines(
        FATHERS_NUMBER,
        vec![
            Line::Answers(scripts::worrying(Language::English).lasting(85)),
            Line::NoAnswer,
            Line::NoAnswer,
            Line::Answers(scripts::cheerful(Language::English).lasting(70)),
        ],
    );

    let first = app.clock.now().plus_secs(FIRST_CALL_IN_S);
    let mut calls = Vec::new();
    for (turn, (callee, who, zone)) in [
        (mother, "Ibu Sri, on her Android phone", "Asia/Jakarta"),
        (father, "Mr Harris, on his ordinary phone", "Europe/London"),
        (aunt, "Aunt Ratna, on her iPhone", "Asia/Makassar"),
    ]
    .into_iter()
    .enumerate()
    {
        let offset_s = i64::try_from(turn)? * 60;
        let times = slots(app, account, callee, zone, first.plus_secs(offset_s)).await?;
        calls.push(format!("{who}: {times} ({zone})"));
    }
    onboarding::finish(app, account, family).await?;
    let token = accounts::new_sign_in_link(app, account).await?;
    let in_app = vec![
        InApp { callee: mother, platform: DevicePlatform::Android, device: mothers, phone: android },
        InApp { callee: aunt, platform: DevicePlatform::Ios, device: aunts, phone: iphone },
    ];
    Ok(Welcome { sign_in_path: format!("/enter/{token}"), email: EMAIL, password, calls, in_app })
}

async fn sign_up(app: &App, password: &str) -> anyhow::Result<AccountId> {
    let wish = SignUp {
        email: EMAIL.to_owned(),
        password: password.to_owned(),
        name: "Dewi".to_owned(),
        locale: Locale::En,
        zone: "Europe/London".to_owned(),
    };
    accounts::sign_up(app, wish, "127.0.0.1").await?;
    // The worker runs as well: whoever comes first sends the mail.
    let outbox = app.mailer.outbox().context("the demo keeps its mail in memory")?;
    let token = loop {
        jobs::run_due(app).await?;
        if let Some(token) = outbox.to(EMAIL).iter().find_map(|mail| token_in(&mail.text)) {
            break token;
        }
        tokio::task::yield_now().await;
    };
    Ok(accounts::confirm(app, &token).await?)
}

fn token_in(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("/confirm/")?;
    Some(rest.split(char::is_whitespace).next()?.to_owned())
}

async fn pair(
    app: &App,
    account: AccountId,
    callee: CalleeId,
    phone: &Phone,
    public_url: &str,
) -> anyhow::Result<Device> {
    let issued = pairings::issue(app, account, callee).await?;
    phone.pair(public_url, &issued.code).await?;
    phone.register().await?;
    let devices = crate::services::devices::list(app, account, callee).await?;
    let (device, _) = devices.into_iter().next().context("the phone claimed no code")?;
    pairings::confirm(app, account, device.id, false).await?;
    Ok(device)
}

/// Three slots, six minutes apart, the first at `first` or in the minute after.
async fn slots(app: &App, account: AccountId, callee: CalleeId, zone: &str, first: Moment) -> anyhow::Result<String> {
    let zone = Zone::parse(zone)?;
    let times: Vec<String> = (0..3)
        .map(|turn| {
            let at = zone.local(first.plus_secs(59 + turn * 360));
            format!("{:02}:{:02}", at.hour(), at.minute())
        })
        .collect();
    let wish: Vec<SlotInput> = (1..)
        .zip(&times)
        .map(|(slot_no, time)| SlotInput { slot_no, time: time.clone(), weekdays: 0x7f, enabled: true })
        .collect();
    schedules::save(app, account, callee, &wish).await?;
    Ok(times.join(", "))
}

fn sri() -> Details {
    Details {
        name: "Sri Wijaya".to_owned(),
        address_form: "Ibu Sri".to_owned(),
        language: "id".to_owned(),
        phone: String::new(),
        country: "ID".to_owned(),
        zone: "Asia/Jakarta".to_owned(),
        interests: "Her orchids, the neighbours' cat, old keroncong songs.".to_owned(),
    }
}

fn ratna() -> Details {
    Details {
        name: "Ratna Wijaya".to_owned(),
        address_form: "Aunt Ratna".to_owned(),
        language: "en".to_owned(),
        phone: String::new(),
        country: "ID".to_owned(),
        zone: "Asia/Makassar".to_owned(),
        interests: "Batik, her choir on Thursdays.".to_owned(),
    }
}

fn harris() -> Details {
    Details {
        name: "George Harris".to_owned(),
        address_form: "Mr Harris".to_owned(),
        language: "en".to_owned(),
        phone: FATHERS_NUMBER.to_owned(),
        country: "GB".to_owned(),
        zone: "Europe/London".to_owned(),
        interests: "Cricket, the allotment, crosswords.".to_owned(),
    }
}
