//! Many rows in one value: SQLite takes a page of them as JSON and takes it apart itself with `jsonb_each`. A statement for
//! each row would be written, looked up and bound a thousand times; PostgreSQL has arrays for it.
//!
//! A statement reads its rows as `WITH lines AS MATERIALIZED (SELECT value AS line FROM jsonb_each(?1))` and their cells
//! as `line->>0`: without the word, SQLite would write out the line anew for every cell, and as text, which `json_each`
//! gives, it would parse it anew.

use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::domain::Moment;

/// What stands in one column of one row.
pub(super) enum Cell<'a> {
    /// An id, as `unhex` reads it.
    Id(Uuid),
    /// A text.
    Text(&'a str),
    /// A number, or a moment in microseconds.
    Number(i64),
    /// Nothing.
    Null,
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Id(id) => serializer.serialize_str(id.simple().encode_lower(&mut Uuid::encode_buffer())),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Null => serializer.serialize_unit(),
        }
    }
}

impl From<Uuid> for Cell<'_> {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl From<i32> for Cell<'_> {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<bool> for Cell<'_> {
    fn from(yes: bool) -> Self {
        Self::Number(yes.into())
    }
}

impl From<Moment> for Cell<'_> {
    fn from(moment: Moment) -> Self {
        Self::Number(moment.0)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(given: Option<T>) -> Self {
        given.map_or(Self::Null, Into::into)
    }
}

/// The cells of one row.
macro_rules! cells {
    ($($cell:expr),* $(,)?) => { vec![$($crate::db::json_rows::Cell::from($cell)),*] };
}
pub(super) use cells;

/// Rows of one statement. Their JSON is so short that the allocator still has a place for it; a longer one would get fresh
/// memory from the system each time.
const ROWS: usize = 250;

/// Arrays of rows, each an array of cells, for one statement after the other. What cannot be written as JSON does not
/// occur in them.
pub(super) fn json_rows<'a, T>(items: &'a [T], row: impl Fn(&'a T) -> Vec<Cell<'a>>) -> impl Iterator<Item = String> {
    items.chunks(ROWS).map(move |items| {
        let rows: Vec<Vec<Cell<'a>>> = items.iter().map(&row).collect();
        serde_json::to_string(&rows).unwrap_or_else(|_| "[]".to_owned())
    })
}
