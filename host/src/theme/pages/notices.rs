//! What one of a family is told of.

use serde::Serialize;
use uuid::Uuid;

use super::super::samples::NOW;
use super::super::{ErrorCode, Field, Language, OffState, Page};
use crate::domain::{FamilyId, Moment, NoticeBrowserId, NoticeEvent};

/// `/notices`: everybody's own. Sends `locale` (a language's tag, or nothing for that of the pages), `quiet` (`yes` or
/// absent), `quiet_from` and `quiet_until` (`HH:MM`), `worries_wake` (`yes` or absent), and for each event of each
/// family its id, an underscore and the event's word (`yes` or absent).
#[derive(Clone, Debug, Serialize)]
pub struct NoticesPage {
    /// Where the letters go.
    pub email: String,
    /// Whose clock counts: IANA zone of the reader.
    pub zone: String,
    /// The reader's families.
    pub families: Vec<NoticesCard>,
    /// The tag of the language that the letters are in; empty: that of the pages.
    pub locale: Field,
    /// The languages of letters.
    pub languages: Vec<Language>,
    /// Whether there are quiet hours.
    pub quiet: bool,
    /// When they begin, `HH:MM`.
    pub quiet_from: Field,
    /// When they end, `HH:MM`.
    pub quiet_until: Field,
    /// Whether worrying words may come in quiet hours too.
    pub worries_wake: bool,
    /// Text messages; none where the installation sends none.
    pub texts: Option<TextsCard>,
    /// Notices in browsers; none where the installation tells nobody so.
    pub browsers: Option<BrowsersCard>,
}

/// In which browsers the reader is told. `POST /notices/browsers` sends `subscription`, which a script fills in, and
/// `POST /notices/browsers/remove` sends `browser`, an id.
#[derive(Clone, Debug, Serialize)]
pub struct BrowsersCard {
    /// The key to which a browser subscribes, in base64url.
    pub key: String,
    /// Those in which it is turned on, the last one first.
    pub browsers: Vec<BrowserLine>,
    /// Why this one was refused.
    pub subscription: Field,
}

/// A browser of the reader's.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct BrowserLine {
    /// Its id.
    pub id: NoticeBrowserId,
    /// When it was turned on.
    pub since: Moment,
    /// Nothing arrives there any more.
    pub is_gone: bool,
}

/// Where text messages go. `POST /notices/number` sends `phone`, `POST /notices/number/prove` sends `code`, and
/// `POST /notices/number/remove` nothing.
#[derive(Clone, Debug, Serialize)]
pub struct TextsCard {
    /// The number as people read it; empty when there is none.
    pub number: String,
    /// Where it stands.
    pub standing: TextsStanding,
    /// The number that is typed.
    pub phone: Field,
    /// The code that is typed.
    pub code: Field,
}

/// Where the number for text messages stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TextsStanding {
    /// There is none.
    Missing,
    /// A code was sent to it.
    Asked,
    /// A code did not reach it.
    NotReached,
    /// Messages go there.
    Proven,
    /// Nothing arrives there any more.
    Gone,
}

/// What the reader is told of in one family.
#[derive(Clone, Debug, Serialize)]
pub struct NoticesCard {
    /// The family.
    pub id: FamilyId,
    /// Its name.
    pub name: String,
    /// Whether the reader comes first in it.
    pub is_first: bool,
    /// Every event.
    pub events: Vec<NoticeTick>,
}

/// One kind of event.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NoticeTick {
    /// Which.
    pub event: NoticeEvent,
    /// Whether the reader is told of it.
    pub told: bool,
    /// It cannot be changed.
    pub must: bool,
    /// Whether a text message comes beside the letter; none where that is not to be chosen. Sent as the name of the tick with
    /// `_sms` behind it.
    pub texted: Option<TextTick>,
    /// The same for a notice in the reader's browsers, with `_push` behind the name.
    pub pushed: Option<TextTick>,
}

/// Whether something comes beside the letter.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct TextTick {
    /// It does.
    pub chosen: bool,
}

