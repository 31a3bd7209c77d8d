//! The alerts: what a person must look at.

use serde::Serialize;

use super::super::samples;
use super::super::{AckState, AlertLine, Page, When};
use crate::domain::{AlertId, AlertKind, AlertState};

/// `/alerts`. POST `/alerts/{id}/acknowledge` sends no field, `/alerts/{id}/close` sends `note`.
#[derive(Clone, Debug, Serialize)]
pub struct AlertsPage {
    /// Nobody has looked yet; the gravest first.
    pub opened: Vec<AlertLine>,
    /// Seen, not dealt with.
    pub acknowledged: Vec<AlertLine>,
    /// Dealt with, the newest first.
    pub closed: Vec<AlertLine>,
}

/// `/alerts/ack/{token}`: from a letter, without signing in. A GET only asks for a press of the button, a POST without
/// fields: programs that read mail follow links, and must not take an alert in hand.
#[derive(Clone, Debug, Serialize)]
pub struct AlertAckPage {
    /// The token of the path.
    pub token: String,
    /// Why the alert was opened.
    pub kind: AlertKind,
    /// Whom it is about.
    pub callee_name: String,
    /// When it was opened.
    pub opened: When,
    /// Where it stands for the reader.
    pub state: AckState,
    /// Who has taken it in hand.
    pub by: String,
}

impl Page for AlertAckPage {
    const TEMPLATE: &'static str = "alert_ack";

    fn samples() -> Vec<Self> {
        let page = |state: &AckState| Self {
            token: "sample".to_owned(),
            kind: AlertKind::Missed,
            callee_name: "Ibu Sari".to_owned(),
            opened: samples::at(-25),
            state: *state,
            by: "Budi".to_owned(),
        };
        AckState::ALL.iter().map(page).collect()
    }
}

impl Page for AlertsPage {
    const TEMPLATE: &'static str = "alerts";

    fn samples() -> Vec<Self> {
        let moved = |state| {
            let mut alert = samples::alerts().remove(0);
            alert.id = AlertId::default();
            alert.state = state;
            alert.note = (state == AlertState::Closed).then(|| "Called her, she is fine.".to_owned());
            vec![alert]
        };
        vec![
            Self {
                opened: samples::alerts(),
                acknowledged: moved(AlertState::Acknowledged),
                closed: moved(AlertState::Closed),
            },
            Self { opened: Vec::new(), acknowledged: Vec::new(), closed: Vec::new() },
        ]
    }
}
