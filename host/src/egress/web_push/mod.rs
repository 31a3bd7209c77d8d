//! Web Push: messages that one browser can read and its push service cannot (RFC 8291), signed as this installation's
//! (RFC 8292), for push services that take them from anybody (RFC 8030). Neither a browser nor an app of UnifiedPush
//! needs an account of the operator's.
//!
//! A plugin says what is sent, and to which subscription; here it is sealed and signed, since a plugin holds no secret.
//! A credential walks in with each request, a start with the key, services with what devices register.

mod contact;
mod message;
mod seal;
mod signer;
mod subscription;
#[cfg(test)]
mod tests;
mod vapid;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::{PublicKey, SecretKey};

pub use contact::{Contact, NoContact};
pub(super) use message::{Unfit, sealed};
pub use seal::{Once, Unsealed, seal};
pub use signer::InstallationKey;
pub(super) use signer::Signer;
pub use subscription::{NoSubscription, Reader, Subscription};
pub use vapid::{NoVapidKey, VapidKey};

/// A secret key of P-256, from the system's secure source.
fn draw() -> Result<SecretKey, getrandom::Error> {
    loop {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        // Of 2^32 draws about one is no key of the curve.
        if let Ok(key) = SecretKey::from_slice(&bytes) {
            return Ok(key);
        }
    }
}

/// A public key as browsers give and take it: its uncompressed point in base64url.
fn text_of(key: &PublicKey) -> String {
    URL_SAFE_NO_PAD.encode(key.to_encoded_point(false).as_bytes())
}
