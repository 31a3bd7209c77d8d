//! The web door as a whole: pages with their cookies, questions and forms, the device API, the old phone app's calls,
//! links in letters, unsigned webhooks. A seed is an HTTP request as it would stand on the wire.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use callpanion::clock::Clock;
use callpanion::config::Config;
use callpanion::domain::Locale;
use callpanion::mail::Mailer;
use callpanion::services::setup;
use callpanion::{boot, web};
use http::Request;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use super::NOW;
use super::input::{first_line, headers_and_body};

/// Where a seed wants to be signed in, it says this.
const SESSION: &str = "{session}";

struct Door {
    router: Router,
    session: String,
    runtime: Runtime,
    _folder: TempDir,
}

static DOOR: LazyLock<Door> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (router, session) = runtime.block_on(opened(&folder));
    Door { router, session, runtime, _folder: folder }
});

/// A host with a family's first account, whose clock stands still.
async fn opened(folder: &TempDir) -> (Router, String) {
    let data_dir = folder.path().display().to_string();
    let settings = [("CALLPANION__DATA_DIR".to_owned(), data_dir)];
    let config = Config::load(None, settings.into_iter()).unwrap();
    let app = boot::assemble(config, Clock::manual(NOW), Mailer::memory()).await.unwrap();
    let link = setup::ensure_setup_link(&app).await.unwrap().unwrap();
    let token = link.rsplit('/').next().unwrap();
    let (email, name) = ("rosalind@achterberg.example", "Rosalind Achterberg");
    let account = setup::complete(&app, token, email, name, "four-green-umbrellas", Locale::En).await.unwrap();
    (web::router::router(app), account.secret)
}

/// Whatever is asked, the host never calls it its own fault.
pub(crate) fn requests(data: &[u8]) {
    let (line, rest) = first_line(data);
    let line = String::from_utf8_lossy(line);
    let mut words = line.split(' ');
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return };
    let (headers, body) = headers_and_body(rest);
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, value.replace(SESSION, &DOOR.session));
    }
    let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 50_000));
    let Ok(request) = request.extension(ConnectInfo(peer)).body(Body::from(body.to_vec())) else { return };
    // `/events` has no end: what stands in an answer is not read.
    let answered = DOOR.runtime.block_on(DOOR.router.clone().oneshot(request));
    let status = answered.unwrap_or_else(|never| match never {}).status();
    assert!(!status.is_server_error(), "{line} was answered {status}");
}
