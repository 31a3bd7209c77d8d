//! What in a vendor's data is structure rather than content, and may stay: the rules, and nothing else. `stand_ins` walks
//! in. Whatever no rule here knows is replaced.

use jiff::{SignedDuration, Timestamp};

/// A longer key or word is not a programmer's.
const WORD_MAX_CHARS: usize = 80;
/// More digits in a row may be a number or an id of somebody.
const DIGITS_MAX: usize = 4;
/// A moment further away than this is no moment of this call; it may be a birthday.
const NEAR: SignedDuration = SignedDuration::from_hours(24 * 370);

/// The last words of keys whose values are a machine's words, such as `status` or `errorCode`.
const CODED: &[&str] = &[
    "code",
    "direction",
    "error",
    "event",
    "kind",
    "level",
    "medium",
    "method",
    "outcome",
    "phase",
    "reason",
    "result",
    "role",
    "severity",
    "state",
    "status",
    "successful",
    "type",
];
/// The last words of keys whose values are languages.
const LANGUAGES: &[&str] = &["lang", "language", "locale"];
/// The last words of keys whose values are lengths of time or counts.
const AMOUNTS: &[&str] = &["after", "count", "delay", "duration", "ms", "seconds", "secs", "size", "timeout", "ttl"];
/// What occurs in keys below which everything is content, because people name the keys there.
const OPEN: &[&str] = &["collect", "criteria", "custom", "health", "profile", "tool", "variable"];
/// Keys of one capitalised word. Others may be somebody's name.
const CAPITALISED: &[&str] = &[
    "Body",
    "Called",
    "Caller",
    "Code",
    "Date",
    "Digits",
    "Direction",
    "Duration",
    "Event",
    "From",
    "Id",
    "Message",
    "Method",
    "Name",
    "Reason",
    "Result",
    "State",
    "Status",
    "Timestamp",
    "To",
    "Type",
];
/// Response headers that say nothing of anybody.
const PLAIN_HEADERS: &[&str] = &[
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "expires",
    "pragma",
    "retry-after",
    "server",
    "transfer-encoding",
    "vary",
];
/// What occurs in names of settings that should have been credentials.
const SECRET: &[&str] = &["credential", "key", "passphrase", "password", "private", "secret", "signature", "token"];

/// Whether a programmer chose this key.
pub(super) fn is_plain_key(key: &str) -> bool {
    let capitalised = key.starts_with(|c: char| c.is_ascii_uppercase());
    let humps = || key.chars().filter(char::is_ascii_uppercase).count() > 1 || key.contains('-');
    key.len() <= WORD_MAX_CHARS
        && key.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '@' | '$' | '_'))
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'$' | b'_' | b'-' | b'.'))
        && few_digits(key)
        && (!capitalised || humps() || CAPITALISED.contains(&key))
}

/// Whether everything below this key is content.
pub(super) fn is_open(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    OPEN.iter().any(|part| key.contains(part))
}

/// Whether a text under this key is a machine's word, a language or an amount.
pub(super) fn is_plain_value(key: &str, value: &str) -> bool {
    let last = last_word(key);
    let among = |words: &[&str]| words.contains(&last.as_str());
    let code = || {
        value.len() <= WORD_MAX_CHARS
            && few_digits(value)
            && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b':'))
    };
    (among(CODED) && code()) || (among(LANGUAGES) && is_language(value)) || (among(AMOUNTS) && is_amount(value))
}

/// Whether a header's value may stay.
pub(super) fn is_plain_header(name: &str, value: &str) -> bool {
    let dated = || value.len() <= 32 && value.ends_with(" GMT");
    PLAIN_HEADERS.contains(&name.to_ascii_lowercase().as_str())
        && value.len() <= WORD_MAX_CHARS
        && value.is_ascii()
        && (few_digits(value) || is_amount(value) || dated())
}

/// Whether a setting of this name should have been a credential.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|part| name.contains(part))
}

