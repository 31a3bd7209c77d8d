//! Numbers: the phone number at which somebody wants to be told, and the code that proves that it is theirs. Their page
//! walks in.

use futures::FutureExt;

use super::{Text, queue};
use crate::app::App;
use crate::db::notice_numbers::{self, NoticeNumber};
use crate::db::text_messages;
use crate::domain::{AccountId, TextState};
use crate::services::error::ServiceError;
use crate::services::number_facts::{self, Purpose};
use crate::services::throttle::{self, Throttle};
use crate::services::{phone_number, secrets};

/// So long a code is worth something.
const CODE_S: i64 = 600;
/// Wrong codes, after which it is worth nothing.
const GUESSES_MAX: i32 = 5;
/// Codes that one account, and one number, can be sent within a day: each costs money, and rings somebody's telephone.
const CODES_A_DAY: u32 = 5;
const DAY_S: u32 = 86_400;
/// Codes that this installation sends within an hour.
const CODES_AN_HOUR: u32 = 100;
const HOUR_S: u32 = 3_600;

/// What the causes of codes begin with.
const CAUSE: &str = "code:";

const WRONG_CODE: ServiceError = ServiceError::Invalid { field: "code", code: "number-code-wrong" };

/// Somebody's number as it stands.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "it holds a phone number")]
pub struct Number {
    /// As people read it.
    pub number: String,
    /// Where it stands.
    pub standing: Standing,
}

/// How far a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A code is on its way to it.
    Asked,
    /// A code was sent to it, and the vendor says that it did not arrive.
    NotReached,
    /// Its owner has proven it: messages go there.
    Proven,
    /// Its owner has proven it, and nothing arrives there any more.
    Gone,
}

/// Whether this installation sends text messages at all.
pub fn are_sent(app: &App) -> bool {
    app.plugins.texter().is_some()
}

/// The number of an account, if it has one.
pub async fn of(app: &App, account: AccountId) -> Result<Option<Number>, ServiceError> {
    let mut c = app.db.read().await?;
    let Some(known) = notice_numbers::find(&mut c, account).await? else { return Ok(None) };
    let standing = match (known.verified_at, known.gone_at) {
        (Some(_), None) => Standing::Proven,
        (Some(_), Some(_)) => Standing::Gone,
        (None, _) => {
            let sent = text_messages::latest(&mut c, account, CAUSE).await?;
            let lost = sent.is_some_and(|sent| matches!(sent.state, TextState::Failed | TextState::Dropped));
            if lost { Standing::NotReached } else { Standing::Asked }
        }
    };
    Ok(Some(Number { number: phone_number::display(&known.number), standing }))
}

/// Sends a code to a number, with its `+` and country code, and keeps it in place of the one that the account had.
///
/// # Errors
/// [`ServiceError::Invalid`] for `phone` when it can be nobody's or gets no texts, [`ServiceError::Throttled`] after too
/// many codes, [`ServiceError::NotFound`] where no texts are sent.
pub async fn ask(app: &App, account: AccountId, phone: &str) -> Result<(), ServiceError> {
    if !are_sent(app) {
        return Err(ServiceError::NotFound);
    }
    let number = phone_number::parse(phone, "")?;
    let throttles = vec![
        Throttle::new("text-code-account", &account.to_string(), CODES_A_DAY, DAY_S),
        Throttle::new("text-code-number", &number, CODES_A_DAY, DAY_S),
        Throttle::new("text-code", "all", CODES_AN_HOUR, HOUR_S),
    ];
    throttle::count_all(app, throttles).await?;
    let known = notice_numbers::find(&mut app.db.read().await?, account).await?;
    if known.is_none_or(|known| known.number != number) {
        number_facts::check(app, account, &number, Purpose::Texts).await?;
    }
    let (now, code) = (app.clock.now(), secrets::six_digits()?);
    let until = now.plus_secs(CODE_S);
    app.db
        .write(move |c| {
            async move {
                let asked = NoticeNumber {
                    account_id: account,
                    number,
                    code_hash: Some(hash(account, &code)),
                    code_until: Some(until),
                    guesses: 0,
                    asked_at: now,
                    verified_at: None,
                    gone_at: None,
                };
                notice_numbers::put(c, &asked).await?;
                queue(c, account, format!("{CAUSE}{}", now.0), Text::Code { code }, (now, until), now).await
            }
            .boxed()
        })
        .await?;
    app.wake.notify_waiters();
    Ok(())
}

/// Proves a number with the code that was sent to it; spaces and hyphens do not matter.
///
/// # Errors
/// [`ServiceError::Invalid`] for `code` when it is wrong, too old, or was guessed at too often.
pub async fn prove(app: &App, account: AccountId, code: &str) -> Result<(), ServiceError> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let (now, given) = (app.clock.now(), hash(account, &digits));
    let is_right = app
        .db
        .write(move |c| {
            async move {
                let Some(known) = notice_numbers::find(c, account).await? else { return Ok(false) };
                let (Some(wanted), Some(until)) = (&known.code_hash, known.code_until) else { return Ok(false) };
                if until <= now || known.guesses >= GUESSES_MAX {
                    return Ok(false);
                }
                if !secrets::same(wanted, &given) {
                    notice_numbers::count_guess(c, account).await?;
                    return Ok(false);
                }
                notice_numbers::verify(c, account, now).await?;
                Ok::<_, ServiceError>(true)
            }
            .boxed()
        })
        .await?;
    if is_right { Ok(()) } else { Err(WRONG_CODE) }
}

/// Forgets the number of an account: no message goes there any more.
pub async fn remove(app: &App, account: AccountId) -> Result<(), ServiceError> {
    Ok(app.db.write(move |c| notice_numbers::delete(c, account).boxed()).await?)
}

/// What is kept of a code. It is bound to the account, so that the same digits look different for everybody.
fn hash(account: AccountId, code: &str) -> Vec<u8> {
    secrets::hash(&format!("{account}:{code}"))
}
