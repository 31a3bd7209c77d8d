//! Whether Twilio would take a message: what it says of the account, and of who sends. The host walks in through
//! [`ChannelCheck`]; it calls `message`. Nothing is sent.
//!
//! `GET /2010-04-01/Accounts/{AccountSid}.json` (www.twilio.com/docs/iam/api/account), and beside it the sender:
//! `GET …/IncomingPhoneNumbers.json` (www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource) or
//! `GET /v1/Services/{Sid}` (www.twilio.com/docs/messaging/api/service-resource). A standard API key may see numbers and
//! services, and no account; so one refusal alone does not say that the credential is wrong.

use callpanion_plugin_api::channel_check::{ChannelCheck, Finding, Severity};
use callpanion_plugin_api::{Answer, Ctx, Request, Response, Stop, percent_encode};
use serde::Deserialize;

use crate::message::{self, Sender};
use crate::{Settings, Twilio};

/// What Twilio calls an account that may do nothing any more.
const SUSPENDED: [u32; 3] = [20005, 20403, 30002];
/// Twilio's code for test credentials.
const TEST_CREDENTIALS: u32 = 20008;

impl ChannelCheck for Twilio {
    fn check(ctx: &mut Ctx) -> Result<Vec<Finding>, Stop> {
        let settings: Settings = ctx.settings()?;
        let looks = Looks::at(&settings, &message::sender(&settings)?);
        let now_ms = ctx.now_ms();
        let urls = [settings.resource(".json"), looks.url(&settings)];
        let answers = ctx.http_all(Vec::from(urls.map(|url| Request::get(url).credential("account"))))?;
        let mut heard = answers.into_iter().map(|answer| said(answer, now_ms));
        let mut next = || heard.next().unwrap_or_else(|| Err(Stop::permanent("an answer is missing")));
        let (account, sender) = (next()?, next()?);
        let mut findings = vec![of_account(&account, &looks, &sender)];
        // Of an account that may do nothing, or is somebody else's, the sender tells nothing more.
        if findings[0].severity != Severity::Problem {
            findings.push(looks.of_sender(&sender));
        }
        if findings[0].severity == Severity::Ok {
            findings.push(note(
                "Only a message shows whether it is delivered, and whether the credential `callback-secret` is right.",
                "Give a number of your own on the page of your letters, and prove it.",
            ));
        }
        Ok(findings)
    }
}

/// What Twilio said to a request.
enum Said {
    /// What was asked for.
    Found(Response),
    /// Nothing: the credential is wrong, or may not see it. With Twilio's code, where it has one.
    Refused(Option<u32>),
    /// There is no such thing.
    Absent,
}

/// What the answer says; or that the vendor does not answer as it should, which may pass.
fn said(answer: Answer, now_ms: u64) -> Result<Said, Stop> {
    #[derive(Deserialize)]
    struct Refused {
        code: u32,
    }

    match &answer {
        Answer::Response(response) if matches!(response.status, 401 | 403) => {
            Ok(Said::Refused(response.json::<Refused>().ok().map(|refused| refused.code)))
        }
        Answer::Response(response) if response.status == 404 => Ok(Said::Absent),
        _ => answer.success(now_ms).map(Said::Found),
    }
}

fn of_account(account: &Said, looks: &Looks, sender: &Said) -> Finding {
    #[derive(Deserialize)]
    struct Account {
        status: String,
        #[serde(rename = "type")]
        kind: Option<String>,
    }

    let response = match account {
        Said::Found(response) => response,
        Said::Refused(code) => return of_refusal(*code, looks, sender),
        Said::Absent => return no_account(),
    };
    let Ok(Account { status, kind }) = response.json::<Account>() else { return unreadable("the account") };
    match (status.as_str(), kind.as_deref()) {
        ("active", Some("Trial")) => warning(
            "The Twilio account is a trial: it sends only to numbers that were verified at Twilio.",
            "Upgrade it in the Twilio console, before families give their numbers.",
        ),
        ("active", _) => note("Twilio accepts the credential, and the account is active.", ""),
        ("suspended" | "closed", _) => suspended(),
        _ => warning(
            "The Twilio account is in a state that is not known here.",
            "Look in the Twilio console whether it may send text messages.",
        ),
    }
}

/// The account was not shown: what that means follows from whether anything was.
fn of_refusal(code: Option<u32>, looks: &Looks, sender: &Said) -> Finding {
    // Twilio looks at the credential before it says what there is.
    let is_accepted = match sender {
        Said::Found(_) => true,
        Said::Absent => matches!(looks, Looks::Service(_)),
        Said::Refused(_) => false,
    };
    match (code, sender) {
        (Some(code), _) if SUSPENDED.contains(&code) => suspended(),
        (Some(TEST_CREDENTIALS), _) => problem(
            "The credential `account` has Twilio's test credentials, which send nothing.",
            "Take the live ones: the Account SID and the auth token on the first page of the Twilio console.",
        ),
        _ if is_accepted => note(
            "Twilio accepts the credential, and does not show it the account: it is an API key that is no main key.",
            "The Twilio console shows whether the account is suspended, or a trial.",
        ),
        (_, Said::Absent) => no_account(),
        (code, _) => {
            let code = code.map(|code| format!(" (Twilio {code})")).unwrap_or_default();
            problem(
                format!("Twilio does not accept the credential `account`{code}."),
                "Copy the Account SID and the auth token from the first page of the Twilio console, or make a new API \
                 key. Both belong to one region: `base_url` must be the host of the same.",
            )
        }
    }
}

