//! The record: what the hosts have met that needs the operator, as it stands in the database.

use super::told;
use crate::db::{Conn, DbError, jobs, webhook_events};
use crate::domain::{Finding, Locale, Moment};
use crate::services::plugin_health;
use crate::services::staff_alerts::{self, OperatorTrouble};
use crate::theme::{Theme, ThemeError};

/// A job that is due is begun within seconds where a host lives.
const OVERDUE_AFTER_S: i64 = 600;
/// What was given up before is history.
const RECENT_S: i64 = 7 * 86_400;
/// Rows that are counted at the most.
const MOST: i64 = 1_000;

/// Looks at what is written down.
pub(super) async fn examine(c: &mut Conn, now: Moment) -> Result<Vec<Finding>, DbError> {
    let mut found = troubles(&staff_alerts::open_ones(c).await?);
    found.extend(rests(c, now).await?);
    found.extend(webhooks(c).await?);
    found.extend(overdue(c, now).await?);
    Ok(found)
}

/// What only the operator can mend, in the words of the staff's page.
fn troubles(open: &[OperatorTrouble]) -> Vec<Finding> {
    if open.is_empty() {
        return vec![Finding::ok("Troubles: none is open.")];
    }
    let words = Theme::load();
    let in_words = |trouble: &OperatorTrouble| words.as_ref().ok().and_then(|theme| worded(theme, trouble).ok());
    let plain = |trouble: &OperatorTrouble| {
        let what = format!("Trouble: {}, {}.", trouble.about, trouble.fault);
        Finding::problem(what, "Open the staff's page.")
    };
    open.iter().map(|trouble| in_words(trouble).unwrap_or_else(|| plain(trouble))).collect()
}

fn worded(theme: &Theme, trouble: &OperatorTrouble) -> Result<Finding, ThemeError> {
    let of = |key: &str| {
        let key = format!("{key}-{}", trouble.fault);
        theme.strings().get(Locale::En, &key, &[("about", trouble.about.as_str().into())])
    };
    let mut what = format!("Trouble: {}", of("trouble-what")?);
    if let Some(said) = &trouble.said {
        let its_words = theme.strings().get(Locale::En, "trouble-said", &[])?;
        what = format!("{what} {its_words} \"{said}\"");
    }
    what = format!("{what} Since {}.", told(trouble.since));
    if trouble.times > 1 {
        what = format!("{what} Seen at least {} times, last {}.", trouble.times, told(trouble.seen_at));
    }
    Ok(Finding::problem(what, of("trouble-mend")?))
}

/// Who is left alone for a while, anywhere.
async fn rests(c: &mut Conn, now: Moment) -> Result<Vec<Finding>, DbError> {
    let reports = plugin_health::fresh(c, now).await?;
    let resting = reports.into_iter().filter_map(|(_, health)| Some((health.plugin, health.rest?)));
    let mut resting: Vec<Finding> = resting
        .map(|(plugin, rest)| {
            let whom = rest.vendor.as_deref().unwrap_or("the plugin itself");
            let (since, until) = (told(rest.since), told(rest.until));
            Finding::warning(
                format!("Breakers: {plugin}: since {since} {whom} has kept failing. It is left alone until {until}."),
                "Look whether the vendor tells of an outage, and whether this machine reaches it. Meanwhile calls ring on \
                 other devices, or wait. One request finds out by itself whether it is well again.",
            )
        })
        .collect();
    if resting.is_empty() {
        resting.push(Finding::ok("Breakers: no plugin or vendor is left alone."));
    }
    Ok(resting)
}

async fn webhooks(c: &mut Conn) -> Result<Option<Finding>, DbError> {
    let parked = webhook_events::parked(c, MOST).await?.len();
    Ok((parked > 0).then(|| {
        Finding::warning(
            format!("Webhooks: {parked} of no call that is known, or that could not be read."),
            "`callpanion webhooks list --parked` shows them; `callpanion webhooks replay` has them read again, by a newer \
             version say.",
        )
    }))
}

async fn overdue(c: &mut Conn, now: Moment) -> Result<Vec<Finding>, DbError> {
    let mut found = Vec::new();
    let overdue = jobs::count_overdue(c, now.plus_secs(-OVERDUE_AFTER_S)).await?;
    if overdue > 0 {
        found.push(Finding::problem(
            format!("Jobs: {overdue} overdue by more than {} minutes.", OVERDUE_AFTER_S / 60),
            "Start a host if none serves. Where one does, its log says why it does not come to them.",
        ));
    }
    let given_up = jobs::given_up_since(c, now.plus_secs(-RECENT_S), MOST).await?;
    if let Some(last) = given_up.first() {
        let why = last.last_error.as_deref().unwrap_or("nobody noted why");
        found.push(Finding::warning(
            format!("Jobs: {} given up in the last week, the last one ({}): {why}", given_up.len(), last.kind),
            "Mend what it names. What was given up is not tried again: letters of these were not sent, and summaries not \
             written.",
        ));
    }
    if found.is_empty() {
        found.push(Finding::ok("Jobs: none is overdue, and none was given up in the last week."));
    }
    Ok(found)
}
