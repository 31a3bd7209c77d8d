//! Which day of the week a date is. `phrases/week` walks in.

/// The day of the week of a date such as `2026-11-18`, counted from Monday. None for what is no date.
pub(crate) fn weekday(date: &str) -> Option<usize> {
    let mut numbers = date.split('-').map(str::parse::<usize>);
    let (year, month, day) = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    let sane = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !sane || numbers.next().is_some() {
        return None;
    }
    // Years begin in March here, so that the leap day is the last day of its year. Day 0 was a Wednesday.
    let year = if month <= 2 { year - 1 } else { year };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + ((month + 9) % 12 * 306 + 5) / 10 + day - 1;
    Some((days + 2) % 7)
}

#[cfg(test)]
mod tests {
    use super::weekday;

    #[test]
    fn days_of_the_week_are_those_of_the_calendar() {
        for (date, day) in [
            ("1970-01-01", 3),
            ("2000-02-29", 1),
            ("2026-11-16", 0),
            ("2026-11-18", 2),
            ("2026-11-22", 6),
            ("2027-01-01", 4),
            ("2100-03-01", 0),
        ] {
            assert_eq!(weekday(date), Some(day), "{date}");
        }
        for text in ["", "2026", "2026-13-01", "2026-00-01", "2026-11-18-1", "2026-11-xx", "0-1-1", "4294967295-1-1"] {
            assert_eq!(weekday(text), None, "{text}");
        }
    }
}
