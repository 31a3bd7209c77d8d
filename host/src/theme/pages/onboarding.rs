//! Onboarding: family, call method, callee, schedule, and then a paired device or a test call.

use serde::Serialize;

use super::super::samples::{NOW, ZONE, at, callee_id, device};
use super::super::{
    CodeCard, DeviceLine, DeviceMark, ErrorCode, Field, Page, PreviewLine, SlotForm, When, ZoneChoices,
};
use super::callee::CalleeForm;
use crate::domain::CalleeId;
use crate::domain::{CallMethod, DevicePlatform};

/// `/onboarding/family`. Sends `name`, `zone`.
#[derive(Clone, Debug, Serialize)]
pub struct OnboardingFamilyPage {
    /// What the family is called.
    pub name: Field,
    /// The reader's own IANA zone.
    pub zone: Field,
    /// What can be chosen.
    pub zones: ZoneChoices,
}

impl Page for OnboardingFamilyPage {
    const TEMPLATE: &'static str = "onboarding_family";

    fn samples() -> Vec<Self> {
        let page = |name, zone| Self { name, zone, zones: ZoneChoices::few() };
        vec![
            page(Field::default(), Field::of("Europe/Amsterdam")),
            page(Field::wrong("", ErrorCode::TextEmpty), Field::wrong("Mars/Base", ErrorCode::ZoneUnknown)),
        ]
    }
}

/// `/onboarding/method`. Sends `method`: `phone` or `app`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OnboardingMethodPage {
    /// The method chosen so far; empty when none is.
    pub method: Field,
}

impl Page for OnboardingMethodPage {
    const TEMPLATE: &'static str = "onboarding_method";

    fn samples() -> Vec<Self> {
        vec![
            Self::default(),
            Self { method: Field::of("app") },
            Self { method: Field::wrong("", ErrorCode::ChoiceNeeded) },
        ]
    }
}

/// `/onboarding/callee`. Sends the fields of [`CalleeForm`], and `consent` (`yes`).
#[derive(Clone, Debug, Serialize)]
pub struct OnboardingCalleePage {
    /// How the callee will be rung: a number is asked for by phone only.
    pub method: CallMethod,
    /// The callee.
    pub form: CalleeForm,
    /// `yes` when the box is ticked.
    pub consent: Field,
}

impl Page for OnboardingCalleePage {
    const TEMPLATE: &'static str = "onboarding_callee";

    fn samples() -> Vec<Self> {
        let refused = Self {
            method: CallMethod::Phone,
            form: CalleeForm::refused_sample(),
            consent: Field::wrong("", ErrorCode::ConsentNeeded),
        };
        let page = |method| Self { method, form: CalleeForm::sample(), consent: Field::default() };
        vec![page(CallMethod::Phone), page(CallMethod::App), refused]
    }
}

/// `/onboarding/schedule`. Sends what [`super::SchedulePage`] sends.
#[derive(Clone, Debug, Serialize)]
pub struct OnboardingSchedulePage {
    /// Who is rung.
    pub callee_name: String,
    /// The callee's zone.
    pub zone: String,
    /// The three slots.
    pub slots: Vec<SlotForm>,
    /// What is wrong with them together.
    pub error: Option<ErrorCode>,
    /// The next real instants.
    pub preview: Vec<PreviewLine>,
}

impl Page for OnboardingSchedulePage {
    const TEMPLATE: &'static str = "onboarding_schedule";

    fn samples() -> Vec<Self> {
        vec![Self {
            callee_name: "Ibu Sari".to_owned(),
            zone: ZONE.to_owned(),
            slots: super::schedule::slots_sample(),
            error: None,
            preview: super::schedule::preview_sample(),
        }]
    }
}

/// `/onboarding/pairing`, for the app. A new code: POST `/callees/{id}/pairing-codes`; a claimed device: POST
/// `/devices/{id}/confirm` or `/decline`. Live part: `pairing`.
#[derive(Clone, Debug, Serialize)]
pub struct OnboardingPairingPage {
    /// Who is rung.
    pub callee_id: CalleeId,
    /// Their name.
    pub callee_name: String,
    /// The code; none when it ran out.
    pub code: Option<CodeCard>,
    /// The devices that entered a code, or are paired.
    pub devices: Vec<DeviceLine>,
}

impl Page for OnboardingPairingPage {
    const TEMPLATE: &'static str = "onboarding_pairing";
    const FRAGMENTS: &'static [&'static str] = &["pairing"];

    fn samples() -> Vec<Self> {
        let page = |code, devices| Self { callee_id: callee_id(1), callee_name: "Ibu Sari".to_owned(), code, devices };
        let code = CodeCard::new("482913", "https://calls.example/pair#482913", NOW.plus_secs(540), NOW);
        vec![
            page(Some(code.clone()), Vec::new()),
            page(Some(code), vec![device(1, "Galaxy A15", DevicePlatform::Android, DeviceMark::Claimed)]),
            page(None, Vec::new()),
            page(None, vec![device(1, "Galaxy A15", DevicePlatform::Android, DeviceMark::Paired)]),
        ]
    }
}

/// `/onboarding/ready`: all is set. A test call: POST `/callees/{id}/call-now`.
#[derive(Clone, Debug, Serialize)]
pub struct OnboardingReadyPage {
    /// Who is rung.
    pub callee_id: CalleeId,
    /// Their name.
    pub callee_name: String,
    /// How.
    pub method: CallMethod,
    /// The number that will ring, or the device.
    pub target: Option<String>,
    /// The first call.
    pub next: Option<When>,
}

impl Page for OnboardingReadyPage {
    const TEMPLATE: &'static str = "onboarding_ready";

    fn samples() -> Vec<Self> {
        let page = |method, target: Option<&str>, next| Self {
            callee_id: callee_id(1),
            callee_name: "Ibu Sari".to_owned(),
            method,
            target: target.map(str::to_owned),
            next,
        };
        vec![
            page(CallMethod::Phone, Some("+62 812 •••• 4471"), Some(at(280))),
            page(CallMethod::App, Some("Galaxy A15"), Some(at(280))),
            page(CallMethod::App, None, None),
        ]
    }
}
