//! A package as files: the component, and beside it `plugin.toml` and perhaps
//! `plugin.sig`. Read with limits, since the files may be a stranger's.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::{Package, PackageProblem, Provenance};

pub(super) const MANIFEST_FILE: &str = "plugin.toml";
/// Where the maker's signature stands, in base64.
pub const SIGNATURE_FILE: &str = "plugin.sig";
pub(super) const COMPONENT_FILE: &str = "plugin.wasm";

/// Twenty times what a large component takes.
pub(super) const COMPONENT_MAX_BYTES: usize = 64 * 1024 * 1024;
pub(super) const MANIFEST_MAX_BYTES: usize = 256 * 1024;
pub(super) const SIGNATURE_MAX_BYTES: usize = 1024;

/// Reads the component at `path`, or the only one of the folder at `path`, with what stands beside it.
///
/// Nothing is verified: that is for [`super::resolve`] and [`super::install`].
pub fn read_path(path: &Path) -> Result<Package, PackageProblem> {
    let component = component_in(path)?;
    // Before its manifest: a path that leads nowhere is told as itself.
    component.metadata().map_err(|source| PackageProblem::File { path: component.clone(), source })?;
    let manifest = text(read(&component.with_file_name(MANIFEST_FILE), MANIFEST_MAX_BYTES)?, MANIFEST_FILE)?;
    let signature = match read(&component.with_file_name(SIGNATURE_FILE), SIGNATURE_MAX_BYTES) {
        Ok(bytes) => Some(text(bytes, SIGNATURE_FILE)?),
        Err(PackageProblem::File { source, .. }) if source.kind() == ErrorKind::NotFound => None,
        Err(problem) => return Err(problem),
    };
    let bytes = read(&component, COMPONENT_MAX_BYTES)?;
    Ok(Package::new(manifest, bytes, signature, Provenance::File(component)))
}

/// The path itself, or the only `.wasm` of the folder that it names.
pub(super) fn component_in(path: &Path) -> Result<PathBuf, PackageProblem> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let unreadable = |source| PackageProblem::File { path: path.to_owned(), source };
    let mut found = Vec::new();
    for entry in path.read_dir().map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.extension().is_some_and(|extension| extension == "wasm") {
            found.push(file);
        }
    }
    match found.pop() {
        Some(component) if found.is_empty() => Ok(component),
        last => {
            let found = found.len() + usize::from(last.is_some());
            Err(PackageProblem::Folder { path: path.to_owned(), found })
        }
    }
}

/// The text of a package's file.
pub(super) fn text(bytes: Vec<u8>, file: &'static str) -> Result<String, PackageProblem> {
    String::from_utf8(bytes).map_err(|_| PackageProblem::NotText { file })
}

pub(super) fn read(path: &Path, max_bytes: usize) -> Result<Vec<u8>, PackageProblem> {
    let unreadable = |source| PackageProblem::File { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path).map_err(unreadable)?.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > max_bytes {
        return Err(PackageProblem::TooLong { path: path.to_owned(), max_bytes });
    }
    Ok(bytes)
}
