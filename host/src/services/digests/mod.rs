//! Weekly digests: on Sunday evening, on the callee's own clock, the renderer reads what is known of the week's calls, in
//! each language of the pages, and whoever of the family wants it gets a letter.
//!
//! The tick walks in. What is told of a week is stored together with its letters and with the evening that comes next: a
//! week is told once, whichever host tells it and however often it is cut off.

pub(crate) mod letter;
mod week;

use futures::FutureExt;
use jiff::civil::Date;

use self::week::Week;
use crate::app::App;
use crate::config::Config;
use crate::db::Conn;
use crate::db::callees::Callee;
use crate::db::digests::{self, DueDigest, StoredDigest};
use crate::domain::zone::Zone;
use crate::domain::{Digest, Evening, Fault, Locale, Moment, NoticeEvent};
use crate::plugins::PluginFailure;
use crate::services::error::ServiceError;
use crate::services::mails::MailJob;
use crate::services::{notices, staff_alerts};

/// Callees that are looked up at once; there are rounds until none is due.
const A_ROUND: i64 = 32;
/// A renderer that failed is asked again after this.
const AGAIN_S: i64 = 3_600;

/// When families are told of their week; none where no renderer is chosen.
pub(crate) fn evening(config: &Config) -> Option<Evening> {
    (!config.digest.renderer.is_empty()).then_some(Evening(config.digest.at))
}

/// Plans the first evening of a callee who has talked; one that is planned stays.
///
/// # Errors
/// [`ServiceError`] when the database fails.
pub(crate) async fn begin(
    c: &mut Conn,
    callee: &Callee,
    evening: Option<Evening>,
    now: Moment,
) -> Result<(), ServiceError> {
    let Some(evening) = evening else { return Ok(()) };
    Ok(digests::begin(c, callee.id, evening.after(now, &zone_of(&callee.zone))).await?)
}

/// Tells of every week whose evening has come. Returns how many callees were moved on.
///
/// # Errors
/// [`ServiceError`] when the database fails. A renderer that fails is told to the staff, and asked again later.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let Some(evening) = evening(&app.config) else { return Ok(0) };
    let mut done = 0;
    loop {
        let due = digests::due(&mut app.db.read().await?, app.clock.now(), A_ROUND).await?;
        let last = i64::try_from(due.len()).is_ok_and(|count| count < A_ROUND);
        for due in due {
            done += usize::from(tell(app, evening, due).await?);
        }
        if last {
            return Ok(done);
        }
    }
}

/// Tells of one callee's last week, if there was a call in it and nobody was told, and moves on to the next evening.
async fn tell(app: &App, evening: Evening, due: DueDigest) -> Result<bool, ServiceError> {
    let now = app.clock.now();
    let zone = zone_of(&due.zone);
    let sunday = evening.last_sunday(now, &zone);
    let mut next = evening.after(now, &zone);
    let mut c = app.db.read().await?;
    let week = Week::untold(&mut c, due.callee, sunday, &zone).await?;
    drop(c);
    let made = match week {
        None => Vec::new(),
        Some(week) => match render(app, &week).await {
            Ok(made) => stored(&week, made, &app.config.digest.renderer, now),
            Err(failure) => {
                tracing::warn!(callee = %due.callee, %failure, "a week could not be told of; it is tried again");
                tell_staff(app, &failure).await;
                next = next.min(now.plus_secs(AGAIN_S));
                Vec::new()
            }
        },
    };
    let moved = app.db.write(move |c| async move { store(c, &due, sunday, next, &made, now).await }.boxed()).await?;
    app.wake.notify_waiters();
    Ok(moved)
}

async fn render(app: &App, week: &Week) -> Result<Vec<(Locale, Digest)>, PluginFailure> {
    let renderer = &app.config.digest.renderer;
    let mut made = Vec::new();
    for &locale in Locale::ALL {
        let material = week.material(locale);
        made.push((locale, app.plugins.render_digest(renderer, &material, locale.as_str()).await?));
    }
    app.proofs.worked(Fault::Digesting, staff_alerts::WEEKS, app.clock.now());
    Ok(made)
}

/// Tells the staff of what only they can mend: also of a renderer that is not there, or reads no weeks.
async fn tell_staff(app: &App, failure: &PluginFailure) {
    if matches!(failure, PluginFailure::NoSuchPlugin(_)) {
        let trouble = staff_alerts::Trouble::new(Fault::Digesting, staff_alerts::WEEKS, &failure.to_string());
        staff_alerts::tell_of(app, trouble).await;
    } else {
        staff_alerts::tell(app, Fault::Digesting, staff_alerts::WEEKS, failure).await;
    }
}

fn stored(week: &Week, made: Vec<(Locale, Digest)>, renderer: &str, now: Moment) -> Vec<StoredDigest> {
    let json = |list: Result<String, serde_json::Error>| list.unwrap_or_else(|_| "[]".into());
    let row = |(locale, digest): (Locale, Digest)| StoredDigest {
        callee_id: week.callee.id,
        last_day: week.last_day.to_string(),
        locale,
        mood_score: digest.mood_score.map(i32::from),
        parts: json(serde_json::to_string(&digest.parts)),
        calls: json(serde_json::to_string(&week.call_ids())),
        renderer: renderer.to_owned(),
        rendered_at: now,
    };
    made.into_iter().map(row).collect()
}

/// False when another host did so before.
async fn store(
    c: &mut Conn,
    due: &DueDigest,
    sunday: Date,
    next: Moment,
    made: &[StoredDigest],
    now: Moment,
) -> Result<bool, ServiceError> {
    if !digests::move_on(c, due.callee, due.seen, next).await? {
        return Ok(false);
    }
    for digest in made {
        digests::put(c, digest).await?;
    }
    if !made.is_empty() {
        let letter = |account, off| MailJob::WeeklyDigest { account, callee: due.callee, last_day: sunday, off };
        notices::tell_all(c, due.family, NoticeEvent::Weekly, now, letter).await?;
    }
    Ok(true)
}

fn zone_of(name: &str) -> Zone {
    Zone::parse(name).unwrap_or_else(|_| Zone::utc())
}
