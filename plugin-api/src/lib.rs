//! The guest SDK: what a plugin author needs, and nothing else. Plugins walk in; it calls nobody.
//!
//! A Callpanion plugin is a function from data to data. It opens no socket, reads no clock and sees
//! no key. When it wants the network it says so, and the host sends the request and calls again with
//! the answer. This crate hides the replay, so that a plugin reads like ordinary code:
//!
//! ```
//! use callpanion_plugin_api::channel::{Channel, Ring, Verdict};
//! use callpanion_plugin_api::{Answer, Ctx, Request, Stop};
//!
//! struct Doorbell;
//!
//! #[derive(serde::Deserialize)]
//! struct Settings {
//!     base_url: String,
//! }
//!
//! impl Channel for Doorbell {
//!     fn ring(ctx: &mut Ctx, rings: Vec<Ring>) -> Result<Vec<Verdict>, Stop> {
//!         let settings: Settings = ctx.settings()?;
//!         let now_ms = ctx.now_ms();
//!         let requests = rings
//!             .iter()
//!             .map(|ring| Request::post(format!("{}/ring/{}", settings.base_url, ring.address)))
//!             .collect();
//!         // Stops here the first time; goes on with the recorded answers the second time.
//!         let answers = ctx.http_all(requests)?;
//!         Ok(answers
//!             .into_iter()
//!             .map(|answer| match answer {
//!                 Answer::Response(response) => Verdict::by_status(&response, now_ms),
//!                 Answer::Unsent(why) => Verdict::Retry((1_000, why)),
//!                 Answer::Unknown(why) => Verdict::Unknown(why),
//!             })
//!             .collect())
//!     }
//! }
//!
//! callpanion_plugin_api::channel!(Doorbell, id = "doorbell");
//! ```
//!
//! [`channel::ring_each`] says the same in one line, and [`flow`] is for vendors that want several requests in a row.
//!
//! The rule that makes this work: between two calls nothing may vary but the answers. Take the time
//! from [`Ctx::now_ms`], randomness from [`Ctx::entropy`], and nothing from anywhere else.
//!
//! Build with `cargo build --target wasm32-wasip2`; test natively with [`testing`].

// The generated `export!` macros name this crate from outside, and from inside its own doc tests.
extern crate self as callpanion_plugin_api;

#[doc(hidden)]
pub mod bindings;
pub mod channel;
pub mod channel_check;
mod code;
mod ctx;
mod date;
pub mod digest;
pub mod flow;
mod http;
mod identity;
mod json;
pub mod notifier;
pub mod number_lookup;
pub mod provider;
pub mod provisioning;
pub mod records;
pub mod renderer;
mod stop;
pub mod testing;

pub use bindings::channel::callpanion::plugin::types::{
    Answer, Body, Context, Description, Failure, Request, Response,
};
pub use code::{code, codes_in};
pub use ctx::Ctx;
pub use http::percent_encode;
pub use identity::Identity;
pub use json::{Unreadable, read_json};
pub use stop::Stop;
#[doc(hidden)]
pub use wit_bindgen::rt;
