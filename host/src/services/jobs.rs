//! Jobs: queued work, and how each kind is done. Every job can run twice.

use futures::FutureExt;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::db::jobs::{self as rows, JobRow};
use crate::db::ring_attempts::steps::Claim;
use crate::db::{Conn, DbError};
use crate::domain::{AlertId, AttemptId, CallId, Moment, NoticeId, WebhookId};
use crate::plugins::PluginFailure;
use crate::services::browser_notices::BrowserNotice;
use crate::services::error::ServiceError;
use crate::services::mails::{self, MailJob};
use crate::services::texting::Text;
use crate::services::{
    browser_notices, canceling, erasing, escalation, provider_checks, summaries, taking_back, texting, webhooks,
};

/// Jobs that one claim takes.
const JOBS_A_CLAIM: usize = 16;
/// A job that takes longer hangs: somebody begins it anew.
const LEASE_S: i64 = 120;
/// Tries before a job is given up, if it is: with the backoff below, about half a day.
const TRIES: i32 = 14;
const FIRST_BACKOFF_S: i64 = 5;
const LONGEST_BACKOFF_S: i64 = 3_600;

/// A piece of queued work.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Job {
    /// Give a stored webhook to its call.
    ApplyWebhook {
        /// The stored event.
        webhook: WebhookId,
        /// Though it was read before.
        #[serde(default)]
        again: bool,
    },
    /// Render a call's summaries.
    Summarise {
        /// The call.
        call: CallId,
    },
    /// Take a queued call back at its vendor.
    TakeBack {
        /// The call.
        call: CallId,
    },
    /// Tell devices that their ring is not needed any more.
    CancelRings {
        /// The call.
        call: CallId,
        /// Which rings of it.
        attempts: Vec<AttemptId>,
    },
    /// Tell the next contact of an alert that nobody has taken in hand.
    Escalate {
        /// The alert.
        alert: AlertId,
        /// Who is to be told: 1 for the first.
        place: i32,
    },
    /// Have a provider remove what it keeps of a talk.
    EraseTalk {
        /// The provider plugin.
        provider: String,
        /// The provider's id of it.
        conversation: String,
    },
    /// Look whether everything is set up at a provider.
    CheckProvider {
        /// The provider plugin.
        provider: String,
    },
    /// Send a text message.
    SendText {
        /// Which.
        message: NoticeId,
        /// What it says.
        text: Text,
    },
    /// Show a notice in a browser.
    PushNotice {
        /// Which, and where.
        notice: BrowserNotice,
    },
    /// Send a mail.
    SendMail {
        /// Which.
        mail: MailJob,
    },
}

impl Job {
    const fn kind(&self) -> &'static str {
        match self {
            Self::ApplyWebhook { .. } => "apply_webhook",
            Self::Summarise { .. } => "summarise",
            Self::TakeBack { .. } => "take_back",
            Self::CancelRings { .. } => "cancel_rings",
            Self::Escalate { .. } => "escalate",
            Self::EraseTalk { .. } => "erase_talk",
            Self::CheckProvider { .. } => "check_provider",
            Self::SendText { .. } => "send_text",
            Self::PushNotice { .. } => "push_notice",
            Self::SendMail { .. } => "send_mail",
        }
    }

    /// Whether it is tried until it is done, however long that takes.
    const fn is_never_given_up(&self) -> bool {
        matches!(self, Self::EraseTalk { .. })
    }
}

/// Queues a job under a key; a second one with the same key is the same job.
pub(crate) async fn enqueue(c: &mut Conn, job: &Job, key: &str, now: Moment) -> Result<bool, DbError> {
    enqueue_at(c, job, key, now, now).await
}

/// The same, for a job that is not to be done before `run_at`.
pub(crate) async fn enqueue_at(
    c: &mut Conn,
    job: &Job,
    key: &str,
    run_at: Moment,
    now: Moment,
) -> Result<bool, DbError> {
    rows::enqueue(c, &row(job, key, run_at, now)?).await
}

/// The same, for whoever stores the row together with its cause.
pub(crate) fn row(job: &Job, key: &str, run_at: Moment, now: Moment) -> Result<JobRow, DbError> {
    let payload = serde_json::to_value(job).map_err(|error| DbError::Unreadable(error.to_string()))?;
    Ok(JobRow::new(job.kind(), format!("{}:{key}", job.kind()), &payload, run_at, now))
}

