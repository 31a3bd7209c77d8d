//! Brings a package here: from a file or a folder, without any network, or from an OCI
//! registry, where the egress room compares every byte with the digest in the reference.

use std::path::PathBuf;
use std::str::FromStr;

use super::folder::{
    self, COMPONENT_MAX_BYTES, MANIFEST_FILE, MANIFEST_MAX_BYTES, SIGNATURE_FILE, SIGNATURE_MAX_BYTES,
};
use super::install::InstallProblem;
use super::{Package, PackageProblem, Provenance, read_path};
use crate::egress::Trust;
use crate::egress::registry::{Layer, NoReference, Reference, Registry, RegistryError};

const COMPONENT_TYPE: &str = "application/wasm";
const MANIFEST_TYPE: &str = "application/vnd.callpanion.plugin.manifest.v1+toml";
const SIGNATURE_TYPE: &str = "application/vnd.callpanion.plugin.signature.v1";

/// Where a package is to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// A component with its `plugin.toml` beside it, or the folder of both.
    Path(PathBuf),
    /// An artifact of a registry.
    Registry(Reference),
}

/// The text leads to no package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoOffer {
    /// A wrong reference.
    #[error(transparent)]
    Reference(#[from] NoReference),
    /// A URL of another kind.
    #[error("\"{0}\" is neither a file, nor a folder, nor an oci:// reference: fetch the files first, then name them")]
    Url(String),
}

impl FromStr for Offer {
    type Err = NoOffer;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once("://") {
            Some(("oci", _)) => Ok(Self::Registry(text.parse()?)),
            Some(_) => Err(NoOffer::Url(text.to_owned())),
            None => Ok(Self::Path(text.into())),
        }
    }
}

impl Offer {
    /// Gets the package. Nothing of it is believed yet, but the digest of a reference.
    pub async fn fetch(&self) -> Result<Package, InstallProblem> {
        match self {
            Self::Path(path) => {
                // The lock remembers where it came from, whatever folder the next command is started in.
                let absolute = std::path::absolute(path);
                let path = absolute.map_err(|source| PackageProblem::File { path: path.clone(), source })?;
                Ok(read_path(&path)?)
            }
            Self::Registry(reference) => from_registry(reference).await,
        }
    }
}

async fn from_registry(reference: &Reference) -> Result<Package, InstallProblem> {
    let trust = Trust::public().map_err(RegistryError::Client)?;
    let mut registry = Registry::open(reference, &trust).await?;
    let layers = registry.layers().await?;
    let wrong = |media_type: &'static str, found: usize| InstallProblem::Artifact {
        reference: reference.to_string(),
        media_type,
        found,
    };
    let only = |media_type: &'static str| -> Result<Option<&Layer>, InstallProblem> {
        let mut found = layers.iter().filter(|layer| layer.media_type == media_type);
        match (found.next(), found.count()) {
            (first, 0) => Ok(first),
            (_, more) => Err(wrong(media_type, more + 1)),
        }
    };
    let component = only(COMPONENT_TYPE)?.ok_or_else(|| wrong(COMPONENT_TYPE, 0))?;
    let manifest = only(MANIFEST_TYPE)?.ok_or_else(|| wrong(MANIFEST_TYPE, 0))?;
    let signature = match only(SIGNATURE_TYPE)? {
        Some(layer) => Some(folder::text(registry.blob(layer, SIGNATURE_MAX_BYTES).await?, SIGNATURE_FILE)?),
        None => None,
    };
    let manifest = folder::text(registry.blob(manifest, MANIFEST_MAX_BYTES).await?, MANIFEST_FILE)?;
    let component = registry.blob(component, COMPONENT_MAX_BYTES).await?;
    Ok(Package::new(manifest, component, signature, Provenance::Registry(reference.to_string())))
}