/// A tag such as `en` or `zh-Hant-TW`.
pub(super) fn is_language(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let first =
        parts.next().is_some_and(|part| matches!(part.len(), 2..=3) && part.bytes().all(|b| b.is_ascii_lowercase()));
    first && text.len() <= 16 && parts.all(|part| part.len() <= 8 && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Digits and perhaps a unit: `30`, `1.5s`, `200ms`.
fn is_amount(text: &str) -> bool {
    let number = text.strip_suffix("ms").or_else(|| text.strip_suffix('s')).unwrap_or(text);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    (1..=6).contains(&digits) && number.len() - digits <= 1 && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Whether it is a moment with its time of day, near to the time of the call.
pub(super) fn is_near_moment(text: &str, now: Timestamp) -> bool {
    text.parse::<Timestamp>().is_ok_and(|moment| moment.duration_since(now).abs() < NEAR)
}

/// Whether a number is too small to name anybody, or a moment near to the time of the call in any usual unit.
pub(super) fn is_plain_number(number: &serde_json::Number, now: Timestamp) -> bool {
    let Some(whole) = number.as_i64() else {
        return number.as_f64().is_some_and(|number| number.abs() < 1_000_000.0);
    };
    let moment =
        [1, 1_000, 1_000_000].into_iter().filter_map(|unit| Timestamp::from_microsecond(whole.checked_mul(unit)?).ok());
    whole.abs() < 1_000_000 || moment.into_iter().any(|moment| moment.duration_since(now).abs() < NEAR)
}

fn few_digits(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).all(|run| run.len() <= DIGITS_MAX)
}

/// The last word of `error_code`, `errorCode`, `error-code` and `@code`, in lower case.
fn last_word(key: &str) -> String {
    let tail = key.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let hump = tail
        .char_indices()
        .rev()
        .find(|(at, c)| c.is_ascii_uppercase() && !tail[..*at].ends_with(|c: char| c.is_ascii_uppercase()));
    tail[hump.map_or(0, |(at, _)| at)..].to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_programmers_stay_and_others_do_not() {
        for key in ["conversation_id", "errorCode", "@type", "CallSid", "From", "content-type", "_links", "turn_2"] {
            assert!(is_plain_key(key), "{key}");
        }
        for key in ["Margaret", "+44207946", "margaret hale", "id_123456", "", "名前", "0192a000"] {
            assert!(!is_plain_key(key), "{key}");
        }
    }

    #[test]
    fn words_of_machines_stay_where_machines_write_them() {
        for (key, value) in [
            ("status", "done"),
            ("errorCode", "UNREGISTERED"),
            ("@type", "type.googleapis.com/google.rpc.RetryInfo"),
            ("SipResponseCode", "486"),
            ("call_successful", "success"),
            ("main_language", "zh-Hant"),
            ("retryDelay", "3.5s"),
        ] {
            assert!(is_plain_value(key, value), "{key} = {value}");
        }
        for (key, value) in [
            ("name", "margaret"),
            ("mood", "good"),
            ("reason", "she felt dizzy"),
            ("status", "id-20794601"),
            ("language", "Margaret"),
            ("duration", "20794601"),
            ("", "done"),
        ] {
            assert!(!is_plain_value(key, value), "{key} = {value}");
        }
    }

    #[test]
    fn moments_stay_and_birthdays_do_not() {
        let now: Timestamp = "2026-10-12T08:00:00Z".parse().unwrap();
        assert!(is_near_moment("2026-10-12T09:00:00+02:00", now));
        assert!(!is_near_moment("1941-03-02T00:00:00Z", now) && !is_near_moment("2026-10-12", now));
        for (number, plain) in [
            ("42", true),
            ("3.25", true),
            ("1791792000", true),
            ("1791792000123", true),
            ("442079460123", false),
            ("2079460123", false),
        ] {
            assert_eq!(is_plain_number(&serde_json::from_str(number).unwrap(), now), plain, "{number}");
        }
    }
}
