//! How values that are text in the file become types: addresses of the web, and times of day.

/// A type that is written with `Display` and read with `FromStr`.
pub(super) mod display {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub(in super::super) fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(in super::super) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|reason| D::Error::custom(format_args!("{reason}, found `{text}`")))
    }
}

/// A time of day as `HH:MM`.
pub(super) mod clock_time {
    use jiff::civil::Time;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub(super) fn parse(text: &str) -> Result<Time, String> {
        let digits = |part: &str| {
            (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<i8>().ok())?
        };
        text.split_once(':')
            .and_then(|(hour, minute)| Time::new(digits(hour)?, digits(minute)?, 0, 0).ok())
            .ok_or_else(|| format!("expected a time of day such as \"09:00\", found `{text}`"))
    }

    pub(super) fn format(time: Time) -> String {
        format!("{:02}:{:02}", time.hour(), time.minute())
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's `with` passes references")]
    pub(in super::super) fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format(*time))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A list of times of day.
pub(super) mod clock_times {
    use jiff::civil::Time;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    use super::clock_time;

    pub(in super::super) fn serialize<S: Serializer>(times: &[Time], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(times.iter().copied().map(clock_time::format))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Time>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| clock_time::parse(text).map_err(D::Error::custom)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::clock_time;

    #[test]
    fn a_time_of_day_is_two_digits_colon_two_digits() {
        assert_eq!(clock_time::format(clock_time::parse("07:30").unwrap()), "07:30");
        for bad in ["7:30", "24:00", "09:60", "09:00:00", "noon", "-1:00", ""] {
            assert!(clock_time::parse(bad).is_err(), "{bad}");
        }
    }
}
