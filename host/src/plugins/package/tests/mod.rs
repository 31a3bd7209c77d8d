//! The room as its visitors use it: real files, real signatures, one folder for each test.

mod installing;
mod storing;
mod trusting;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::clock::Clock;
use crate::config::plugins::PluginConfig;
use crate::domain::Moment;

/// Two makers, made for these tests with `openssl genpkey -algorithm ed25519`.
const MAKER: &str = "MC4CAQAwBQYDK2VwBCIEIIjwabCUSRPnCY5jeF1fobrzLDb6NoikeeWEjen7owz2";
const OTHER_MAKER: &str = "MC4CAQAwBQYDK2VwBCIEIIjwabCUSRPnCY5jeF1fobrzLDb6NoikeeWEjen7owz3";

/// A folder with a plugin `bell` and a store.
struct Yard {
    folder: TempDir,
    store: PackageStore,
}

impl Yard {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual(Moment::from_secs(1_800_000_000));
        let store = PackageStore::open(folder.path(), clock);
        Self { folder, store }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn component(&self) -> PathBuf {
        self.path("bell.wasm")
    }

    /// Writes version `version` of the plugin, with more lines of manifest.
    fn write(&self, version: &str, more: &str) {
        fs::write(self.component(), format!("\0asm component {version}")).unwrap();
        fs::write(self.path("plugin.toml"), manifest(version, more)).unwrap();
        let _ = fs::remove_file(self.path("plugin.sig"));
    }

    /// Signs what is written; gives the public key.
    fn sign(&self, maker: &str) -> String {
        let key = self.path("key.pem");
        fs::write(&key, format!("-----BEGIN PRIVATE KEY-----\n{maker}\n-----END PRIVATE KEY-----\n")).unwrap();
        let (signature, public) = sign(self.folder.path(), &key).unwrap();
        assert_eq!(signature, self.path("plugin.sig"));
        public
    }

    /// A section that wants the file.
    fn of_file(&self, more: &str) -> PluginConfig {
        toml::from_str(&format!("source = 'file:{}'\n{more}", self.component().display())).unwrap()
    }

    fn resolve(&self, config: &PluginConfig) -> Result<Package, PackageProblem> {
        resolve("bell", config, Some(&self.store))
    }

    /// What the loader does: finds the package, loads it, says so.
    fn serve(&self, config: &PluginConfig) -> String {
        let package = self.resolve(config).unwrap();
        self.store.loaded("bell", &package).unwrap();
        package.read_manifest().unwrap().version
    }

    fn install(&self, config: Option<&PluginConfig>) -> Result<Installed, InstallProblem> {
        install("bell", read_path(self.folder.path()).unwrap(), config, &self.store)
    }

    fn locked(&self) -> Locked {
        self.store.locked("bell").unwrap().unwrap()
    }

    /// Version, held or not, and the versions before.
    fn history(&self) -> (String, bool, Vec<String>) {
        let locked = self.locked();
        let before = locked.previous.iter().map(|version| version.version.clone()).collect();
        (locked.current.version, locked.held.is_some(), before)
    }

    fn lock_text(&self) -> String {
        fs::read_to_string(self.store.lock_file()).unwrap()
    }

    /// The folders of the store, with those that should not be there.
    fn stored(&self) -> usize {
        let names = fs::read_dir(self.path("plugins")).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| !["plugins.lock", ".writing"].contains(&name.to_str().unwrap())).count()
    }
}

fn manifest(version: &str, more: &str) -> String {
    format!(
        "id = \"bell\"\nkind = \"renderer\"\napi = \"1.0.0\"\nversion = \"{version}\"\nname = \"Bell\"\n\
         purpose = \"Rings a bell.\"\nprocessing_country = \"NL\"\n{more}"
    )
}

fn installed(more: &str) -> PluginConfig {
    toml::from_str(&format!("source = \"installed\"\n{more}")).unwrap()
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn history(current: &str, held: bool, previous: &[&str]) -> (String, bool, Vec<String>) {
    (current.to_owned(), held, previous.iter().map(|version| (*version).to_owned()).collect())
}
