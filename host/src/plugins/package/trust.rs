//! Whether a package is believed: the operator's word in the config against the
//! digests and the maker's signature. And the maker's side: signing.

use std::io;
use std::path::{Path, PathBuf};

use super::folder::{self, MANIFEST_FILE, MANIFEST_MAX_BYTES, SIGNATURE_FILE};
use super::{Package, PackageProblem, Provenance, statement, writing};
use crate::config::plugins::PluginConfig;
use crate::egress::plugin_signature::{MakerKey, MakerSecret, NoMakerSecret};

/// A PKCS#8 key of this kind has about 120 bytes.
const KEY_MAX_BYTES: usize = 16 * 1024;

/// Gives the package back if it is what the section `[plugins.<plugin>]` wants.
pub(super) fn believe(plugin: &str, config: &PluginConfig, mut package: Package) -> Result<Package, PackageProblem> {
    let plugin = || plugin.to_owned();
    if let Some(wanted) = &config.sha256
        && wanted.parse() != Ok(package.component_sha256)
    {
        return Err(PackageProblem::Sha256 { plugin: plugin(), found: package.component_sha256 });
    }
    let builtin = matches!(package.provenance, Provenance::Builtin(_));
    match (&config.signed_by, config.unsigned) {
        (Some(_), true) => return Err(PackageProblem::BothWords { plugin: plugin() }),
        (Some(_), false) if builtin => return Err(PackageProblem::BuiltinKey { plugin: plugin() }),
        (Some(key), false) => {
            let key: MakerKey = key.parse().map_err(|source| PackageProblem::Key { plugin: plugin(), source })?;
            let signature =
                package.signature.as_deref().ok_or_else(|| PackageProblem::SignatureMissing { plugin: plugin() })?;
            let signed = statement(package.manifest_sha256, package.component_sha256);
            key.verify(signed.as_bytes(), signature)
                .map_err(|source| PackageProblem::Signature { plugin: plugin(), source })?;
            package.signed_by = Some(key.to_string());
        }
        (None, false) if !builtin => return Err(PackageProblem::NoWord { plugin: plugin() }),
        (None, _) => {}
    }
    Ok(package)
}

/// Why a package cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignProblem {
    /// The package cannot be read.
    #[error(transparent)]
    Package(#[from] PackageProblem),
    /// The key cannot be used.
    #[error("cannot sign with {path}")]
    Key {
        /// The key's file.
        path: PathBuf,
        /// Why.
        #[source]
        source: NoMakerSecret,
    },
    /// The signature cannot be written.
    #[error("cannot write {path}")]
    Write {
        /// Where to.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Signs the component at `path` (or the only one of the folder) and the `plugin.toml` beside it, and writes
/// `plugin.sig` there. Gives the signature's path and the public key for `signed_by`.
pub fn sign(path: &Path, key: &Path) -> Result<(PathBuf, String), SignProblem> {
    let pem = folder::read(key, KEY_MAX_BYTES)?;
    let secret = MakerSecret::from_pem(&pem).map_err(|source| SignProblem::Key { path: key.to_owned(), source })?;
    let component = folder::component_in(path)?;
    // An old signature may be anything: it is about to be replaced, so it is not read.
    let manifest = folder::read(&component.with_file_name(MANIFEST_FILE), MANIFEST_MAX_BYTES)?;
    let manifest = folder::text(manifest, MANIFEST_FILE)?;
    let bytes = folder::read(&component, folder::COMPONENT_MAX_BYTES)?;
    let signature = component.with_file_name(SIGNATURE_FILE);
    let package = Package::new(manifest, bytes, None, Provenance::File(component));
    let text = secret.sign(statement(package.manifest_sha256, package.component_sha256).as_bytes());
    writing::replace(&signature, format!("{text}\n").as_bytes())
        .map_err(|source| SignProblem::Write { path: signature.clone(), source })?;
    Ok((signature, secret.key().to_string()))
}
