//! Why a plugin function ends before it has a result. `?` carries it out; the glue of the worlds makes it a step.

use crate::{Answer, Failure, Request, Response};

/// A pause before the next try where the vendor names none.
pub(crate) const PAUSE_MS: u32 = 1_000;

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

    /// What a refusal means when nothing but its status is known. Look for the vendor's own codes first.
    pub fn by_status(response: &Response, now_ms: u64) -> Self {
        let status = response.status;
        match status {
            401..=403 => Self::misconfigured(format!(
                "the vendor answered {status}: check the credential, what it may do, and the credit"
            )),
            404 => Self::misconfigured("the vendor answered 404: check the URLs and ids of the settings"),
            408 | 425 | 429 | 503 => Self::retry(
                response.retry_after_ms(now_ms).unwrap_or(PAUSE_MS),
                format!("the vendor answered {status}"),
            ),
            500.. => Self::unknown(format!("the vendor answered {status}")),
            _ => Self::permanent(format!("the vendor answered {status}")),
        }
    }

    /// The same, with a note on where it happened.
    #[must_use]
    pub(crate) fn noted(mut self, note: &str) -> Self {
        if let Self::Failed(failure) = &mut self {
            let (Failure::Retry((_, text))
            | Failure::Unknown(text)
            | Failure::Misconfigured(text)
            | Failure::Permanent(text)
            | Failure::Other((_, text))) = failure;
            text.push_str(note);
        }
        self
    }

    /// Why, in words.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Request(_) => "it asks for the network, which it may not do here",
            Self::Failed(
                Failure::Retry((_, text))
                | Failure::Unknown(text)
                | Failure::Misconfigured(text)
                | Failure::Permanent(text)
                | Failure::Other((_, text)),
            ) => text,
        }
    }
}

impl Answer {
    /// The response, if its status is 2xx; else what it means for the whole function, as [`Stop::by_status`] says.
    ///
    /// For flows in which one refusal ends everything: `let reply = ctx.http(request)?.success(ctx.now_ms())?;`
    pub fn success(self, now_ms: u64) -> Result<Response, Stop> {
        match self {
            Self::Response(response) if response.is_success() => Ok(response),
            Self::Response(response) => Err(Stop::by_status(&response, now_ms)),
            Self::Unsent(why) => Err(Stop::retry(PAUSE_MS, why)),
            Self::Unknown(why) => Err(Stop::unknown(why)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW_MS, response, response_with};

    #[test]
    fn what_may_have_acted_is_unknown_and_what_is_the_operators_says_so() {
        let failure = |answer: Answer| match answer.success(NOW_MS) {
            Err(Stop::Failed(failure)) => failure,
            other => panic!("{other:?}"),
        };
        assert!(matches!(failure(response(401, "")), Failure::Misconfigured(_)));
        assert!(matches!(failure(response(404, "")), Failure::Misconfigured(_)));
        assert!(matches!(failure(response(422, "")), Failure::Permanent(_)));
        assert!(matches!(failure(response(502, "")), Failure::Unknown(_)));
        assert!(matches!(failure(Answer::Unknown("late".to_owned())), Failure::Unknown(_)));
        assert!(matches!(failure(Answer::Unsent("refused".to_owned())), Failure::Retry((1_000, _))));
        let busy = response_with(429, &[("retry-after", "7")], "");
        assert!(matches!(failure(busy), Failure::Retry((7_000, _))));
        assert!(response(204, "").success(NOW_MS).is_ok());
    }
}
