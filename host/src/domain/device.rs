//! Devices: the callee's phones, tablets and browsers.

use super::word::word_enum;

word_enum! {
    /// How far a device's pairing got.
    DeviceState {
        /// It claimed a code; the family has not confirmed it. It never rings.
        Pending = "pending",
        /// Confirmed by the family: it rings.
        Active = "active",
        /// Declined, replaced or un-paired.
        Revoked = "revoked",
    }
}

word_enum! {
    /// What kind of device it is, which says how it is rung.
    DevicePlatform {
        /// Android, by FCM.
        Android = "android",
        /// iOS, by APNs VoIP.
        Ios = "ios",
        /// A browser, by Web Push.
        Browser = "browser",
    }
}
