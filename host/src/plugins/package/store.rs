//! The store: a folder with every version that serves or can be gone back to, each in a
//! folder named by its digest, and the lock file that says which one serves.
//!
//! The loader and the commands walk in, also as different processes. Readers take what
//! they find, since everything is put into place whole; writers take turns.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::folder::{COMPONENT_FILE, MANIFEST_FILE, SIGNATURE_FILE, read_path};
use super::lock::{LOCK_FILE, Lock};
use super::resolve::Place;
use super::trust::believe;
use super::{Digest, Locked, Package, PackageProblem, Provenance, Version, writing};
use crate::clock::Clock;
use crate::config::plugins::PluginConfig;

/// The packages that this installation keeps, in one folder.
#[derive(Clone, Debug)]
pub struct PackageStore {
    folder: PathBuf,
    clock: Clock,
}

/// What a rollback did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolledBack {
    /// What served before; `None` when the section's file never served, and is held off now.
    pub from: Option<Version>,
    /// What serves from now on.
    pub to: Version,
    /// Where the stored files of `from` lie, to install them again.
    pub aside: Option<PathBuf>,
    /// The section's file, which is held off until it is another one.
    pub held: Option<PathBuf>,
}

impl PackageStore {
    /// The store of the installation whose `data_dir` this is: the folder `plugins` in it, which is made when the
    /// first package comes.
    pub fn open(data_dir: &Path, clock: Clock) -> Self {
        Self { folder: data_dir.join("plugins"), clock }
    }

    /// The lock file. It changes when another version is to serve.
    pub fn lock_file(&self) -> PathBuf {
        self.folder.join(LOCK_FILE)
    }

    /// What the lock says of a plugin.
    pub fn locked(&self, plugin: &str) -> Result<Option<Locked>, PackageProblem> {
        Ok(Lock::read(&self.folder)?.plugins.remove(plugin))
    }

    /// Records that this package serves now, and keeps a copy of it. A built-in one is left to the program, and one
    /// from the store is there already.
    pub fn loaded(&self, plugin: &str, package: &Package) -> Result<(), PackageProblem> {
        if !matches!(package.provenance, Provenance::File(_)) {
            return Ok(());
        }
        let version = Version::of(package, self.clock.now());
        let same = |locked: &Locked| {
            let Version { digest, from, signed_by, .. } = &locked.current;
            locked.held.is_none() && (digest, from, signed_by) == (&version.digest, &version.from, &version.signed_by)
        };
        // The usual case, at every start: nothing is to be written, so nobody who watches is woken.
        if self.locked(plugin)?.as_ref().is_some_and(same) && self.folder_of(version.digest).is_dir() {
            return Ok(());
        }
        self.change(|lock| {
            // Rolled back while it was being loaded: it will not serve for long.
            if lock.plugins.get(plugin).is_some_and(|locked| locked.held == Some(version.digest)) {
                return Ok(());
            }
            self.put(package)?;
            advance(lock, plugin, version).held = None;
            Ok(())
        })?;
        self.tidy();
        Ok(())
    }

    /// Keeps this package and makes it the one that serves. `config` is the plugin's section, if there is one.
    pub(super) fn keep(
        &self,
        plugin: &str,
        package: &Package,
        config: Option<&PluginConfig>,
    ) -> Result<Version, PackageProblem> {
        let version = Version::of(package, self.clock.now());
        // The section's own file would take over at once; when it changes, it still does.
        let held = match config.map(|config| Place::of(plugin, config)) {
            Some(Ok(Place::File(path))) => read_path(&path).ok().map(|other| other.digest()),
            _ => None,
        };
        let held = held.filter(|held| *held != version.digest);
        self.change(|lock| {
            self.put(package)?;
            advance(lock, plugin, version.clone()).held = held;
            Ok(())
        })?;
        self.tidy();
        Ok(version)
    }

