//! Mails: which letter goes to whom, written when it is sent, in the reader's language.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::db::accounts::{self, Account};
use crate::db::alerts::{self, Alert};
use crate::db::callees::{self, Callee};
use crate::db::calls::{self, Call};
use crate::db::{Conn, DbError, alert_notices, families, ring_attempts, slots, transcripts};
use crate::domain::{
    AccountId, AlertId, AlertKind, Block, BlockKind, CallId, CalleeId, FamilyId, Fault, Locale, Moment, NoticeEvent,
    NoticeWay, Speaker, Turn,
};
use crate::mail::Mail;
use crate::services::alerts::text_of;
use crate::services::digests;
use crate::services::error::ServiceError;
use crate::services::jobs::{self, Job, Trouble};
use crate::services::notices;
use crate::services::staff_alerts::{self, letters};
use crate::theme::{
    AccountExistsLetter, AlertSaidLetter, CallMark, CallMissedLetter, CallSummaryLetter, ConfirmEmailLetter, Letter,
    Reader, ResetPasswordLetter, Told, When, Why, WrittenLetter,
};

/// Tries of one letter, over ten minutes, after which a server that says "later" is told of as one that says "no": many
/// say so to strangers, for some minutes (greylisting, RFC 6647).
const PATIENCE: i32 = 8;

/// A letter that is to be written and sent. Links in it are good for one use,
/// so a mail job is erased once it is done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum MailJob {
    /// "Confirm this address."
    ConfirmEmail {
        /// To whom.
        account_id: AccountId,
        /// The secret of the link.
        token: String,
    },
    /// "You have an account already."
    AccountExists {
        /// To whom.
        account_id: AccountId,
        /// When somebody signed up: each time is a letter of its own. An older version did not write it down.
        #[serde(default)]
        asked_at: Moment,
    },
    /// "Choose a new password."
    ResetPassword {
        /// To whom.
        account_id: AccountId,
        /// The secret of the link.
        token: String,
    },
    /// "They talked."
    CallSummary {
        /// To whom.
        account: AccountId,
        /// Of which call.
        call: CallId,
        /// The secret of the link with which they end this wish. An older version made none.
        #[serde(default)]
        off: Option<String>,
    },
    /// "The week."
    WeeklyDigest {
        /// To whom.
        account: AccountId,
        /// Of whom.
        callee: CalleeId,
        /// The Sunday with which it ends.
        last_day: Date,
        /// The secret of the link with which they end this wish.
        off: Option<String>,
    },
    /// "Please look": nobody picked up, a call could not be made, or something was said.
    AlertOpened {
        /// To whom.
        account: AccountId,
        /// Of which alert.
        alert: AlertId,
        /// The secret of the link with which they take it in hand.
        token: String,
        /// The secret of the link with which they end this wish; none when they must be told.
        #[serde(default)]
        off: Option<String>,
    },
    /// "This only you can mend."
    OperatorTrouble {
        /// To whom.
        account: AccountId,
        /// Of which alert of the staff.
        alert: AlertId,
        /// What makes it the same letter.
        outbreak: String,
    },
}

impl MailJob {
    /// The key that makes two asks for the same letter one.
    fn key(&self) -> String {
        match self {
            Self::ConfirmEmail { token, .. } | Self::ResetPassword { token, .. } => {
                // The secret itself has no place in a key that is kept.
                hex::encode(<sha2::Sha256 as sha2::Digest>::digest(token.as_bytes()))
            }
            Self::AccountExists { account_id, asked_at } => format!("exists:{account_id}:{}", asked_at.0),
            Self::CallSummary { account, call, .. } => format!("summary:{call}:{account}"),
            Self::WeeklyDigest { account, callee, last_day, .. } => format!("week:{callee}:{last_day}:{account}"),
            Self::AlertOpened { account, alert, .. } => format!("alert:{alert}:{account}"),
            Self::OperatorTrouble { account, outbreak, .. } => format!("{outbreak}:{account}"),
        }
    }

