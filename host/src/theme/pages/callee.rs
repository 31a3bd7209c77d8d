//! The callee's page: what the companion knows, and how the callee is rung.

use serde::Serialize;

use super::super::samples::{ZONE, at, callee_id};
use super::super::{COUNTRIES, Country, ErrorCode, Field, LANGUAGES, Language, Page, When, ZoneChoices};
use crate::domain::CallMethod;
use crate::domain::CalleeId;

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

/// `/callees/{id}`. Three forms, told apart by `intent`: `profile` sends the fields of [`CalleeForm`], `method` sends
/// `method`, `consent` sends `consent` (`yes`).
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
        let page = |method, may_edit| Self {
            id: callee_id(1),
            name: "Ibu Sari".to_owned(),
            method,
            form: CalleeForm::sample(),
            consent: Some(at(-40_000)),
            consent_wording: Some("Ibu Sari knows about these calls and agrees to them.".to_owned()),
            may_edit,
            consent_error: None,
            method_error: None,
        };
        let unclear = Self {
            consent: None,
            consent_error: Some(ErrorCode::ConsentNeeded),
            consent_wording: None,
            form: CalleeForm::refused_sample(),
            method_error: Some(ErrorCode::PhoneNeeded),
            ..page(CallMethod::Phone, true)
        };
        vec![page(CallMethod::App, true), page(CallMethod::Phone, true), page(CallMethod::App, false), unclear]
    }
}
