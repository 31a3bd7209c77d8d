//! Opening: what a browser does with a message (RFC 8291, in the coding `aes128gcm` of RFC 8188). Tests that send
//! messages make their keys here too.

use p256::ecdh::{SharedSecret, diffie_hellman};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::{PublicKey, SecretKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};

const SALT_BYTES: usize = 16;
const POINT_BYTES: usize = 65;

/// Which two keys share a secret, and the reader's second secret.
pub(crate) struct Sharing<'a> {
    pub(crate) own: &'a SecretKey,
    pub(crate) others: &'a PublicKey,
    pub(crate) reader: &'a PublicKey,
    pub(crate) sender: &'a PublicKey,
    pub(crate) auth: &'a [u8],
}

/// The text of a message, without its padding; or why it cannot be read.
pub(super) fn open(body: &[u8], own: &SecretKey, auth: &[u8]) -> Result<Vec<u8>, &'static str> {
    const SHORT: &str = "a message ends within its header";
    let (salt, rest) = body.split_at_checked(SALT_BYTES).ok_or(SHORT)?;
    let (size, rest) = rest.split_first_chunk::<4>().ok_or(SHORT)?;
    let (length, rest) = rest.split_first().ok_or(SHORT)?;
    let (name, record) = rest.split_at_checked(usize::from(*length)).ok_or(SHORT)?;
    if name.len() != POINT_BYTES || name.first() != Some(&4) {
        return Err("a message does not name its sender's key by an uncompressed point");
    }
    let sender = PublicKey::from_sec1_bytes(name).map_err(|_| "the key of a message's sender is not on the curve")?;
    if record.len() > usize::try_from(u32::from_be_bytes(*size)).unwrap_or(usize::MAX) {
        return Err("a message is more than one record");
    }
    let reader = own.public_key();
    let sharing = Sharing { own, others: &sender, reader: &reader, sender: &sender, auth };
    let (key, nonce) = sharing.keys(salt).ok_or("the keys of a message cannot be made")?;
    let mut record = record.to_vec();
    let opened = key.open_in_place(nonce, Aad::empty(), &mut record);
    let text = opened.map_err(|_| "a message is not sealed for this browser")?;
    // The last byte that is not zero ends the text; 2 says that it is the last record.
    match text.iter().rposition(|byte| *byte != 0).map(|end| text.split_at(end)) {
        Some((text, [2, ..])) => Ok(text.to_vec()),
        _ => Err("a message has no end"),
    }
}

impl Sharing<'_> {
    /// The key and the nonce of the only record (RFC 8291, 3.4).
    pub(crate) fn keys(&self, salt: &[u8]) -> Option<(LessSafeKey, Nonce)> {
        let shared: SharedSecret = diffie_hellman(self.own.to_nonzero_scalar(), self.others.as_affine());
        let (reader, sender) = (self.reader.to_encoded_point(false), self.sender.to_encoded_point(false));
        let info: [&[u8]; 3] = [b"WebPush: info\0", reader.as_bytes(), sender.as_bytes()];
        let secret: [u8; 32] = derive(self.auth, shared.raw_secret_bytes(), &info)?;
        let key: [u8; 16] = derive(salt, &secret, &[b"Content-Encoding: aes128gcm\0"])?;
        let nonce: [u8; 12] = derive(salt, &secret, &[b"Content-Encoding: nonce\0"])?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
        Some((key, Nonce::assume_unique_for_key(nonce)))
    }
}

/// So many bytes of a key.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive<const BYTES: usize>(salt: &[u8], secret: &[u8], info: &[&[u8]]) -> Option<[u8; BYTES]> {
    let mut key = [0; BYTES];
    Salt::new(HKDF_SHA256, salt).extract(secret).expand(info, Length(BYTES)).ok()?.fill(&mut key).ok()?;
    Some(key)
}
