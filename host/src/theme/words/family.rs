//! Words about a family's pages: devices, "call now", notices.

use super::words;

words! {
    /// Where a device stands, as the family sees it.
    DeviceMark "device" {
        /// Entered the code; waits for the family's yes.
        Claimed = "claimed",
        /// Rings.
        Paired = "paired",
        /// Paired, but not heard of for long.
        Silent = "silent",
        /// Paired, but its push address is dead or missing.
        Unreachable = "unreachable",
        /// Taken off.
        Unpaired = "unpaired",
    }

    /// Whether "call now" can be pressed, and if not, why.
    CallNow "callnow" {
        /// It can.
        Ready = "ready",
        /// A call is on its way or running.
        Busy = "busy",
        /// No device is paired.
        NoDevice = "no_device",
        /// No phone number is on record.
        NoPhone = "no_phone",
        /// No consent is on record.
        NoConsent = "no_consent",
    }

    /// Where the confirmation of an address stands.
    ConfirmState "confirm" {
        /// The button waits to be pressed.
        Asked = "asked",
        /// The link is too old or was used.
        Failed = "failed",
    }

    /// Where an alert stands for whoever follows the link of a letter.
    AckState "ack" {
        /// The button waits to be pressed.
        Asked = "asked",
        /// The reader has pressed it.
        Yours = "yours",
        /// Somebody else has taken it in hand.
        Taken = "taken",
        /// It is dealt with.
        Closed = "closed",
    }

    /// Where a wish for letters stands for whoever follows the link of one.
    OffState "off" {
        /// The button waits to be pressed.
        Asked = "asked",
        /// No more of them come.
        Done = "done",
        /// They have to come while the reader is told first.
        Must = "must",
    }

    /// What just happened, said once above the next page.
    Flash "flash" {
        /// Saved.
        Saved = "saved",
        /// A message waits for the next talk.
        MessageLeft = "message-left",
        /// The address is confirmed.
        EmailConfirmed = "email_confirmed",
        /// The password is changed.
        PasswordChanged = "password_changed",
        /// Signed out.
        SignedOut = "signed_out",
        /// The first staff account exists.
        SetupDone = "setup_done",
        /// A call is on its way.
        CallStarted = "call_started",
        /// A call is running already.
        CallBusy = "call_busy",
        /// There is nothing to ring.
        CallUnreachable = "call_unreachable",
        /// No consent is on record.
        CallNoConsent = "call_no_consent",
        /// A new code is ready.
        CodeMade = "code_made",
        /// Paired.
        DevicePaired = "device_paired",
        /// Not theirs.
        DeviceDeclined = "device_declined",
        /// Taken off.
        DeviceUnpaired = "device_unpaired",
        /// Seen.
        AlertAcknowledged = "alert_acknowledged",
        /// Dealt with.
        AlertClosed = "alert_closed",
        /// An admin says that something is mended.
        TroubleClosed = "trouble_closed",
        /// The method is changed.
        MethodChanged = "method_changed",
        /// How often a callee is tried is chosen.
        RetriesSet = "retries_set",
        /// A pause is made.
        PauseMade = "pause_made",
        /// A pause is over.
        PauseEnded = "pause_ended",
        /// One call is left out.
        CallSkipped = "call_skipped",
        /// It is wanted after all.
        CallWanted = "call_wanted",
        /// Somebody else was faster.
        LostRace = "lost_race",
    }
}

impl Flash {
    /// Whether it tells of something that did not happen.
    pub const fn is_refusal(self) -> bool {
        matches!(self, Self::CallBusy | Self::CallUnreachable | Self::CallNoConsent | Self::LostRace)
    }
}
