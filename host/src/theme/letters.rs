//! The letters: what is sent by mail, as plain text and as simple HTML. `services` fills them, `mail` sends them.
//!
//! The first line of the text template is the subject. Letters carry what a family may read in a mailbox: headline and
//! link, never a transcript.

use serde::Serialize;
use tera::Context;

use super::samples::{HEADLINE, SECOND, at};
use super::{BlockTitle, CallMark, Locale, Theme, ThemeError, When};
use crate::domain::{Fault, Moment, NoticeEvent};

/// A kind of letter, and the templates that show it.
pub trait Letter: Serialize {
    /// Name of the templates in `mails/`, without ending.
    const TEMPLATE: &'static str;

    /// Invented examples, for tests and previews.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// Who reads a letter.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Their language.
    pub locale: Locale,
    /// Their IANA zone.
    pub zone: String,
    /// When it is written.
    pub now: Moment,
}

/// A letter, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenLetter {
    /// One line.
    pub subject: String,
    /// The text face.
    pub text: String,
    /// The HTML face.
    pub html: String,
}

impl Theme {
    /// Writes a letter.
    pub fn letter<L: Letter>(&self, reader: &Reader, letter: &L) -> Result<WrittenLetter, ThemeError> {
        let fail = |source| ThemeError::Template { name: L::TEMPLATE.to_owned(), source };
        let mut context = Context::new();
        context.try_insert("letter", letter).map_err(fail)?;
        context.insert("lang", reader.locale.as_str());
        context.insert("zone", &reader.zone);
        context.insert("now", &reader.now);
        let engine = self.engine(reader.locale);
        let text = engine.render(&format!("mails/{}.txt", L::TEMPLATE), &context).map_err(fail)?;
        let html = engine.render(&format!("mails/{}.html", L::TEMPLATE), &context).map_err(fail)?;
        let (subject, text) = text.split_once('\n').unwrap_or((&text, ""));
        // A name may hold any character; a subject is one line.
        let subject = subject.split(char::is_control).map(str::trim).collect::<Vec<_>>().join(" ");
        Ok(WrittenLetter { subject, text: text.trim_start().to_owned(), html })
    }
}

/// Confirm this address.
#[derive(Clone, Debug, Serialize)]
pub struct ConfirmEmailLetter {
    /// The account's name.
    pub name: String,
    /// The whole link.
    pub link: String,
}

impl Letter for ConfirmEmailLetter {
    const TEMPLATE: &'static str = "confirm_email";

    fn samples() -> Vec<Self> {
        vec![Self { name: "Dewi".to_owned(), link: "https://calls.example/confirm/sample".to_owned() }]
    }
}

/// Choose a new password.
#[derive(Clone, Debug, Serialize)]
pub struct ResetPasswordLetter {
    /// The account's name.
    pub name: String,
    /// The whole link.
    pub link: String,
}

impl Letter for ResetPasswordLetter {
    const TEMPLATE: &'static str = "reset_password";

    fn samples() -> Vec<Self> {
        vec![Self { name: "Dewi".to_owned(), link: "https://calls.example/reset/sample".to_owned() }]
    }
}

/// Why a notice comes, and how its reader changes that: the foot of each.
#[derive(Clone, Debug, Serialize)]
pub struct Why {
    /// What it tells of.
    pub event: NoticeEvent,
    /// The family as one of which it is read.
    pub family_name: String,
    /// The whole link to all that the reader wishes.
    pub wishes: String,
    /// The whole link that ends this wish; none when the reader has to be told.
    pub off: Option<String>,
}

impl Why {
    fn sample(event: NoticeEvent, off: Option<&str>) -> Self {
        Self {
            event,
            family_name: "The Lestari family".to_owned(),
            wishes: "https://calls.example/notices".to_owned(),
            off: off.map(str::to_owned),
        }
    }

    /// As the first contact reads it, and as the second does.
    fn samples(event: NoticeEvent) -> [Self; 2] {
        [Self::sample(event, None), Self::sample(event, Some("https://calls.example/notices/off/sample"))]
    }
}

