//! Fetches artifacts from OCI registries (distribution specification 1.1), which is
//! how plugins travel: `plugin install` walks in, through the plugins room.
//!
//! Everything is named by its SHA-256 and compared with it, so a registry, a cache or
//! whoever sits between can withhold an artifact and cannot change one. Registries
//! hand blobs out by redirects to a storage elsewhere; those are followed, without the
//! pass that the registry gave, and never into the operator's own network unless the
//! registry itself lies there.

mod challenge;
mod reference;
#[cfg(test)]
mod tests;

use std::time::Duration;

use http::StatusCode;
use http::header::{ACCEPT, LOCATION, WWW_AUTHENTICATE};
use reqwest::dns::Resolve as _;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use url::Url;

pub use self::reference::{NoReference, Reference};

use self::challenge::Challenge;
use self::reference::{is_loopback, is_sha256};
use super::address::{AddressRefused, Names, PublicOnly, check_literal};
use super::client::{ClientError, ClientMaker, Trust};
use super::reason::{cause, clip, reason};

const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
/// Registries refuse longer ones than 4 MiB; ours has three layers.
const MANIFEST_MAX_BYTES: usize = 256 * 1024;
const PASS_MAX_BYTES: usize = 64 * 1024;
const WORDS_MAX_BYTES: usize = 16 * 1024;
const LIES_INSIDE: &str = "the address lies inside this network, and the registry does not";
const HOPS_MAX: usize = 5;
/// One fetch, from the first byte sent to the last received.
const FETCH_TIMEOUT: Duration = Duration::from_mins(5);

/// Why an artifact cannot be fetched.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The client cannot be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The network failed.
    #[error("{host} gives no answer ({reason}): try again, or install from a file")]
    Unreachable {
        /// Whom we asked.
        host: String,
        /// In the network's words.
        reason: String,
    },
    /// The registry said no.
    #[error("{host} answered {status} when asked for {what}{words}")]
    Refused {
        /// Whom we asked.
        host: String,
        /// HTTP's status.
        status: u16,
        /// For what.
        what: String,
        /// The registry's own words, in brackets; or nothing.
        words: String,
    },
    /// Only members may read.
    #[error(
        "{0} wants a sign-in, which this program does not do: fetch the files with a tool that does, such as `oras \
         pull`, and install from their folder"
    )]
    SignIn(String),
    /// It sends us where we do not go.
    #[error("the registry sends this program on to {0}, where it does not go: {1}")]
    Astray(String, &'static str),
    /// More than there should be.
    #[error("{what} is longer than {max_bytes} bytes")]
    TooLong {
        /// What.
        what: String,
        /// What it may be.
        max_bytes: usize,
    },
    /// Other bytes than those that the name promises.
    #[error("{what} has the SHA-256 {found}, not {expected}: it was changed on its way or in the registry")]
    Digest {
        /// What.
        what: String,
        /// What was asked for.
        expected: String,
        /// What came.
        found: String,
    },
    /// The manifest is something else.
    #[error("{0} is no artifact that can be read: {1}")]
    Unreadable(String, String),
}

/// One file of an artifact, as its manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Layer {
    /// What kind of file it is.
    pub media_type: String,
    digest: String,
    size: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactManifest {
    schema_version: u32,
    #[serde(default)]
    media_type: Option<String>,
    layers: Vec<Layer>,
}

/// A registry, opened for one artifact.
pub struct Registry<'a> {
    reference: &'a Reference,
    client: reqwest::Client,
    /// Whether the registry lies in the operator's own network, so that what it names may lie there too.
    inside: bool,
    /// The pass for readers, where the registry wants one.
    pass: Option<String>,
}

impl<'a> Registry<'a> {
    /// Gets ready; asks for nothing yet.
    pub async fn open(reference: &'a Reference, trust: &Trust) -> Result<Self, RegistryError> {
        let inside = lies_inside(&reference.base).await;
        let client = ClientMaker { trust, private_addresses: inside }.negotiated()?;
        Ok(Self { reference, client, inside, pass: None })
    }

    /// The files of the artifact.
    pub async fn layers(&mut self) -> Result<Vec<Layer>, RegistryError> {
        let Reference { repository, sha256, .. } = self.reference;
        let path = format!("/v2/{repository}/manifests/sha256:{sha256}");
        let body = self.fetch(&path, "its manifest", sha256, MANIFEST_MAX_BYTES).await?;
        let unreadable = |why: String| RegistryError::Unreadable(self.reference.to_string(), why);
        let manifest: ArtifactManifest = serde_json::from_slice(&body)
            .map_err(|e| unreadable(format!("its manifest is no image manifest of OCI ({e}); an index is none")))?;
        if manifest.schema_version != 2 || manifest.media_type.is_some_and(|found| found != MANIFEST_TYPE) {
            return Err(unreadable(format!("its manifest is not of type {MANIFEST_TYPE}")));
        }
        Ok(manifest.layers)
    }

    /// The bytes of one file, at most `max_bytes` of them.
    pub async fn blob(&mut self, layer: &Layer, max_bytes: usize) -> Result<Vec<u8>, RegistryError> {
        let what = format!("its file of type {}", clip(&layer.media_type));
        let sha256 = layer.digest.strip_prefix("sha256:").filter(|hex| is_sha256(hex)).ok_or_else(|| {
            RegistryError::Unreadable(self.reference.to_string(), format!("{what} is not named by its SHA-256"))
        })?;
        if layer.size > max_bytes {
            return Err(RegistryError::TooLong { what, max_bytes });
        }
        let path = format!("/v2/{}/blobs/sha256:{sha256}", self.reference.repository);
        // Its SHA-256 says the size too, so the size that the manifest names is the most that is read.
        self.fetch(&path, &what, sha256, layer.size).await
    }