    /// Goes back to the version before the one that serves. Once more goes back further.
    ///
    /// Nothing changes when the earlier version is damaged, or is not what the section wants.
    pub fn rollback(&self, plugin: &str, config: &PluginConfig) -> Result<RolledBack, PackageProblem> {
        let file = match Place::of(plugin, config)? {
            Place::Builtin(_) => return Err(PackageProblem::RollbackBuiltin { plugin: plugin.to_owned() }),
            Place::File(path) => Some(path),
            Place::Installed => None,
        };
        let in_file = file.as_ref().and_then(|path| read_path(path).ok()).map(|package| package.digest());
        self.change(|lock| {
            let nothing = || PackageProblem::NothingBefore { plugin: plugin.to_owned() };
            let locked = lock.plugins.get_mut(plugin).ok_or_else(nothing)?;
            // A file that is neither what serves nor held off was never loaded, or could not be: it alone goes.
            let never_served =
                in_file.is_some_and(|found| found != locked.current.digest && locked.held != Some(found));
            let from = if never_served { None } else { Some(locked.retreat(self.clock.now()).ok_or_else(nothing)?) };
            believe(plugin, config, self.stored(plugin, &locked.current)?)?;
            if file.is_some() {
                let gone = from.as_ref().map(|version| version.digest);
                // While the file cannot be read, the last that is known of it is held off.
                locked.held = in_file.or(locked.held).or(gone).filter(|held| *held != locked.current.digest);
            } else {
                locked.held = None;
            }
            let aside = from.as_ref().map(|version| self.folder_of(version.digest)).filter(|folder| folder.is_dir());
            let held = file.filter(|_| locked.held.is_some());
            Ok(RolledBack { from, to: locked.current.clone(), aside, held })
        })
    }

    /// A version's package, if its files are still those that were stored.
    pub(super) fn stored(&self, plugin: &str, version: &Version) -> Result<Package, PackageProblem> {
        version.check(plugin)?;
        let folder = self.folder_of(version.digest);
        let damaged = || PackageProblem::Damaged {
            plugin: plugin.to_owned(),
            folder: folder.clone(),
            from: version.from.clone(),
        };
        let mut package = match read_path(&folder.join(COMPONENT_FILE)) {
            Ok(package) => package,
            Err(PackageProblem::File { source, .. }) if source.kind() != ErrorKind::NotFound => {
                return Err(PackageProblem::File { path: folder, source });
            }
            Err(_) => return Err(damaged()),
        };
        if package.digest() != version.digest {
            return Err(damaged());
        }
        package.provenance = Provenance::Stored(version.from.clone());
        Ok(package)
    }

    fn folder_of(&self, digest: Digest) -> PathBuf {
        self.folder.join(digest.to_string())
    }

    /// Changes the lock, alone, and writes it if it did change.
    fn change<T>(&self, change: impl FnOnce(&mut Lock) -> Result<T, PackageProblem>) -> Result<T, PackageProblem> {
        let failed = |source| unwritable(&self.folder, source);
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let busy = || PackageProblem::Busy { folder: self.folder.clone() };
        let _alone = writing::guard(&self.folder).map_err(failed)?.ok_or_else(busy)?;
        let before = Lock::read(&self.folder)?;
        let mut after = before.clone();
        let result = change(&mut after)?;
        if after != before {
            after.write(&self.folder)?;
        }
        Ok(result)
    }

    /// Stores the files. What is there already and whole is left as it is.
    fn put(&self, package: &Package) -> Result<(), PackageProblem> {
        let folder = self.folder_of(package.digest());
        let same = |stored: &Package| stored.digest() == package.digest() && stored.signature == package.signature;
        if read_path(&folder.join(COMPONENT_FILE)).is_ok_and(|stored| same(&stored)) {
            return Ok(());
        }
        let mut files = vec![(COMPONENT_FILE, package.component()), (MANIFEST_FILE, package.manifest.as_bytes())];
        files.extend(package.signature.as_ref().map(|signature| (SIGNATURE_FILE, signature.as_bytes())));
        writing::replace_folder(&folder, &files).map_err(|source| unwritable(&folder, source))
    }

    /// Removes versions that nothing can go back to, and what a crash left half written. What cannot be removed now is
    /// removed another time.
    fn tidy(&self) {
        let tidied = self.change(|lock| {
            let wanted = |digest: Digest| lock.plugins.values().flat_map(Locked::versions).any(|v| v.digest == digest);
            let failed = |source| unwritable(&self.folder, source);
            for entry in self.folder.read_dir().map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let unwanted = name.parse().is_ok_and(|digest| !wanted(digest));
                if unwanted || name.starts_with(writing::UNFINISHED) {
                    writing::remove(&path).map_err(|source| unwritable(&path, source))?;
                }
            }
            Ok(())
        });
        if let Err(problem) = tidied {
            let folder = self.folder.display();
            tracing::warn!(%folder, %problem, "old versions of plugins were not removed");
        }
    }
}

fn unwritable(path: &Path, source: io::Error) -> PackageProblem {
    PackageProblem::Write { path: path.to_owned(), source }
}

fn advance<'a>(lock: &'a mut Lock, plugin: &str, version: Version) -> &'a mut Locked {
    let locked = lock.plugins.entry(plugin.to_owned());
    let locked = locked.or_insert_with(|| Locked { current: version.clone(), held: None, previous: Vec::new() });
    locked.advance(version);
    locked
}
