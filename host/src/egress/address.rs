//! Where a connection may go: names are resolved here, and addresses inside the
//! operator's own network are refused unless they were granted.
//!
//! The list of granted origins knows names only. A name that resolves to an
//! inside address, on purpose or after a change of DNS, must not open the inside.

use std::error::Error;
use std::future::ready;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use hyper_util::client::legacy::connect::dns;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;
use tower::Service;

/// The host has no address that may be talked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} lies on a private or otherwise inside address, which is not granted \
     (`private_addresses = true` in the plugin's grants allows it)"
)]
pub struct AddressRefused(pub String);

/// Who is asked for the addresses of a name. A seam: tests play a DNS that changes its mind.
#[derive(Clone)]
pub struct Names(Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>);

impl Names {
    /// The machine's resolver.
    pub fn system() -> Self {
        Self(Arc::new(|name| Box::pin(async move { Ok(lookup_host((name, 0)).await?.collect()) })))
    }

    /// One that answers with `answer`, which is asked each time.
    pub fn answering(answer: impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |name| Box::pin(ready(answer(&name)))))
    }
}

/// Resolves names, and drops the addresses that may not be talked to.
#[derive(Clone)]
pub(super) struct PublicOnly {
    /// Who is asked.
    pub(super) names: Names,
    /// Whether everything is allowed.
    pub(super) private_addresses: bool,
}

type Found = Result<std::vec::IntoIter<SocketAddr>, Box<dyn Error + Send + Sync>>;

impl PublicOnly {
    fn addresses(&self, name: &str) -> BoxFuture<'static, Found> {
        let (name, private_addresses) = (name.to_owned(), self.private_addresses);
        let asked = (self.names.0)(name.clone());
        Box::pin(async move {
            let allowed = allowed(asked.await?, private_addresses);
            if allowed.is_empty() {
                return Err(Box::new(AddressRefused(name)) as Box<dyn Error + Send + Sync>);
            }
            Ok(allowed.into_iter())
        })
    }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.addresses(name.as_str());
        Box::pin(async move { Ok(Box::new(found.await?) as Addrs) })
    }
}

impl Service<dns::Name> for PublicOnly {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = BoxFuture<'static, Found>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: dns::Name) -> Self::Future {
        self.addresses(name.as_str())
    }
}

fn allowed(mut found: Vec<SocketAddr>, private_addresses: bool) -> Vec<SocketAddr> {
    found.retain(|address| private_addresses || is_public(address.ip()));
    found
}

/// Refuses a URL whose host is an inside address; such a host never reaches the resolver.
pub fn check_literal(url: &url::Url) -> Result<(), AddressRefused> {
    let address: IpAddr = match url.host() {
        Some(url::Host::Ipv4(v4)) => v4.into(),
        Some(url::Host::Ipv6(v6)) => v6.into(),
        Some(url::Host::Domain(_)) | None => return Ok(()),
    };
    if is_public(address) { Ok(()) } else { Err(AddressRefused(address.to_string())) }
}

/// Whether the address belongs to the open internet (IANA's special-purpose registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || a >= 224 // multicast, reserved, broadcast
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || (a == 100 && (64..128).contains(&b)) // carrier-grade NAT
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))) // benchmarks
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // NAT64 is the open internet seen from a network without IPv4: judge the address within.
    if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [.., a, b, c, d] = address.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    // Of the rest only 2000::/3 is global unicast: no ::1, no v4-mapped, no fc00::/7, no fe80::/10.
    let global = segments[0] & 0xe000 == 0x2000;
    let teredo_and_kin = segments[0] == 0x2001 && segments[1] < 0x200;
    let documentation = (segments[0] == 0x2001 && segments[1] == 0xdb8) || segments[0] == 0x3fff;
    let six_to_four = segments[0] == 0x2002;
    global && !teredo_and_kin && !documentation && !six_to_four
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(url: &str) -> Result<(), AddressRefused> {
        check_literal(&url::Url::parse(url).unwrap())
    }

    #[test]
    fn inside_addresses_are_refused_however_they_are_written() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://10.1.2.3/",
            "http://172.16.0.1/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data",
            "http://100.64.0.1/",
            "http://0.0.0.0/",
            "http://255.255.255.255/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:8.8.8.8]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[64:ff9b::a00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[2001:0:1::1]/",
            "http://[fd00::1]/",
            "http://[fe80::1]/",
            "http://[ff02::1]/",
        ] {
            assert!(literal(url).is_err(), "{url}");
        }
    }

    #[test]
    fn outside_addresses_and_names_pass() {
        for url in ["http://8.8.8.8/", "http://[2606:4700::1111]/", "http://[64:ff9b::808:808]/", "http://a.example/"] {
            assert_eq!(literal(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn a_name_keeps_only_its_outside_addresses() {
        let found: Vec<SocketAddr> =
            vec!["10.0.0.5:0".parse().unwrap(), "8.8.8.8:0".parse().unwrap(), "[::1]:0".parse().unwrap()];
        assert_eq!(allowed(found.clone(), false), vec!["8.8.8.8:0".parse().unwrap()]);
        assert_eq!(allowed(found, true).len(), 3);
    }

    #[tokio::test]
    async fn a_name_with_inside_addresses_only_is_refused() {
        let resolver = PublicOnly { names: Names::system(), private_addresses: false };
        let Err(error) = resolver.resolve("localhost".parse().unwrap()).await else {
            panic!("localhost resolved");
        };
        assert_eq!(error.downcast_ref(), Some(&AddressRefused("localhost".to_owned())));
        let resolver = PublicOnly { names: Names::system(), private_addresses: true };
        assert!(resolver.resolve("localhost".parse().unwrap()).await.is_ok());
    }
}
