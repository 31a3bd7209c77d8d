//! The conversation with a sans-IO plugin: call it, send the requests that it
//! returns, and call it again with the answers, until it is done.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{self, BoxFuture};
use futures::{FutureExt as _, StreamExt as _};
use tokio::time::Instant;

use super::asking::{Asked, Asking, Came, REQUESTS_PER_STEP_MAX, Ready};
use super::border::types;
use super::exchange::{Input, Output, Turn};
use super::failure::PluginFailure;
use super::health::Admission;
use super::records::AUDIO_MAX_BYTES;
use super::run::Plugin;
use super::witness::{CallTrace, Round, Sent, Stamp, Witness};
use crate::domain::Moment;
use crate::egress::{Answer, Prepared, Room};

const STEPS_MAX: usize = 8;
/// So many requests of one step are under way at once.
const IN_FLIGHT_MAX: usize = 200;
/// All requests and replies of one call together.
const EXCHANGED_MAX_BYTES: usize = 16 * 1024 * 1024;
/// So many kinds of failed requests of one step are logged.
const REASONS_LOGGED_MAX: usize = 5;
/// A plugin always has so long for a run: its computing is limited by itself.
const READING: Duration = Duration::from_secs(1);
/// After a deadline that passed before anything was sent.
const LATE_RETRY_MS: u32 = 1_000;

/// What has happened at the vendor so far.
#[derive(Default)]
struct Trail {
    /// A request that may change something was sent, or may have been.
    touched: bool,
}

impl Trail {
    /// A failure of the host or of a broken plugin, seen in the light of what was sent before.
    fn judge(&self, call: &mut Admission<'_>, failure: PluginFailure) -> PluginFailure {
        call.failed(&failure);
        match failure {
            PluginFailure::Broken { what, .. } if self.touched => {
                PluginFailure::Unknown(format!("requests were sent, and then it broke: {what}"))
            }
            PluginFailure::Retry { reason, .. } if self.touched => {
                PluginFailure::Unknown(format!("requests were sent, and then: {reason}"))
            }
            _ => failure,
        }
    }

    fn note(&mut self, reads_only: bool, sending: Sending) -> types::Answer {
        self.touched |= !reads_only && matches!(sending.answer, Answer::Reply(_) | Answer::Unknown(_));
        match sending.answer {
            Answer::Reply(reply) => types::Answer::Response(types::Response {
                status: reply.status,
                headers: reply.headers,
                body: reply.body,
            }),
            Answer::Unsent(why) | Answer::Misconfigured(why) => types::Answer::Unsent(why),
            Answer::Unknown(why) => types::Answer::Unknown(why),
        }
    }
}

/// What became of a request, and how long that took.
struct Sending {
    answer: Answer,
    vendor_time: Duration,
}

/// A call whose first run is done and of which nothing is sent yet.
pub(super) struct Foreseen {
    input: Arc<Input>,
    turn: Arc<Turn>,
    first: Came,
    /// Somebody looked on from the first run.
    watched: bool,
}

impl Plugin {
    /// All that varies between two calls of the plugin with this input, at `now`.
    fn context(&self, locale: &str, now: Moment, input: &Input) -> Result<types::Context, PluginFailure> {
        let entropy = self.entropy.draw().map_err(|e| PluginFailure::Retry {
            after_ms: LATE_RETRY_MS,
            reason: format!("the system gives no random numbers: {e}"),
        })?;
        Ok(types::Context {
            now_ms: millis(now),
            locale: locale.to_owned(),
            settings: self.settings.clone(),
            entropy,
            extra: input.extra(),
        })
    }

    /// Leads one call to its end: runs the export, sends what it asks for, runs it again.
    /// Gives any output but [`Output::Request`] and [`Output::Failed`].
    pub(super) async fn converse(
        &self,
        locale: &str,
        deadline: Duration,
        input: Input,
    ) -> Result<Output, PluginFailure> {
        self.converse_knowing(Vec::new(), locale, deadline, input).await
    }

    /// The same, while the plugin is told these names and values of the host, as `extra`.
    pub(super) async fn converse_knowing(
        &self,
        facts: Vec<(String, String)>,
        locale: &str,
        deadline: Duration,
        input: Input,
    ) -> Result<Output, PluginFailure> {
        let mut context = self.context(locale, self.clock.now(), &input)?;
        context.extra.extend(facts);
        let turn = Turn { context, answers: Vec::new() };
        let watched = self.watching().is_some();
        self.lead_from(deadline, Arc::new(input), (Arc::new(turn), None, watched), future::ready(()).boxed()).await
    }

