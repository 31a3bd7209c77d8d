//! The signer: what fills `authorization` for each push service, made once and kept for hours. The credential walks in,
//! and boot with the key; it calls nobody.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::contact::Contact;
use super::vapid::VapidKey;
use crate::domain::Moment;
use crate::egress::{NoCredential, Origin};

/// One signature serves so long, in all processes alike.
const SLOT_S: i64 = 6 * 60 * 60;
/// From the beginning of a slot until the signature expires. Mozilla refuses one that lives for more than a day by its
/// own clock (RFC 8292, 2): this leaves room for clocks that are hours away from each other.
const LIFE_S: i64 = 12 * 60 * 60;

/// The installation's own key, once it is known: it lies in the database, which is opened after the plugins are loaded.
/// Cheap to clone; clones share it.
#[derive(Clone, Default)]
pub struct InstallationKey(Arc<OnceLock<VapidKey>>);

impl InstallationKey {
    /// Tells the key. The first one stays: an installation never has another.
    pub fn tell(&self, key: VapidKey) {
        let _ = self.0.set(key);
    }

    /// The public key, which browsers subscribe to; `None` before the key is known.
    pub fn public_text(&self) -> Option<&str> {
        self.0.get().map(VapidKey::public_text)
    }
}

/// Signs as this installation.
pub(in crate::egress) struct Signer {
    contact: Contact,
    key: InstallationKey,
    /// For each push service the beginning of the slot, and what was signed for it. There are as many as are granted.
    made: Mutex<BTreeMap<Origin, (i64, String)>>,
}

impl Signer {
    pub(in crate::egress) fn new(contact: Contact, key: InstallationKey) -> Self {
        Self { contact, key, made: Mutex::default() }
    }

    /// The value of `authorization` for this push service, at `now`.
    pub(in crate::egress) fn authorization(&self, to: &Origin, now: Moment) -> Result<String, NoCredential> {
        let Some(key) = self.key.0.get() else {
            return Err(NoCredential::Transient("the installation's key for Web Push is not read yet".into()));
        };
        let slot = now.secs() - now.secs().rem_euclid(SLOT_S);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, value)) = made.get(to)
            && *of == slot
        {
            return Ok(value.clone());
        }
        let value = key
            .authorization(to, &self.contact, Moment::from_secs(slot + LIFE_S))
            .map_err(|error| NoCredential::Misconfigured(error.to_string()))?;
        made.insert(to.clone(), (slot, value.clone()));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::Value;

    use super::*;

    fn key() -> VapidKey {
        VapidKey::from_secret_text(&URL_SAFE_NO_PAD.encode([7; 32])).unwrap()
    }

    fn signer() -> Signer {
        let installation = InstallationKey::default();
        installation.tell(key());
        Signer::new("mailto:calls@care-home.org".parse().unwrap(), installation)
    }

    fn claims(value: &str) -> Value {
        let claims = value.split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
    }

    #[test]
    fn each_push_service_gets_its_own_which_two_nodes_make_alike() {
        let (one, other): (Origin, Origin) =
            ("https://push.example.net".parse().unwrap(), "https://push.example.net:8443".parse().unwrap());
        let now = Moment::from_secs(1_800_000_123);
        let value = signer().authorization(&one, now).unwrap();
        assert_eq!(claims(&value)["aud"], "https://push.example.net");
        assert_eq!(claims(&value)["sub"], "mailto:calls@care-home.org");
        let elsewhere = signer().authorization(&other, now).unwrap();
        assert_eq!(claims(&elsewhere)["aud"], "https://push.example.net:8443");
        assert_eq!(signer().authorization(&one, now).unwrap(), value);
    }

    #[test]
    fn a_signature_is_kept_for_hours_and_never_lives_for_a_day() {
        let (signer, to) = (signer(), "https://push.example.net".parse().unwrap());
        let slot = 1_800_000_000 / SLOT_S * SLOT_S;
        let at = |after_s: i64| signer.authorization(&to, Moment::from_secs(slot + after_s)).unwrap();
        let first = at(0);
        assert_eq!(at(SLOT_S - 1), first);
        let next = at(SLOT_S);
        assert_ne!(next, first);
        for (value, now) in [(&first, slot), (&first, slot + SLOT_S - 1), (&next, slot + SLOT_S)] {
            let left_s = claims(value)["exp"].as_i64().unwrap() - now;
            assert!((3 * 60 * 60..24 * 60 * 60).contains(&left_s), "{left_s}");
        }
    }

    #[test]
    fn without_the_key_nothing_is_signed_and_the_first_key_stays() {
        let installation = InstallationKey::default();
        let signer = Signer::new("https://care-home.org".parse().unwrap(), installation.clone());
        let to = "https://push.example.net".parse().unwrap();
        assert_eq!(installation.public_text(), None);
        assert!(matches!(signer.authorization(&to, Moment(0)), Err(NoCredential::Transient(_))));
        installation.tell(key());
        installation.tell(VapidKey::draw().unwrap());
        assert_eq!(installation.public_text(), Some(key().public_text()));
        assert!(signer.authorization(&to, Moment(0)).unwrap().ends_with(key().public_text()));
    }
}
