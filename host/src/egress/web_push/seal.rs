//! Sealing: the body of a message that one reader can open (RFC 8291, in the coding `aes128gcm` of RFC 8188). It calls
//! nobody.

use hkdf::Hkdf;
use p256::SecretKey;
use p256::ecdh::{SharedSecret, diffie_hellman};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sha2::Sha256;

use super::draw;
use super::subscription::{POINT_BYTES, Reader};

const SALT_BYTES: usize = 16;
const TAG_BYTES: usize = 16;
/// No push service needs to take a longer body (RFC 8030, 7.2). All of it is one record.
const BODY_MAX_BYTES: usize = 4_096;
/// The same, as the body's header says it: a record may be so long.
const RECORD_BYTES: [u8; 4] = [0, 0, 0x10, 0];
/// What stands before the record: salt, length of a record, length of the key, key.
const HEADER_BYTES: usize = SALT_BYTES + 4 + 1 + POINT_BYTES;
/// After the text of the last record; what follows is padding.
const END: u8 = 2;
/// The longest text.
const TEXT_MAX_BYTES: usize = BODY_MAX_BYTES - HEADER_BYTES - 1 - TAG_BYTES;
/// Texts are filled up to a multiple of this, so that their lengths tell a push service little.
const STEP_BYTES: usize = 256;

/// What is drawn for one message and serves for no other: the salt, and the sender's key pair.
pub struct Once {
    salt: [u8; SALT_BYTES],
    key: SecretKey,
}

/// Why a message cannot be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsealed {
    /// Push services need not take it.
    #[error("the body is longer than {TEXT_MAX_BYTES} bytes, and no push service must take more")]
    TooLong,
    /// The cipher did not do it.
    #[error("the body could not be encrypted")]
    Cipher,
}

impl Once {
    /// From the system's secure source.
    pub fn draw() -> Result<Self, getrandom::Error> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt)?;
        Ok(Self { salt, key: draw()? })
    }
}

/// Seals `text` for `reader`: the body of a request with `content-encoding: aes128gcm`.
pub fn seal(text: &[u8], reader: &Reader, once: &Once) -> Result<Vec<u8>, Unsealed> {
    let filled = text.len().next_multiple_of(STEP_BYTES).min(TEXT_MAX_BYTES);
    seal_filled(text, filled, reader, once)
}

/// The same, filled up to so many bytes.
fn seal_filled(text: &[u8], filled: usize, reader: &Reader, once: &Once) -> Result<Vec<u8>, Unsealed> {
    let sender = once.key.public_key().to_encoded_point(false);
    let shared: SharedSecret = diffie_hellman(once.key.to_nonzero_scalar(), reader.point.as_affine());
    let point = reader.point.to_encoded_point(false);
    let info: [&[u8]; 3] = [b"WebPush: info\0", point.as_bytes(), sender.as_bytes()];
    let secret: [u8; 32] = derive(&reader.auth, shared.raw_secret_bytes(), &info);
    encrypt(text, filled, (&secret, sender.as_bytes()), &once.salt)
}

/// One record and its header (RFC 8188, 2). `key` is the secret, and how the header names it.
fn encrypt(
    text: &[u8],
    filled: usize,
    (secret, name): (&[u8], &[u8]),
    salt: &[u8; SALT_BYTES],
) -> Result<Vec<u8>, Unsealed> {
    if text.len() > TEXT_MAX_BYTES {
        return Err(Unsealed::TooLong);
    }
    let name_bytes = u8::try_from(name.len()).map_err(|_| Unsealed::TooLong)?;
    let key: [u8; 16] = derive(salt, secret, &[b"Content-Encoding: aes128gcm\0"]);
    let nonce: [u8; 12] = derive(salt, secret, &[b"Content-Encoding: nonce\0"]);
    let mut record = Vec::with_capacity(filled + 1 + TAG_BYTES);
    record.extend_from_slice(text);
    record.push(END);
    record.resize(filled.max(text.len()) + 1, 0);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).map_err(|_| Unsealed::Cipher)?);
    let nonce = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record).map_err(|_| Unsealed::Cipher)?;
    let parts: [&[u8]; 5] = [salt, &RECORD_BYTES, &[name_bytes], name, &record];
    Ok(parts.concat())
}

