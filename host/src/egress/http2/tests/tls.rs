//! Connections over TLS (RFC 9113, 3.3): with whom one is opened, and with whom none is.

use std::sync::Arc;

use http::{Response, Uri};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use super::{Http2, Names, NoConnection, NoResponse, PublicOnly, Trust, listen, post};

/// Where every name leads.
const NAME: &str = "push.example";

/// A vendor with a certificate of its own for this name, which offers these protocols (ALPN, RFC 7301). Gives where it is,
/// and the certificate.
#[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
async fn vendor(name: &str, protocols: &str) -> (Uri, String) {
    let own = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let mut tls = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    tls.alpn_protocols = protocols.split_whitespace().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let (listener, uri) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Who does not like what it sees goes away.
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            let Ok(mut serving) = h2::server::handshake(stream).await else { continue };
            while let Some(Ok((_, mut respond))) = serving.accept().await {
                respond.send_response(Response::new(()), true).unwrap();
            }
        }
    });
    let uri = uri.to_string().replace("http://127.0.0.1", &format!("https://{NAME}"));
    (uri.parse().unwrap(), own.cert.pem())
}

#[tokio::test]
async fn only_a_server_of_this_name_that_speaks_http2_is_talked_to() {
    for (name, protocols, is_known, answers) in [
        (NAME, "h2", true, true),
        (NAME, "http/1.1 h2", true, true),
        // It does not say that it speaks HTTP/2.
        (NAME, "http/1.1", true, false),
        (NAME, "", true, false),
        ("another.example", "h2", true, false),
        // Nobody vouches for it.
        (NAME, "h2", false, false),
    ] {
        let (uri, certificate) = vendor(name, protocols).await;
        let trust = if is_known { Trust::with_extra_roots(certificate.as_bytes()) } else { Trust::public() };
        let names = Names::answering(|_| Ok(vec![([127, 0, 0, 1], 0).into()]));
        let client = Http2::new(&trust.unwrap(), PublicOnly { names, private_addresses: true });
        let outcome = post(&client, &uri).await;
        let is_as_meant = match &outcome {
            Ok(status) => answers && *status == 200,
            Err(NoResponse::Unsent(NoConnection::Failed(_))) => !answers,
            Err(_) => false,
        };
        assert!(is_as_meant, "{name} that offers {protocols:?}, known: {is_known}: {outcome:?}");
    }
}
