//! Notices of alerts: who was told, in which place, and the link with which they take the alert in hand.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::{accounts, alert_notices};
use super::{Conn, DbError, on};
use crate::domain::{AccountId, AlertId, Moment};

/// That somebody was told of an alert.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = alert_notices, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "it holds a secret's hash")]
pub struct AlertNotice {
    /// The alert.
    pub alert_id: AlertId,
    /// Who was told.
    pub account_id: AccountId,
    /// 1 for who was told first.
    pub place: i32,
    /// SHA-256 of the secret in the link that they were sent.
    pub secret_hash: Vec<u8>,
    /// When.
    pub told_at: Moment,
}

/// Notes that somebody was told, unless they were. True when they were not.
pub async fn insert(c: &mut Conn, notice: &AlertNotice) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::insert_into(alert_notices::table)
        .values(notice)
        .on_conflict_do_nothing()
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// The notice whose link has this secret.
pub async fn by_secret(c: &mut Conn, secret_hash: &[u8]) -> Result<Option<AlertNotice>, DbError> {
    Ok(on!(c, c => alert_notices::table
        .filter(alert_notices::secret_hash.eq(secret_hash))
        .select(AlertNotice::as_select())
        .first(c)
        .await
        .optional())?)
}

/// Who was told of these alerts, with their names, the first first.
pub async fn of_alerts(c: &mut Conn, alerts: &[AlertId]) -> Result<Vec<(AlertNotice, String)>, DbError> {
    let alerts = alerts.to_vec();
    Ok(on!(c, c => alert_notices::table
        .inner_join(accounts::table.on(accounts::id.eq(alert_notices::account_id)))
        .filter(alert_notices::alert_id.eq_any(alerts))
        .order((alert_notices::place, alert_notices::told_at))
        .select((AlertNotice::as_select(), accounts::name))
        .load(c)
        .await)?)
}
