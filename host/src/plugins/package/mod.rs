//! Where a plugin comes from, and why it is believed.
//!
//! A [`Package`] is a component with its manifest and perhaps its maker's signature.
//! The loader walks in with [`resolve`], which finds the package of a config section:
//! embedded in the program, in a file, or installed. What is not from the program
//! needs a word of the operator: the maker's key, or that it may come unsigned.
//! The commands walk in with [`install`] and [`PackageStore::rollback`]. The store
//! keeps the versions; its lock file says which of them serves.

mod changes;
mod digest;
mod fetch;
mod folder;
mod install;
mod lock;
mod problem;
mod resolve;
mod store;
#[cfg(test)]
mod tests;
mod trust;
mod writing;

use std::fmt;
use std::path::{Path, PathBuf};

use bytes::Bytes;

pub use self::digest::{Digest, NoDigest};
pub use self::fetch::{NoOffer, Offer};
pub use self::folder::{SIGNATURE_FILE, read_path};
pub use self::install::{InstallProblem, Installed, Standing, install, vet};
pub use self::lock::{Locked, Version};
pub use self::problem::PackageProblem;
pub use self::resolve::resolve;
pub use self::store::{PackageStore, RolledBack};
pub use self::trust::{SignProblem, sign};

use super::builtin::Builtin;

/// A plugin as it is carried around: nothing of it has been run, and perhaps nothing of it is to be believed.
#[derive(Clone, Debug)]
pub struct Package {
    manifest: String,
    component: Bytes,
    signature: Option<String>,
    manifest_sha256: Digest,
    component_sha256: Digest,
    provenance: Provenance,
    signed_by: Option<String>,
}

/// Where a package came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// It is a part of the program.
    Builtin(&'static str),
    /// From this file of a component.
    File(PathBuf),
    /// From a registry, by this reference.
    Registry(String),
    /// From the store, which had it from here.
    Stored(String),
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Builtin(id) => write!(f, "builtin:{id}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Registry(text) | Self::Stored(text) => f.write_str(text),
        }
    }
}

impl Package {
    fn new(manifest: String, component: impl Into<Bytes>, signature: Option<String>, provenance: Provenance) -> Self {
        let component = component.into();
        let (manifest_sha256, component_sha256) = (Digest::of(manifest.as_bytes()), Digest::of(&component));
        Self { manifest, component, signature, manifest_sha256, component_sha256, provenance, signed_by: None }
    }

    fn builtin(found: &'static Builtin) -> Self {
        let component = Bytes::from_static(found.component);
        Self::new(found.manifest.to_owned(), component, None, Provenance::Builtin(found.id))
    }

    /// The text of its `plugin.toml`.
    pub fn manifest(&self) -> &str {
        &self.manifest
    }

    /// Its WebAssembly.
    pub fn component(&self) -> &[u8] {
        &self.component
    }

    /// SHA-256 of the `plugin.toml`.
    pub fn manifest_sha256(&self) -> Digest {
        self.manifest_sha256
    }

    /// SHA-256 of the component.
    pub fn component_sha256(&self) -> Digest {
        self.component_sha256
    }

    /// One digest for the whole: SHA-256 of what makers sign.
    pub fn digest(&self) -> Digest {
        Digest::of(statement(self.manifest_sha256, self.component_sha256).as_bytes())
    }

    /// Where it came from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The key whose signature was found good, in base64; `None` when none was asked for.
    pub fn signed_by(&self) -> Option<&str> {
        self.signed_by.as_deref()
    }
}

/// What a maker signs: both files, by their SHA-256.
fn statement(manifest: Digest, component: Digest) -> String {
    format!("callpanion-plugin-v1\nmanifest sha256:{manifest}\ncomponent sha256:{component}\n")
}

/// The files whose change means that a component at `path` may be another one now.
fn files_of(path: &Path) -> [PathBuf; 3] {
    [path.to_owned(), path.with_file_name(folder::MANIFEST_FILE), path.with_file_name(SIGNATURE_FILE)]
}
