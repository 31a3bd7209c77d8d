//! The context of one plugin call, and the replay behind its straight-line HTTP.
//!
//! A plugin's functions walk in with each request; the traits' glue turns what stops them into steps.

use serde::de::DeserializeOwned;

use crate::{Answer, Context, Failure, Request};

/// All that a plugin function may ask for.
///
/// Each call of a plugin starts from the beginning with every answer that came so far, in the order
/// in which the requests were asked. The context hands them out in that order.
#[derive(Debug)]
pub struct Ctx {
    context: Context,
    answers: std::vec::IntoIter<Answer>,
}

/// Why a plugin function ends before it has a result. Pass it on with `?`.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// The host sends these and calls again with the answers.
    Request(Vec<Request>),
    /// The function gives up as a whole.
    Failed(Failure),
}

impl Stop {
    /// The operator must act; `what_to_do` says how.
    pub fn misconfigured(what_to_do: impl Into<String>) -> Self {
        Self::Failed(Failure::Misconfigured(what_to_do.into()))
    }

    /// The same call may work after `after_ms` milliseconds.
    pub fn retry(after_ms: u32, why: impl Into<String>) -> Self {
        Self::Failed(Failure::Retry((after_ms, why.into())))
    }

    /// The vendor may have acted.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::Failed(Failure::Unknown(why.into()))
    }

    /// Trying again cannot help.
    pub fn permanent(why: impl Into<String>) -> Self {
        Self::Failed(Failure::Permanent(why.into()))
    }
}

impl Ctx {
    /// A context with the answers recorded so far. The glue and [`crate::testing`] call it.
    pub fn new(context: Context, answers: Vec<Answer>) -> Self {
        Self { context, answers: answers.into_iter() }
    }

    /// Sends one request and returns its answer.
    pub fn http(&mut self, request: Request) -> Result<Answer, Stop> {
        match self.answers.next() {
            Some(answer) => Ok(answer),
            None => Err(Stop::Request(vec![request])),
        }
    }

    /// Sends all requests at once and returns one answer for each, in their order.
    pub fn http_all(&mut self, requests: Vec<Request>) -> Result<Vec<Answer>, Stop> {
        let wanted = requests.len();
        if wanted == 0 {
            return Ok(Vec::new());
        }
        match self.answers.len() {
            0 => Err(Stop::Request(requests)),
            have if have >= wanted => Ok(self.answers.by_ref().take(wanted).collect()),
            have => Err(Stop::permanent(format!("the host gave {have} answers to {wanted} requests"))),
        }
    }

    /// The plugin's settings. A missing or ill-typed key becomes `misconfigured` and is named.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T, Stop> {
        let mut json = serde_json::Deserializer::from_str(&self.context.settings);
        serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let why = error.into_inner();
            // A missing field is named by its message; the path then stops at its table.
            Stop::misconfigured(if path == "." {
                format!("settings: {why}")
            } else {
                format!("settings.{path}: {why}")
            })
        })
    }

    /// Now, in milliseconds since 1970-01-01 UTC. It does not move while the call is replayed.
    pub const fn now_ms(&self) -> u64 {
        self.context.now_ms
    }

    /// BCP 47 tag of the language wanted.
    pub fn locale(&self) -> &str {
        &self.context.locale
    }

    /// 32 fresh random bytes, the same in every replay of one call.
    pub fn entropy(&self) -> &[u8] {
        &self.context.entropy
    }

    /// A value that a later version of the host may give.
    pub fn extra(&self, name: &str) -> Option<&str> {
        self.context.extra.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{context, response};

    #[derive(Debug, serde::Deserialize)]
    struct Settings {
        #[serde(rename = "base_url")]
        _base_url: String,
        #[serde(default, rename = "limit")]
        _limit: Option<u8>,
    }

    fn two() -> Vec<Request> {
        vec![Request::get("https://a.example/1"), Request::get("https://a.example/2")]
    }

    #[test]
    fn an_unanswered_request_stops_the_function() {
        let mut ctx = Ctx::new(context(&serde_json::json!({})), Vec::new());
        assert_eq!(ctx.http_all(two()), Err(Stop::Request(two())));
    }

    #[test]
    fn answers_come_in_the_order_of_the_requests() {
        let answers = [200, 201, 202].map(|status| response(status, "")).to_vec();
        let mut ctx = Ctx::new(context(&serde_json::json!({})), answers);
        assert_eq!(ctx.http(two().remove(0)), Ok(response(200, "")));
        assert_eq!(ctx.http_all(two()), Ok(vec![response(201, ""), response(202, "")]));
        assert!(matches!(ctx.http(two().remove(0)), Err(Stop::Request(_))));
    }

    #[test]
    fn half_an_answer_list_is_a_failure_and_not_a_second_sending() {
        let mut ctx = Ctx::new(context(&serde_json::json!({})), vec![response(200, "")]);
        assert!(matches!(ctx.http_all(two()), Err(Stop::Failed(Failure::Permanent(_)))));
    }

    #[test]
    fn asking_for_nothing_does_not_stop() {
        let mut ctx = Ctx::new(context(&serde_json::json!({})), Vec::new());
        assert_eq!(ctx.http_all(Vec::new()), Ok(Vec::new()));
    }

    #[test]
    fn a_bad_setting_is_named() {
        let missing = Ctx::new(context(&serde_json::json!({})), Vec::new());
        let Err(Stop::Failed(Failure::Misconfigured(text))) = missing.settings::<Settings>() else {
            panic!("not misconfigured");
        };
        assert!(text.contains("base_url"), "{text}");

        let settings = serde_json::json!({"base_url": "https://a.example", "limit": "many"});
        let ill_typed = Ctx::new(context(&settings), Vec::new());
        let Err(Stop::Failed(Failure::Misconfigured(text))) = ill_typed.settings::<Settings>() else {
            panic!("not misconfigured");
        };
        assert!(text.starts_with("settings.limit:"), "{text}");
    }
}
