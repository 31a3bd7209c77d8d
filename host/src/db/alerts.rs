//! Alerts: what a person must look at, one for each cause.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::prepared::Prepare as _;
use super::schema::{alerts, members};
use super::taking::take_rows;
use super::{Conn, DbError, on};
use crate::domain::{AccountId, AlertId, AlertKind, AlertState, CallId, CalleeId, FamilyId, Moment};

/// Something that a person must look at.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = alerts, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// The family; none for what only the staff can mend.
    pub family_id: Option<FamilyId>,
    /// The callee.
    pub callee_id: Option<CalleeId>,
    /// The call that it came from.
    pub call_id: Option<CallId>,
    /// Why it was opened.
    pub kind: AlertKind,
    /// One alert for one cause.
    pub cause: String,
    /// JSON of the texts by language, or of the reason's key.
    pub detail: String,
    /// JSON of the indices of the turns that it rests on.
    pub evidence: String,
    /// Where it stands.
    pub state: AlertState,
    /// When it was opened.
    pub opened_at: Moment,
    /// When someone took it.
    pub acknowledged_at: Option<Moment>,
    /// When it was closed.
    pub closed_at: Option<Moment>,
    /// What was noted at the close.
    pub note: Option<String>,
    /// Who took it, or closed what only the staff can mend.
    pub acknowledged_by: Option<AccountId>,
    /// When what it tells of was seen last; none: when it was opened.
    pub last_at: Option<Moment>,
    /// How often that was seen, at the least: of hosts that see it at the same moment, one counts.
    pub times: i32,
}

impl Alert {
    /// When what it tells of was seen last.
    pub fn seen_at(&self) -> Moment {
        self.last_at.unwrap_or(self.opened_at)
    }
}

/// Opens an alert, unless its cause has one. True when it is new.
pub async fn open(c: &mut Conn, alert: &Alert) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::insert_into(alerts::table).values(alert).on_conflict_do_nothing().execute(c).await)?;
    Ok(rows == 1)
}

/// A family's alerts, open ones first, then the newest.
pub async fn of_family(c: &mut Conn, family: FamilyId, limit: i64) -> Result<Vec<Alert>, DbError> {
    let mut rows: Vec<Alert> = on!(c, c => {
        alerts::table
            .filter(alerts::family_id.eq(family))
            .order(alerts::opened_at.desc())
            .limit(limit)
            .select(Alert::as_select())
            .load(c)
            .await
    })?;
    rows.sort_by_key(|alert| AlertState::ALL.iter().position(|state| *state == alert.state));
    Ok(rows)
}

/// A family's alerts that nobody has closed, newest first.
pub async fn unclosed_of_family(c: &mut Conn, family: FamilyId, limit: i64) -> Result<Vec<Alert>, DbError> {
    Ok(on!(c, c => {
        alerts::table
            .filter(alerts::family_id.eq(family))
            .filter(alerts::state.ne(AlertState::Closed))
            .order(alerts::opened_at.desc())
            .limit(limit)
            .select(Alert::as_select())
            .load(c)
            .await
    })?)
}

/// How many alerts of the account's families nobody has acknowledged.
pub async fn count_open_of_account(c: &mut Conn, account: AccountId) -> Result<i64, DbError> {
    Ok(on!(c, c => {
        alerts::table
            .inner_join(members::table.on(alerts::family_id.eq(members::family_id.nullable())))
            .filter(members::account_id.eq(account))
            .filter(alerts::state.eq(AlertState::Open))
            .count()
            .get_result(c)
            .await
    })?)
}

