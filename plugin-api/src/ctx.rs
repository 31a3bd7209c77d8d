//! The context of one plugin call, and the replay behind its straight-line HTTP.
//!
//! A plugin's functions walk in with each request; the traits' glue turns what stops them into steps.

use serde::de::DeserializeOwned;

use crate::{Answer, Context, Request, Stop, read_json};

/// All that a plugin function may ask for.
///
/// Each call of a plugin starts from the beginning with every answer that came so far, in the order
/// in which the requests were asked. The context hands them out in that order.
#[derive(Debug)]
pub struct Ctx {
    context: Context,
    answers: std::vec::IntoIter<Answer>,
}

impl Ctx {
    /// A context with the answers recorded so far. The glue and [`crate::testing`] call it.
    pub fn new(context: Context, answers: Vec<Answer>) -> Self {
        let said: Vec<Answer> = answers.into_iter().map(with_words).collect();
        Self { context, answers: said.into_iter() }
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

    /// Sends one request for each of `items`, all at once, and returns one answer for each, in their order.
    ///
    /// Like [`Ctx::http_all`], but `request` is asked only while there are no answers yet: in a replay nothing is built
    /// to be thrown away, which for a long list is half of the work.
    pub fn http_each<T>(&mut self, items: &[T], request: impl FnMut(&T) -> Request) -> Result<Vec<Answer>, Stop> {
        match self.answers.len() {
            0 => self.http_all(items.iter().map(request).collect()),
            have if have >= items.len() => Ok(self.answers.by_ref().take(items.len()).collect()),
            have => Err(Stop::permanent(format!("the host gave {have} answers to {} requests", items.len()))),
        }
    }

    /// The plugin's settings. A missing or ill-typed key becomes `misconfigured` and is named, as in
    /// `settings.volume: invalid type: string, expected u8`.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T, Stop> {
        read_json(self.context.settings.as_bytes()).map_err(|error| Stop::misconfigured(error.within("settings")))
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

    /// Whether the host understands this `other` verdict.
    pub(crate) fn is_verdict_known(&self, case: &str) -> bool {
        self.extra("verdicts").is_some_and(|known| known.split(' ').any(|known| known == case))
    }

    /// A value that a later version of the host may give.
    pub fn extra(&self, name: &str) -> Option<&str> {
        self.context.extra.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The answer, its reason in words where it came without: plugins pass it on, and an empty reason helps nobody.
fn with_words(answer: Answer) -> Answer {
    match answer {
        Answer::Unsent(why) if why.trim().is_empty() => Answer::Unsent("it was not sent".to_owned()),
        Answer::Unknown(why) if why.trim().is_empty() => Answer::Unknown("no answer came".to_owned()),
        answer => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Failure;
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
    fn an_answer_without_a_reason_gets_one() {
        let answers = vec![Answer::Unsent(String::new()), Answer::Unknown(" ".to_owned()), response(200, "")];
        let mut ctx = Ctx::new(context(&serde_json::json!({})), answers);
        assert_eq!(ctx.http(two().remove(0)), Ok(Answer::Unsent("it was not sent".to_owned())));
        assert_eq!(ctx.http(two().remove(0)), Ok(Answer::Unknown("no answer came".to_owned())));
        assert_eq!(ctx.http(two().remove(0)), Ok(response(200, "")));
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
        let says = |settings: &serde_json::Value| {
            let ctx = Ctx::new(context(settings), Vec::new());
            match ctx.settings::<Settings>() {
                Err(Stop::Failed(Failure::Misconfigured(text))) => text,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(says(&serde_json::json!({})), "settings.base_url: missing");
        let settings = serde_json::json!({"base_url": "https://a.example", "limit": "many"});
        assert_eq!(says(&settings), "settings.limit: invalid type: string, expected u8");
    }
}
