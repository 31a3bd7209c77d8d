//! Nodes: the processes that share the database, and whether they live.
//!
//! Each raises its `beats`. Others take it for dead when the number stands
//! still for longer than a lease by their own clocks: no two clocks are compared.

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::prepared::Prepare as _;
use super::schema::nodes;
use super::{Conn, DbError, on};
use crate::domain::{Moment, NodeId};

/// A process.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = nodes, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct Node {
    /// Its id, new with every start.
    pub id: NodeId,
    /// Grows while it lives.
    pub beats: i64,
    /// When it started, on its own clock.
    pub started_at: Moment,
    /// When it last gave a sign of life, on its own clock; for people.
    pub seen_at: Moment,
    /// The name of the key with which it seals.
    pub sealing_key: Option<String>,
    /// The name of the other key that it can read.
    pub previous_sealing_key: Option<String>,
}

/// Gives a sign of life.
pub async fn beat(c: &mut Conn, node: &Node) -> Result<(), DbError> {
    on!(c, c => {
        diesel::insert_into(nodes::table)
            .values(node)
            .on_conflict(nodes::id)
            .do_update()
            .set((nodes::beats.eq(nodes::beats + 1), nodes::seen_at.eq(excluded(nodes::seen_at))))
            .prepared()
            .execute(c)
            .await
    })?;
    Ok(())
}

/// Every process that has given a sign of life and was not forgotten.
pub async fn all(c: &mut Conn) -> Result<Vec<Node>, DbError> {
    Ok(on!(c, c => nodes::table.order(nodes::id).select(Node::as_select()).load(c).await)?)
}

/// Forgets processes that are gone.
pub async fn forget(c: &mut Conn, ids: &[NodeId]) -> Result<usize, DbError> {
    Ok(on!(c, c => diesel::delete(nodes::table.filter(nodes::id.eq_any(ids))).execute(c).await)?)
}
