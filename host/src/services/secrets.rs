//! Secrets: what proves who someone is. Sessions, links, devices and pairing codes are made here.
//!
//! A secret leaves the house once, in clear; what stays is its SHA-256. That is enough for
//! secrets of 256 random bits, which nobody can guess; passwords have [`super::passwords`].

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::error::ServiceError;

/// Codes of six digits.
const CODES: u32 = 1_000_000;
/// Draws from here on are thrown away, so that every code is equally likely.
const FAIR_DRAWS: u32 = u32::MAX - u32::MAX % CODES;

/// A secret that was just made, and what to keep of it.
pub(crate) struct NewSecret {
    /// In clear, as base64url: for its owner only.
    pub(crate) text: String,
    /// For the database.
    pub(crate) hash: Vec<u8>,
}

/// Makes a secret of 256 random bits.
pub(crate) fn new_secret() -> Result<NewSecret, ServiceError> {
    let text = URL_SAFE_NO_PAD.encode(random::<32>()?);
    let hash = hash(&text);
    Ok(NewSecret { text, hash })
}

/// What is kept of a secret.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// A code of six digits, each of the million equally likely.
pub(crate) fn six_digits() -> Result<String, ServiceError> {
    loop {
        let draw = u32::from_le_bytes(random()?);
        if draw < FAIR_DRAWS {
            return Ok(format!("{:06}", draw % CODES));
        }
    }
}

/// Compares in a time that does not tell where the difference is.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// Bytes from the system's secure source.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], ServiceError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| ServiceError::Unavailable("randomness"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{hash, new_secret, same, six_digits};

    #[test]
    fn a_secret_is_256_bits_and_never_twice_the_same() {
        let (a, b) = (new_secret().unwrap(), new_secret().unwrap());
        assert_eq!(a.text.len(), 43);
        assert_ne!(a.text, b.text);
        assert!(same(&a.hash, &hash(&a.text)));
        assert!(!same(&a.hash, &b.hash));
    }

    #[test]
    fn a_code_is_six_digits_with_leading_zeros() {
        let mut first_digits = [0_u32; 10];
        for _ in 0..2_000 {
            let code = six_digits().unwrap();
            assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
            first_digits[usize::from(code.as_bytes()[0] - b'0')] += 1;
        }
        assert!(first_digits.iter().all(|&count| count > 100), "{first_digits:?}");
    }
}