/// They talked.
#[derive(Clone, Debug, Serialize)]
pub struct CallSummaryLetter {
    /// Who was rung.
    pub callee_name: String,
    /// Whether a word of theirs was heard: a silent line or a machine is no talk with them.
    pub heard: bool,
    /// When it rang.
    pub when: When,
    /// The whole in one sentence.
    pub headline: String,
    /// One more sentence.
    pub second: Option<String>,
    /// 1 (bad) to 5 (good).
    pub mood: Option<u8>,
    /// How long they talked.
    pub length_s: u32,
    /// The whole link to the call.
    pub link: String,
    /// Why it comes.
    pub why: Why,
}

impl Letter for CallSummaryLetter {
    const TEMPLATE: &'static str = "call_summary";

    fn samples() -> Vec<Self> {
        let full = Self {
            callee_name: "Ibu Sari".to_owned(),
            heard: true,
            when: at(-320),
            headline: HEADLINE.to_owned(),
            second: Some(SECOND.to_owned()),
            mood: Some(4),
            length_s: 432,
            link: "https://calls.example/calls/sample".to_owned(),
            why: Why::sample(NoticeEvent::Talked, Some("https://calls.example/notices/off/sample")),
        };
        let short = Self { second: None, mood: None, ..full.clone() };
        vec![full, short.clone(), Self { heard: false, ..short }]
    }
}

/// How a week was.
#[derive(Clone, Debug, Serialize)]
pub struct WeeklyDigestLetter {
    /// Who was rung.
    pub callee_name: String,
    /// The Monday, `YYYY-MM-DD`.
    pub first_day: String,
    /// The Sunday.
    pub last_day: String,
    /// The whole in one sentence; may be empty.
    pub headline: String,
    /// What is told of it.
    pub lines: Vec<WeekLine>,
    /// The whole link to the calls.
    pub link: String,
    /// Why it comes.
    pub why: Why,
}

/// One thing that is told of a week.
#[derive(Clone, Debug, Serialize)]
pub struct WeekLine {
    /// What it is about.
    pub title: BlockTitle,
    /// What it says.
    pub text: String,
    /// Why the renderer says so; may be empty.
    pub reason: String,
    /// The whole link to where it was said, the last time.
    pub link: Option<String>,
}

impl Letter for WeeklyDigestLetter {
    const TEMPLATE: &'static str = "weekly_digest";

    fn samples() -> Vec<Self> {
        let line = |title, text: &str, reason: &str| WeekLine {
            title,
            text: text.to_owned(),
            reason: reason.to_owned(),
            link: Some("https://calls.example/calls/sample#turn-3".to_owned()),
        };
        let full = Self {
            callee_name: "Ibu Sari".to_owned(),
            first_day: "2026-11-16".to_owned(),
            last_day: "2026-11-22".to_owned(),
            headline: HEADLINE.to_owned(),
            lines: vec![
                line(BlockTitle::Sleep, SECOND, ""),
                line(BlockTitle::Request, SECOND, "The calls do not say whether it is done."),
                WeekLine { link: None, ..line(BlockTitle::Other, SECOND, "") },
            ],
            link: "https://calls.example/calls".to_owned(),
            why: Why::sample(NoticeEvent::Weekly, Some("https://calls.example/notices/off/sample")),
        };
        vec![Self { headline: String::new(), ..full.clone() }, full]
    }
}

/// Nobody talked.
#[derive(Clone, Debug, Serialize)]
pub struct CallMissedLetter {
    /// Who was rung.
    pub callee_name: String,
    /// When it rang first.
    pub when: When,
    /// How it ended.
    pub mark: CallMark,
    /// How often it rang.
    pub attempts: u32,
    /// The next call.
    pub next: Option<When>,
    /// The whole link to the call.
    pub link: String,
    /// What the reader may do about it.
    pub told: Told,
    /// Why it comes.
    pub why: Why,
}

/// What every letter about an alert says beside the alert itself.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// The whole link with which the reader takes the alert in hand.
    pub acknowledge: String,
    /// Who was told before, and has not taken it in hand.
    pub earlier: Vec<String>,
}

