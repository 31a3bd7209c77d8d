//! The callee's page: what the companion knows, and how the callee is rung.

use serde::Serialize;

use super::super::samples::{ZONE, at, call_id, callee_id};
use super::super::{COUNTRIES, Country, ErrorCode, Field, LANGUAGES, Language, Page, When, ZoneChoices};
use crate::domain::{CallId, CallMethod, CalleeId, FamilyMessageId};

/// What is asked about a callee. Sends `name`, `address_form`, `country` (ISO code) and `phone` (by phone only),
/// `language` (BCP 47), `zone` (IANA), `interests`.
#[derive(Clone, Debug, Serialize)]
pub struct CalleeForm {
    /// Their name.
    pub name: Field,
    /// How the companion speaks to them: "Ibu Sari", "Opa".
    pub address_form: Field,
    /// ISO 3166-1 code of the number's country.
    pub country: Field,
    /// The number as typed.
    pub phone: Field,
    /// The language of the talks.
    pub language: Field,
    /// Their zone.
    pub zone: Field,
    /// What they like to talk about, in a few words.
    pub interests: Field,
    countries: &'static [Country],
    languages: &'static [Language],
    zones: ZoneChoices,
}

impl CalleeForm {
    /// An empty form, set to the country, language and zone that are likely.
    pub fn new(country: &str, language: &str, zone: &str) -> Self {
        Self {
            name: Field::default(),
            address_form: Field::default(),
            country: Field::of(country),
            phone: Field::default(),
            language: Field::of(language),
            zone: Field::of(zone),
            interests: Field::default(),
            countries: COUNTRIES,
            languages: LANGUAGES,
            zones: ZoneChoices::all(),
        }
    }

    /// Whether any field was refused.
    pub fn refused(&self) -> bool {
        let fields =
            [&self.name, &self.address_form, &self.country, &self.phone, &self.language, &self.zone, &self.interests];
        fields.iter().any(|field| field.error.is_some())
    }

    pub(super) fn sample() -> Self {
        Self {
            name: Field::of("Sari Wulandari"),
            address_form: Field::of("Ibu Sari"),
            phone: Field::of("812 5550 4471"),
            interests: Field::of("Orchids, keroncong songs, her grandchildren Bima and Ayu"),
            zones: ZoneChoices::few(),
            ..Self::new("ID", "id", ZONE)
        }
    }

    pub(super) fn refused_sample() -> Self {
        Self {
            name: Field::wrong("", ErrorCode::TextEmpty),
            phone: Field::wrong("12", ErrorCode::PhoneWrong),
            zone: Field::wrong("Mars/Base", ErrorCode::ZoneUnknown),
            ..Self::sample()
        }
    }
}

/// What the family leaves to be told.
#[derive(Clone, Debug, Serialize)]
pub struct MessageLine {
    /// The message's id.
    pub id: FamilyMessageId,
    /// Who left it; none when they are gone.
    pub from: Option<String>,
    /// What is to be told.
    pub text: String,
    /// When it was left.
    pub written: When,
    /// When the companion had it in a talk.
    pub told: Option<When>,
    /// The call of that talk.
    pub call: Option<CallId>,
}

/// `/callees/{id}`. Five forms, told apart by `intent`: `profile` sends the fields of [`CalleeForm`], `message` sends
/// `message`, `take-back` sends the id of one in `message`, `method` sends `method`, `consent` sends `consent` (`yes`).
#[derive(Clone, Debug, Serialize)]
pub struct CalleePage {
    /// Who.
    pub id: CalleeId,
    /// Their name, as it is stored.
    pub name: String,
    /// How they are rung.
    pub method: CallMethod,
    /// What can be changed.
    pub form: CalleeForm,
    /// When the family gave consent.
    pub consent: Option<When>,
    /// The sentence that they agreed to, as it was shown.
    pub consent_wording: Option<String>,
    /// Messages that wait to be told, the newest first.
    pub waiting: Vec<MessageLine>,
    /// Messages that were told last, the newest first.
    pub told: Vec<MessageLine>,
    /// Whether one still waits after a talk.
    pub is_passed_over: bool,
    /// A message as it is typed.
    pub message: Field,
    /// Whether so many wait that none can be left.
    pub is_full: bool,
    /// Whether the reader may change anything.
    pub may_edit: bool,
    /// What is wrong with the consent that was sent.
    pub consent_error: Option<ErrorCode>,
    /// What is wrong with the chosen method.
    pub method_error: Option<ErrorCode>,
}

impl Page for CalleePage {
    const TEMPLATE: &'static str = "callee";

    fn samples() -> Vec<Self> {
        let line = |number, text: &str, told: Option<When>| MessageLine {
            id: FamilyMessageId(uuid::Uuid::from_u128(number)),
            from: (number > 1).then(|| "Maya".to_owned()),
            text: text.to_owned(),
            written: at(-3_000),
            call: told.is_some().then(|| call_id(1)),
            told,
        };
        let page = |method, may_edit| Self {
            id: callee_id(1),
            name: "Ibu Sari".to_owned(),
            method,
            form: CalleeForm::sample(),
            consent: Some(at(-40_000)),
            consent_wording: Some("Ibu Sari knows about these calls and agrees to them.".to_owned()),
            waiting: vec![line(3, "Bima passed his exam!", None), line(1, "We come on Sunday at ten.", None)],
            told: vec![line(2, "The roof is mended.", Some(at(-1_500)))],
            is_passed_over: false,
            message: Field::default(),
            is_full: false,
            may_edit,
            consent_error: None,
            method_error: None,
        };
        let unclear = Self {
            waiting: Vec::new(),
            told: Vec::new(),
            message: Field::wrong("", ErrorCode::TextEmpty),
            consent: None,
            consent_error: Some(ErrorCode::ConsentNeeded),
            consent_wording: None,
            form: CalleeForm::refused_sample(),
            method_error: Some(ErrorCode::PhoneNeeded),
            ..page(CallMethod::Phone, true)
        };
        let full = Self { is_full: true, is_passed_over: true, ..page(CallMethod::App, true) };
        vec![page(CallMethod::App, true), page(CallMethod::Phone, true), page(CallMethod::App, false), unclear, full]
    }
}
