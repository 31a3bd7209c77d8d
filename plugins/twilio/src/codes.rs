//! Twilio's error codes, by what somebody has to do about them. `message` and `callback` walk in; it calls nobody.
//!
//! From Twilio's error dictionary (www.twilio.com/docs/api/errors). Twilio keeps splitting codes, so one that is not known here
//! is no more than its number.

/// What a code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Nothing ever arrives there: the number is dead, is no mobile, or its owner wants no more.
    Dead(&'static str),
    /// Only the operator can mend it; how.
    Operators(&'static str),
    /// It may work later.
    Later(&'static str),
    /// It did not work this time.
    Failed(&'static str),
}

/// What the code means, if it is known.
pub(crate) fn meaning(code: u32) -> Option<Meaning> {
    use Meaning::{Dead, Failed, Later, Operators};
    Some(match code {
        20003 => Operators("Twilio does not accept credential `account`: check its SID and token, or make a new key"),
        20005 | 20403 | 30002 => Operators("the Twilio account is suspended: look at it in the Twilio console"),
        20008 => Operators("these are test credentials of Twilio, which may not do this: use those of the account"),
        20404 => Operators("Twilio does not know what is asked of: check `account_sid` and the URLs of the settings"),
        20429 | 21611 | 30001 => Later("Twilio has too much to send"),
        21211 | 21217 => Dead("it is no phone number"),
        21214 | 30005 => Dead("nobody has this number"),
        21614 | 30006 => Dead("no text message reaches this number: it is a landline, or its network takes none"),
        21610 => Dead("its owner has answered STOP"),
        21210 | 21212 | 21603 | 21606 | 21659 => {
            Operators("the number in `from` may not send: take one of your Twilio account that can send text messages")
        }
        21701 | 21703 | 21704 => {
            Operators("the messaging service cannot send: check `messaging_service_sid`, and that it has a sender")
        }
        21408 => Operators("texts to this country are off: switch it on in Twilio's messaging geo permissions"),
        21219 | 21608 => Operators("a trial account of Twilio only sends to numbers verified there: upgrade it"),
        30034 => Operators("the sending number is not registered for the USA (A2P 10DLC): register it at Twilio"),
        21609 => Operators("Twilio cannot reach this host: set `public_url` to an address of the open internet"),
        30032 => Operators("the toll-free sending number is not verified: have Twilio verify it"),
        21216 | 30004 => Failed("the number is blocked"),
        21612 => Failed("no way leads from the sending number to this one"),
        30003 => Failed("the phone is off or out of reach"),
        30007 => Failed("the network took it for spam"),
        30008 => Failed("the network gives no reason"),
        30036 => Failed("it was not delivered in time"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_about_the_number_itself_retires_it() {
        let dead: Vec<u32> = (0..70_000).filter(|code| matches!(meaning(*code), Some(Meaning::Dead(_)))).collect();
        assert_eq!(dead, [21211, 21214, 21217, 21610, 21614, 30005, 30006]);
    }

    #[test]
    fn each_code_of_a_text_message_is_in_its_group() {
        let group = |code: u32| match meaning(code) {
            Some(Meaning::Dead(_)) => "dead",
            Some(Meaning::Operators(_)) => "the operator's",
            Some(Meaning::Later(_)) => "later",
            Some(Meaning::Failed(_)) => "failed",
            None => "unknown",
        };
        for (codes, expected) in [
            // The credential and the account.
            (&[20003, 20404, 20005, 30002][..], "the operator's"),
            (&[20429, 21611, 30001][..], "later"),
            (&[21211, 21217, 21214, 21614, 30005, 30006][..], "dead"),
            // Who sends.
            (&[21210, 21212, 21606, 30034][..], "the operator's"),
            // Where one may send to.
            (&[21408, 21219, 21608][..], "the operator's"),
            (&[21610][..], "dead"),
            (&[21216, 21612, 30003, 30004, 30007, 30008][..], "failed"),
        ] {
            for code in codes {
                assert_eq!(group(*code), expected, "{code}");
            }
        }
    }

    #[test]
    fn what_the_operator_has_to_mend_is_never_tried_again() {
        for code in [20003, 21408, 21606, 21608, 30034] {
            assert!(matches!(meaning(code), Some(Meaning::Operators(_))), "{code}");
        }
        assert_eq!(meaning(99_999), None);
    }
}
