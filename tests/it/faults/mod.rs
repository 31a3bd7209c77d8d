//! Faults: real processes on a real database, and what is done to them. Each test prints what it found, with numbers.
//!
//! `CALLPANION_FAULTS=full` makes them as long as an operator's worst day; the suite runs short ones.

#![allow(clippy::print_stderr, reason = "how many were tried is part of the result")]

mod away_before_queueing;
mod backup;
mod clock_set;
mod common_outage;
pub mod crowd;
mod cut_off;
mod database_away;
mod database_silent;
mod disk;
mod disk_errors;
mod disk_full;
mod drain;
mod floods;
pub mod home;
mod kills;
mod landlines;
mod long_transaction;
mod memory;
mod migrations;
mod overload;
mod power_cut;
mod power_cut_postgres;
mod rolling_upgrade;
mod secrets;
mod stopped;
mod storm;
mod upgrade;
mod vendor_chaos;
mod vendor_half_hit;
mod vendor_stall;

/// Whether the long ones are wanted.
#[expect(clippy::disallowed_methods, reason = "the tests' own setting, not one of the host's")]
pub fn is_full() -> bool {
    std::env::var("CALLPANION_FAULTS").is_ok_and(|value| value == "full")
}
