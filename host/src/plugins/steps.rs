//! The conversation with a sans-IO plugin: call it, send the requests that it
//! returns, and call it again with the answers, until it is done.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use tokio::time::Instant;

use super::border::types;
use super::failure::PluginFailure;
use super::run::{Call, Common, Plugin, World};
use crate::egress::{Answer, Request};

const STEPS_MAX: usize = 8;
const REQUESTS_PER_STEP_MAX: usize = 200;
/// So many requests of one step are under way at once.
const IN_FLIGHT_MAX: usize = 64;
/// All replies of one call together.
const REPLIES_MAX_BYTES: usize = 16 * 1024 * 1024;
/// After a deadline that passed before anything was sent.
const LATE_RETRY_MS: u32 = 1_000;

/// What an export returns that may want the network.
pub(super) enum Step<T> {
    Request(Vec<types::Request>),
    Done(T),
    Failed(types::Failure),
}

/// What the export is called with, beside its input.
pub(super) struct Turn {
    pub(super) context: types::Context,
    pub(super) answers: Vec<types::Answer>,
}

/// What has happened at the vendor so far.
#[derive(Default)]
struct Trail {
    /// A request that may change something was sent, or may have been.
    touched: bool,
    reply_bytes: usize,
}

impl Trail {
    /// A failure of the host or of a broken plugin, seen in the light of what was sent before.
    fn judge(&self, failure: PluginFailure) -> PluginFailure {
        match failure {
            PluginFailure::Broken { .. } | PluginFailure::Retry { .. } if self.touched => {
                PluginFailure::Unknown(format!("requests were sent, and then: {failure}"))
            }
            _ => failure,
        }
    }

    fn note(&mut self, reads_only: bool, answer: Answer) -> types::Answer {
        let answer = match answer {
            Answer::Reply(reply) if self.reply_bytes + reply.body.len() > REPLIES_MAX_BYTES => {
                Answer::Unknown("the replies are too long together".to_owned())
            }
            _ => answer,
        };
        self.touched |= !reads_only && matches!(answer, Answer::Reply(_) | Answer::Unknown(_));
        match answer {
            Answer::Reply(reply) => {
                self.reply_bytes += reply.body.len();
                types::Answer::Response(types::Response {
                    status: reply.status,
                    headers: reply.headers,
                    body: reply.body,
                })
            }
            Answer::Unsent(why) | Answer::Misconfigured(why) => types::Answer::Unsent(why),
            Answer::Unknown(why) => types::Answer::Unknown(why),
        }
    }
}

impl Common {
    /// All that varies between two calls of the plugin.
    pub(super) fn context(&self, locale: &str) -> Result<types::Context, PluginFailure> {
        let entropy = self.entropy.draw().map_err(|e| PluginFailure::Retry {
            after_ms: LATE_RETRY_MS,
            reason: format!("the system gives no random numbers: {e}"),
        })?;
        Ok(types::Context {
            now_ms: millis(self.clock.now()),
            locale: locale.to_owned(),
            settings: self.settings.clone(),
            entropy,
            extra: Vec::new(),
        })
    }

    async fn send(&self, request: types::Request, until: Instant) -> (bool, Answer) {
        let reads_only = matches!(request.method.as_str(), "GET" | "HEAD");
        let request = Request {
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: match request.body {
                types::Body::Empty => Vec::new(),
                types::Body::Text(text) => text.into_bytes(),
                types::Body::Bytes(bytes) => bytes,
            },
            credential: request.credential,
            repeatable: request.repeatable,
            timeout: Duration::from_millis(request.timeout_ms.into()),
        };
        (reads_only, self.egress.send(&request, until).await)
    }
}

impl<W: World> Plugin<W> {
    /// Leads the conversation to its end. `call` makes the call of the export for each turn.
    pub(super) async fn converse<T: Send + 'static>(
        &self,
        locale: &str,
        deadline: Duration,
        call: impl Fn(Arc<Turn>) -> Call<W, Step<T>>,
    ) -> Result<T, PluginFailure> {
        let common = &self.common;
        let until = common.until(deadline);
        let mut turn = Arc::new(Turn { context: common.context(locale)?, answers: Vec::new() });
        let mut trail = Trail::default();
        for _ in 0..STEPS_MAX {
            let step = self.run(until, call(turn.clone())).await.map_err(|failure| trail.judge(failure))?;
            let requests = match step {
                Step::Done(result) => return Ok(result),
                Step::Failed(failure) => return Err(failure.into()),
                Step::Request(requests) => requests,
            };
            if requests.is_empty() || requests.len() > REQUESTS_PER_STEP_MAX {
                let what = format!("it asked for {} requests in one step", requests.len());
                return Err(trail.judge(common.broken(what)));
            }
            let sent = requests.into_iter().map(|request| common.send(request, until));
            let sent: Vec<_> = futures::stream::iter(sent).buffered(IN_FLIGHT_MAX).collect().await;
            let refusal = sent.iter().find_map(|(_, answer)| match answer {
                Answer::Misconfigured(why) => Some(why.clone()),
                _ => None,
            });
            let answers: Vec<_> = sent.into_iter().map(|(reads_only, answer)| trail.note(reads_only, answer)).collect();
            // Nothing happened anywhere, and the host knows better than the plugin what to do.
            if let Some(why) = refusal
                && !trail.touched
            {
                return Err(PluginFailure::Misconfigured(why));
            }
            let mut so_far = Arc::try_unwrap(turn)
                .unwrap_or_else(|shared| Turn { context: shared.context.clone(), answers: shared.answers.clone() });
            so_far.answers.extend(answers);
            turn = Arc::new(so_far);
        }
        Err(trail.judge(common.broken(format!("it was not done after {STEPS_MAX} steps"))))
    }
}

/// Milliseconds for the border, where time begins in 1970.
pub(super) fn millis(moment: crate::domain::Moment) -> u64 {
    u64::try_from(moment.millis()).unwrap_or(0)
}