    async fn fetch(&mut self, path: &str, what: &str, sha256: &str, max: usize) -> Result<Vec<u8>, RegistryError> {
        let url = self.reference.base.join(path).map_err(|e| unreachable(&self.reference.base, &e.to_string()))?;
        let fetching = self.fetch_url(url, what, max);
        let timed = tokio::time::timeout(FETCH_TIMEOUT, fetching).await;
        let body = timed.map_err(|_| unreachable(&self.reference.base, "it took too long"))??;
        let found = hex::encode(Sha256::digest(&body));
        if found != sha256 {
            return Err(RegistryError::Digest { what: what.to_owned(), expected: sha256.to_owned(), found });
        }
        Ok(body)
    }

    async fn fetch_url(&mut self, url: Url, what: &str, max_bytes: usize) -> Result<Vec<u8>, RegistryError> {
        let mut response = self.follow(url.clone()).await?;
        if response.status() == StatusCode::UNAUTHORIZED && self.pass.is_none() {
            let host = host(&self.reference.base);
            let mut challenges = response.headers().get_all(WWW_AUTHENTICATE).iter().filter_map(|v| v.to_str().ok());
            let Some(challenge) = challenges.find_map(Challenge::read) else {
                return Err(RegistryError::SignIn(host));
            };
            self.pass = Some(self.ask_for_pass(&challenge).await?);
            response = self.follow(url).await?;
        }
        let status = response.status();
        match status {
            StatusCode::OK => read(response, what, max_bytes).await,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(RegistryError::SignIn(host(response.url()))),
            _ => {
                let host = host(response.url());
                let words = read(response, what, WORDS_MAX_BYTES).await.map(|body| words(&body));
                let (what, words) = (what.to_owned(), words.unwrap_or_default());
                Err(RegistryError::Refused { host, status: status.as_u16(), what, words })
            }
        }
    }

    /// Gets `url`, and what it leads to. The pass goes to the registry itself only.
    async fn follow(&self, mut url: Url) -> Result<reqwest::Response, RegistryError> {
        for _ in 0..=HOPS_MAX {
            let mut request = self.client.get(url.clone()).header(ACCEPT, format!("{MANIFEST_TYPE}, */*"));
            if let Some(pass) = self.pass.as_ref().filter(|_| url.origin() == self.reference.base.origin()) {
                request = request.bearer_auth(pass);
            }
            let response = request.send().await.map_err(|e| failed(&url, e))?;
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let Some(location) = location.filter(|_| response.status().is_redirection()) else {
                return Ok(response);
            };
            url = url.join(location).map_err(|_| RegistryError::Astray(clip(location), "it is no URL"))?;
            self.check(&url)?;
        }
        Err(RegistryError::Astray(host(&url), "it goes on and on"))
    }

    /// Whether a URL that the registry names is one to go to.
    fn check(&self, url: &Url) -> Result<(), RegistryError> {
        let astray = |why| Err(RegistryError::Astray(host(url), why));
        if url.scheme() != "https" && !(url.scheme() == "http" && self.reference.is_loopback() && is_loopback(url)) {
            return astray("it is not https");
        }
        if !self.inside && check_literal(url).is_err() {
            return astray(LIES_INSIDE);
        }
        Ok(())
    }

    /// Asks for the pass that everybody gets.
    async fn ask_for_pass(&self, challenge: &Challenge) -> Result<String, RegistryError> {
        #[derive(Deserialize)]
        struct Pass {
            #[serde(alias = "access_token")]
            token: Option<String>,
        }
        let url = challenge.url().ok_or(RegistryError::Astray(clip(&challenge.realm), "it is no URL"))?;
        self.check(&url)?;
        let response = self.follow(url).await?;
        let host = host(response.url());
        if response.status() != StatusCode::OK {
            return Err(RegistryError::SignIn(host));
        }
        let body = read(response, "its pass for readers", PASS_MAX_BYTES).await?;
        let pass = serde_json::from_slice::<Pass>(&body).ok().and_then(|pass| pass.token);
        pass.ok_or(RegistryError::SignIn(host))
    }
}

/// The whole answer, if it is not longer than it may be.
async fn read(mut response: reqwest::Response, what: &str, max_bytes: usize) -> Result<Vec<u8>, RegistryError> {
    let url = response.url().clone();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| failed(&url, e))? {
        if body.len() + chunk.len() > max_bytes {
            return Err(RegistryError::TooLong { what: what.to_owned(), max_bytes });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn failed(url: &Url, error: reqwest::Error) -> RegistryError {
    if cause::<AddressRefused>(&error).is_some() {
        return RegistryError::Astray(host(url), LIES_INSIDE);
    }
    unreachable(url, &reason(error))
}

fn unreachable(url: &Url, reason: &str) -> RegistryError {
    RegistryError::Unreachable { host: host(url), reason: reason.to_owned() }
}

/// Whether the host lies in the operator's own network. A name that does not resolve is found out later.
async fn lies_inside(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => {
            let Ok(name) = name.parse() else { return false };
            let resolved = PublicOnly { names: Names::system(), private_addresses: false }.resolve(name).await;
            resolved.is_err_and(|error| error.is::<AddressRefused>())
        }
        _ => check_literal(url).is_err(),
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or("the registry").to_owned()
}

/// What the registry says of its refusal, in brackets.
fn words(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Errors {
        errors: Vec<Refusal>,
    }
    #[derive(Deserialize)]
    struct Refusal {
        code: String,
        #[serde(default)]
        message: String,
    }
    let told = serde_json::from_slice::<Errors>(body).ok().and_then(|told| told.errors.into_iter().next());
    told.map_or_else(String::new, |told| format!(" ({}: {})", clip(&told.code), clip(&told.message)))
}
