//! Words about what went wrong: with a field, with a step, with a whole page.

use super::words;

words! {
    /// What is wrong with a field or a step; the codes that services give.
    ErrorCode "error" {
        /// Empty.
        TextEmpty = "text-empty",
        /// Too long.
        TextLong = "text-long",
        /// Not an address.
        EmailWrong = "email-wrong",
        /// The address is not confirmed yet.
        EmailUnconfirmed = "email-unconfirmed",
        /// There is an account with it.
        EmailTaken = "email-taken",
        /// Shorter than the least length.
        PasswordShort = "password-short",
        /// Longer than the most that is hashed.
        PasswordLong = "password-long",
        /// The password is the address.
        PasswordIsEmail = "password-is-email",
        /// Address or password is wrong; which one is not said.
        SignInWrong = "sign-in-wrong",
        /// The session ended.
        SessionEnded = "session-ended",
        /// Too many tries.
        Throttled = "throttled",
        /// By phone a number is needed.
        PhoneNeeded = "phone-needed",
        /// Not a number of the country.
        PhoneWrong = "phone-wrong",
        /// A number that we do not ring: premium, pager, and the like.
        PhoneKind = "phone-kind",
        /// A number that the telephone network does not know.
        PhoneUnknown = "phone-unknown",
        /// A number at which no text message arrives.
        PhoneNoTexts = "phone-no-texts",
        /// Not one of the countries.
        CountryUnknown = "country-unknown",
        /// Not one of the languages.
        LanguageUnknown = "language-unknown",
        /// Not an IANA zone.
        ZoneUnknown = "zone-unknown",
        /// Consent is needed.
        ConsentNeeded = "consent-needed",
        /// Not one of the list.
        ChoiceListed = "choice-listed",
        /// One of the choices is needed.
        ChoiceNeeded = "choice-needed",
        /// Not a time of day.
        SlotsBadTime = "slots-bad-time",
        /// Two slots at one time.
        SlotsSameTime = "slots-same-time",
        /// A slot that is on, on no day.
        SlotsNoDay = "slots-no-day",
        /// More than three slots.
        SlotsTooMany = "slots-too-many",
        /// In the hours when nobody is rung.
        SlotsQuietHours = "slots-quiet-hours",
        /// Quiet hours for most of the day.
        QuietHoursLong = "quiet-hours-long",
        /// Not a date.
        DateWrong = "date-wrong",
        /// Too far ahead.
        DateFar = "date-far",
        /// It ends before it begins.
        PauseOrder = "pause-order",
        /// It would be over already.
        PauseOver = "pause-over",
        /// More pauses than anyone needs.
        PausesMany = "pauses-many",
        /// More messages wait than anyone wants to hear at once.
        MessagesMany = "messages-many",
        /// Not a live code.
        PairingCodeWrong = "pairing-code-wrong",
        /// Not the code that was sent to the number.
        NumberCodeWrong = "number-code-wrong",
        /// Not a browser in which we can tell anybody.
        BrowserRefused = "browser-refused",
        /// The link is used up or too old.
        LinkGone = "link-gone",
        /// The account is no longer there.
        AccountGone = "account-gone",
        /// The way to call comes first.
        MethodFirst = "method-first",
        /// The way to call was changed meanwhile.
        MethodChanged = "method-changed",
        /// Set-up is behind them.
        OnboardingDone = "onboarding-done",
        /// A step is missing.
        OnboardingIncomplete = "onboarding-incomplete",
        /// The device does not wait for an answer any more.
        DeviceNotPending = "device-not-pending",
        /// The device was changed meanwhile.
        DeviceChanged = "device-changed",
        /// A call is on its way already.
        CallNowOpen = "call-now-open",
        /// Another device was faster.
        AnsweredElsewhere = "answered-elsewhere",
        /// The call is over.
        CallOver = "call-over",
        /// It does not ring any more.
        RingOver = "ring-over",
        /// Not understood.
        Invalid = "invalid",
    }

    /// What went wrong with a whole page.
    ErrorKind "problem" {
        /// 400.
        BadRequest = "bad_request",
        /// 403.
        Forbidden = "forbidden",
        /// 404.
        NotFound = "not_found",
        /// 405.
        Method = "method",
        /// 409.
        Conflict = "conflict",
        /// 410.
        Gone = "gone",
        /// 413.
        TooLarge = "too_large",
        /// 422.
        Invalid = "invalid",
        /// 429.
        TooMany = "too_many",
        /// 500.
        Internal = "internal",
        /// 503.
        Unavailable = "unavailable",
    }
}

impl ErrorKind {
    /// The HTTP status code that the page is sent with.
    pub const fn code(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Method => 405,
            Self::Conflict => 409,
            Self::Gone => 410,
            Self::TooLarge => 413,
            Self::Invalid => 422,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }
}
