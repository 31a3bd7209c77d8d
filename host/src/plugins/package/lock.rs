//! The lock file, `plugins.lock`: which version of each plugin serves, and which came
//! before. Made by the program and meant to be read by people; kept in the store's folder.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Digest, Package, PackageProblem, folder, statement, writing};
use crate::domain::Moment;

pub(super) const LOCK_FILE: &str = "plugins.lock";
const LOCK_MAX_BYTES: usize = 4 * 1024 * 1024;
/// A rollback goes back so far at most.
const PREVIOUS_MAX: usize = 10;
const HEAD: &str = "\
# Written by callpanion: which version of each plugin that is not built in serves, and which served before, newest first.
# Change it with `callpanion plugin install` and `callpanion plugin rollback`.

";

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lock {
    #[serde(default)]
    pub(super) plugins: BTreeMap<String, Locked>,
}

/// One plugin of the lock file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locked {
    /// What serves.
    #[serde(flatten)]
    pub current: Version,
    /// The package in the section's file that was rolled back: it is held off until the file is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Digest>,
    /// What served before, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<Version>,
}

/// One version of a plugin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// As its manifest says.
    pub version: String,
    /// The digest of the whole package, which also names its folder in the store.
    pub digest: Digest,
    /// SHA-256 of its `plugin.toml`.
    pub manifest_sha256: Digest,
    /// SHA-256 of its component.
    pub component_sha256: Digest,
    /// Where it came from.
    pub from: String,
    /// The key whose signature was found good; none where none was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    /// Since when it serves or served, in UTC.
    pub since: String,
}

impl Version {
    pub(super) fn of(package: &Package, now: Moment) -> Self {
        Self {
            version: version_in(&package.manifest),
            digest: package.digest(),
            manifest_sha256: package.manifest_sha256,
            component_sha256: package.component_sha256,
            from: package.provenance.to_string(),
            signed_by: package.signed_by.clone(),
            since: to_the_second(now),
        }
    }

    /// Whether the digests of this entry belong together.
    pub(super) fn check(&self, plugin: &str) -> Result<(), PackageProblem> {
        let found = Digest::of(statement(self.manifest_sha256, self.component_sha256).as_bytes());
        let mismatch = || PackageProblem::LockMismatch { plugin: plugin.to_owned(), digest: self.digest };
        if found == self.digest { Ok(()) } else { Err(mismatch()) }
    }
}

impl Locked {
    /// Puts `version` at the front. A version stands in the list once.
    pub(super) fn advance(&mut self, version: Version) {
        if version.digest != self.current.digest {
            let former = std::mem::replace(&mut self.current, version);
            self.previous.retain(|old| old.digest != former.digest && old.digest != self.current.digest);
            self.previous.insert(0, former);
            self.previous.truncate(PREVIOUS_MAX);
        } else if (&version.from, &version.signed_by) != (&self.current.from, &self.current.signed_by) {
            self.current = version;
        }
    }

    /// Puts the version before the current one in its place; gives the one that goes.
    pub(super) fn retreat(&mut self, now: Moment) -> Option<Version> {
        if self.previous.is_empty() {
            return None;
        }
        let gone = std::mem::replace(&mut self.current, self.previous.remove(0));
        self.current.since = to_the_second(now);
        Some(gone)
    }

    /// Every version that can still serve.
    pub(super) fn versions(&self) -> impl Iterator<Item = &Version> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

impl Lock {
    /// Reads the lock of a store; a store without one is empty.
    pub(super) fn read(store: &Path) -> Result<Self, PackageProblem> {
        let path = store.join(LOCK_FILE);
        let bytes = match folder::read(&path, LOCK_MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(PackageProblem::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(problem) => return Err(problem),
        };
        let text = folder::text(bytes, LOCK_FILE)?;
        toml::from_str(&text).map_err(|source| PackageProblem::Lock { path, source: Box::new(source) })
    }

    /// Puts it into place.
    pub(super) fn write(&self, store: &Path) -> Result<(), PackageProblem> {
        let path = store.join(LOCK_FILE);
        let failed = |source| PackageProblem::Write { path: path.clone(), source };
        let body = toml::to_string(self).map_err(|e| failed(std::io::Error::other(e)))?;
        writing::replace(&path, format!("{HEAD}{body}").as_bytes()).map_err(failed)
    }
}

fn to_the_second(moment: Moment) -> String {
    Moment::from_secs(moment.secs()).to_string()
}

/// The manifest's own word. Whoever stores a package has read its manifest, so it is there.
fn version_in(manifest: &str) -> String {
    let table: Option<toml::Table> = toml::from_str(manifest).ok();
    let version = table.as_ref().and_then(|table| table.get("version")?.as_str());
    version.unwrap_or("unknown").to_owned()
}
