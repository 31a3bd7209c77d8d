//! Several requests in a row, as a state machine with named states. Plugins whose vendor wants more than one request
//! walk in.
//!
//! Each state carries what is known by then, so that a state cannot be entered without it; a failure names the state
//! in which it happened.
//!
//! ```
//! use callpanion_plugin_api::flow::{self, Next};
//! use callpanion_plugin_api::{Ctx, Request, Stop};
//! use serde_json::{Value, json};
//!
//! #[derive(Debug)]
//! enum State {
//!     /// Ask who the number belongs to.
//!     LookUp,
//!     /// Submit for this customer.
//!     Submit { customer: String },
//! }
//!
//! fn submit(ctx: &mut Ctx) -> Result<String, Stop> {
//!     let now_ms = ctx.now_ms();
//!     flow::run(ctx, State::LookUp, |ctx, state| match state {
//!         State::LookUp => {
//!             let reply = ctx.http(Request::get("https://vendor.example/customer"))?.success(now_ms)?;
//!             Ok(Next::Go(State::Submit { customer: reply.json()? }))
//!         }
//!         State::Submit { customer } => {
//!             let body = json!({"customer": customer});
//!             let reply = ctx.http(Request::post("https://vendor.example/calls").json(&body))?.success(now_ms)?;
//!             Ok(Next::Done(reply.json::<Value>()?["id"].to_string()))
//!         }
//!     })
//! }
//! # use callpanion_plugin_api::testing::{context, drive, response};
//! # let script = [response(200, "\"c1\""), response(503, "")];
//! # let (result, asked) = drive(&context(&json!({})), script, submit);
//! # assert_eq!(asked.len(), 2);
//! # assert!(format!("{result:?}").contains("503 (in Submit)"), "{result:?}");
//! ```
//!
//! A run starts from the first state each time, with the answers so far, and passes through the same states: it stays
//! a plain function. The machine keeps nothing between two calls.

use std::fmt::{self, Debug, Write};

use crate::{Ctx, Stop};

/// The most moves from state to state in one run. The host ends a call after eight runs; this ends a machine that
/// goes round without asking for anything.
pub const MOVES_MAX: usize = 256;

/// What follows a state.
#[derive(Debug)]
pub enum Next<S, T> {
    /// Go on in this state.
    Go(S),
    /// The flow is over, with this result.
    Done(T),
}

/// Runs a flow from its first state until one of its steps is [`Next::Done`], stops or fails.
///
/// A state's name is the first word of its `Debug` form; what it carries is never shown.
pub fn run<S: Debug, T>(
    ctx: &mut Ctx,
    first: S,
    mut step: impl FnMut(&mut Ctx, S) -> Result<Next<S, T>, Stop>,
) -> Result<T, Stop> {
    let mut state = first;
    for _ in 0..MOVES_MAX {
        let name = name_of(&state);
        match step(ctx, state) {
            Ok(Next::Go(next)) => state = next,
            Ok(Next::Done(result)) => return Ok(result),
            Err(stop) => return Err(stop.noted(&format!(" (in {name})"))),
        }
    }
    let name = name_of(&state);
    Err(Stop::permanent(format!("the flow has no end: it is in {name} after {MOVES_MAX} moves")))
}

/// The first word of the `Debug` form, and not one character of what the state carries.
fn name_of(state: &impl Debug) -> String {
    struct FirstWord(String);

    impl Write for FirstWord {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let word = text.find(|c: char| !c.is_alphanumeric() && c != '_');
            self.0.push_str(&text[..word.unwrap_or(text.len())]);
            // An error ends the formatting, so that the rest is not even made.
            word.map_or(Ok(()), |_| Err(fmt::Error))
        }
    }

    let mut word = FirstWord(String::new());
    // Its error only says that the word is complete.
    let _ = write!(word, "{state:?}");
    word.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{context, drive, response};
    use crate::{Failure, Request};

    #[derive(Debug)]
    enum State {
        Count(u32),
        Named { _phone: &'static str },
        Round,
    }

    fn count(ctx: &mut Ctx, to: u32) -> Result<u32, Stop> {
        run(ctx, State::Count(0), |ctx, state| match state {
            State::Count(n) if n < to => {
                ctx.http(Request::get(format!("https://a.example/{n}")))?.success(0)?;
                Ok(Next::Go(State::Count(n + 1)))
            }
            State::Count(n) => Ok(Next::Done(n)),
            State::Named { .. } => Err(Stop::misconfigured("turn the key")),
            State::Round => Ok(Next::Go(State::Round)),
        })
    }

    #[test]
    fn a_flow_is_replayed_through_the_same_states() {
        let script = [200, 200, 200].map(|status| response(status, ""));
        let (result, asked) = drive(&context(&json!({})), script, |ctx| count(ctx, 3));
        assert_eq!(result, Ok(3));
        let urls: Vec<_> = asked.iter().map(|request| request.url.as_str()).collect();
        assert_eq!(urls, ["https://a.example/0", "https://a.example/1", "https://a.example/2"]);
    }

    #[test]
    fn a_failure_names_its_state_and_nothing_that_the_state_carries() {
        let mut ctx = Ctx::new(context(&json!({})), Vec::new());
        let failed: Result<(), Stop> =
            run(&mut ctx, State::Named { _phone: "+442079460123" }, |_, _| Err(Stop::misconfigured("turn the key")));
        assert_eq!(failed, Err(Stop::misconfigured("turn the key (in Named)")));
    }

    #[test]
    fn a_request_passes_through_unnoted() {
        let mut ctx = Ctx::new(context(&json!({})), Vec::new());
        assert_eq!(count(&mut ctx, 1), Err(Stop::Request(vec![Request::get("https://a.example/0")])));
    }

    #[test]
    fn a_machine_that_goes_round_is_ended() {
        let mut ctx = Ctx::new(context(&json!({})), Vec::new());
        let ended: Result<(), Stop> = run(&mut ctx, State::Round, |_, state| Ok(Next::Go(state)));
        let Err(Stop::Failed(Failure::Permanent(why))) = ended else { panic!("{ended:?}") };
        assert!(why.contains("Round"), "{why}");
    }
}