    /// The secret of the link with which the reader ends the wish for such letters, if it is one that can be ended.
    fn off(&self) -> Option<&str> {
        match self {
            Self::ConfirmEmail { .. }
            | Self::AccountExists { .. }
            | Self::ResetPassword { .. }
            | Self::OperatorTrouble { .. } => None,
            Self::CallSummary { off, .. } | Self::WeeklyDigest { off, .. } | Self::AlertOpened { off, .. } => {
                off.as_deref()
            }
        }
    }

    /// Names the letter: the same again when its sender died before it could write that it was sent.
    fn name(&self) -> String {
        hex::encode(<sha2::Sha256 as sha2::Digest>::digest(self.key().as_bytes()))
    }

    fn recipient(&self) -> AccountId {
        match self {
            Self::ConfirmEmail { account_id, .. }
            | Self::AccountExists { account_id, .. }
            | Self::ResetPassword { account_id, .. } => *account_id,
            Self::CallSummary { account, .. }
            | Self::WeeklyDigest { account, .. }
            | Self::AlertOpened { account, .. }
            | Self::OperatorTrouble { account, .. } => *account,
        }
    }
}

/// Queues a letter in the transaction that gives the reason for it.
pub async fn enqueue(c: &mut Conn, mail: MailJob, now: Moment) -> Result<(), DbError> {
    enqueue_at(c, mail, now, now).await?;
    Ok(())
}

/// The same, for a letter that is not to come before `at`. False when it was asked for before.
pub(crate) async fn enqueue_at(c: &mut Conn, mail: MailJob, at: Moment, now: Moment) -> Result<bool, DbError> {
    let key = mail.key();
    jobs::enqueue_at(c, &Job::SendMail { mail }, &key, at, now).await
}

/// Writes and sends a letter, for the so many-th time, unless its reader does not want it any more, or not now.
pub(crate) async fn send(app: &App, job: MailJob, attempts: i32) -> Result<(), Trouble> {
    let mut c = app.db.read().await.map_err(ServiceError::from)?;
    let account = accounts::find(&mut c, job.recipient()).await.map_err(ServiceError::from)?;
    let mut account = account.ok_or(ServiceError::NotFound)?;
    if let MailJob::OperatorTrouble { alert, .. } = &job
        && !letters::is_wanted(&mut c, &account, *alert).await.map_err(ServiceError::from)?
    {
        return Ok(());
    }
    if let Some((family, event)) = notice_of(&mut c, &job).await? {
        let recipient = notices::find(&mut c, family, account.id).await.map_err(ServiceError::from)?;
        // What is told of a family is for those who are of it.
        let Some(recipient) = recipient else { return Ok(()) };
        // Whose turn it was with an alert is told of it all the same: nobody else was meanwhile.
        if !event.is_alert() && !recipient.is_told(event, NoticeWay::Mail) {
            return Ok(());
        }
        // It may be late, or the hours were chosen since.
        let now = app.clock.now();
        let free_at = recipient.free_at(event, now);
        if free_at > now {
            return Err(Trouble::NotYet(free_at));
        }
        account.locale = recipient.locale;
    }
    let written = write(app, &mut c, &account, &job).await?;
    drop(c);
    let WrittenLetter { subject, text, html } = written;
    let unsubscribe = off_link(app, &job);
    let mail = Mail { id: job.name(), to: account.email, subject, text, html, unsubscribe };
    let Err(error) = app.mailer.send(mail).await else {
        app.proofs.worked(Fault::Mail, staff_alerts::MAIL, app.clock.now());
        return Ok(());
    };
    if error.is_of_the_server(attempts >= PATIENCE) {
        staff_alerts::tell_of(app, staff_alerts::Trouble::new(Fault::Mail, staff_alerts::MAIL, &error.to_string()))
            .await;
    }
    Err(if error.is_retryable() { Trouble::Passing(error.to_string()) } else { Trouble::Final(error.to_string()) })
}

