//! Lists of calls for the pages, each within one family; and what callees talked of last.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Text};
use diesel_async::RunQueryDsl;

use super::calls::Call;
use super::schema::{calls, summaries};
use super::transcripts::Summary;
use super::{Conn, DbError, on};
use crate::domain::{CallState, CalleeId, FamilyId, Locale, Moment};

/// Which of a family's calls are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallFilter {
    /// Only this callee.
    pub callee: Option<CalleeId>,
    /// Only this state.
    pub state: Option<CallState>,
    /// Due at or after.
    pub from: Option<Moment>,
    /// Due before.
    pub until: Option<Moment>,
}

/// A page of a family's calls, newest first.
pub async fn page(
    c: &mut Conn,
    family: FamilyId,
    filter: CallFilter,
    offset: i64,
    limit: i64,
) -> Result<Vec<Call>, DbError> {
    Ok(on!(c, c => {
        let mut query = calls::table.filter(calls::family_id.eq(family)).select(Call::as_select()).into_boxed();
        if let Some(callee) = filter.callee {
            query = query.filter(calls::callee_id.eq(callee));
        }
        if let Some(state) = filter.state {
            query = query.filter(calls::state.eq(state));
        }
        if let Some(from) = filter.from {
            query = query.filter(calls::due_at.ge(from));
        }
        if let Some(until) = filter.until {
            query = query.filter(calls::due_at.lt(until));
        }
        query.order((calls::due_at.desc(), calls::id.desc())).offset(offset).limit(limit).load(c).await
    })?)
}

/// The newest talk of a callee that has a summary in this language, with that.
pub async fn last_summary(c: &mut Conn, callee: CalleeId, locale: Locale) -> Result<Option<(Call, Summary)>, DbError> {
    Ok(on!(c, c => {
        calls::table
            .inner_join(summaries::table.on(summaries::call_id.eq(calls::id)))
            .filter(calls::callee_id.eq(callee))
            .filter(summaries::locale.eq(locale))
            .order(calls::due_at.desc())
            .select((Call::as_select(), Summary::as_select()))
            .first(c)
            .await
            .optional()
    })?)
}

/// The headline of each callee's newest talk that has a summary in this language.
pub async fn last_headlines(c: &mut Conn, of: &[(CalleeId, Locale)]) -> Result<HashMap<CalleeId, String>, DbError> {
    if let Conn::Pg(pg) = c {
        let rows: Vec<Headline> = diesel::sql_query(
            "SELECT v.callee_id, t.headline FROM unnest($1, $2) AS v (callee_id, locale) CROSS JOIN LATERAL ( \
                SELECT s.headline FROM calls AS c JOIN summaries AS s ON s.call_id = c.id AND s.locale = v.locale \
                WHERE c.callee_id = v.callee_id ORDER BY c.due_at DESC LIMIT 1) AS t",
        )
        .bind::<Array<Binary>, _>(of.iter().map(|(callee, _)| *callee).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(of.iter().map(|(_, locale)| *locale).collect::<Vec<_>>())
        .load(&mut ***pg)
        .await?;
        return Ok(rows.into_iter().map(|row| (row.callee_id, row.headline)).collect());
    }
    let mut found = HashMap::with_capacity(of.len());
    for &(callee, locale) in of {
        let headline: Option<String> = on!(c, c => {
            calls::table
                .inner_join(summaries::table.on(summaries::call_id.eq(calls::id)))
                .filter(calls::callee_id.eq(callee))
                .filter(summaries::locale.eq(locale))
                .order(calls::due_at.desc())
                .select(summaries::headline)
                .first(c)
                .await
                .optional()
        })?;
        found.extend(headline.map(|headline| (callee, headline)));
    }
    Ok(found)
}

#[derive(QueryableByName)]
struct Headline {
    #[diesel(sql_type = Binary)]
    callee_id: CalleeId,
    #[diesel(sql_type = Text)]
    headline: String,
}

/// One call as the statistics see it.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct CallFigure {
    /// The promised moment.
    pub due_at: Moment,
    /// How it came out.
    pub state: CallState,
    /// 1 to 5.
    pub mood_score: Option<i32>,
    /// How long the talk lasted.
    pub duration_s: Option<i32>,
}

/// The figures of a callee's calls since a moment, oldest first: at most three a day.
pub async fn figures_since(c: &mut Conn, callee: CalleeId, since: Moment) -> Result<Vec<CallFigure>, DbError> {
    Ok(on!(c, c => {
        calls::table
            .filter(calls::callee_id.eq(callee))
            .filter(calls::due_at.ge(since))
            .order(calls::due_at)
            .select((calls::due_at, calls::state, calls::mood_score, calls::duration_s))
            .load(c)
            .await
    })?)
}
