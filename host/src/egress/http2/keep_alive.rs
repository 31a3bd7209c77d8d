//! Drives a connection to its end: when nobody sends any more, when the server ends it, or does not answer a PING.

use std::time::Duration;

use bytes::Bytes;
use h2::client::Connection;
use h2::{Ping, PingPong};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{sleep, timeout};

/// A PING goes out at each `interval`, and its answer is waited for with so much `patience`. What is under way when the
/// connection ends fails.
pub(super) async fn drive<T>(mut connection: Connection<T, Bytes>, (interval, patience): (Duration, Duration))
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let pings = connection.ping_pong();
    let ended = tokio::select! {
        ended = connection => ended.map_err(|error| error.to_string()),
        () = silence(pings, (interval, patience)) => Err("a PING was not answered".to_owned()),
    };
    if let Err(why) = ended {
        tracing::debug!(why, "a connection to a push service ended");
    }
}

/// Ends when a PING is not answered in time.
async fn silence(pings: Option<PingPong>, (interval, patience): (Duration, Duration)) {
    let Some(mut pings) = pings else { return std::future::pending().await };
    loop {
        sleep(interval).await;
        if !matches!(timeout(patience, pings.ping(Ping::opaque())).await, Ok(Ok(_))) {
            return;
        }
    }
}
