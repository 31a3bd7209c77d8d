//! Statements of every second: parsed once for each connection, not once for each tick.
//!
//! Diesel holds no `UPDATE` among its prepared statements, because what it sets may differ from run to run. Where the
//! text is the same in every run, or one of a few, it may: they are told apart by their text.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A statement that stays prepared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prepared<S>(S);

/// Keeps a statement prepared.
pub(super) trait Prepare: Sized {
    /// The same statement, prepared once for each connection.
    fn prepared(self) -> Prepared<Self> {
        Prepared(self)
    }
}

impl<S> Prepare for S {}

impl<S> QueryId for Prepared<S> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<S: Query> Query for Prepared<S> {
    type SqlType = S::SqlType;
}

impl<B: Backend, S: QueryFragment<B>> QueryFragment<B> for Prepared<S> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, B>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &B) -> QueryResult<bool> {
        Ok(true)
    }
}
