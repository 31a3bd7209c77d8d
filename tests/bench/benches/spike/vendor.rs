//! The push service of the benchmark, a process of its own: HTTP/2 over TLS, a token for whoever asks, a message name
//! for every push, and a note of when it came and for which ring.
//!
//! Like Google it allows a hundred requests on a connection at once.

use std::convert::Infallible;
use std::io::{BufRead as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Requests on one connection at once.
pub(crate) const STREAMS: usize = 100;
/// A spike that is not through by then is not waited for.
const PATIENCE: Duration = Duration::from_mins(2);
const RING_ID: &[u8] = br#""sessionId":""#;
const TOKEN: &str = r#"{"access_token":"ya29.c.b0AXv0zTMabcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwx","expires_in":3599,"token_type":"Bearer"}"#;
const TAKEN: &[u8] = br#"{"name":"projects/callpanion-bench/messages/0:1794990000000000%31bd1c9631bd1c96"}"#;

type Notes = Arc<Mutex<Vec<([u8; 36], i64)>>>;

/// Listens on a port, says where and whose certificate it has, and serves until its input ends.
#[expect(clippy::disallowed_methods, reason = "the tasks end with the process")]
pub(crate) async fn run(delay_ms: &str) -> anyhow::Result<()> {
    let delay = Duration::from_millis(delay_ms.parse()?);
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)?;
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("https://localhost:{}", listener.local_addr()?.port());
    println!("{}", own.cert.pem().replace(['\r', '\n'], "|"));

    let notes = Notes::default();
    let asked = notes.clone();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if line.is_err() || obey(&line.unwrap_or_default(), &asked).is_err() {
                break;
            }
        }
        std::process::exit(0);
    });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (acceptor, notes) = (acceptor.clone(), notes.clone());
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = service_fn(|request| answer(request, notes.clone(), delay));
            let mut server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            server.timer(TokioTimer::new()).max_concurrent_streams(u32::try_from(STREAMS).ok());
            // A client that leaves is no fault.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// `wait NUMBER`: answers once so many pushes came, or none for too long. `take`: their number, and each on a line.
fn obey(line: &str, notes: &Notes) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if let Some(number) = line.strip_prefix("wait ") {
        let number: usize = number.parse()?;
        let began = Instant::now();
        while hold(notes).len() < number && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
        }
        writeln!(out, "{}", hold(notes).len())?;
    } else {
        let taken = std::mem::take(&mut *hold(notes));
        writeln!(out, "{}", taken.len())?;
        for (ring, at) in taken {
            writeln!(out, "{} {at}", String::from_utf8_lossy(&ring))?;
        }
    }
    Ok(out.flush()?)
}

fn hold(notes: &Notes) -> std::sync::MutexGuard<'_, Vec<([u8; 36], i64)>> {
    notes.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(
    request: Request<Incoming>,
    notes: Notes,
    delay: Duration,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let is_token = request.uri().path() == "/token";
    let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let reply: &'static [u8] = if is_token { TOKEN.as_bytes() } else { TAKEN };
    if !is_token && let Some(ring) = ring_id(&body) {
        hold(&notes).push((ring, now()));
    }
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let mut response = Response::new(Full::new(Bytes::from_static(reply)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
    Ok(response)
}

fn ring_id(body: &[u8]) -> Option<[u8; 36]> {
    let at = body.windows(RING_ID.len()).position(|window| window == RING_ID)? + RING_ID.len();
    body.get(at..at + 36)?.try_into().ok()
}

/// Microseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "a process of its own, on the machine's time as the host's is")]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
