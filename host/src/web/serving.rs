//! Serving: accepts connections and hands their requests to the router, and bears with nobody who is slow on purpose.
//!
//! A new connection has to bring its first request soon, and each further one within its time. One address may have so
//! many connections at once, unless it is a trusted proxy's, and all together only so many that file descriptors are left
//! for vendors and the database: whoever floods this door holds up no ring. `boot` walks in.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::app::App;

/// From the connection to the end of its first headers.
const FIRST_REQUEST: Duration = Duration::from_secs(10);
/// From one request to the end of the next one's headers. Longer than proxies keep idle connections, as a rule: who ends
/// one first may end it under a request.
const NEXT_REQUEST: Duration = Duration::from_secs(75);
/// All headers of a request, in bytes; more is answered with 431.
const HEADERS_MAX_BYTES: usize = 64 * 1024;
/// Requests at once on one HTTP/2 connection.
const STREAMS_MAX: u32 = 100;
/// A peer that is gone is found out by a PING after so long.
const PING_INTERVAL: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections of one address: a household, an office, or many phones behind one of a provider's addresses.
const CONNECTIONS_OF_AN_ADDRESS: usize = 512;
/// Connections of all together, where the system allows so many open files.
const CONNECTIONS_MAX: usize = 8_192;
/// After a failed accept, as when no file descriptor is left.
const NAP: Duration = Duration::from_millis(100);

/// Serves until `stop`; then nothing new comes in, and it waits for what is open.
pub async fn serve(listener: TcpListener, app: &App, router: Router, stop: CancellationToken) -> std::io::Result<()> {
    let (guests, tasks) = (Guests::new(app), TaskTracker::new());
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::debug!(%error, "a connection could not be accepted");
                tokio::time::sleep(NAP).await;
                continue;
            }
        };
        // One too many is closed at once: an answer would be work.
        if let Some(guest) = guests.welcome(peer.ip()) {
            tasks.spawn(connection(stream, peer, router.clone(), stop.clone(), guest));
        }
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
    Ok(())
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, stop: CancellationToken, _guest: Guest) {
    let has_begun = CancellationToken::new();
    let begun = has_begun.clone();
    let service = tower::service_fn(move |request: Request<hyper::body::Incoming>| {
        begun.cancel();
        let (mut request, router) = (request.map(Body::new), router.clone());
        request.extensions_mut().insert(ConnectInfo(peer));
        async move { Ok::<Response, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    let http1 = &mut builder.http1();
    http1.timer(TokioTimer::new()).header_read_timeout(NEXT_REQUEST).max_buf_size(HEADERS_MAX_BYTES);
    let http2 = &mut builder.http2();
    http2.timer(TokioTimer::new()).keep_alive_interval(PING_INTERVAL).keep_alive_timeout(PING_TIMEOUT);
    http2
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(u32::try_from(HEADERS_MAX_BYTES).unwrap_or(u32::MAX));
    let mut serving = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
    let mut first = std::pin::pin!(tokio::time::timeout(FIRST_REQUEST, has_begun.cancelled()));
    let (mut is_waited_for, mut is_open) = (true, true);
    loop {
        tokio::select! {
            // What went wrong is the peer's doing.
            _ended = serving.as_mut() => return,
            came = first.as_mut(), if is_waited_for => {
                if came.is_err() {
                    return;
                }
                is_waited_for = false;
            }
            () = stop.cancelled(), if is_open => {
                serving.as_mut().graceful_shutdown();
                is_open = false;
            }
        }
    }
}

/// Who is here, and how many may be. Cheap to clone.
#[derive(Clone)]
struct Guests {
    app: App,
    most: usize,
    here: Arc<Mutex<Here>>,
}

#[derive(Default)]
struct Here {
    all: usize,
    of_address: HashMap<IpAddr, usize>,
}

/// A connection that is open. It makes room when it is dropped.
struct Guest {
    here: Arc<Mutex<Here>>,
    /// Whose connections are counted.
    counted: Option<IpAddr>,
}

impl Guests {
    fn new(app: &App) -> Self {
        let most = open_files_max().map_or(CONNECTIONS_MAX, |files| CONNECTIONS_MAX.min(files / 2));
        Self { app: app.clone(), most, here: Arc::default() }
    }

    fn welcome(&self, peer: IpAddr) -> Option<Guest> {
        let is_proxy = self.app.config.trusted_proxies.iter().any(|proxy| proxy.contains(peer));
        let counted = (!is_proxy).then(|| whose(peer));
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        if here.all >= self.most {
            return None;
        }
        if let Some(address) = counted {
            let number = here.of_address.entry(address).or_default();
            if *number >= CONNECTIONS_OF_AN_ADDRESS {
                return None;
            }
            *number += 1;
        }
        here.all += 1;
        Some(Guest { here: self.here.clone(), counted })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        here.all -= 1;
        let Some(address) = self.counted else { return };
        if let Some(number) = here.of_address.get_mut(&address) {
            *number -= 1;
            if *number == 0 {
                here.of_address.remove(&address);
            }
        }
    }
}

/// An IPv6 host has as many addresses as it likes, of one network.
fn whose(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        address @ IpAddr::V4(_) => address,
    }
}

/// How many files this process may have open, where the system says so.
fn open_files_max() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_one() {
        let whose = |text: &str| whose(text.parse().unwrap());
        assert_eq!(whose("2001:db8:1:2:3::4"), whose("2001:db8:1:2:ffff::1"));
        assert_ne!(whose("2001:db8:1:2::4"), whose("2001:db8:1:3::4"));
        assert_eq!(whose("::ffff:203.0.113.9"), whose("203.0.113.9"));
        assert_ne!(whose("203.0.113.8"), whose("203.0.113.9"));
    }

    #[test]
    fn system_says_how_many_files_may_be_open() {
        assert!(!std::path::Path::new("/proc/self/limits").exists() || open_files_max().is_some_and(|files| files > 0));
    }
}
