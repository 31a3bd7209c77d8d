//! Letters through each transport; the SMTP server is a script on a loopback port.

use std::path::Path;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::config::{Config, Secret};

fn config(transport: MailTransport) -> config::Mail {
    let mut mail = Config::load(None, std::iter::empty()).unwrap().mail;
    mail.transport = transport;
    mail
}

fn letter() -> Mail {
    Mail {
        id: "0192a000".to_owned(),
        to: "sari@example.org".to_owned(),
        subject: "Ibu Ketut: 09:00\r\nBcc: eve@example.org".to_owned(),
        text: "Ibu slept well.".to_owned(),
        html: "<p>Ibu slept well.</p>".to_owned(),
        unsubscribe: None,
    }
}

/// Serves one connection: answers each line with the reply whose word it begins with. Returns what was said.
async fn serve_once(listener: TcpListener, replies: &'static [(&'static str, &'static str)]) -> String {
    let (stream, _) = listener.accept().await.unwrap();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut said = String::new();
    let mut in_letter = false;
    write.write_all(b"220 mail.example.org\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        said.push_str(&line);
        said.push('\n');
        if in_letter && line != "." {
            continue;
        }
        in_letter = line == "DATA";
        let reply = replies.iter().find(|(word, _)| line.starts_with(word)).map_or("250 ok", |(_, reply)| reply);
        write.write_all(format!("{reply}\r\n").as_bytes()).await.unwrap();
        if line == "QUIT" {
            break;
        }
    }
    said
}

async fn through_smtp(replies: &'static [(&'static str, &'static str)]) -> (Result<(), MailError>, String) {
    let (mailer, listener) = with_a_server().await;
    let (sent, said) = tokio::join!(mailer.send(letter()), serve_once(listener, replies));
    (sent, said)
}

/// A mailer, and where its server is to answer.
async fn with_a_server() -> (Mailer, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = config::Mail {
        host: Some("127.0.0.1".to_owned()),
        port: listener.local_addr().unwrap().port(),
        tls: MailTls::None,
        username: Some("callpanion".to_owned()),
        password: Some(Secret::new("invented")),
        ..config(MailTransport::Smtp)
    };
    (Mailer::from_config(&config).unwrap(), listener)
}

const WILLING: (&str, &str) = ("EHLO", "250-mail.example.org\r\n250 AUTH PLAIN");
const SIGNED_IN: (&str, &str) = ("AUTH", "235 ok");
const LISTENING: (&str, &str) = ("DATA", "354 go on");
const LEAVING: (&str, &str) = ("QUIT", "221 bye");

#[tokio::test]
async fn letter_goes_to_the_server_with_its_headers() {
    let (sent, said) = through_smtp(&[WILLING, SIGNED_IN, LISTENING, LEAVING]).await;
    assert_eq!(sent, Ok(()));
    for line in ["RCPT TO:<sari@example.org>", "Auto-Submitted: auto-generated", "MIME-Version: 1.0"] {
        assert!(said.contains(line), "{line} is not in\n{said}");
    }
    let header = |name: &str| said.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned)).unwrap();
    assert_eq!(header("Message-ID: "), "<0192a000@localhost>", "{said}");
    assert!(header("Date: ").ends_with("+0000"), "{said}");
    assert!(said.contains("text/plain") && said.contains("text/html"));
    assert!(!said.lines().any(|line| line.starts_with("Bcc:")), "a subject must not make headers");
}

#[test]
fn letter_says_how_its_reader_asks_for_no_more() {
    let from = Mailer::memory().from;
    let headers = |unsubscribe: Option<&str>| -> Vec<String> {
        let mail = Mail { unsubscribe: unsubscribe.map(str::to_owned), ..letter() };
        let message = String::from_utf8(letter::compose(&from, &mail).unwrap().formatted()).unwrap();
        message.lines().filter(|line| line.starts_with("List-")).map(str::to_owned).collect()
    };
    let link = format!("https://calls.example/notices/off/{}", "x".repeat(43));
    let one_click = "List-Unsubscribe-Post: List-Unsubscribe=One-Click".to_owned();
    assert_eq!(headers(Some(&link)), [format!("List-Unsubscribe: <{link}>"), one_click], "in one line, however long");
    let plain = "http://localhost:8080/notices/off/x";
    assert_eq!(headers(Some(plain)), [format!("List-Unsubscribe: <{plain}>")], "no mail program posts in clear");
    assert!(headers(None).is_empty());
}