/// The family and the event that a letter tells of; none when it is about the reader's account, or for the operator.
async fn notice_of(c: &mut Conn, job: &MailJob) -> Result<Option<(FamilyId, NoticeEvent)>, ServiceError> {
    Ok(match job {
        MailJob::ConfirmEmail { .. }
        | MailJob::AccountExists { .. }
        | MailJob::ResetPassword { .. }
        | MailJob::OperatorTrouble { .. } => None,
        MailJob::CallSummary { call, .. } => {
            let call = calls::find(c, *call).await?.ok_or(ServiceError::NotFound)?;
            Some((call.family_id, NoticeEvent::Talked))
        }
        MailJob::WeeklyDigest { callee, .. } => {
            let callee = callees::find(c, *callee).await?.ok_or(ServiceError::NotFound)?;
            Some((callee.family_id, NoticeEvent::Weekly))
        }
        MailJob::AlertOpened { alert, .. } => {
            let alert = alerts::find(c, *alert).await?.ok_or(ServiceError::NotFound)?;
            Some((alert.family_id.ok_or(ServiceError::NotFound)?, NoticeEvent::of_alert(alert.kind)))
        }
    })
}

async fn write(app: &App, c: &mut Conn, account: &Account, job: &MailJob) -> Result<WrittenLetter, Trouble> {
    let reader = Reader { locale: account.locale, zone: account.zone.clone(), now: app.clock.now() };
    let link = |path: String| link(app, &path);
    match job {
        MailJob::ConfirmEmail { token, .. } => compose(
            app,
            &reader,
            &ConfirmEmailLetter { name: account.name.clone(), link: link(format!("/confirm/{token}")) },
        ),
        MailJob::AccountExists { .. } => {
            compose(app, &reader, &AccountExistsLetter { name: account.name.clone(), link: link("/sign-in".into()) })
        }
        MailJob::ResetPassword { token, .. } => compose(
            app,
            &reader,
            &ResetPasswordLetter { name: account.name.clone(), link: link(format!("/reset/{token}")) },
        ),
        MailJob::CallSummary { call, .. } => {
            let why = why(app, c, job).await?;
            let letter = summary_letter(app, c, account, *call, why).await?;
            compose(app, &reader, &letter)
        }
        MailJob::WeeklyDigest { callee, last_day, .. } => {
            let why = why(app, c, job).await?;
            let letter = digests::letter::letter(c, (*callee, *last_day), account.locale, &link, why).await?;
            compose(app, &reader, &letter)
        }
        MailJob::AlertOpened { alert, token, .. } => {
            let alert = alerts::find(c, *alert).await.map_err(ServiceError::from)?.ok_or(ServiceError::NotFound)?;
            let told = Told {
                acknowledge: link(format!("/alerts/ack/{token}")),
                earlier: earlier(c, &alert, account).await.map_err(ServiceError::from)?,
            };
            let why = why(app, c, job).await?;
            if alert.kind == AlertKind::Said {
                let letter = said_letter(app, c, &alert, account.locale, (told, why)).await?;
                compose(app, &reader, &letter)
            } else {
                let letter = missed_letter(app, c, &alert, (told, why)).await?;
                compose(app, &reader, &letter)
            }
        }
        MailJob::OperatorTrouble { alert, .. } => {
            let letter =
                letters::letter(c, account, *alert, link("/staff".into())).await.map_err(ServiceError::from)?;
            compose(app, &reader, &letter.ok_or(ServiceError::NotFound)?)
        }
    }
}

fn compose(app: &App, reader: &Reader, letter: &impl Letter) -> Result<WrittenLetter, Trouble> {
    app.theme.letter(reader, letter).map_err(|error| Trouble::Final(error.to_string()))
}

fn link(app: &App, path: &str) -> String {
    format!("{}{path}", app.config.public_url.as_str().trim_end_matches('/'))
}

fn off_link(app: &App, job: &MailJob) -> Option<String> {
    job.off().map(|token| link(app, &format!("/notices/off/{token}")))
}

/// Why a notice comes, and how its reader changes that.
async fn why(app: &App, c: &mut Conn, job: &MailJob) -> Result<Why, ServiceError> {
    let (family, event) = notice_of(c, job).await?.ok_or(ServiceError::NotFound)?;
    let family = families::find(c, family).await?.ok_or(ServiceError::NotFound)?;
    Ok(Why { event, family_name: family.name, wishes: link(app, "/notices"), off: off_link(app, job) })
}