impl Page for NoticesPage {
    const TEMPLATE: &'static str = "notices";

    fn samples() -> Vec<Self> {
        let card = |number, name: &str, is_first: bool| {
            let tick = |event: &NoticeEvent| {
                let must = is_first && event.is_alert();
                let chosen = *event == NoticeEvent::Worrying;
                let texted = (!is_first && event.is_alert()).then_some(TextTick { chosen });
                let pushed = (!is_first && event.is_pushed()).then_some(TextTick { chosen });
                NoticeTick { event: *event, told: must || *event != NoticeEvent::Talked, must, texted, pushed }
            };
            let (id, events) = (FamilyId(Uuid::from_u128(number)), NoticeEvent::ALL.iter().map(tick).collect());
            NoticesCard { id, name: name.to_owned(), is_first, events }
        };
        let first = Self {
            email: "dewi@family.example".to_owned(),
            zone: "Europe/Amsterdam".to_owned(),
            families: vec![card(1, "The Lestari family", true)],
            locale: Field::default(),
            languages: Language::of_letters(),
            quiet: false,
            quiet_from: Field::of("22:00"),
            quiet_until: Field::of("07:00"),
            worries_wake: true,
            texts: None,
            browsers: None,
        };
        let line = |number, is_gone| BrowserLine { id: NoticeBrowserId(Uuid::from_u128(number)), since: NOW, is_gone };
        let browsers = |browsers, subscription| Some(BrowsersCard { key: "BKEY".to_owned(), browsers, subscription });
        let texts = |standing, code| {
            Some(TextsCard {
                number: "+44 7700 900123".to_owned(),
                standing,
                phone: Field::default(),
                code: Field { error: code, ..Field::default() },
            })
        };
        let two = Self {
            families: vec![card(1, "The Lestari family", false), card(2, "The Jansen family", true)],
            locale: Field::of("id"),
            quiet: true,
            worries_wake: false,
            texts: texts(TextsStanding::Proven, None),
            browsers: browsers(vec![line(1, false), line(2, true)], Field::default()),
            ..first.clone()
        };
        let wrong = Self { quiet_until: Field::wrong("21:00", ErrorCode::QuietHoursLong), ..two.clone() };
        let none = Some(TextsCard {
            number: String::new(),
            standing: TextsStanding::Missing,
            phone: Field::wrong("0812", ErrorCode::PhoneWrong),
            code: Field::default(),
        });
        let faces = [
            none,
            texts(TextsStanding::Asked, None),
            texts(TextsStanding::Asked, Some(ErrorCode::NumberCodeWrong)),
            texts(TextsStanding::NotReached, None),
            texts(TextsStanding::Gone, None),
        ];
        let refused =
            Self { browsers: browsers(Vec::new(), Field::wrong("", ErrorCode::BrowserRefused)), ..first.clone() };
        let texted = faces.map(|texts| Self { texts, ..first.clone() });
        [vec![first.clone(), two, wrong, refused], Vec::from(texted)].concat()
    }
}

/// `/notices/off/{token}`: from a letter, without signing in. A GET only asks for a press of the button, which sends
/// `List-Unsubscribe` as a mail program would: programs that read mail follow links, and must not end a wish.
#[derive(Clone, Debug, Serialize)]
pub struct NoticeOffPage {
    /// The token of the path.
    pub token: String,
    /// What the letter was about.
    pub event: NoticeEvent,
    /// In which family.
    pub family_name: String,
    /// Where the wish stands.
    pub state: OffState,
}

impl Page for NoticeOffPage {
    const TEMPLATE: &'static str = "notice_off";

    fn samples() -> Vec<Self> {
        let page = |(state, event): (&OffState, &NoticeEvent)| Self {
            token: "sample".to_owned(),
            event: *event,
            family_name: "The Lestari family".to_owned(),
            state: *state,
        };
        OffState::ALL.iter().zip(NoticeEvent::ALL).map(page).collect()
    }
}