/// How much of the sender can be seen.
enum Looks {
    /// Whether this number, in E.164, is the account's.
    Number(String),
    /// Whether there is the messaging service of this SID.
    Service(String),
    /// Only whether the credential works. What has to be seen elsewhere, and how.
    Nowhere(&'static str, &'static str),
}

impl Looks {
    fn at(settings: &Settings, sender: &Sender) -> Self {
        match sender {
            Sender::From(number) if number.starts_with('+') => Self::Number(number.clone()),
            Sender::From(_) => Self::Nowhere(
                "A name or short code in `from` cannot be looked at from here.",
                "The countries where your families live must allow it: see Twilio's guidelines for each.",
            ),
            Sender::Service(_) if settings.messaging_url.trim().is_empty() => Self::Nowhere(
                "The messaging service was not looked at.",
                "Set `messaging_url` to https://messaging.twilio.com and grant that host, or see in the Twilio console \
                 that the service is there and has a sender.",
            ),
            Sender::Service(sid) => Self::Service(sid.clone()),
        }
    }

    fn url(&self, settings: &Settings) -> String {
        match self {
            Self::Number(number) => {
                settings.resource(&format!("/IncomingPhoneNumbers.json?PhoneNumber={}", percent_encode(number)))
            }
            Self::Service(sid) => {
                format!("{}/v1/Services/{}", settings.messaging_url.trim().trim_end_matches('/'), percent_encode(sid))
            }
            Self::Nowhere(..) => settings.resource("/IncomingPhoneNumbers.json?PageSize=1"),
        }
    }

    fn of_sender(&self, said: &Said) -> Finding {
        match (self, said) {
            (Self::Nowhere(what, mend), _) => note(what, mend),
            (Self::Number(number), Said::Found(response)) => of_number(number, response),
            (Self::Service(_), Said::Found(_)) => note("Twilio has the service of `messaging_service_sid`.", ""),
            (Self::Service(_), Said::Absent) => problem(
                "The Twilio account has no messaging service with the SID in `messaging_service_sid`.",
                "Copy it from Messaging, Services in the Twilio console: MG and 32 characters. Or set `from` instead.",
            ),
            (Self::Number(_) | Self::Service(_), Said::Refused(_)) => warning(
                "The API key may not look at who sends.",
                "Let it read phone numbers and messaging services, or see in the Twilio console that it is there.",
            ),
            (Self::Number(_), Said::Absent) => unreadable("the account's numbers"),
        }
    }
}

/// What the list says of the number. Twilio's filter also finds numbers of which it is a part.
fn of_number(number: &str, response: &Response) -> Finding {
    #[derive(Deserialize)]
    struct Numbers {
        incoming_phone_numbers: Vec<Number>,
    }

    #[derive(Deserialize)]
    struct Number {
        phone_number: String,
        capabilities: Capabilities,
    }

    #[derive(Deserialize)]
    struct Capabilities {
        #[serde(alias = "SMS")]
        sms: bool,
    }

    let Ok(Numbers { incoming_phone_numbers }) = response.json::<Numbers>() else {
        return unreadable("the account's numbers");
    };
    match incoming_phone_numbers.iter().find(|known| known.phone_number == number) {
        None => problem(
            "The number in `from` is none of this Twilio account.",
            "Take one from Phone Numbers, Active numbers in the Twilio console, written as +, country code and number.",
        ),
        Some(known) if !known.capabilities.sms => problem(
            "The number in `from` cannot send text messages.",
            "Take one that has the capability SMS: see Phone Numbers, Active numbers in the Twilio console.",
        ),
        Some(_) => note("The number in `from` is the account's, and can send text messages.", ""),
    }
}

fn no_account() -> Finding {
    problem(
        "Twilio knows no account with the SID in `account_sid`.",
        "Copy the Account SID from the first page of the Twilio console: AC and 32 characters, also where the \
         credential is an API key.",
    )
}

fn suspended() -> Finding {
    problem(
        "The Twilio account is suspended or closed: it sends nothing.",
        "The Twilio console says why; most often a payment failed.",
    )
}

/// What came is not Twilio's.
fn unreadable(what: &str) -> Finding {
    warning(
        format!("What Twilio tells of {what} cannot be read."),
        "Check `base_url`, and that no proxy answers in Twilio's place.",
    )
}

fn problem(what: impl Into<String>, mend: &str) -> Finding {
    Finding::new(Severity::Problem, what, mend)
}

fn warning(what: impl Into<String>, mend: &str) -> Finding {
    Finding::new(Severity::Warning, what, mend)
}

/// In order; with a `mend`, what else there is to know.
fn note(what: &str, mend: &str) -> Finding {
    Finding::new(Severity::Ok, what, mend)
}
