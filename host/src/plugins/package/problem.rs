//! What can be wrong with where a plugin comes from, and what to do about it.

use std::io;
use std::path::PathBuf;

use super::Digest;
use crate::egress::plugin_signature::{NoMakerKey, WrongSignature};

/// Why a package cannot be had or is not believed. Where nothing else is said, a retry does not help.
#[derive(Debug, thiserror::Error)]
pub enum PackageProblem {
    /// `source` leads nowhere.
    #[error(
        "`plugins.{plugin}.source` is \"{source_text}\"; write \"builtin:<id>\" with one of {known}, \
         \"file:/path/to.wasm\", or \"installed\" for what `callpanion plugin install` brought"
    )]
    Source {
        /// The section.
        plugin: String,
        /// What stands there.
        source_text: String,
        /// The built-in ones.
        known: String,
    },
    /// A file cannot be read.
    #[error("cannot read {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is longer than such files are.
    #[error("{path} is longer than {max_bytes} bytes, the most that a plugin's file of this kind may have")]
    TooLong {
        /// The file.
        path: PathBuf,
        /// The limit.
        max_bytes: usize,
    },
    /// A file that should hold text.
    #[error("its {file} is not UTF-8 text")]
    NotText {
        /// Which.
        file: &'static str,
    },
    /// A folder with none or several components.
    #[error("{path} holds {found} files that end in .wasm, not one: name the component itself")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// How many.
        found: usize,
    },
    /// Another component than the one that the operator meant.
    #[error(
        "its SHA-256 is {found}, and `plugins.{plugin}.sha256` is another: write the new one there if this is the \
         component that you mean"
    )]
    Sha256 {
        /// The section.
        plugin: String,
        /// What it is.
        found: Digest,
    },
    /// Nothing says why it should be believed.
    #[error(
        "it is not a part of this program, and nothing says why to believe it: write its maker's public key as \
         `signed_by = \"…\"` in [plugins.{plugin}], or `unsigned = true` if you want it without a signature"
    )]
    NoWord {
        /// The section.
        plugin: String,
    },
    /// Both words, of which one is idle.
    #[error(
        "`plugins.{plugin}.signed_by` and `plugins.{plugin}.unsigned` contradict each other: remove `unsigned` to have \
         the signature checked"
    )]
    BothWords {
        /// The section.
        plugin: String,
    },
    /// A key for a part of the program.
    #[error("it is a part of this program and has no signature of its own: remove `plugins.{plugin}.signed_by`")]
    BuiltinKey {
        /// The section.
        plugin: String,
    },
    /// `signed_by` is no key.
    #[error("`plugins.{plugin}.signed_by` is wrong")]
    Key {
        /// The section.
        plugin: String,
        /// Why.
        #[source]
        source: NoMakerKey,
    },
    /// A signature is wanted and there is none.
    #[error(
        "`plugins.{plugin}.signed_by` names a key, and no plugin.sig came with it: get it from the maker, who makes it \
         with `callpanion plugin sign`"
    )]
    SignatureMissing {
        /// The section.
        plugin: String,
    },
    /// The signature does not fit.
    #[error(
        "it is not what the owner of `plugins.{plugin}.signed_by` signed: get it again from its maker, and change the \
         key only if the maker says so in a way that you trust"
    )]
    Signature {
        /// The section.
        plugin: String,
        /// Why.
        #[source]
        source: WrongSignature,
    },
    /// `source = "installed"`, and nothing is.
    #[error(
        "nothing is installed for [plugins.{plugin}]: run `callpanion plugin install`, which takes a file, a folder or \
         an oci:// reference"
    )]
    NotInstalled {
        /// The section.
        plugin: String,
    },
    /// The lock file is not readable.
    #[error("{path} is damaged: mend it, or remove it and install again what was installed")]
    Lock {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The lock contradicts itself.
    #[error(
        "the entry of `{plugin}` in plugins.lock was changed by hand: its digest {digest} is not that of its files' \
         digests. Install the plugin again"
    )]
    LockMismatch {
        /// The section.
        plugin: String,
        /// What the entry says.
        digest: Digest,
    },
    /// A stored file is not what was stored.
    #[error(
        "the stored files in {folder} are not those that plugins.lock pins for `{plugin}`: they were changed after they \
         were installed. Find out who did, then install {from} again"
    )]
    Damaged {
        /// The section.
        plugin: String,
        /// Where they lie.
        folder: PathBuf,
        /// Where they came from.
        from: String,
    },
    /// Another process is at it. A retry helps.
    #[error("another callpanion has been changing {folder} for too long: try again when it is done")]
    Busy {
        /// The store.
        folder: PathBuf,
    },
    /// The store cannot be written.
    #[error("cannot write {path}")]
    Write {
        /// What.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// No version before this one.
    #[error("there is no earlier version of `{plugin}` to go back to: plugins.lock knows none")]
    NothingBefore {
        /// The section.
        plugin: String,
    },
    /// Rolling back a part of the program.
    #[error("`{plugin}` is a part of this program: to go back, run the program's earlier version")]
    RollbackBuiltin {
        /// The section.
        plugin: String,
    },
}
