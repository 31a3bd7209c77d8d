//! The alerts: what a person must look at.

use serde::Serialize;

use super::super::samples;
use super::super::{AlertLine, Page};
use crate::domain::{AlertId, AlertState};

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
