//! A loopback port: accepts connections and hands their requests to a router.
//!
//! Each connection carries a [`Cut`], so that a fault can end it in the middle
//! of a request, which an ordinary server loop does not offer.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

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
    let cut = Cut::default();
    let service = TowerToHyperService::new(router.layer(Extension(cut.clone())));
    let server = auto::Builder::new(TokioExecutor::new());
    let serving = server.serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        () = cut.0.cancelled() => {}
        // An error here is a peer that went away; what it asked was recorded.
        _ended = serving => {}
    }
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
