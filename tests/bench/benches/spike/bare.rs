//! The bare loop: the same requests with the same bytes by reqwest, with no database, no plugin and no pipeline.

use std::io::BufRead as _;
use std::sync::Arc;

use callpanion_bench::Watch;
use futures::StreamExt as _;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::other::Other;
use crate::spike::{Received, Stage};
use crate::vendor::STREAMS;

/// Requests under way at once, with a vendor that replies at once.
const IN_FLIGHT: usize = 256;
const TOKEN: &str = "Bearer ya29.c.b0AXv0zTMabcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwx";
/// Numbers of clients, each with a connection of its own, that are tried with such a vendor, and with one that does not.
const CLIENTS: [usize; 3] = [1, 4, 8];
const CLIENTS_OF_SLOW: [usize; 3] = [16, 32, 48];

/// The process: sends so many for each line of its input, and prints how much CPU it took.
pub(crate) async fn run(
    (origin, roots): (&str, &str),
    clients: &str,
    in_flight: &str,
    calls: &str,
) -> anyhow::Result<()> {
    let (calls, in_flight): (usize, usize) = (calls.parse()?, in_flight.parse()?);
    let clients = (0..clients.parse()?).map(|_| client(roots)).collect::<anyhow::Result<Vec<_>>>()?;
    let url = format!("{origin}/v1/projects/callpanion-bench/messages:send");
    // The connections stand, as the pipeline's do when the moment comes.
    for (number, client) in clients.iter().enumerate() {
        send(client, &url, number).await?;
    }
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        line?;
        let watch = Watch::start();
        let sent = (0..calls).map(|number| send(&clients[number % clients.len()], &url, number));
        let sent: Vec<_> = futures::stream::iter(sent).buffer_unordered(in_flight).collect().await;
        let cost = watch.stop();
        sent.into_iter().collect::<anyhow::Result<()>>()?;
        println!("{}", cost.cpu_us_each(calls));
    }
    Ok(())
}

async fn send(client: &reqwest::Client, url: &str, number: usize) -> anyhow::Result<()> {
    let id = |kind: u8| format!("0192a000-0000-70{kind:02}-8000-{number:012}");
    let (ring, family, callee, token) = (id(1), id(2), id(3), crate::seed::address(number));
    let body = format!(
        r#"{{"message":{{"token":"{token}","data":{{"type":"incoming_call","sessionId":"{ring}","householdId":"{family}","relativeId":"{callee}","callType":"in_app_call","relativeName":"Margaret Achterberg","handle":"CallPanion","avatar":"","duration":"30000"}},"android":{{"priority":"HIGH","ttl":"15s","collapseKey":"ring"}}}}}}"#
    );
    let mut bearer = reqwest::header::HeaderValue::from_static(TOKEN);
    bearer.set_sensitive(true);
    let request = client.post(url).header("content-type", "application/json").header("authorization", bearer);
    let reply = request.body(body).send().await?;
    anyhow::ensure!(reply.status() == 200 && !reply.bytes().await?.is_empty(), "the vendor did not take it");
    Ok(())
}

fn client(roots: &str) -> anyhow::Result<reqwest::Client> {
    let mut store = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(roots.replace('|', "\n").as_bytes()) {
        store.add(certificate?)?;
    }
    let mut tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(store)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let builder = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().http2_prior_knowledge();
    Ok(builder.user_agent("callpanion/0.1.0").build()?)
}

/// What a bare loop reached.
#[derive(Clone, Copy)]
pub(crate) struct Bare {
    pub(crate) rate: f64,
    pub(crate) span_s: f64,
    pub(crate) cpu_us: f64,
}

/// The best that a loop reaches at this vendor now, of several numbers of clients.
pub(crate) fn best(stage: &mut Stage, calls: usize) -> anyhow::Result<Bare> {
    let Stage { vendor, origin, roots, reply_ms, .. } = stage;
    let mut best: Option<Bare> = None;
    for clients in if *reply_ms == 0 { CLIENTS } else { CLIENTS_OF_SLOW } {
        let in_flight = if *reply_ms == 0 { IN_FLIGHT } else { clients * STREAMS };
        let [clients, in_flight, calls_each] = [clients, in_flight, calls].map(|number| number.to_string());
        let mut bare = Other::start(&["bare", origin, roots, &clients, &in_flight, &calls_each])?;
        bare.hear()?;
        for _ in 0..2 {
            Received::take(vendor)?;
            let cpu_us = bare.ask("go")?.parse()?;
            vendor.ask(&format!("wait {calls}"))?;
            let span_s = Received::take(vendor)?.span_s();
            let round = Bare { rate: calls as f64 / span_s, span_s, cpu_us };
            if best.is_none_or(|best| round.rate > best.rate) {
                best = Some(round);
            }
        }
        bare.end()?;
    }
    best.ok_or_else(|| anyhow::anyhow!("no bare loop ran"))
}