async fn of_call(c: &mut Conn, id: CallId) -> Result<(Call, Callee), ServiceError> {
    let call = calls::find(c, id).await?.ok_or(ServiceError::NotFound)?;
    let callee = callees::find(c, call.callee_id).await?.ok_or(ServiceError::NotFound)?;
    Ok((call, callee))
}

async fn summary_letter(
    app: &App,
    c: &mut Conn,
    account: &Account,
    call: CallId,
    why: Why,
) -> Result<CallSummaryLetter, ServiceError> {
    let (call, callee) = of_call(c, call).await?;
    let summary = transcripts::summary_of(c, call.id, account.locale).await?.ok_or(ServiceError::NotFound)?;
    let blocks: Vec<Block> = serde_json::from_str(&summary.blocks).unwrap_or_default();
    let transcript = transcripts::of_call(c, call.id).await?.ok_or(ServiceError::NotFound)?;
    let turns: Vec<Turn> = serde_json::from_str(&transcript.turns).unwrap_or_default();
    let heard = is_heard(&turns, &blocks);
    let second = blocks.into_iter().find(|block| block.kind == BlockKind::Mood).map(|block| block.text);
    Ok(CallSummaryLetter {
        callee_name: callee.address_form,
        heard,
        when: When::new(call.due_at, callee.zone),
        headline: summary.headline,
        second,
        mood: call.mood_score.and_then(|score| u8::try_from(score).ok()),
        length_s: call.duration_s.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(0),
        link: link(app, &format!("/calls/{}", call.id)),
        why,
    })
}

/// Whether a word of the callee's was heard: the headline rests on one or, where it rests on nothing, they said one.
fn is_heard(turns: &[Turn], blocks: &[Block]) -> bool {
    let speaks = |turn: &Turn| turn.speaker == Speaker::Callee && turn.text.contains(char::is_alphanumeric);
    let headline = blocks.iter().find(|block| block.kind == BlockKind::Headline);
    match headline.map(|block| block.evidence.as_slice()) {
        None | Some([]) => turns.iter().any(speaks),
        Some(evidence) => evidence.iter().filter_map(|turn| turns.get(usize::try_from(*turn).ok()?)).any(speaks),
    }
}

/// Who was told before, by name.
async fn earlier(c: &mut Conn, alert: &Alert, account: &Account) -> Result<Vec<String>, DbError> {
    let told = alert_notices::of_alerts(c, &[alert.id]).await?;
    Ok(told.into_iter().take_while(|(notice, _)| notice.account_id != account.id).map(|(_, name)| name).collect())
}

async fn said_letter(
    app: &App,
    c: &mut Conn,
    alert: &Alert,
    locale: Locale,
    (told, why): (Told, Why),
) -> Result<AlertSaidLetter, ServiceError> {
    let (call, callee) = of_call(c, alert.call_id.ok_or(ServiceError::NotFound)?).await?;
    Ok(AlertSaidLetter {
        callee_name: callee.address_form,
        when: When::new(call.due_at, callee.zone),
        texts: alerts::kin(c, alert).await?.iter().filter_map(|alert| text_of(alert, locale)).collect(),
        link: link(app, &format!("/calls/{}", call.id)),
        told,
        why,
    })
}

async fn missed_letter(
    app: &App,
    c: &mut Conn,
    alert: &Alert,
    (told, why): (Told, Why),
) -> Result<CallMissedLetter, ServiceError> {
    let (call, callee) = of_call(c, alert.call_id.ok_or(ServiceError::NotFound)?).await?;
    let rung = ring_attempts::of_call(c, call.id).await?.iter().filter(|attempt| attempt.sends > 0).count();
    let next = slots::of_callee(c, callee.id).await?.into_iter().filter_map(|slot| slot.next_at).min();
    Ok(CallMissedLetter {
        callee_name: callee.address_form,
        when: When::new(call.due_at, callee.zone.clone()),
        mark: CallMark::of(call.state.as_str()).unwrap_or(CallMark::Failed),
        attempts: u32::try_from(rung).unwrap_or(u32::MAX),
        next: next.map(|at| When::new(at, callee.zone)),
        link: link(app, &format!("/calls/{}", call.id)),
        told,
        why,
    })
}
