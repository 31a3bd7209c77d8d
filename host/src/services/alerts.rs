//! Alerts: what a family must look at, and who takes it in hand.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use futures::FutureExt;
use serde::Deserialize;

use super::error::ServiceError;
use super::history::{self, Circle};
use super::{families, fields};
use crate::app::App;
use crate::db::alerts::{self, Alert};
use crate::db::callees::Callee;
use crate::db::{Conn, accounts, alert_notices, members, transcripts};
use crate::domain::{AccountId, AlertId, AlertKind, AlertState, CallId, FamilyId, Locale, Moment, Turn};

/// Alerts of one family on its page.
const SHOWN: i64 = 100;
const NOTE_CHARS: usize = 1_000;

/// An alert in the reader's language.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds what was said")]
pub struct AlertBrief {
    /// The alert.
    pub id: AlertId,
    /// Why it was opened.
    pub kind: AlertKind,
    /// Where it stands.
    pub state: AlertState,
    /// Whom it is about.
    pub callee_name: String,
    /// Their IANA zone.
    pub zone: String,
    /// When it was opened.
    pub opened_at: Moment,
    /// The call that it came out of.
    pub call: Option<CallId>,
    /// What was said, in one sentence.
    pub text: Option<String>,
    /// What happened, as a word.
    pub reason: Option<String>,
    /// The turn that it rests on: its index, and its words.
    pub turn: Option<(u32, String)>,
    /// What was noted at the close.
    pub note: Option<String>,
    /// Who was told, and when, the first first.
    pub told: Vec<(String, Moment)>,
    /// Who has taken it in hand.
    pub acknowledged_by: Option<String>,
}

/// What is stored beside an alert.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Detail {
    texts: BTreeMap<String, String>,
    reason: String,
}

/// The alerts of the account's families, the gravest first, then the newest.
pub async fn list(app: &App, account: AccountId, locale: Locale) -> Result<Vec<AlertBrief>, ServiceError> {
    let mut c = app.db.read().await?;
    let circle = Circle::of(&mut c, account).await?;
    let mut found = Vec::new();
    for (family, _) in &circle.families {
        found.extend(alerts::of_family(&mut c, family.id, SHOWN).await?);
    }
    briefs(&mut c, &circle, found, locale).await
}

/// A callee's alerts that nobody has closed, the gravest first, then the newest.
pub(super) async fn unclosed_of_callee(
    c: &mut Conn,
    circle: &Circle,
    callee: &Callee,
    locale: Locale,
) -> Result<Vec<AlertBrief>, ServiceError> {
    let mut found = alerts::unclosed_of_family(c, callee.family_id, SHOWN).await?;
    found.retain(|alert| alert.callee_id == Some(callee.id));
    briefs(c, circle, found, locale).await
}

/// How many alerts of the account's families nobody has acknowledged.
pub async fn count_open(app: &App, account: AccountId) -> Result<u32, ServiceError> {
    let open = alerts::count_open_of_account(&mut app.db.read().await?, account).await?;
    Ok(u32::try_from(open).unwrap_or(u32::MAX))
}

/// Someone has seen the alert.
pub async fn acknowledge(app: &App, account: AccountId, id: AlertId) -> Result<(), ServiceError> {
    let now = app.clock.now();
    let family = app
        .db
        .write(move |c| {
            async move {
                let family = editable(c, account, id).await?;
                if !alerts::acknowledge(c, id, account, now).await? {
                    return Err(ServiceError::Conflict("alert-changed"));
                }
                Ok(family)
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    Ok(())
}

/// The alert is dealt with; the note may be empty.
pub async fn close(app: &App, account: AccountId, id: AlertId, note: &str) -> Result<(), ServiceError> {
    let note = fields::text("note", note, NOTE_CHARS)?;
    let now = app.clock.now();
    let family = app
        .db
        .write(move |c| {
            async move {
                let family = editable(c, account, id).await?;
                let note = Some(note.as_str()).filter(|note| !note.is_empty());
                if !alerts::close(c, id, note, now).await? {
                    return Err(ServiceError::Conflict("alert-changed"));
                }
                Ok(family)
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    Ok(())
}

/// The family of an alert in which the account may change something.
async fn editable(c: &mut Conn, account: AccountId, id: AlertId) -> Result<FamilyId, ServiceError> {
    let alert = alerts::find(c, id).await?.ok_or(ServiceError::NotFound)?;
    let family = alert.family_id.ok_or(ServiceError::NotFound)?;
    families::edit(members::role(c, family, account).await?.ok_or(ServiceError::NotFound)?)?;
    Ok(family)
}

async fn briefs(
    c: &mut Conn,
    circle: &Circle,
    mut found: Vec<Alert>,
    locale: Locale,
) -> Result<Vec<AlertBrief>, ServiceError> {
    found.sort_by_key(|alert| (alert.kind != AlertKind::Said, Reverse(alert.opened_at)));
    let mut briefs = Vec::with_capacity(found.len());
    for alert in found {
        let Some(callee) = alert.callee_id.and_then(|id| circle.callees.get(&id)) else { continue };
        let text = text_of(&alert, locale);
        let detail: Detail = serde_json::from_str(&alert.detail).unwrap_or_default();
        let kin: Vec<AlertId> = alerts::kin(c, &alert).await?.iter().map(|alert| alert.id).collect();
        let told = alert_notices::of_alerts(c, &kin).await?;
        briefs.push(AlertBrief {
            turn: turn(c, &alert).await?,
            id: alert.id,
            kind: alert.kind,
            state: alert.state,
            callee_name: callee.address_form.clone(),
            zone: callee.zone.clone(),
            opened_at: alert.opened_at,
            call: alert.call_id,
            // What was said has its own sentence, and the reason beside it is the agent's, not a word of ours.
            reason: Some(detail.reason).filter(|reason| text.is_none() && !reason.is_empty()),
            text,
            note: alert.note,
            told: told.into_iter().map(|(notice, name)| (name, notice.told_at)).collect(),
            acknowledged_by: name_of(c, alert.acknowledged_by).await?,
        });
    }
    Ok(briefs)
}

/// What an alert is about, in one sentence of a language, if it has one.
pub(super) fn text_of(alert: &Alert, locale: Locale) -> Option<String> {
    let mut detail: Detail = serde_json::from_str(&alert.detail).unwrap_or_default();
    detail.texts.remove(locale.as_str()).or_else(|| detail.texts.into_values().next())
}

async fn name_of(c: &mut Conn, account: Option<AccountId>) -> Result<Option<String>, ServiceError> {
    let Some(account) = account else { return Ok(None) };
    Ok(accounts::find(c, account).await?.map(|account| account.name))
}

/// The first turn that the alert rests on.
async fn turn(c: &mut Conn, alert: &Alert) -> Result<Option<(u32, String)>, ServiceError> {
    let evidence: Vec<u32> = history::read(&alert.evidence);
    let (Some(index), Some(call)) = (evidence.first().copied(), alert.call_id) else { return Ok(None) };
    let Some(transcript) = transcripts::of_call(c, call).await? else { return Ok(None) };
    let turns: Vec<Turn> = history::read(&transcript.turns);
    let turn = usize::try_from(index).ok().and_then(|at| turns.into_iter().nth(at));
    Ok(turn.map(|turn| (index, turn.text)))
}
