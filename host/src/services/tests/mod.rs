//! The services for people, schedules and devices, on a real database.

mod accounts;
mod families;
mod pairings;
mod schedules;
mod world;
