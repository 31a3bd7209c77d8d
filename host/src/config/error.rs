//! What can be wrong with a configuration, each in one sentence that names the key, where it came from and what to do.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// All that is wrong with the configuration, so that one start shows everything there is to mend.
/// A retry never helps: somebody has to edit.
#[derive(Debug)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

impl ConfigError {
    pub(super) fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }

    /// The single problems, in the order in which they were found; never empty.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self::new(vec![problem])
    }
}

/// One thing that is wrong. The texts hold no value of a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The configuration file can't be read.
    #[error("cannot read the configuration file {}: {reason}", file.display())]
    Unreadable {
        /// As given on the command line.
        file: PathBuf,
        /// Why not.
        reason: io::Error,
    },
    /// The configuration file is no TOML.
    #[error("{origin} is not valid TOML: {reason}")]
    Malformed {
        /// The file.
        origin: String,
        /// Line, column and what was expected.
        reason: String,
    },
    /// A key that nothing reads.
    #[error("unknown key `{key}` in {origin}: did you mean `{nearest}`?")]
    UnknownKey {
        /// The full dotted key.
        key: String,
        /// File or environment variable.
        origin: String,
        /// The nearest key that exists.
        nearest: String,
    },
    /// A secret was given twice.
    #[error("both `{key}` (in {origin}) and `{key}_file` (in {file_origin}) are set: keep one of them")]
    BothGiven {
        /// The full dotted key.
        key: String,
        /// Where the value came from.
        origin: String,
        /// Where the file's name came from.
        file_origin: String,
    },
    /// The file that should hold a secret can't be read, or is empty.
    #[error("`{key}` in {origin} names {}, which cannot be used: {reason}", file.display())]
    SecretFile {
        /// The full dotted key, with `_file`.
        key: String,
        /// Where the file's name came from.
        origin: String,
        /// The file.
        file: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A value of a wrong type or out of range.
    #[error("`{key}` in {origin}: expected {expected}, found {found}")]
    Wrong {
        /// The full dotted key.
        key: String,
        /// File, environment variable or the built-in defaults.
        origin: String,
        /// What it may be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A value that can't be right for another reason.
    #[error("`{key}` in {origin}: {reason}")]
    Refused {
        /// The full dotted key.
        key: String,
        /// File, environment variable or the built-in defaults.
        origin: String,
        /// Why, and what to do.
        reason: String,
    },
}

impl Problem {
    /// Whether both are about one unknown key.
    pub(super) fn is_same_typo(&self, other: &Self) -> bool {
        matches!((self, other), (Self::UnknownKey { key, .. }, Self::UnknownKey { key: other, .. }) if key == other)
    }
}
