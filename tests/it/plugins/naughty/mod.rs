//! The naughty suite: one attack after the other, each beside plugins that do their work.
//!
//! A row says what is done, what must stop it, and the words in which the host must say so. While an attack runs, and
//! once more after it, neighbours in the same `Plugins` compute and ring; each of their calls must succeed, soon.
//! `cargo test -p callpanion-tests naughty -- --nocapture` prints the table.

mod asking;
mod computing;
mod crooked_rows;
mod in_service;
mod inside;
mod loading;
mod neighbours;
mod replies;
mod row;
mod suite;
