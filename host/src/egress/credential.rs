//! Credentials: read from the config, kept here, and put into a request on its way
//! out. A plugin knows their names only.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};

use super::Request;
use super::client::{ClientError, ClientMaker, Speech};
use super::es256::{Es256, NoP8Key};
use super::google::{GoogleAccount, NoServiceAccount};
use super::origin::{NoOrigin, Origin};
use super::web_push::{self, Contact, InstallationKey, NoContact, Signer, Unfit};
use crate::clock::Clock;
use crate::config::plugins::{CredentialConfig, Secret, SecretError, read_secret};

/// Why a request's credential cannot be had. The request then never leaves.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCredential {
    /// It may be had later.
    #[error("{0}")]
    Transient(String),
    /// The operator must act.
    #[error("{0}")]
    Misconfigured(String),
}

/// Why a credential of the config cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// Its secret is not there.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// One of its hosts is not an origin.
    #[error("`{key}.hosts` must list origins, which have no path")]
    Origin {
        /// The config key of the credential.
        key: String,
        /// What is wrong.
        source: NoOrigin,
    },
    /// The header's name or value cannot be sent.
    #[error(
        "`{key}` cannot be sent in a header: its name or its secret holds a character that headers cannot carry, such \
         as a line break"
    )]
    Header {
        /// The config key of the credential.
        key: String,
    },
    /// The key file of Google is unusable.
    #[error("`{key}` is unusable")]
    Google {
        /// The config key of the credential.
        key: String,
        /// What is wrong.
        source: NoServiceAccount,
    },
    /// The key of Apple is unusable.
    #[error("`{key}` is unusable")]
    P8 {
        /// The config key of the credential.
        key: String,
        /// What is wrong.
        source: NoP8Key,
    },
    /// The contact is none that push services take.
    #[error("`{key}.contact` is unusable")]
    Contact {
        /// The config key of the credential.
        key: String,
        /// What is wrong.
        source: NoContact,
    },
    /// A credential that signs webhooks.
    #[error("`{key}` signs webhooks and is never sent")]
    NotForRequests {
        /// The config key of the credential.
        key: String,
    },
    /// Its connections cannot be set up.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// A credential that is ready to be put in place.
pub(super) struct Credential {
    placing: Placing,
    /// The origins that it may go to; empty means all that are granted.
    origins: BTreeSet<Origin>,
}

enum Placing {
    Fixed(HeaderName, HeaderValue),
    Google(Box<GoogleAccount>),
    Es256(Box<Es256>),
    WebPush(Box<Signer>),
}

/// A header that a credential filled, and what fills it if it is refused.
pub(super) struct Placed {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
    /// The bought secret that is in it; it can be bought anew.
    pub(super) bought: Option<Secret>,
}

