//! Mail: whether letters would leave.

use crate::config::{Config, MailTransport};
use crate::domain::Finding;
use crate::mail::{MailError, Mailer};

/// Looks at the way that letters take. A server is signed in at, and sent nothing.
pub(super) async fn examine(config: &Config) -> Finding {
    match config.mail.transport {
        MailTransport::None => Finding::warning(
            "Mail: switched off. No family is told of anything by mail, and nobody can sign up.",
            "Set `mail.transport = \"smtp\"`, `mail.host` and what else its server wants.",
        ),
        MailTransport::File => {
            let folder = config.mail.dir.as_deref().unwrap_or(&config.data_dir);
            Finding::warning(
                format!("Mail: letters are only written to files, in {}.", folder.display()),
                "Where something else sends them on, this is right. Else set `mail.transport = \"smtp\"`.",
            )
        }
        MailTransport::Smtp => match Mailer::from_config(&config.mail) {
            Err(error) => Finding::problem(format!("Mail: {error}."), "Mend that key of the section `mail`."),
            Ok(mailer) => of_server(config, mailer.probe().await),
        },
    }
}

fn of_server(config: &Config, probed: Result<(), MailError>) -> Finding {
    let host = config.mail.host.as_deref().unwrap_or_default();
    let server = format!("{host}:{}", config.mail.port);
    let Err(error) = probed else { return Finding::ok(format!("Mail: {server} takes letters from here.")) };
    let mend = match error {
        MailError::Unreachable | MailError::Deadline => {
            "Look at `mail.host` and `mail.port`, and whether a firewall lets this machine connect there."
        }
        MailError::Tls => {
            "Look at `mail.tls`: `implicit` is for port 465, `starttls` for 587. The certificate must be of `mail.host`."
        }
        MailError::Refused { .. } => {
            "Look at `mail.username` and `mail.password`, and whether it takes letters from here."
        }
        MailError::Later { .. } => "Ask again in some minutes. If it stays so, ask whoever runs that server.",
        MailError::Garbled | MailError::Unwritable | MailError::Folder => {
            "Look whether `mail.host` and `mail.port` are those of a mail server."
        }
    };
    Finding::problem(format!("Mail: {server}: {error}. Letters wait, and are tried for half a day."), mend)
}
