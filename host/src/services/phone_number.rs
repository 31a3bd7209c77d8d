//! Phone numbers: from what a family types to E.164, and back to what a family reads.

use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, Type, country};

use super::error::ServiceError;

/// Reads a number as it is written in `country` (ISO 3166 alpha-2), or with its `+` and country code, and gives E.164.
///
/// Refused are numbers that cannot exist, and kinds that a person does not live behind: dialling
/// premium and shared-cost numbers is how a stolen account turns into money.
pub fn parse(text: &str, country: &str) -> Result<String, ServiceError> {
    let refused = |field, code| ServiceError::Invalid { field, code };
    let country: Option<country::Id> = match country.trim() {
        "" => None,
        code => Some(code.to_ascii_uppercase().parse().map_err(|_| refused("country", "country-unknown"))?),
    };
    let number = phonenumber::parse(country, text.trim()).map_err(|_| refused("phone", "phone-wrong"))?;
    if !number.is_valid() || number.extension().is_some() {
        return Err(refused("phone", "phone-wrong"));
    }
    match number.number_type(&DATABASE) {
        Type::FixedLine | Type::Mobile | Type::FixedLineOrMobile | Type::Voip | Type::PersonalNumber => {
            Ok(number.format().mode(Mode::E164).to_string())
        }
        _ => Err(refused("phone", "phone-kind")),
    }
}

/// A stored number with the spaces that people expect: `+62 812-3456-7890`.
pub fn display(e164: &str) -> String {
    phonenumber::parse(None, e164)
        .map_or_else(|_| e164.to_owned(), |number| number.format().mode(Mode::International).to_string())
}

/// The country (ISO 3166 alpha-2) of a stored number, to preselect it in a form.
pub fn country_of(e164: &str) -> Option<String> {
    let number = phonenumber::parse(None, e164).ok()?;
    number.country().id().map(|id| id.as_ref().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{country_of, display, parse};

    #[test]
    fn a_number_becomes_e164_for_its_country() {
        // Numbers that the regulators keep free for examples, where there are such.
        let cases = [
            ("0812-3456-7890", "ID", "+6281234567890"),
            ("(021) 7123 4567", "id", "+622171234567"),
            ("020 7946 0123", "GB", "+442079460123"),
            ("+44 20 7946 0123", "ID", "+442079460123"),
            ("+44 20 7946 0123", "", "+442079460123"),
            ("0044 20 7946 0123", "DE", "+442079460123"),
        ];
        for (text, country, e164) in cases {
            assert_eq!(parse(text, country).unwrap(), e164, "{text} {country}");
        }
    }

    #[test]
    fn a_number_that_nobody_answers_is_refused() {
        let cases = [
            ("", "ID"),
            ("12", "ID"),
            ("112", "ID"),
            ("call me", "ID"),
            ("0812-3456-7890", "XX"),
            ("0812-3456-7890", ""),
            ("+62", "ID"),
            ("+999 123456789", "ID"),
            // Premium rate.
            ("0909 8790000", "GB"),
            ("+1 900 555 0123", "US"),
            ("020 7946 0123 ext. 5", "GB"),
        ];
        for (text, country) in cases {
            assert!(parse(text, country).is_err(), "{text} {country}");
        }
    }

    #[test]
    fn a_number_is_shown_with_spaces() {
        assert_eq!(display("+442079460123"), "+44 20 7946 0123");
        assert_eq!(display("unreadable"), "unreadable");
        assert_eq!(country_of("+6281234567890").as_deref(), Some("ID"));
    }
}
