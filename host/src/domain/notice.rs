//! Notices: what the people of a family are told of, and by which ways.

use super::AlertKind;
use super::word::word_enum;

word_enum! {
    /// What somebody can be told of.
    NoticeEvent {
        /// They talked: here is the summary.
        Talked = "talked",
        /// A call did not become a talk.
        NotReached = "not_reached",
        /// Something worrying was said.
        Worrying = "worrying",
        /// A week is over: here is how it was.
        Weekly = "weekly",
    }
}

impl NoticeEvent {
    /// What an alert of a family tells of.
    pub fn of_alert(kind: AlertKind) -> Self {
        if kind == AlertKind::Said { Self::Worrying } else { Self::NotReached }
    }

    /// Whether somebody has to look after it: it is told from one contact to the next, and never to nobody.
    pub const fn is_alert(self) -> bool {
        match self {
            Self::Talked | Self::Weekly => false,
            Self::NotReached | Self::Worrying => true,
        }
    }

    /// Whether it is also shown in browsers: what has no page of its own is for reading in a letter.
    pub const fn is_pushed(self) -> bool {
        match self {
            Self::Talked | Self::NotReached | Self::Worrying => true,
            Self::Weekly => false,
        }
    }
}

word_enum! {
    /// How a notice gets to a person.
    NoticeWay {
        /// A letter to their mail address.
        Mail = "mail",
        /// A text message beside the letter, to a number that they have proven.
        Sms = "sms",
        /// A notice in a browser in which they have turned that on.
        Push = "push",
    }
}

impl NoticeWay {
    /// Whether notices go this way to somebody who has not said anything about it.
    pub const fn is_usual(self) -> bool {
        match self {
            // Whoever turns it on in a browser wants to be told there.
            Self::Mail | Self::Push => true,
            Self::Sms => false,
        }
    }

    /// Whether everybody can be told this way: so whoever comes first hears of an alert by it, whatever they want.
    pub const fn reaches_everybody(self) -> bool {
        match self {
            // No account is without an address that was proven.
            Self::Mail => true,
            Self::Sms | Self::Push => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AlertKind, NoticeEvent, NoticeWay};

    #[test]
    fn every_alert_is_of_an_event_that_somebody_has_to_look_after() {
        assert!(AlertKind::ALL.iter().all(|kind| NoticeEvent::of_alert(*kind).is_alert()));
        assert_eq!(NoticeEvent::of_alert(AlertKind::Said), NoticeEvent::Worrying);
        assert!(!NoticeEvent::Talked.is_alert() && !NoticeEvent::Weekly.is_alert());
    }

    #[test]
    fn some_way_reaches_everybody_unasked() {
        assert!(NoticeWay::ALL.iter().any(|way| way.is_usual() && way.reaches_everybody()));
    }
}
