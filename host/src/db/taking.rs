//! Taking: rows that wait for whoever comes first, changed and given in one statement. Of many hosts, one gets each.

/// Changes the rows of `$table` whose ids `$waiting` selects, and gives them as they are then, in no order. What another
/// host is just taking is passed over: PostgreSQL locks rows, SQLite has one writer.
macro_rules! take_rows {
    ($conn:expr, $table:ident, $waiting:expr, $changes:expr, $row:ty) => {
        match $conn {
            $crate::db::Conn::Pg(pg) => {
                diesel::update($table::table.filter($table::id.eq_any($waiting.for_update().skip_locked())))
                    .set($changes)
                    .returning(<$row>::as_returning())
                    .prepared()
                    .get_results::<$row>(&mut ***pg)
                    .await
            }
            lite => $crate::db::on!(lite, c => {
                diesel::update($table::table.filter($table::id.eq_any($waiting)))
                    .set($changes)
                    .returning(<$row>::as_returning())
                    .prepared()
                    .get_results::<$row>(c)
                    .await
            }),
        }
    };
}
pub(super) use take_rows;
