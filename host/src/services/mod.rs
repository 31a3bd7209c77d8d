//! The services: the rules of the house. Transactions begin and end here.
//!
//! The doors (web, worker, command) walk in with an [`crate::app::App`] and one
//! wish; services use the windows (db, plugins, mail, theme) and answer with
//! domain words or a [`ServiceError`].
//!
//! The path of a call, file by file: [`queueing`] makes the call and arms its
//! first ring attempt, [`armory`] holds it until its moment, [`ringing`] sends it,
//! [`outcomes`] writes what became of it ([`submitting`] hands over what a vendor
//! wants ahead), `verdicts` reads the vendor's reply, [`lookups`] asks when there was none, [`answering`] listens
//! to the device, [`deadlines`] ends what nobody answers, [`webhooks`] takes the
//! provider's report, `settling` gives it to the call, [`reconciling`] fetches
//! what never arrived, `summaries` renders, [`notices`] says who of the family wants to be told, `mails` tells
//! them, [`texting`] and [`browser_notices`] beside it. When the family changes its mind, [`schedules`] plans anew and `taking_back` follows.

pub mod acknowledging;
pub mod agenda;
mod agent_variables;
pub mod answering;
pub(crate) mod arming;
pub mod armory;
pub mod audit;
pub mod briefing;
pub mod browser_notices;
pub(crate) mod calls;
mod canceling;
pub mod deadlines;
pub mod digests;
pub mod doctor;
pub(crate) mod edits;
pub mod erasing;
pub mod error;
mod escalation;
pub mod housekeeping;
pub mod inbox;
pub mod jobs;
pub mod lanes;
pub mod ledger;
pub mod live;
pub mod live_bridge;
pub mod lookups;
pub mod low_water;
pub mod mails;
pub mod nodes;
mod number_facts;
pub mod outcomes;
pub mod queueing;
pub mod reconciling;
pub mod replacing;
pub mod ringing;
pub mod sealing;
mod settling;
pub mod staff_alerts;
pub mod submitting;
mod summaries;
mod taking_back;
pub mod unheard;
mod verdicts;
pub mod webhooks;

pub use error::ServiceError;

pub mod accounts;
pub mod alert_links;
pub mod alerts;
pub mod callees;
pub mod contacts;
pub mod dashboards;
pub mod devices;
pub mod facts;
pub mod families;
pub mod family_messages;
mod fields;
pub mod history;
pub mod insights;
pub mod monitor;
pub mod notices;
pub mod onboarding;
pub mod pairings;
pub mod passwords;
pub mod phone_number;
pub mod plugin_health;
mod provider_checks;
pub mod recordings;
pub mod schedules;
pub mod secrets;
pub mod sessions;
pub mod setup;
pub mod staff;
#[cfg(test)]
mod tests;
pub mod texting;
pub mod throttle;
pub mod web_push_key;
