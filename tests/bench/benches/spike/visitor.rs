//! A family at its browser, a process of its own: asks for a page at a fixed rate, whether or not the last one came.

use std::io::BufRead as _;
use std::time::{Duration, Instant};

use futures::stream::{FuturesUnordered, StreamExt as _, TryStreamExt as _};
use tokio::sync::mpsc;

use crate::table::quantile;

/// Visits before anything is measured, and how many of them at once.
const EARLY_VISITS: usize = 100;
const AT_ONCE: usize = 8;
/// From one visit to the next.
const EVERY: Duration = Duration::from_millis(10);

/// `go` begins; `stop` prints the number of visits, and the p50 and p99 of what they took in ms, from the moment at which
/// each was to begin.
pub(crate) async fn run(url: &str, cookie: &str) -> anyhow::Result<()> {
    // Another one there already would serve as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[expect(clippy::disallowed_methods, reason = "it is a family's browser, and not the host")]
    let client = reqwest::Client::new();
    // A host whose pages were looked at before: its connections stand.
    let early = std::iter::repeat_with(|| visit(&client, url, cookie)).take(EARLY_VISITS);
    futures::stream::iter(early).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    println!("ready");
    let (tell, mut told) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if tell.send(line).is_err() {
                break;
            }
        }
    });
    while told.recv().await.is_some() {
        let (mut begun, mut under_way, mut took) = (0, FuturesUnordered::new(), Vec::new());
        let start = Instant::now();
        loop {
            let next = start + EVERY * begun;
            tokio::select! {
                _ = told.recv() => break,
                () = tokio::time::sleep_until(next.into()) => {
                    begun += 1;
                    let client = &client;
                    under_way.push(async move { visit(client, url, cookie).await.map(|()| next.elapsed()) });
                }
                Some(ended) = under_way.next() => took.push(ended?.as_secs_f64() * 1_000.0),
            }
        }
        while let Some(ended) = under_way.next().await {
            took.push(ended?.as_secs_f64() * 1_000.0);
        }
        took.sort_by(f64::total_cmp);
        println!("{} {} {}", took.len(), quantile(&took, 0.5), quantile(&took, 0.99));
    }
    Ok(())
}

async fn visit(client: &reqwest::Client, url: &str, cookie: &str) -> anyhow::Result<()> {
    let reply = client.get(url).header("cookie", cookie).send().await?;
    anyhow::ensure!(reply.status() == 200 && reply.url().as_str() == url, "{} {}", reply.status(), reply.url());
    anyhow::ensure!(reply.text().await?.contains("Grandma Maggie"), "this is no dashboard");
    Ok(())
}
