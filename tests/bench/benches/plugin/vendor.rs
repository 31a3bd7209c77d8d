//! The push service of the benchmark, a process of its own: HTTP/2 over TLS, and a 200 for everything. Holding, it
//! answers nobody until it is told to, and says when ten thousand wait.

use std::convert::Infallible;
use std::io::BufRead as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// So many rings wait before anybody is answered.
pub(crate) const HELD: usize = 10_000;

/// Listens on a port, says where and whose certificate it has, and serves until its input ends.
#[expect(clippy::disallowed_methods, reason = "the tasks end with the process")]
pub(crate) async fn run(holding: bool) -> anyhow::Result<()> {
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

    let (open, opened) = watch::channel(!holding);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if line.is_err() || open.send(true).is_err() {
                break;
            }
        }
        std::process::exit(0);
    });
    let waiting = Arc::new(AtomicUsize::new(0));
    loop {
        let (stream, _) = listener.accept().await?;
        let (acceptor, opened, waiting) = (acceptor.clone(), opened.clone(), waiting.clone());
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = service_fn(|request| answer(request, opened.clone(), waiting.clone()));
            let mut server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            server.max_concurrent_streams(20_000);
            // A client that leaves is no fault.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    mut opened: watch::Receiver<bool>,
    waiting: Arc<AtomicUsize>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let _ = request.into_body().collect().await;
    if !*opened.borrow() && waiting.fetch_add(1, Ordering::Relaxed) + 1 == HELD {
        println!("full");
    }
    let _ = opened.wait_for(|open| *open).await;
    let mut response = Response::new(Empty::new());
    let id = hyper::header::HeaderValue::from_static("0190a000-0000-7000-8000-000000000001");
    response.headers_mut().insert("apns-id", id);
    Ok(response)
}
