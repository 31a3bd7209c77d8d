//! Mail addresses as people type them.

use lettre::Address;

/// RFC 5321, 4.5.3.1.3: a path has at most 256 octets, two of which are its angle brackets.
const LONGEST_BYTES: usize = 254;

/// The text is not an address that mail can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a mail address")]
pub struct AddressError;

/// Checks an address and brings it into the one form in which it is stored and compared.
///
/// White space around it goes, and all letters become small: mail hosts that tell `Ann@` from `ann@` are
/// unheard of, people who type both are not. Non-ASCII local parts are refused, since many servers can't
/// deliver them; so are quoted local parts and addresses at IP numbers.
pub fn parse_address(text: &str) -> Result<String, AddressError> {
    let text = text.trim().to_lowercase();
    let address: Address = text.parse().map_err(|_| AddressError)?;
    let (user, domain) = (address.user(), address.domain());
    let labels = || domain.split('.');
    let top = labels().next_back().unwrap_or_default();
    let sound = text.len() <= LONGEST_BYTES
        && text.is_ascii()
        && !user.starts_with('"')
        && labels().count() > 1
        && labels().all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
        && !top.bytes().all(|byte| byte.is_ascii_digit())
        && !domain.starts_with('[');
    if sound { Ok(text) } else { Err(AddressError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_out_in_one_form() {
        assert_eq!(parse_address(" Sari.W+calls@Example.ORG ").as_deref(), Ok("sari.w+calls@example.org"));
        assert_eq!(parse_address("wayan@mail.desa.id").as_deref(), Ok("wayan@mail.desa.id"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.org", "a".repeat(250));
        for bad in [
            "",
            "sari",
            "sari@",
            "@example.org",
            "sari@example",
            "sari@@example.org",
            "sari@example..org",
            "sari@-example.org",
            "sari@127.0.0.1",
            "sari@[127.0.0.1]",
            "\"sa ri\"@example.org",
            "sa ri@example.org",
            "Sari <sari@example.org>",
            "sari@example.org, eve@example.org",
            "sari@example.org\r\nBcc: eve@example.org",
            "säri@example.org",
            &long,
        ] {
            assert_eq!(parse_address(bad), Err(AddressError), "{bad}");
        }
    }
}
