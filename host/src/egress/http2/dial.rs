//! Opens a connection: the name is resolved, then TCP, TLS where the origin wants it, and HTTP/2.

use std::sync::Arc;

use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use http::Uri;
use http::uri::Scheme;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::task::TaskTracker;
use tower::Service as _;

use super::super::address::{AddressRefused, PublicOnly};
use super::super::client::{CONNECT_TIMEOUT, PING_INTERVAL, PING_TIMEOUT, Trust};
use super::super::reason::{cause, with_causes};
use super::gathered::Gathered;
use super::{NoConnection, keep_alive};

const ALPN: &[u8] = b"h2";
/// Requests under way before the server has said how many it allows.
const STREAMS_AT_FIRST: usize = 100;
/// What a server may send before it is read: of one reply, and of all.
const STREAM_WINDOW_BYTES: u32 = 2 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 5 * 1024 * 1024;
const HEADERS_MAX_BYTES: u32 = 16 * 1024;

/// Opens connections. What it makes is free of it.
pub(super) struct Dialer {
    tcp: HttpConnector<PublicOnly>,
    tls: TlsConnector,
    /// Who drives the connections: those who made the client, not whoever first sends. A page may, whose threads end
    /// before the last ring.
    threads: Option<Handle>,
}

impl Dialer {
    pub(super) fn new(trust: &Trust, addresses: PublicOnly) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(addresses);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // Shared among the addresses of a name: one that is silent leaves time for the next.
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let mut tls = trust.tls.clone();
        tls.alpn_protocols = vec![ALPN.to_vec()];
        Self { tcp, tls: TlsConnector::from(Arc::new(tls)), threads: Handle::try_current().ok() }
    }

    /// Opens a connection to where `uri` points, and keeps it alive for as long as it is used.
    pub(super) fn dial(&self, uri: Uri) -> JoinHandle<Result<SendRequest<Bytes>, NoConnection>> {
        let (tcp, tls) = (self.tcp.clone(), self.tls.clone());
        let opening = async move {
            let opening = timeout(CONNECT_TIMEOUT, open(tcp, tls, uri)).await;
            opening.unwrap_or_else(|_| Err(NoConnection::Failed("the connection was not opened in time".to_owned())))
        };
        match &self.threads {
            Some(threads) => TaskTracker::new().spawn_on(opening, threads),
            None => TaskTracker::new().spawn(opening),
        }
    }
}

async fn open(
    mut tcp: HttpConnector<PublicOnly>,
    tls: TlsConnector,
    uri: Uri,
) -> Result<SendRequest<Bytes>, NoConnection> {
    let stream = tcp.call(uri.clone()).await.map_err(|error| failed(&error))?.into_inner();
    if uri.scheme() == Some(&Scheme::HTTPS) {
        speak(Gathered(secure(tls, stream, &uri).await?)).await
    } else {
        speak(Gathered(stream)).await
    }
}

async fn secure(tls: TlsConnector, stream: TcpStream, uri: &Uri) -> Result<TlsStream<TcpStream>, NoConnection> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(host).map_err(|error| failed(&error))?;
    let stream = tls.connect(name, stream).await.map_err(|error| failed(&error))?;
    if stream.get_ref().1.alpn_protocol() == Some(ALPN) {
        return Ok(stream);
    }
    Err(NoConnection::Failed("the server does not speak HTTP/2".to_owned()))
}

async fn speak<T>(stream: Gathered<T>) -> Result<SendRequest<Bytes>, NoConnection>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = Builder::new();
    builder
        .enable_push(false)
        .initial_max_send_streams(STREAMS_AT_FIRST)
        .initial_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_header_list_size(HEADERS_MAX_BYTES);
    let (sender, connection) = builder.handshake(stream).await.map_err(|error| failed(&error))?;
    // It ends by itself when nobody sends any more, or the server is gone.
    TaskTracker::new().spawn(keep_alive::drive(connection, (PING_INTERVAL, PING_TIMEOUT)));
    Ok(sender)
}

fn failed(error: &(dyn std::error::Error + 'static)) -> NoConnection {
    let refused = cause::<AddressRefused>(error).cloned();
    refused.map_or_else(|| NoConnection::Failed(with_causes(error)), NoConnection::Refused)
}
