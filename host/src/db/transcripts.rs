//! Transcripts and the summaries made of them.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::{summaries, transcripts};
use super::{Conn, DbError, on};
use crate::domain::{CallId, Locale, Moment};

/// What was said in a call.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = transcripts, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct Transcript {
    /// The call.
    pub call_id: CallId,
    /// The provider's id of the conversation.
    pub provider_ref: String,
    /// BCP 47 tag of the language spoken.
    pub language: String,
    /// JSON of a list of [`crate::domain::Turn`].
    pub turns: String,
    /// JSON of a list of [`crate::domain::Collected`].
    pub collected: String,
    /// The provider's own summary.
    pub provider_summary: Option<String>,
    /// When it was stored.
    pub stored_at: Moment,
}

/// A rendered summary in one language.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = summaries, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct Summary {
    /// The call.
    pub call_id: CallId,
    /// The reader's language.
    pub locale: Locale,
    /// The whole in one sentence.
    pub headline: String,
    /// JSON of a list of [`crate::domain::Block`].
    pub blocks: String,
    /// The renderer plugin and its version.
    pub renderer: String,
    /// When it was rendered.
    pub rendered_at: Moment,
}

/// Stores what was said, in place of what was stored before for the same call.
pub async fn put(c: &mut Conn, transcript: &Transcript) -> Result<(), DbError> {
    on!(c, c => {
        diesel::delete(transcripts::table.find(transcript.call_id)).execute(c).await?;
        diesel::insert_into(transcripts::table).values(transcript).execute(c).await
    })?;
    Ok(())
}

/// What was said in a call.
pub async fn of_call(c: &mut Conn, call: CallId) -> Result<Option<Transcript>, DbError> {
    Ok(on!(c, c => transcripts::table.find(call).select(Transcript::as_select()).first(c).await.optional())?)
}

/// Stores a summary, in place of an earlier one in the same language.
pub async fn put_summary(c: &mut Conn, summary: &Summary) -> Result<(), DbError> {
    on!(c, c => {
        diesel::insert_into(summaries::table)
            .values(summary)
            .on_conflict((summaries::call_id, summaries::locale))
            .do_update()
            .set(summary)
            .execute(c)
            .await
    })?;
    Ok(())
}

/// The summary of a call in a language.
pub async fn summary_of(c: &mut Conn, call: CallId, locale: Locale) -> Result<Option<Summary>, DbError> {
    Ok(on!(c, c => summaries::table.find((call, locale)).select(Summary::as_select()).first(c).await.optional())?)
}

/// The parts of these calls' summaries in a language: JSON of a list of [`crate::domain::Block`].
pub async fn blocks_of(c: &mut Conn, calls: &[CallId], locale: Locale) -> Result<HashMap<CallId, String>, DbError> {
    let found: Vec<(CallId, String)> = on!(c, c => {
        summaries::table
            .filter(summaries::call_id.eq_any(calls))
            .filter(summaries::locale.eq(locale))
            .select((summaries::call_id, summaries::blocks))
            .load(c)
            .await
    })?;
    Ok(found.into_iter().collect())
}

/// The first sentences of these calls' summaries in a language.
pub async fn headlines_of(c: &mut Conn, calls: &[CallId], locale: Locale) -> Result<HashMap<CallId, String>, DbError> {
    let found: Vec<(CallId, String)> = on!(c, c => {
        summaries::table
            .filter(summaries::call_id.eq_any(calls))
            .filter(summaries::locale.eq(locale))
            .select((summaries::call_id, summaries::headline))
            .load(c)
            .await
    })?;
    Ok(found.into_iter().collect())
}