    /// The first run of a call that is to go out at `at`: what it asks for is sent by [`Plugin::go_through_with`].
    pub(super) async fn foresee(
        &self,
        locale: &str,
        deadline: Duration,
        input: Input,
        at: Moment,
    ) -> Result<Foreseen, PluginFailure> {
        let input = Arc::new(input);
        let turn = Arc::new(Turn { context: self.context(locale, at, &input)?, answers: Vec::new() });
        let ran = self.run(self.until(deadline), input.clone(), turn.clone()).await?;
        let watched = self.watching().is_some();
        Ok(Foreseen { input, turn, first: self.came(ran, watched), watched })
    }

    /// Who wants to see this call.
    fn watching(&self) -> Option<&Arc<dyn Witness>> {
        self.witness.as_ref().filter(|witness| witness.watches(&self.stamp.id))
    }

    /// Gets ready to send what a call that was begun ahead asks for: one request speaks for all of its credential.
    pub(super) async fn warm(&self, foreseen: &Foreseen, deadline: Duration) {
        if let Came::Asking(Asking { asked, .. }) = &foreseen.first
            && let Some(Asked { ready: Ok(request), .. }) = asked.first()
        {
            self.egress.warm(request, self.until(deadline)).await;
        }
    }

    /// Leads a call that was begun ahead to its end. When its first requests have been answered it waits for `pause`
    /// before the plugin reads what came.
    pub(super) async fn go_through_with(
        &self,
        foreseen: Foreseen,
        deadline: Duration,
        pause: BoxFuture<'_, ()>,
    ) -> Result<Output, PluginFailure> {
        let Foreseen { input, turn, first, watched } = foreseen;
        self.lead_from(deadline, input, (turn, Some(first), watched), pause).await
    }

    async fn lead_from(
        &self,
        deadline: Duration,
        input: Arc<Input>,
        (turn, first, watched): (Arc<Turn>, Option<Came>, bool),
        pause: BoxFuture<'_, ()>,
    ) -> Result<Output, PluginFailure> {
        let admitted = self.health.admit(input.export(), self.clock.now());
        let mut call = admitted.map_err(|rest| self.resting(&rest))?;
        let watching = self.watching().filter(|_| watched);
        let mut rounds = watching.map(|_| Vec::new());
        let begun_at = self.clock.now();
        let context = rounds.is_some().then(|| turn.context.clone());
        let until = self.until(deadline);
        let outcome = self.lead(&mut call, until, input.clone(), (turn, first, pause), &mut rounds).await;
        let outcome = match outcome {
            Ok(Output::Failed(failure)) => Err(PluginFailure::from(failure).by(&self.stamp)),
            Ok(output) => Ok(output),
            Err(failure) => {
                let failure = failure.by(&self.stamp);
                self.tell(&failure);
                Err(failure)
            }
        };
        call.ended(self.clock.now(), outcome.as_ref().err());
        if let (Some(witness), Some(rounds), Some(context)) = (watching, rounds, context) {
            let stamp = self.stamp.clone();
            witness.saw(CallTrace { stamp, begun_at, context, input, rounds, outcome: outcome.clone() });
        }
        outcome
    }

    /// Logs what the host has to say of the plugin. The plugin's own words are not for the log: they may tell of people.
    pub(super) fn tell(&self, failure: &PluginFailure) {
        let Stamp { id, version, .. } = &self.stamp;
        tracing::warn!(plugin = id, version, %failure, "a call of a plugin failed");
    }

    /// Logs which requests went nowhere, each reason once: a list may hold hundreds.
    fn tell_of_failed(&self, sent: &[Sending]) {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for sending in sent {
            if let Answer::Unsent(why) | Answer::Misconfigured(why) | Answer::Unknown(why) = &sending.answer {
                *reasons.entry(why).or_default() += 1;
            }
        }
        let Stamp { id, version, .. } = &self.stamp;
        for (reason, requests) in reasons.into_iter().take(REASONS_LOGGED_MAX) {
            tracing::warn!(plugin = id, version, requests, reason, "requests of a plugin went unanswered");
        }
    }

