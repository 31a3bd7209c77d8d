//! Many rows in one value: SQLite takes a page of them as JSON and takes it apart itself with `json_each`. A statement for
//! each row would be written, looked up and bound a thousand times; PostgreSQL has arrays for it.

use serde::{Serialize, Serializer};
use uuid::Uuid;

/// An id, as `unhex` reads it.
pub(super) struct Hex(pub(super) Uuid);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.simple().encode_lower(&mut Uuid::encode_buffer()))
    }
}

/// An array of rows, each an array. What cannot be written as JSON does not occur in rows of numbers and texts.
pub(super) fn json_rows<'a, T, R: Serialize>(items: &'a [T], row: impl Fn(&'a T) -> R) -> String {
    let rows: Vec<R> = items.iter().map(row).collect();
    serde_json::to_string(&rows).unwrap_or_else(|_| "[]".to_owned())
}
