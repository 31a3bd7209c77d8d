//! The integration tests: the whole house, walked into through its doors.
//!
//! Each file is one noun of the house, each test one rule. A test gets a running
//! host with the real plugins, an emulated world, a database of its own on SQLite
//! and on PostgreSQL, and a clock that moves only when it says so ([`testing`]).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that meets the unexpected has failed")]
#![allow(clippy::missing_panics_doc, reason = "panicking is how a test speaks")]
#![allow(unreachable_pub, reason = "nobody else can reach into a test")]

mod alerts;
mod audit;
mod briefing;
mod browser;
mod browser_notices;
mod calls;
mod check;
mod checklists;
mod config;
mod db;
mod demo;
mod device_api;
mod digests;
mod doctor;
mod edits;
mod families;
mod family_messages;
mod faults;
mod floors;
mod hostile;
mod inbox;
mod live;
mod log;
mod nodes;
mod notice_links;
mod notice_page;
mod notices;
mod number_facts;
mod pages;
mod pairing;
mod paths;
mod pauses;
mod phone_app;
mod plugin_health;
mod plugins;
mod provider_checks;
mod provision;
mod records;
mod schedules;
mod sealing;
mod sessions;
mod sim;
mod states;
mod testing;
mod text_messages;
mod troubles;
mod tz_release;
mod web_push;
mod webhooks;
mod zones;
