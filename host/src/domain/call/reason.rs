//! Why a call came to its outcome, and what that means for another try.

use super::super::word::word_enum;
use super::{CallMethod, CallState};

word_enum! {
    /// Why a call ended as it did, or why one of its tries came to nothing. The words are keys of the Fluent files
    /// (`reason-<reason>`).
    CallReason {
        /// Nobody picked up.
        NoAnswer = "no_answer",
        /// The line was busy.
        Busy = "busy",
        /// The callee pressed decline.
        Declined = "declined",
        /// A machine picked up.
        Voicemail = "voicemail",
        /// Picked up, and nothing was said.
        AnsweredSilent = "answered_silent",
        /// Picked up, and the talk never began.
        NeverConnected = "never_connected",
        /// Its ring window was over before it could be sent.
        TooLate = "too_late",
        /// It could not be rung in its time.
        NotRungInTime = "not_rung_in_time",
        /// The host was down at its time.
        HostWasDown = "host_was_down",
        /// No report of the talk ever came.
        NoResult = "no_result",
        /// The talk could not begin.
        ProviderFailed = "provider_failed",
        /// The vendor could not ring.
        VendorFailed = "vendor_failed",
        /// The vendor does not say what became of it.
        VendorSilent = "vendor_silent",
        /// The vendor never got it.
        VendorLost = "vendor_lost",
        /// The vendor had not dialled by the end of the window.
        VendorLate = "vendor_late",
        /// The family changed the schedule.
        ScheduleChanged = "schedule_changed",
        /// The vendor had no room.
        VendorBusy = "vendor_busy",
        /// The way to ring kept failing, and was left alone for a while.
        ChannelResting = "channel_resting",
        /// The vendor took it back.
        VendorCanceled = "vendor_canceled",
        /// The vendor refused it.
        Refused = "refused",
        /// The operator must mend something: a setting, a credential, an account without credit.
        Misconfigured = "misconfigured",
        /// The device can no longer be reached.
        AddressGone = "address_gone",
        /// The device is one that says when it rings, and did not.
        DeviceSilent = "device_silent",
        /// No device is paired.
        NoDevice = "no_device",
        /// No phone number is on record.
        NoPhone = "no_phone",
        /// No consent is on record.
        NoConsent = "no_consent",
        /// No plugin that could ring is on.
        NoChannel = "no_channel",
    }
}

/// What another try could change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnotherTry {
    /// Nobody picked up, or the device is off: that may change in a while, as the family wishes.
    Later,
    /// The line was busy: they are at home, and free again soon.
    WhenFree,
    /// A vendor was in the way: as soon as it may have recovered.
    WhenMended,
    /// Nothing, or too much: somebody must act, it may have rung already, or the callee has said no.
    Never,
}

impl CallReason {
    /// The outcome of a call whose last try ended for this reason.
    pub fn outcome(self) -> CallState {
        use CallReason as R;
        match self {
            R::NoAnswer => CallState::Missed,
            R::Busy => CallState::Busy,
            R::Declined => CallState::Declined,
            R::Voicemail => CallState::Voicemail,
            R::AnsweredSilent => CallState::Completed,
            R::ScheduleChanged | R::VendorCanceled => CallState::Canceled,
            R::TooLate | R::NotRungInTime | R::HostWasDown => CallState::Expired,
            R::NeverConnected
            | R::NoResult
            | R::ProviderFailed
            | R::VendorFailed
            | R::VendorSilent
            | R::VendorLost
            | R::VendorLate
            | R::VendorBusy
            | R::ChannelResting
            | R::Refused
            | R::Misconfigured
            | R::AddressGone
            | R::DeviceSilent
            | R::NoDevice
            | R::NoPhone
            | R::NoConsent
            | R::NoChannel => CallState::Failed,
        }
    }

    /// What another try could change, after a try of this method ended for this reason.
    pub fn another_try(self, method: CallMethod) -> AnotherTry {
        use CallReason as R;
        match self {
            R::NoAnswer | R::NeverConnected | R::DeviceSilent => AnotherTry::Later,
            R::Busy => AnotherTry::WhenFree,
            R::ProviderFailed | R::VendorFailed | R::VendorBusy | R::VendorLost | R::ChannelResting => {
                AnotherTry::WhenMended
            }
            // A phone call that nobody knows of may have rung: dialling it again could ring twice.
            R::VendorSilent if method == CallMethod::App => AnotherTry::WhenMended,
            R::VendorSilent
            | R::VendorLate
            | R::Declined
            | R::Voicemail
            | R::AnsweredSilent
            | R::TooLate
            | R::NotRungInTime
            | R::HostWasDown
            | R::NoResult
            | R::ScheduleChanged
            | R::VendorCanceled
            | R::Refused
            | R::Misconfigured
            | R::AddressGone
            | R::NoDevice
            | R::NoPhone
            | R::NoConsent
            | R::NoChannel => AnotherTry::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AnotherTry, CallMethod, CallReason};

    #[test]
    fn every_reason_ends_a_call() {
        for &reason in CallReason::ALL {
            assert!(reason.outcome().is_outcome(), "{reason}");
        }
    }

    #[test]
    fn who_has_said_no_or_may_have_been_rung_is_left_alone() {
        for reason in [CallReason::Declined, CallReason::Voicemail, CallReason::NoConsent, CallReason::VendorLate] {
            assert_eq!(reason.another_try(CallMethod::Phone), AnotherTry::Never, "{reason}");
        }
        assert_eq!(CallReason::VendorSilent.another_try(CallMethod::Phone), AnotherTry::Never);
        assert_eq!(CallReason::VendorSilent.another_try(CallMethod::App), AnotherTry::WhenMended);
    }
}