#[tokio::test]
async fn refusal_is_final_and_names_no_address() {
    const REFUSAL: (&str, &str) = ("RCPT", "550 5.1.1 <sari@example.org>: unknown");
    let (sent, _) = through_smtp(&[WILLING, SIGNED_IN, REFUSAL, LEAVING]).await;
    let error = sent.unwrap_err();
    assert_eq!(error, MailError::Refused { code: 550 });
    assert!(!error.is_retryable() && !error.is_of_the_server(true), "it is about one address");
    assert!(!format!("{error} {error:?}").contains("sari"));
}

#[tokio::test]
async fn a_server_that_says_later_is_tried_again() {
    let (sent, _) = through_smtp(&[WILLING, SIGNED_IN, ("RCPT", "451 4.7.1 greylisted"), LEAVING]).await;
    assert_eq!(sent, Err(MailError::Later { code: 451 }));
    let error = sent.unwrap_err();
    assert!(error.is_retryable());
    assert!(!error.is_of_the_server(false), "it may mean it");
    assert!(error.is_of_the_server(true), "and it may not");
}

#[tokio::test]
async fn wrong_password_is_the_operators_to_mend_and_the_letter_waits() {
    let (sent, _) = through_smtp(&[WILLING, ("AUTH", "535 5.7.8 no"), LEAVING]).await;
    assert_eq!(sent, Err(MailError::Refused { code: 535 }));
    assert!(sent.unwrap_err().is_retryable());
}

#[tokio::test]
async fn probe_signs_in_and_sends_nothing() {
    let (mailer, listener) = with_a_server().await;
    let (probed, said) = tokio::join!(mailer.probe(), serve_once(listener, &[WILLING, SIGNED_IN, LEAVING]));
    assert_eq!(probed, Ok(()));
    assert!(said.contains("AUTH") && !said.contains("MAIL FROM"), "{said}");
    let (mailer, listener) = with_a_server().await;
    let refusal = serve_once(listener, &[WILLING, ("AUTH", "535 5.7.8 no"), LEAVING]);
    let (probed, _said) = tokio::join!(mailer.probe(), refusal);
    assert_eq!(probed, Err(MailError::Refused { code: 535 }));
}

#[tokio::test]
async fn no_server_is_retryable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let config =
        config::Mail { host: Some("127.0.0.1".to_owned()), port, tls: MailTls::None, ..config(MailTransport::Smtp) };
    let error = Mailer::from_config(&config).unwrap().send(letter()).await.unwrap_err();
    assert_eq!(error, MailError::Unreachable);
    assert!(error.is_retryable() && error.is_of_the_server(false));
}

#[tokio::test]
async fn file_transport_writes_one_file_per_letter() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("mail");
    let mailer = Mailer::from_config(&config::Mail { dir: Some(dir.clone()), ..config(MailTransport::File) }).unwrap();
    mailer.send(letter()).await.unwrap();
    mailer.send(letter()).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2);
    assert!(files.iter().all(|file| file.extension() == Some("eml".as_ref())));
    assert!(std::fs::read_to_string(&files[0]).unwrap().contains("To: sari@example.org"));
    assert!(mailer.outbox().is_none());
}

#[tokio::test]
async fn memory_keeps_letters_and_none_drops_them() {
    let mailer = Mailer::memory();
    mailer.clone().send(letter()).await.unwrap();
    let outbox = mailer.outbox().unwrap();
    assert_eq!(outbox.to("sari@example.org"), [letter()]);
    assert!(outbox.to("eve@example.org").is_empty());
    assert_eq!(outbox.take().len(), 1);
    assert!(outbox.all().is_empty());

    let off = Mailer::from_config(&config(MailTransport::None)).unwrap();
    assert_eq!(off.send(letter()).await, Ok(()));
    let nobody = Mail { to: "nobody".to_owned(), ..letter() };
    assert_eq!(mailer.send(nobody).await, Err(MailError::Unwritable));
}

#[test]
fn setup_that_cannot_work_is_refused_by_key() {
    let refused = |mail: &config::Mail| Mailer::from_config(mail).unwrap_err().to_string();
    let bad_from = config::Mail { from: "Callpanion".to_owned(), ..config(MailTransport::None) };
    assert!(refused(&bad_from).contains("`mail.from`"));
    assert!(refused(&config(MailTransport::Smtp)).contains("`mail.host`"));
    let file = tempfile::NamedTempFile::new().unwrap();
    let below_a_file = config::Mail { dir: Some(Path::new(file.path()).join("mail")), ..config(MailTransport::File) };
    assert!(refused(&below_a_file).contains("`mail.dir`"));
}
