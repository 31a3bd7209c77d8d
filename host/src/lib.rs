//! Callpanion: a self-hosted platform that lets an AI companion call people's parents.
//!
//! The house has three doors (web, worker, command), five windows (db, mail,
//! egress, theme, plugins) and one stairwell, the services. `ARCHITECTURE.md`
//! walks through it.

pub mod app;
pub mod boot;
pub mod clock;
pub mod command;
pub mod config;
pub mod conformance;
pub mod db;
pub mod domain;
pub mod egress;
pub mod mail;
pub mod memory;
pub mod plugins;
pub mod services;
pub mod theme;
pub mod web;
pub mod worker;