    /// Runs the export until it is done. Gives any output but [`Output::Request`]; a failure is one that the host saw.
    async fn lead(
        &self,
        call: &mut Admission<'_>,
        until: Instant,
        input: Arc<Input>,
        (mut turn, mut first, pause): (Arc<Turn>, Option<Came>, BoxFuture<'_, ()>),
        rounds: &mut Option<Vec<Round>>,
    ) -> Result<Output, PluginFailure> {
        let mut trail = Trail::default();
        let mut pause = Some(pause);
        let room = self.rooms.open(EXCHANGED_MAX_BYTES);
        let room = match &*input {
            Input::FetchAudio(_) => room.for_replies_of(AUDIO_MAX_BYTES),
            _ => room,
        };
        for _ in 0..STEPS_MAX {
            let came = if let Some(came) = first.take() {
                came
            } else {
                // What came of the requests is read also when the last of them took all the time there was.
                let ran = self.run(until.max(Instant::now() + READING), input.clone(), turn.clone()).await;
                self.came(ran.map_err(|failure| trail.judge(call, failure))?, rounds.is_some())
            };
            let Asking { plugin_time, number, size, asked } = match came {
                Came::Asking(asking) => asking,
                Came::Done(ran) => {
                    note_round(rounds, ran.plugin_time, Vec::new);
                    return Ok(ran.result);
                }
            };
            if number == 0 || number > REQUESTS_PER_STEP_MAX {
                let what = format!("it asked for {number} requests in one step");
                return Err(trail.judge(call, self.broken(what)));
            }
            if !room.take(size) {
                let what = format!("its requests are longer than {EXCHANGED_MAX_BYTES} bytes together");
                return Err(trail.judge(call, self.broken(what)));
            }
            if trail.touched {
                call.go_on();
            } else {
                let origins: Vec<_> =
                    asked.iter().map(|asked| asked.ready.as_ref().ok().map(Prepared::origin)).collect();
                call.admit_vendors(&origins, self.clock.now()).map_err(|rest| self.resting(&rest))?;
            }
            let (mut ready, mut known) = (Vec::with_capacity(number), Vec::with_capacity(number));
            for Asked { ready: request, reads_only, written } in asked {
                ready.push(request);
                known.push((reads_only, written));
            }
            let (admitted, room) = (&*call, &room);
            let sent = ready.into_iter().map(|ready| self.send(admitted, ready, (until, room)));
            let sent: Vec<_> = futures::stream::iter(sent).buffered(IN_FLIGHT_MAX).collect().await;
            self.tell_of_failed(&sent);
            if let Some(pause) = pause.take() {
                pause.await;
            }
            note_round(rounds, plugin_time, || {
                let exchanged = known.iter_mut().zip(&sent);
                exchanged.filter_map(|((_, written), sending)| Some(sending.witnessed(written.take()?))).collect()
            });
            let refusal = sent.iter().find_map(|sending| match &sending.answer {
                Answer::Misconfigured(why) => Some(why.clone()),
                _ => None,
            });
            let answers: Vec<_> =
                known.iter().zip(sent).map(|((reads_only, _), sending)| trail.note(*reads_only, sending)).collect();
            // Nothing happened anywhere, and the host knows better than the plugin what to do.
            if let Some(why) = refusal
                && !trail.touched
            {
                return Err(PluginFailure::Misconfigured(why));
            }
            let mut so_far = Arc::try_unwrap(turn).unwrap_or_else(|shared| (*shared).clone());
            so_far.answers.extend(answers);
            turn = Arc::new(so_far);
        }
        Err(trail.judge(call, self.broken(format!("it was not done after {STEPS_MAX} steps"))))
    }

    async fn send(&self, call: &Admission<'_>, ready: Ready, (until, room): (Instant, &Room)) -> Sending {
        let ready = match ready {
            Ok(ready) => ready,
            Err(answer) => return Sending { answer, vendor_time: Duration::ZERO },
        };
        if let Some(rest) = call.rest_of(ready.origin()) {
            let answer = Answer::Unsent(self.resting(rest).to_string());
            return Sending { answer, vendor_time: Duration::ZERO };
        }
        let departure = call.departs(ready.origin(), self.clock.now());
        let began = Instant::now();
        let answer = self.egress.send(&ready, until, room).await;
        let vendor_time = began.elapsed();
        departure.ended(self.clock.now(), vendor_time, &answer);
        Sending { answer, vendor_time }
    }
}

impl Sending {
    fn witnessed(&self, request: types::Request) -> Sent {
        let (answer, refused) = match &self.answer {
            Answer::Reply(reply) => (
                types::Answer::Response(types::Response {
                    status: reply.status,
                    headers: reply.headers.clone(),
                    body: reply.body.clone(),
                }),
                None,
            ),
            Answer::Unsent(why) => (types::Answer::Unsent(why.clone()), None),
            Answer::Misconfigured(why) => (types::Answer::Unsent(why.clone()), Some(why.clone())),
            Answer::Unknown(why) => (types::Answer::Unknown(why.clone()), None),
        };
        Sent { request, answer, refused, vendor_time: self.vendor_time }
    }
}

fn note_round(rounds: &mut Option<Vec<Round>>, plugin_time: Duration, sent: impl FnOnce() -> Vec<Sent>) {
    if let Some(rounds) = rounds {
        rounds.push(Round { plugin_time, sent: sent() });
    }
}

/// Milliseconds for the border, where time begins in 1970.
pub(super) fn millis(moment: Moment) -> u64 {
    u64::try_from(moment.millis()).unwrap_or(0)
}