impl Credential {
    /// Reads a credential. `key` is its full config key, for errors.
    pub(super) fn read(
        config: &CredentialConfig,
        key: &str,
        (clients, installation): (&ClientMaker<'_>, &InstallationKey),
        clock: &Clock,
    ) -> Result<Self, CredentialError> {
        let fixed = |name: HeaderName, text: String| -> Result<Placing, CredentialError> {
            let mut value =
                HeaderValue::from_str(&text).map_err(|_| CredentialError::Header { key: key.to_owned() })?;
            value.set_sensitive(true);
            Ok(Placing::Fixed(name, value))
        };
        let named = |part: &str| format!("{key}.{part}");
        let placing = match config {
            CredentialConfig::Header { header, value, value_file, .. } => {
                let name = HeaderName::from_bytes(header.as_bytes())
                    .map_err(|_| CredentialError::Header { key: key.to_owned() })?;
                let secret = read_secret(value.as_ref(), value_file.as_deref(), &named("value"))?;
                fixed(name, secret.reveal().to_owned())?
            }
            CredentialConfig::Basic { username, password, password_file, .. } => {
                let secret = read_secret(password.as_ref(), password_file.as_deref(), &named("password"))?;
                let pair = STANDARD.encode(format!("{username}:{}", secret.reveal()));
                fixed(AUTHORIZATION, format!("Basic {pair}"))?
            }
            CredentialConfig::Bearer { value, value_file, .. } => {
                let secret = read_secret(value.as_ref(), value_file.as_deref(), &named("value"))?;
                fixed(AUTHORIZATION, format!("Bearer {}", secret.reveal()))?
            }
            CredentialConfig::GoogleServiceAccount { json, json_file, .. } => {
                let secret = read_secret(json.as_ref(), json_file.as_deref(), &named("json"))?;
                let client = clients.negotiated()?;
                let account = GoogleAccount::new(secret.reveal(), client, clock.clone(), clients.private_addresses)
                    .map_err(|source| CredentialError::Google { key: key.to_owned(), source })?;
                Placing::Google(Box::new(account))
            }
            CredentialConfig::JwtEs256 { team_id, key_id, key: pem, key_file, .. } => {
                let secret = read_secret(pem.as_ref(), key_file.as_deref(), &named("key"))?;
                let signer = Es256::new(team_id.clone(), key_id.clone(), secret.reveal())
                    .map_err(|source| CredentialError::P8 { key: key.to_owned(), source })?;
                Placing::Es256(Box::new(signer))
            }
            CredentialConfig::WebPush { contact, .. } => {
                let contact: Contact =
                    contact.parse().map_err(|source| CredentialError::Contact { key: key.to_owned(), source })?;
                Placing::WebPush(Box::new(Signer::new(contact, installation.clone())))
            }
            CredentialConfig::HmacSecret { .. } => {
                return Err(CredentialError::NotForRequests { key: key.to_owned() });
            }
        };
        let origins = config.hosts().iter().map(|text| text.parse()).collect::<Result<_, _>>();
        let origins = origins.map_err(|source| CredentialError::Origin { key: key.to_owned(), source })?;
        Ok(Self { placing, origins })
    }

    /// Whether it may go to `origin`.
    pub(super) fn may_go_to(&self, origin: &Origin) -> bool {
        self.origins.is_empty() || self.origins.contains(origin)
    }

    /// Whether many vendors take it, who have nothing to do with each other.
    pub(super) fn is_for_many(&self) -> bool {
        matches!(self.placing, Placing::WebPush(_))
    }

    /// The request in the form in which the services take it that take this credential.
    pub(super) fn fit(&self, request: Request) -> Result<Request, Unfit> {
        match self.placing {
            Placing::WebPush(_) => web_push::sealed(request),
            Placing::Fixed(..) | Placing::Google(_) | Placing::Es256(_) => Ok(request),
        }
    }

    /// The header that it fills.
    pub(super) fn header_name(&self) -> &HeaderName {
        match &self.placing {
            Placing::Fixed(name, _) => name,
            Placing::Google(_) | Placing::Es256(_) | Placing::WebPush(_) => &AUTHORIZATION,
        }
    }

    /// How the services that take this credential want to be spoken to.
    pub(super) fn speech(&self) -> Speech {
        match &self.placing {
            // Of the servers of UnifiedPush not all offer HTTP/2.
            Placing::Fixed(..) | Placing::WebPush(_) => Speech::Negotiated,
            Placing::Google(_) | Placing::Es256(_) => Speech::Http2,
        }
    }

    /// The header as it goes out now, to `to`. A bought secret that is equal to `refused` is bought anew.
    pub(super) async fn place(
        &self,
        to: &Origin,
        clock: &Clock,
        refused: Option<&Secret>,
    ) -> Result<Placed, NoCredential> {
        let malformed = |_| NoCredential::Misconfigured("the credential cannot be sent in a header".to_owned());
        match &self.placing {
            Placing::Fixed(name, value) => Ok(Placed { name: name.clone(), value: value.clone(), bought: None }),
            Placing::Google(account) => {
                let secret = account.access(refused).await?;
                let value = sensitive(&format!("Bearer {}", secret.reveal())).map_err(malformed)?;
                Ok(Placed { name: AUTHORIZATION, value, bought: Some(secret) })
            }
            Placing::Es256(signer) => {
                let jwt = signer.jwt(clock.now()).map_err(|e| NoCredential::Misconfigured(e.to_string()))?;
                let value = sensitive(&format!("bearer {jwt}")).map_err(malformed)?;
                Ok(Placed { name: AUTHORIZATION, value, bought: None })
            }
            Placing::WebPush(signer) => {
                let value = sensitive(&signer.authorization(to, clock.now())?).map_err(malformed)?;
                Ok(Placed { name: AUTHORIZATION, value, bought: None })
            }
        }
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}
