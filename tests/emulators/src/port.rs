//! A loopback port: accepts connections and hands their requests to a router.
//!
//! Each connection carries a [`Cut`], so that a fault can end it in the middle
//! of a request, which an ordinary server loop does not offer.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use axum::response::Response;
use axum::{Extension, Router};
use http::HeaderValue;
use http::header::DATE;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::fault::Cut;
use crate::pace::Pace;
use crate::witness::Witness;

/// Which HTTP a port speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    /// HTTP/1.1, or HTTP/2 with prior knowledge.
    Either,
    /// HTTP/2 with prior knowledge and nothing else.
    Http2Only,
}

/// How many connections this process has taken, on all ports.
static TAKEN: AtomicU64 = AtomicU64::new(0);

/// The number of the last connection that was taken.
pub(crate) fn last_connection() -> u64 {
    TAKEN.load(Ordering::SeqCst)
}

/// Largest request body that an emulator reads, in bytes.
pub(crate) const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// Binds a free loopback port and returns it with its base URL.
pub(crate) async fn bind() -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}

/// Serves `router` on `listener` until the world stops.
pub(crate) fn serve(pace: &Pace, witness: &Witness, listener: TcpListener, router: Router, wire: Wire) {
    serve_counted(pace, witness, listener, router, wire, Arc::default());
}

/// The same, and counts the connections.
pub(crate) fn serve_counted(
    pace: &Pace,
    witness: &Witness,
    listener: TcpListener,
    router: Router,
    wire: Wire,
    connections: Arc<AtomicUsize>,
) {
    let (spawner, witness) = (pace.clone(), witness.clone());
    pace.serve(async move {
        loop {
            // A failed accept is the peer's doing (it hung up); the port lives on.
            if let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                spawner.tell();
                spawner.serve(connection(stream, router.clone(), wire, witness.clone()));
            }
        }
    });
}

async fn connection(stream: TcpStream, router: Router, wire: Wire, witness: Witness) {
    if wire == Wire::Http2Only && !speaks_http2(&stream).await {
        witness.unexpected("a connection that does not speak HTTP/2 came to an HTTP/2-only port");
        return;
    }
    let cut = Cut(CancellationToken::new(), TAKEN.fetch_add(1, Ordering::SeqCst) + 1);
    let service = TowerToHyperService::new(router.layer(Extension(cut.clone())));
    let server = auto::Builder::new(TokioExecutor::new());
    let serving = server.serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        () = cut.0.cancelled() => {}
        // An error here is a peer that went away; what it asked was recorded.
        _ended = serving => {}
    }
}

/// A refusal with the `date` of the time that the emulators live in: by default the server writes the machine's.
pub(crate) fn dated(pace: &Pace, mut response: Response) -> Response {
    let now = Timestamp::from_second(pace.now_s()).unwrap_or_default();
    if !response.status().is_success()
        && let Ok(date) = DateTimePrinter::new().timestamp_to_rfc9110_string(&now)
        && let Ok(date) = HeaderValue::try_from(date)
    {
        response.headers_mut().entry(DATE).or_insert(date);
    }
    response
}

/// Whether the first bytes are those of the HTTP/2 preface ("PRI * HTTP/2.0"); "PO…" is a POST of HTTP/1.
async fn speaks_http2(stream: &TcpStream) -> bool {
    let mut first = [0_u8; 3];
    match stream.peek(&mut first).await {
        // A peer that opened and closed a connection said nothing wrong.
        Ok(0) | Err(_) => true,
        Ok(read) => b"PRI".starts_with(&first[..read]),
    }
}
