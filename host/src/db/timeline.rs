//! The timeline: every step of a call, written in the transaction that takes it.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::calls::Call;
use super::json_rows::{cells, json_rows};
use super::schema::timeline;
use super::{Conn, DbError, column, on};
use crate::domain::{CallId, Moment, TimelineId};

/// One step of a call.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = timeline, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct TimelineRow {
    /// Its id.
    pub id: TimelineId,
    /// The call.
    pub call_id: CallId,
    /// When.
    pub at: Moment,
    /// What, as a key of the Fluent files (`step-<step>`).
    pub step: String,
    /// More, for the staff: a channel, a reason. Never what was said, nor an address.
    pub detail: Option<String>,
}

impl TimelineRow {
    /// A step of a call.
    pub fn new(call: CallId, at: Moment, step: &str, detail: Option<&str>) -> Self {
        Self {
            id: TimelineId::new(),
            call_id: call,
            at,
            step: step.to_owned(),
            detail: detail.map(|text| text.chars().take(300).collect()),
        }
    }
}

/// Appends a step.
pub async fn append(c: &mut Conn, call: &Call, at: Moment, step: &str, detail: Option<&str>) -> Result<(), DbError> {
    append_all(c, &[TimelineRow::new(call.id, at, step, detail)]).await
}

/// Appends steps of any calls.
pub async fn append_all(c: &mut Conn, rows: &[TimelineRow]) -> Result<(), DbError> {
    if let Conn::Pg(pg) = c {
        diesel::sql_query(
            "INSERT INTO timeline (id, call_id, at, step, detail) SELECT * FROM unnest($1, $2, $3, $4, $5)",
        )
        .bind::<Array<Binary>, _>(column(rows, |row| row.id))
        .bind::<Array<Binary>, _>(column(rows, |row| row.call_id))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.at))
        .bind::<Array<Text>, _>(column(rows, |row| row.step.as_str()))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.detail.as_deref()))
        .execute(&mut ***pg)
        .await?;
        return Ok(());
    }
    for rows in json_rows(rows, |row| cells![row.id.0, row.call_id.0, row.at, row.step.as_str(), row.detail.as_deref()])
    {
        on!(c, c => {
            diesel::sql_query(
                "WITH lines AS MATERIALIZED (SELECT value AS line FROM jsonb_each(?1)) \
                 INSERT INTO timeline (id, call_id, at, step, detail) \
                 SELECT unhex(line->>0), unhex(line->>1), line->>2, line->>3, line->>4 FROM lines",
            )
            .bind::<Text, _>(rows)
            .execute(c)
            .await
        })?;
    }
    Ok(())
}

/// The steps of a call, in order. The vendor's reply and the device's word about one ring may be written in
/// either order within one moment; readers are shown the reply first.
pub async fn of_call(c: &mut Conn, call: CallId) -> Result<Vec<TimelineRow>, DbError> {
    let mut rows: Vec<TimelineRow> = on!(c, c => {
        timeline::table
            .filter(timeline::call_id.eq(call))
            .order((timeline::at, timeline::id))
            .select(TimelineRow::as_select())
            .load(c)
            .await
    })?;
    rows.sort_by_key(|row| (row.at, row.step == "rang"));
    Ok(rows)
}