impl Told {
    fn samples() -> [Self; 2] {
        let acknowledge = "https://calls.example/alerts/ack/sample".to_owned();
        let second = Self { acknowledge: acknowledge.clone(), earlier: vec!["Dewi".to_owned(), "Budi".to_owned()] };
        [Self { acknowledge, earlier: Vec::new() }, second]
    }
}

/// Something was said that a person must look at.
#[derive(Clone, Debug, Serialize)]
pub struct AlertSaidLetter {
    /// Who said it.
    pub callee_name: String,
    /// When it rang.
    pub when: When,
    /// What it is about, each in one sentence of the reader's language.
    pub texts: Vec<String>,
    /// The whole link to the call.
    pub link: String,
    /// What the reader may do about it.
    pub told: Told,
    /// Why it comes.
    pub why: Why,
}

impl Letter for AlertSaidLetter {
    const TEMPLATE: &'static str = "alert_said";

    fn samples() -> Vec<Self> {
        let letter = |(told, why)| Self {
            callee_name: "Ibu Sari".to_owned(),
            when: at(-20),
            texts: vec!["She said that she had fallen in the bathroom.".to_owned(), "She ate little.".to_owned()],
            link: "https://calls.example/calls/sample".to_owned(),
            told,
            why,
        };
        Told::samples().into_iter().zip(Why::samples(NoticeEvent::Worrying)).map(letter).collect()
    }
}

impl Letter for CallMissedLetter {
    const TEMPLATE: &'static str = "call_missed";

    fn samples() -> Vec<Self> {
        let [first, second] = Told::samples();
        let [must, may] = Why::samples(NoticeEvent::NotReached);
        let letter = |mark, attempts, next, told, why| Self {
            callee_name: "Ibu Sari".to_owned(),
            when: at(-20),
            mark,
            attempts,
            next,
            link: "https://calls.example/calls/sample".to_owned(),
            told,
            why,
        };
        vec![letter(CallMark::Missed, 2, Some(at(280)), first, must), letter(CallMark::Voicemail, 1, None, second, may)]
    }
}

/// Somebody signed up with the address of an account that is there already.
#[derive(Clone, Debug, Serialize)]
pub struct AccountExistsLetter {
    /// The account's name.
    pub name: String,
    /// The whole link to sign in.
    pub link: String,
}

impl Letter for AccountExistsLetter {
    const TEMPLATE: &'static str = "account_exists";

    fn samples() -> Vec<Self> {
        vec![Self { name: "Dewi".to_owned(), link: "https://calls.example/sign-in".to_owned() }]
    }
}

/// Something does not work until the reader has mended it.
#[derive(Clone, Debug, Serialize)]
pub struct OperatorTroubleLetter {
    /// The account's name.
    pub name: String,
    /// What it is about: a plugin, or a key of the configuration.
    pub about: String,
    /// What does not work: the end of the Fluent keys of what it means and of how it is mended.
    pub fault: Fault,
    /// What a plugin, its vendor or a server says of it, in its own words.
    pub said: Option<String>,
    /// Since when it is known.
    pub since: When,
    /// The whole link to the staff's page.
    pub link: String,
}

impl Letter for OperatorTroubleLetter {
    const TEMPLATE: &'static str = "operator_trouble";

    fn samples() -> Vec<Self> {
        let letter = |fault: Fault, said: Option<&str>| Self {
            name: "Ada".to_owned(),
            about: "twilio-batch".to_owned(),
            fault,
            said: said.map(str::to_owned),
            since: at(-20),
            link: "https://calls.example/staff".to_owned(),
        };
        let said = "twilio-batch 1.0.0: the account's credit is spent";
        let mut samples = vec![letter(Fault::Ringing, Some(said))];
        samples.extend(Fault::ALL.iter().map(|fault| letter(*fault, None)));
        samples
    }
}

/// Calls a macro with every letter, so that tests and previews miss none.
macro_rules! each_letter {
    ($visit:ident) => {
        $visit! {
            ConfirmEmailLetter ResetPasswordLetter CallSummaryLetter CallMissedLetter AlertSaidLetter
            WeeklyDigestLetter AccountExistsLetter OperatorTroubleLetter
        }
    };
}
pub(super) use each_letter;
