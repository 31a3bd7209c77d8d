//! Strict emulators of FCM, APNs, a push service of browsers, ElevenLabs (with the
//! Twilio dialling behind its batches), Twilio's text messages and of the phones that ring.
//!
//! `callpanion demo` and the test suite walk in through [`World::start`]. Each
//! emulator listens on its own loopback port, checks what it is sent as
//! strictly as the vendor does, remembers what it saw, and can be told to fail.
//! Nothing here knows the host: it is driven over HTTP, as the vendors are.

pub mod apns;
pub mod eleven;
pub mod fault;
pub mod fcm;
mod keys;
mod pace;
pub mod phone;
mod port;
pub mod push_service;
pub mod relay;
pub mod scripts;
#[cfg(test)]
mod tests;
pub mod time;
pub mod twilio;
mod witness;
pub mod world;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use apns::{Apns, Environment};
pub use eleven::ElevenLabs;
pub use eleven::lines::Line;
pub use fault::Fault;
pub use fcm::Fcm;
pub use phone::{Behaviour, Phone};
pub use push_service::PushService;
pub use relay::Relay;
pub use scripts::{Language, Script};
pub use time::{BoxFuture, ManualTime, SystemTime, Time};
pub use twilio::Twilio;
pub use world::{Settings, StartError, World, WorldConfig};

/// Takes a lock; a record is still worth reading after its writer panicked.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An HTTP client for loopback: no redirects, no proxy, no certificate store.
fn loopback_client() -> Result<reqwest::Client, reqwest::Error> {
    loopback_builder().build()
}

fn loopback_builder() -> reqwest::ClientBuilder {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(20));
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|tls| tls.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth());
    match tls {
        Ok(tls) => builder.tls_backend_preconfigured(tls),
        // Unreachable with ring's suites; building with the default backend then says why.
        Err(_) => builder,
    }
}
