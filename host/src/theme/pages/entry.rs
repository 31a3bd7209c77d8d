//! The pages before the house: landing, sign-up, sign-in, the mails' landing places, and the first set-up.

use serde::Serialize;

use super::super::{ConfirmState, ErrorCode, Field, Page};

/// `/`: what Callpanion is.
#[derive(Clone, Debug, Serialize)]
pub struct LandingPage {
    /// Whether anybody may sign up here.
    pub open: bool,
}

impl Page for LandingPage {
    const TEMPLATE: &'static str = "landing";

    fn samples() -> Vec<Self> {
        vec![Self { open: true }, Self { open: false }]
    }
}

/// `/sign-up`. Sends `name`, `email`, `password`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SignUpPage {
    /// The person's name.
    pub name: Field,
    /// Their address.
    pub email: Field,
    /// Never filled in again; only its error is shown.
    pub password: Field,
}

impl Page for SignUpPage {
    const TEMPLATE: &'static str = "sign_up";

    fn samples() -> Vec<Self> {
        let refused = Self {
            name: Field::of("Dewi Lestari"),
            email: Field::wrong("dewi@", ErrorCode::EmailWrong),
            password: Field::wrong("", ErrorCode::PasswordShort),
        };
        vec![Self::default(), refused]
    }
}

/// `/sign-in`. Sends `email`, `password`, `next`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SignInPage {
    /// Their address.
    pub email: Field,
    /// What went wrong.
    pub error: Option<ErrorCode>,
    /// The path to go on to; `web` takes only its own paths.
    pub next: String,
}

impl Page for SignInPage {
    const TEMPLATE: &'static str = "sign_in";

    fn samples() -> Vec<Self> {
        let refused = Self {
            email: Field::of("dewi@family.example"),
            error: Some(ErrorCode::SignInWrong),
            next: "/calls".to_owned(),
        };
        vec![Self::default(), refused]
    }
}

/// After sign-up: look into your mail.
#[derive(Clone, Debug, Serialize)]
pub struct CheckMailPage {
    /// Where the mail went.
    pub email: String,
}

impl Page for CheckMailPage {
    const TEMPLATE: &'static str = "check_mail";

    fn samples() -> Vec<Self> {
        vec![Self { email: "dewi@family.example".to_owned() }]
    }
}

/// `/confirm/{token}`. A GET only asks for a press of the button, a POST without fields: programs that read mail
/// follow links, and must not use the link up.
#[derive(Clone, Debug, Serialize)]
pub struct ConfirmedPage {
    /// How far it is.
    pub state: ConfirmState,
    /// The token of the path.
    pub token: String,
}

impl Page for ConfirmedPage {
    const TEMPLATE: &'static str = "confirm_email";

    fn samples() -> Vec<Self> {
        ConfirmState::ALL.iter().map(|state| Self { state: *state, token: "sample".to_owned() }).collect()
    }
}

/// `/forgot`. Sends `email`. The answer is the same whether the address is known or not.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ForgotPage {
    /// Their address.
    pub email: Field,
    /// Whether the mail was asked for.
    pub sent: bool,
}

impl Page for ForgotPage {
    const TEMPLATE: &'static str = "forgot_password";

    fn samples() -> Vec<Self> {
        vec![Self::default(), Self { email: Field::of("dewi@family.example"), sent: true }]
    }
}

/// `/reset/{token}`. Sends `password`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ResetPage {
    /// The token of the path.
    pub token: String,
    /// Only its error is shown.
    pub password: Field,
    /// Whether the link is used up or too old.
    pub expired: bool,
}

impl Page for ResetPage {
    const TEMPLATE: &'static str = "reset_password";

    fn samples() -> Vec<Self> {
        let fresh = Self { token: "sample".to_owned(), ..Self::default() };
        let refused = Self { password: Field::wrong("", ErrorCode::PasswordIsEmail), ..fresh.clone() };
        vec![fresh, refused, Self { expired: true, ..Self::default() }]
    }
}

/// `/setup/{token}`: the first staff account. Sends `name`, `email`, `password`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SetupPage {
    /// The token of the path.
    pub token: String,
    /// The person's name.
    pub name: Field,
    /// Their address.
    pub email: Field,
    /// Only its error is shown.
    pub password: Field,
}

impl Page for SetupPage {
    const TEMPLATE: &'static str = "setup";

    fn samples() -> Vec<Self> {
        let fresh = Self { token: "sample".to_owned(), ..Self::default() };
        vec![fresh.clone(), Self { name: Field::wrong("", ErrorCode::TextEmpty), ..fresh }]
    }
}
