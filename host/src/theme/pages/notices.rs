//! What one of a family is told of.

use serde::Serialize;

use super::super::{OffState, Page};
use crate::domain::NoticeEvent;

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
