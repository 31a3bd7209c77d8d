//! The mail room: hands letters to an SMTP server, to a folder, or to memory. Services walk in with a finished [`Mail`];
//! what it says comes from the theme room. Nothing here logs an address, a subject or a text.

mod address;
mod error;
mod letter;
mod outbox;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::{Arc, Once};
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::config::{self, MailTls, MailTransport};

pub use address::{AddressError, parse_address};
pub use error::{MailError, MailSetupError};
pub use outbox::Outbox;

/// One letter to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Names the letter: one that is sent twice has one name, by which a mail server can tell. Letters, digits and dashes.
    pub id: String,
    /// The address, as [`parse_address`] returned it.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The letter for readers without HTML; says all that the other says.
    pub text: String,
    /// The letter as HTML.
    pub html: String,
    /// The whole link with which the reader asks for no more letters of this kind; none for a letter that has to come.
    pub unsubscribe: Option<String>,
}

/// Sends letters. Cheap to clone; all clones share one transport.
#[derive(Clone, Debug)]
pub struct Mailer {
    from: Mailbox,
    deadline: Duration,
    transport: Transport,
}

#[derive(Clone, Debug)]
enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    File(PathBuf),
    Off(Arc<Once>),
    Memory(Arc<Outbox>),
}

impl Mailer {
    /// The mailer that the configuration describes. Opens no connection.
    ///
    /// # Errors
    /// When `mail.from` is no address, the server's name can't be one, or the folder can't be made.
    pub fn from_config(config: &config::Mail) -> Result<Self, MailSetupError> {
        let from = config.from.parse().map_err(|_| MailSetupError::From { found: config.from.clone() })?;
        let transport = match config.transport {
            MailTransport::Smtp => Transport::Smtp(smtp(config)?),
            MailTransport::File => {
                let dir = config.dir.clone().ok_or(MailSetupError::NoDir)?;
                std::fs::create_dir_all(&dir).map_err(|source| MailSetupError::Dir { dir: dir.clone(), source })?;
                Transport::File(dir)
            }
            MailTransport::None => Transport::Off(Arc::new(Once::new())),
        };
        Ok(Self { from, deadline: Duration::from_millis(config.deadline_ms.into()), transport })
    }

    /// A mailer that keeps every letter in memory, for the demo and for tests.
    pub fn memory() -> Self {
        // "Dangerous" is the unchecked constructor; these two words are fine.
        let sender = Address::new_dangerous("callpanion", "localhost");
        Self {
            from: Mailbox::new(Some("Callpanion".to_owned()), sender),
            deadline: Duration::from_secs(15),
            transport: Transport::Memory(Arc::default()),
        }
    }

    /// The letters of a [`Mailer::memory`]; other mailers have none.
    pub fn outbox(&self) -> Option<Arc<Outbox>> {
        match &self.transport {
            Transport::Memory(outbox) => Some(Arc::clone(outbox)),
            Transport::Smtp(_) | Transport::File(_) | Transport::Off(_) => None,
        }
    }

    /// Hands one letter over. With mail switched off it is dropped, which the log says once.
    ///
    /// # Errors
    /// [`MailError::is_retryable`] says whether the same letter may go through later. A letter whose
    /// hand-over broke off may have been delivered: sending it again can deliver it twice.
    pub async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = letter::compose(&self.from, &mail)?;
        let handed_over = async {
            match &self.transport {
                Transport::Smtp(smtp) => {
                    smtp.send(message).await.map(drop).map_err(|error| MailError::from_smtp(&error))
                }
                Transport::File(dir) => AsyncFileTransport::<Tokio1Executor>::new(dir)
                    .send(message)
                    .await
                    .map(drop)
                    .map_err(|_| MailError::Folder),
                Transport::Off(once) => {
                    once.call_once(|| tracing::warn!("mail is off"));
                    Ok(())
                }
                Transport::Memory(outbox) => {
                    outbox.put(mail);
                    Ok(())
                }
            }
        };
        tokio::time::timeout(self.deadline, handed_over).await.unwrap_or(Err(MailError::Deadline))
    }

    /// Whether a server would take letters from here: connects and signs in as for a letter, and sends none. Other ways
    /// than a server are not tried.
    ///
    /// # Errors
    /// As for a letter that cannot be handed over.
    pub async fn probe(&self) -> Result<(), MailError> {
        let Transport::Smtp(smtp) = &self.transport else { return Ok(()) };
        match tokio::time::timeout(self.deadline, smtp.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(MailError::Unreachable),
            Ok(Err(error)) => Err(MailError::from_smtp(&error)),
            Err(_) => Err(MailError::Deadline),
        }
    }
}

fn smtp(config: &config::Mail) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailSetupError> {
    let host = config.host.clone().ok_or(MailSetupError::NoHost)?;
    let parameters =
        || TlsParameters::new_rustls(host.clone()).map_err(|_| MailSetupError::Host { found: host.clone() });
    let tls = match config.tls {
        MailTls::Starttls => Tls::Required(parameters()?),
        MailTls::Implicit => Tls::Wrapper(parameters()?),
        MailTls::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host.as_str())
        .port(config.port)
        .tls(tls)
        .timeout(Some(Duration::from_millis(config.deadline_ms.into())));
    if let (Some(username), Some(password)) = (&config.username, &config.password) {
        builder = builder.credentials(Credentials::new(username.clone(), password.reveal().to_owned()));
    }
    Ok(builder.build())
}
