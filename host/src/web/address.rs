//! Who is asking, as a network address: the peer, or what a trusted proxy says.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;

use crate::app::App;

/// The client's network address, for limits. Empty when the server has none.
#[derive(Clone, Debug)]
pub struct ClientAddress(pub String);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        // Some proxies add a line of their own instead of lengthening the first: all lines are one list.
        let lines = parts.headers.get_all("x-forwarded-for").iter();
        let forwarded = lines.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
        let trusted = |address: IpAddr| app.config.trusted_proxies.iter().any(|proxy| proxy.contains(address));
        Ok(Self(peer.map(|peer| client(peer, Some(&forwarded), trusted).to_string()).unwrap_or_default()))
    }
}

/// The last address of the chain that is no trusted proxy: what stands left of
/// it could have been written by anyone.
fn client(peer: IpAddr, forwarded: Option<&str>, trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut nearest = peer;
    for hop in forwarded.unwrap_or_default().rsplit(',') {
        if !trusted(nearest) {
            break;
        }
        match hop.trim().parse() {
            Ok(address) => nearest = address,
            Err(_) => break,
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::client;

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let local = |address: IpAddr| address.is_loopback();
        assert_eq!(client(address("203.0.113.9"), Some("198.51.100.1"), local), address("203.0.113.9"));
        assert_eq!(client(address("127.0.0.1"), Some("10.9.9.9, 198.51.100.1"), local), address("198.51.100.1"));
        assert_eq!(client(address("127.0.0.1"), Some("rubbish"), local), address("127.0.0.1"));
        assert_eq!(client(address("127.0.0.1"), None, local), address("127.0.0.1"));
    }
}