/// Does the jobs that are due, side by side. Returns how many were done or tried.
pub async fn run_due(app: &App) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let look = app.low_water.jobs.look(now);
    let claim = Claim { node: app.node, now, until: now.plus_secs(LEASE_S) };
    let due = look.span(now, JOBS_A_CLAIM);
    let claimed = app.db.write_at_once(move |c| async move { rows::claim(c, claim, due).await }.boxed()).await?;
    let count = claimed.len();
    if count < JOBS_A_CLAIM {
        app.low_water.jobs.seen(look, now);
    }
    // All are waited for: one that fails must not cut the others off in the middle.
    let ended = futures::future::join_all(claimed.into_iter().map(|job| run_one(app, job))).await;
    ended.into_iter().collect::<Result<(), _>>()?;
    Ok(count)
}

async fn run_one(app: &App, row: JobRow) -> Result<(), ServiceError> {
    let job = serde_json::from_str::<Job>(&row.payload).ok();
    let never_given_up = job.as_ref().is_some_and(Job::is_never_given_up);
    let outcome = match job.clone() {
        Some(job) => perform(app, job, row.attempts).await,
        None => Err(Trouble::Final("the job is unreadable".into())),
    };
    let now = app.clock.now();
    let (state, run_at, error) = match outcome {
        Ok(()) => (rows::DONE, now, None),
        Err(Trouble::NotYet(at)) => (rows::WAITING, at, None),
        Err(Trouble::Passing(error)) if row.attempts < TRIES || never_given_up => {
            (rows::WAITING, now.plus_secs(backoff_s(row.attempts)), Some(error))
        }
        Err(Trouble::Passing(error) | Trouble::Final(error)) => (rows::DEAD, now, Some(error)),
    };
    if let Some(error) = &error {
        tracing::warn!(job = %row.id, kind = row.kind, attempts = row.attempts, state, error, "a job failed");
    }
    app.db
        .write(move |c| {
            async move {
                let state = match (&job, &error) {
                    // The event is not lost with its job: it waits where the staff sees it.
                    (Some(Job::ApplyWebhook { webhook, .. }), Some(reason)) if state == rows::DEAD => {
                        webhooks::park(c, *webhook, reason, now).await?;
                        rows::DONE
                    }
                    _ => state,
                };
                rows::settle(c, &row, state, run_at, error.as_deref()).await
            }
            .boxed()
        })
        .await?;
    Ok(())
}

fn backoff_s(attempts: i32) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    (FIRST_BACKOFF_S << doublings).min(LONGEST_BACKOFF_S)
}

/// Why a job was not done.
pub(crate) enum Trouble {
    /// Its time comes then: nothing is wrong.
    NotYet(Moment),
    /// It may work later.
    Passing(String),
    /// It never will.
    Final(String),
}

impl From<ServiceError> for Trouble {
    fn from(error: ServiceError) -> Self {
        match error {
            // What an operator can mend, or a new version, is tried again for half a day.
            ServiceError::Plugin(failure @ PluginFailure::Permanent(_)) => Self::Final(failure.to_string()),
            // What is stored does not get better.
            ServiceError::Db(error @ DbError::Unreadable(_)) => Self::Final(error.to_string()),
            ServiceError::NotFound => Self::Final("what it was about is gone".into()),
            ServiceError::Plugin(failure) => Self::Passing(failure.to_string()),
            other => Self::Passing(other.to_string()),
        }
    }
}

async fn perform(app: &App, job: Job, attempts: i32) -> Result<(), Trouble> {
    match job {
        Job::ApplyWebhook { webhook, again } => {
            webhooks::apply(app, webhook, again).await?;
            Ok(())
        }
        Job::Summarise { call } => Ok(summaries::render(app, call).await?),
        Job::TakeBack { call } => taking_back::at_vendor(app, call).await,
        Job::CancelRings { call, attempts } => Ok(canceling::tell(app, call, &attempts).await?),
        Job::Escalate { alert, place } => {
            escalation::tell_next(app, alert, place).await?.map_or(Ok(()), |at| Err(Trouble::NotYet(at)))
        }
        Job::EraseTalk { provider, conversation } => erasing::at_provider(app, &provider, &conversation).await,
        Job::CheckProvider { provider } => Ok(provider_checks::look(app, &provider).await?),
        Job::SendText { message, text } => texting::sending::send(app, message, &text).await,
        Job::PushNotice { notice } => browser_notices::sending::send(app, &notice).await,
        Job::SendMail { mail } => mails::send(app, mail, attempts).await,
    }
}