/// A key from a secret (RFC 5869).
fn derive<const BYTES: usize>(salt: &[u8], secret: &[u8], info: &[&[u8]]) -> [u8; BYTES] {
    let mut key = [0; BYTES];
    // Only lengths beyond 255 hashes are refused (RFC 5869, 2.3).
    let fits = Hkdf::<Sha256>::new(Some(salt), secret).expand_multi_info(info, &mut key);
    assert!(fits.is_ok(), "a key of {BYTES} bytes fits into 255 hashes");
    key
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    // RFC 8291, appendix A.
    const TEXT: &[u8] = b"When I grow up, I want to be a watermelon";
    const READER: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    const P256DH: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const SENDER: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
    const BODY: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY\
                        WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS\
                        gSxsj_Qulcy4a-fN";
    // RFC 8188, 3.1: a secret that both sides have, under no name.
    const SHARED: &str = "yqdlZ-tYemfogSmv7Ws5PQ";
    const SHARED_SALT: &str = "I1BsxtFttlv3u_Oo94xnmw";
    const SHARED_BODY: &str = "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg";

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    fn reader() -> Reader {
        Reader::read(P256DH, AUTH).unwrap()
    }

    fn once() -> Once {
        Once { salt: bytes(SALT).try_into().unwrap(), key: SecretKey::from_slice(&bytes(SENDER)).unwrap() }
    }

    /// What the reader of the appendix reads in a body: the text and its padding.
    fn opened(body: &[u8]) -> Vec<u8> {
        let reader_key = SecretKey::from_slice(&bytes(READER)).unwrap();
        let (header, record) = body.split_at(HEADER_BYTES);
        let sender = p256::PublicKey::from_sec1_bytes(&header[SALT_BYTES + 5..]).unwrap();
        let shared: SharedSecret = diffie_hellman(reader_key.to_nonzero_scalar(), sender.as_affine());
        let info: [&[u8]; 3] = [b"WebPush: info\0", &bytes(P256DH), &header[SALT_BYTES + 5..]];
        let secret: [u8; 32] = derive(&bytes(AUTH), shared.raw_secret_bytes(), &info);
        let key: [u8; 16] = derive(&header[..SALT_BYTES], &secret, &[b"Content-Encoding: aes128gcm\0"]);
        let nonce: [u8; 12] = derive(&header[..SALT_BYTES], &secret, &[b"Content-Encoding: nonce\0"]);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut record = record.to_vec();
        key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record).unwrap().to_vec()
    }

    #[test]
    fn a_message_is_the_one_of_the_rfc() {
        let body = seal_filled(TEXT, TEXT.len(), &reader(), &once()).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(body), BODY);
    }

    #[test]
    fn a_record_is_the_one_of_rfc_8188() {
        let salt = bytes(SHARED_SALT).try_into().unwrap();
        let body = encrypt(b"I am the walrus", 0, (&bytes(SHARED), b""), &salt).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(body), SHARED_BODY);
    }

    #[test]
    fn lengths_tell_little_and_fit() {
        for (text, body) in [(0, 103), (1, 359), (256, 359), (257, 615), (3_841, 4_096), (3_993, 4_096)] {
            let text = vec![b'x'; text];
            let sealed = seal(&text, &reader(), &once()).unwrap();
            assert_eq!(sealed.len(), body, "of {} bytes", text.len());
            let mut told = opened(&sealed);
            assert_eq!(told.drain(..text.len()).as_slice(), text);
            assert_eq!(told.first(), Some(&END));
            assert!(told[1..].iter().all(|byte| *byte == 0));
        }
        assert_eq!(seal(&[0; 3_994], &reader(), &once()), Err(Unsealed::TooLong));
    }

    #[test]
    fn nothing_is_used_twice() {
        let sealed = || seal(TEXT, &reader(), &Once::draw().unwrap()).unwrap();
        let (one, other) = (sealed(), sealed());
        assert_ne!(one[..SALT_BYTES], other[..SALT_BYTES]);
        assert_ne!(one[SALT_BYTES + 5..HEADER_BYTES], other[SALT_BYTES + 5..HEADER_BYTES]);
        assert!(opened(&one).starts_with(TEXT) && opened(&other).starts_with(TEXT));
    }
}
