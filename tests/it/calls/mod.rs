//! Calls: from the promise to its outcome, by phone and by app.

mod ahead;
mod app_outcomes;
mod crashes;
mod flatness;
mod phone_outcomes;
mod promises;
mod push_vendors;
mod queueing;
mod reconciling;
mod retries;
mod single_calls;
mod taking_back;
mod vendor_faults;
mod volume;
