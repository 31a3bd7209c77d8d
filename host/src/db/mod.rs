//! The database room: rows and the queries on them. Only this room names diesel.
//!
//! Services walk in with a [`Conn`] from [`Db::read`] or within [`Db::write`];
//! each file here is one noun, its rows and its queries, noun first. State
//! changes are compare-and-set. A query body is written once and compiled for
//! SQLite and PostgreSQL by `on!`.

pub mod agenda;
pub mod alert_notices;
pub mod alerts;
pub mod arrivals;
pub mod bodies;
pub mod call_lists;
pub mod calls;
mod claim;
pub(crate) mod conn;
pub mod conversations;
mod error;
pub mod installation;
pub mod installation_keys;
pub mod jobs;
mod json_rows;
pub mod ledger;
pub mod nodes;
pub mod notice_browsers;
pub mod notice_links;
pub mod notice_numbers;
pub mod notice_readers;
pub mod notice_wishes;
mod notices;
mod open;
pub mod past_slots;
pub mod plugin_health;
mod prepared;
pub mod promises;
pub mod ring_attempts;
pub mod ring_groups;
pub mod ring_targets;
mod schema;
pub mod sealing_keys;
mod span;
mod taking;
pub mod text_messages;
pub mod timeline;
pub mod transcripts;
mod types;
pub mod vitals;
pub mod webhook_events;
mod writer;

pub use claim::Claim;
pub(crate) use conn::on;
pub use conn::{Conn, Db, InPlace, Lite, Location};
pub use error::DbError;
pub use span::Span;

/// One column of many rows. PostgreSQL takes rows by columns, with `unnest`: a statement that named each value would have
/// to be written, parsed and planned with tens of thousands of parameters.
fn column<'a, R, T>(rows: &'a [R], of: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

pub mod accounts;
pub mod callees;
pub mod devices;
pub mod digests;
pub mod facts;
pub mod families;
pub mod family_messages;
pub mod links;
pub mod members;
pub mod pairings;
pub mod pauses;
pub mod push_addresses;
pub mod sessions;
pub mod skips;
pub mod slots;
pub mod stored_addresses;
pub mod throttles;
