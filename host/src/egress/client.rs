//! HTTP clients: one set of connections for each identity, with the trust, the
//! limits and the keep-alive that push services want.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::address::{Names, PublicOnly};
use super::http2::Http2;

pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection whose peer is gone swallows every ring until a PING finds out.
pub(super) const PING_INTERVAL: Duration = Duration::from_secs(20);
pub(super) const PING_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_PER_HOST_MAX: usize = 32;
pub(super) const USER_AGENT: &str = concat!("callpanion/", env!("CARGO_PKG_VERSION"));

/// Who is believed: about certificates, and about the addresses of names.
#[derive(Clone)]
pub struct Trust {
    pub(super) tls: ClientConfig,
    names: Names,
}

/// The clients cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// An extra root certificate cannot be read.
    #[error("an extra root certificate is not readable PEM")]
    Roots,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up")]
    Http(#[from] reqwest::Error),
}

impl Trust {
    /// The authorities that browsers believe.
    pub fn public() -> Result<Self, ClientError> {
        Self::with_extra_roots(b"")
    }

    /// The same, and the certificates of a PEM file.
    pub fn with_extra_roots(pem: &[u8]) -> Result<Self, ClientError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots.add(certificate.map_err(|_| ClientError::Roots)?)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: config, names: Names::system() })
    }

    /// The same, but `names` is asked for addresses.
    #[must_use]
    pub fn with_names(self, names: Names) -> Self {
        Self { names, ..self }
    }
}

/// How a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speech {
    /// What the server offers, HTTP/1.1 or HTTP/2.
    Negotiated,
    /// HTTP/2 from the first byte, each client over one connection.
    Http2,
}

/// Sends requests of one identity.
pub(super) enum Client {
    /// Over as many connections as it takes, as the server likes to be spoken to.
    Negotiated(reqwest::Client),
    /// Over one connection to each origin.
    Http2(Http2),
}

/// Makes the clients of one plugin: each has connections of its own.
pub(super) struct ClientMaker<'a> {
    pub(super) trust: &'a Trust,
    pub(super) private_addresses: bool,
}

impl ClientMaker<'_> {
    pub(super) fn make(&self, speech: Speech) -> Result<Client, ClientError> {
        Ok(match speech {
            Speech::Negotiated => Client::Negotiated(self.negotiated()?),
            Speech::Http2 => Client::Http2(Http2::new(self.trust, self.addresses())),
        })
    }

    pub(super) fn negotiated(&self) -> Result<reqwest::Client, ClientError> {
        let mut tls = self.trust.tls.clone();
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(USER_AGENT)
            .no_proxy()
            .referer(false)
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(Arc::new(self.addresses()))
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
            .http2_keep_alive_interval(PING_INTERVAL)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            .http2_keep_alive_while_idle(true);
        Ok(builder.build()?)
    }

    fn addresses(&self) -> PublicOnly {
        PublicOnly { names: self.trust.names.clone(), private_addresses: self.private_addresses }
    }
}
