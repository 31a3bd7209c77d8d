//! Why a letter did not leave. No text here holds an address: a server's answer often repeats it, so only its code is kept.

use std::path::PathBuf;

use lettre::transport::smtp;

/// A letter that was not handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The recipient's address or the text can't be a mail.
    #[error("the mail cannot be written: bad address or text")]
    Unwritable,
    /// The server can't be reached, or the connection broke.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// The connection can't be protected as configured.
    #[error("no protected connection to the mail server")]
    Tls,
    /// The server says: later.
    #[error("the mail server says later ({code})")]
    Later {
        /// Its reply code, 400 to 499.
        code: u16,
    },
    /// The server says no.
    #[error("the mail server refuses ({code})")]
    Refused {
        /// Its reply code, 500 to 599.
        code: u16,
    },
    /// The server does not speak as it should.
    #[error("the mail server's answer makes no sense")]
    Garbled,
    /// `mail.deadline_ms` has passed.
    #[error("the mail server took too long")]
    Deadline,
    /// The folder of `transport = "file"` can't be written.
    #[error("the mail folder cannot be written")]
    Folder,
}

impl MailError {
    /// Whether the same letter may go through later.
    pub fn is_retryable(self) -> bool {
        match self {
            // 530 to 538 are about signing in: once the operator has mended it, waiting letters go.
            Self::Refused { code } => (530..=538).contains(&code),
            Self::Unwritable => false,
            Self::Unreachable | Self::Tls | Self::Later { .. } | Self::Garbled | Self::Deadline | Self::Folder => true,
        }
    }

    /// Whether no letter goes through, whoever it is for: the operator must look. A server that says "later" may mean it,
    /// unless it was asked for long.
    pub fn is_of_the_server(self, was_asked_for_long: bool) -> bool {
        self.is_retryable() && (was_asked_for_long || !matches!(self, Self::Later { .. }))
    }

    pub(super) fn from_smtp(error: &smtp::Error) -> Self {
        if let Some(code) = error.status() {
            let code = u16::from(code);
            return if error.is_transient() { Self::Later { code } } else { Self::Refused { code } };
        }
        if error.is_timeout() {
            Self::Deadline
        } else if error.is_tls() {
            Self::Tls
        } else if error.is_response() || error.is_client() {
            Self::Garbled
        } else {
            Self::Unreachable
        }
    }
}

/// The `[mail]` section can't be used. A retry never helps.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailSetupError {
    /// `mail.from` is no address.
    #[error("`mail.from`: expected `Name <address>`, found `{found}`")]
    From {
        /// What it is.
        found: String,
    },
    /// No server is named.
    #[error("`mail.host` is needed when `mail.transport` is `smtp`")]
    NoHost,
    /// TLS can't check a server of this name.
    #[error("`mail.host`: `{found}` cannot be the name of a server")]
    Host {
        /// What it is.
        found: String,
    },
    /// No folder is named.
    #[error("`mail.dir` is needed when `mail.transport` is `file`")]
    NoDir,
    /// The folder can't be made.
    #[error("`mail.dir`: the folder {} cannot be made", dir.display())]
    Dir {
        /// Which.
        dir: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}