/// Those of these families' calls that an alert came out of.
pub async fn calls_among(c: &mut Conn, families: &[FamilyId], calls: &[CallId]) -> Result<HashSet<CallId>, DbError> {
    let found: Vec<Option<CallId>> = on!(c, c => {
        alerts::table
            .filter(alerts::family_id.eq_any(families))
            .filter(alerts::call_id.eq_any(calls))
            .select(alerts::call_id)
            .load(c)
            .await
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// What only the staff can mend, and is not closed.
pub async fn unclosed_of_staff(c: &mut Conn, limit: i64) -> Result<Vec<Alert>, DbError> {
    Ok(on!(c, c => {
        alerts::table
            .filter(alerts::family_id.is_null())
            .filter(alerts::state.ne(AlertState::Closed))
            .order(alerts::opened_at.desc())
            .limit(limit)
            .select(Alert::as_select())
            .load(c)
            .await
    })?)
}

/// What only the staff can mend, is of one kind and is not closed.
pub async fn unclosed_of_kind(c: &mut Conn, kind: AlertKind) -> Result<Vec<Alert>, DbError> {
    Ok(on!(c, c => {
        alerts::table
            .filter(alerts::family_id.is_null())
            .filter(alerts::state.ne(AlertState::Closed))
            .filter(alerts::kind.eq(kind))
            .select(Alert::as_select())
            .load(c)
            .await
    })?)
}

/// An alert by its id.
pub async fn find(c: &mut Conn, id: AlertId) -> Result<Option<Alert>, DbError> {
    Ok(on!(c, c => alerts::table.find(id).select(Alert::as_select()).first(c).await.optional())?)
}

/// An alert and those that were opened with it, from the same call for the same reason, as several worrying words of
/// one talk are: whoever is told of one is told of all. In the order in which they were opened. What came out of the
/// same call at another time is told by itself.
pub async fn kin(c: &mut Conn, alert: &Alert) -> Result<Vec<Alert>, DbError> {
    let (Some(family), Some(call)) = (alert.family_id, alert.call_id) else { return Ok(vec![alert.clone()]) };
    Ok(on!(c, c => {
        alerts::table
            .filter(alerts::family_id.eq(family))
            .filter(alerts::call_id.eq(call))
            .filter(alerts::kind.eq(alert.kind))
            .filter(alerts::opened_at.eq(alert.opened_at))
            .order(alerts::id)
            .select(Alert::as_select())
            .load(c)
            .await
    })?)
}

/// Somebody takes an open alert in hand. False when it is not open any more.
pub async fn acknowledge(c: &mut Conn, id: AlertId, by: AccountId, now: Moment) -> Result<bool, DbError> {
    let rows = on!(c, c => {
        diesel::update(alerts::table.filter(alerts::id.eq(id)).filter(alerts::state.eq(AlertState::Open)))
            .set((
                alerts::state.eq(AlertState::Acknowledged),
                alerts::acknowledged_at.eq(Some(now)),
                alerts::acknowledged_by.eq(Some(by)),
            ))
            .execute(c)
            .await
    })?;
    Ok(rows == 1)
}

/// Closes an alert with a note. False when it is closed already.
pub async fn close(c: &mut Conn, id: AlertId, note: Option<&str>, now: Moment) -> Result<bool, DbError> {
    let rows = on!(c, c => {
        diesel::update(alerts::table.filter(alerts::id.eq(id)).filter(alerts::state.ne(AlertState::Closed)))
            .set((alerts::state.eq(AlertState::Closed), alerts::closed_at.eq(Some(now)), alerts::note.eq(note)))
            .execute(c)
            .await
    })?;
    Ok(rows == 1)
}

/// What an alert of the staff tells of was seen again; `detail` is how it looks now. Nothing happens when it is closed, or
/// while another transaction counts: nobody waits for a number.
pub async fn see_again(c: &mut Conn, id: AlertId, detail: &str, now: Moment) -> Result<(), DbError> {
    let counted =
        (alerts::last_at.eq(Some(now)), alerts::times.eq(alerts::times + 1), alerts::detail.eq(detail.to_owned()));
    let known = diesel::alias!(alerts as known);
    let open = known
        .filter(known.field(alerts::id).eq(id))
        .filter(known.field(alerts::state).ne(AlertState::Closed))
        .select(known.field(alerts::id));
    take_rows!(c, alerts, open, counted, Alert)?;
    Ok(())
}

/// Closes an alert of the staff, by the hand of an account or by itself, and gives up its cause: what comes after it is
/// another alert. False when it is closed already.
pub async fn close_of_staff(c: &mut Conn, alert: &Alert, by: Option<AccountId>, now: Moment) -> Result<bool, DbError> {
    let rows = on!(c, c => {
        diesel::update(alerts::table.filter(alerts::id.eq(alert.id)).filter(alerts::state.ne(AlertState::Closed)))
            .set((
                alerts::state.eq(AlertState::Closed),
                alerts::closed_at.eq(Some(now)),
                alerts::acknowledged_by.eq(by),
                alerts::cause.eq(format!("{}:{}", alert.cause, alert.id)),
            ))
            .execute(c)
            .await
    })?;
    Ok(rows == 1)
}
