//! Webhooks a second: verified, stored and durable when they are answered, beside bare durable inserts of the same bytes
//! in the same engine by as many callers.

use std::time::Instant;

use callpanion::app::App;
use callpanion::services::webhooks;
use callpanion_bench::median;
use callpanion_emulators::eleven::webhooks::sign;
use diesel::prelude::*;
use futures::StreamExt as _;
use tokio::sync::{mpsc, oneshot};

use crate::house::WEBHOOK_SECRET;
use crate::spike::Stage;
use crate::store::Store;
use crate::table::Bar::AtLeast;
use crate::table::Table;

const EVENT: &str = include_str!("../../../fixtures/webhooks/post_call_transcription.in_app.id.json");
const CALLERS: usize = 64;
const EVENTS: usize = 4_000;
const ROUNDS: usize = 5;

diesel::table! {
    bare (id) {
        id -> Binary,
        body -> Binary,
    }
}

/// A bare insert: who wants it, and who is told that it is durable.
type Wish = (Vec<u8>, Vec<u8>, oneshot::Sender<()>);

pub(crate) async fn run(store: &Store) -> anyhow::Result<()> {
    let stage = Stage::set(0).await?;
    let app = stage.assemble(store).await?;
    let kind = if store.is_postgres() { "BYTEA" } else { "BLOB" };
    store.execute(&format!("CREATE TABLE bare (id {kind} PRIMARY KEY NOT NULL, body {kind} NOT NULL)")).await?;
    let inserts = Inserts::open(store).await?;
    let (mut here, mut baseline) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let bodies = bodies(round);
        let began = Instant::now();
        let taken = bodies.iter().enumerate().map(|(number, body)| inserts.insert(round * EVENTS + number, body));
        all(taken).await?;
        let bare = EVENTS as f64 / began.elapsed().as_secs_f64();
        let began = Instant::now();
        all(bodies.into_iter().map(|body| receive(&app, body))).await?;
        // The first round warms up.
        if round > 0 {
            here.push(EVENTS as f64 / began.elapsed().as_secs_f64());
            baseline.push(bare);
        }
    }
    let stored = store.number("SELECT count(*) FROM webhook_events").await?;
    anyhow::ensure!(stored == ((ROUNDS + 1) * EVENTS) as f64, "{stored} are stored");
    let mut table = Table::new();
    let what = format!("webhooks of {} bytes a second, durable", EVENT.len());
    table.beside(&what, (median(&here), median(&baseline)), AtLeast(0.5));
    table.end()
}

async fn all(calls: impl Iterator<Item = impl Future<Output = anyhow::Result<()>>>) -> anyhow::Result<()> {
    let ended: Vec<_> = futures::stream::iter(calls).buffer_unordered(CALLERS).collect().await;
    ended.into_iter().collect()
}

/// Events of which none is like another, nor like those of another round.
pub(crate) fn bodies(round: usize) -> Vec<String> {
    // Each is another event, as long as the one in the file.
    (0..EVENTS)
        .map(|number| EVENT.replacen("\"event_timestamp\"", &format!("\"event_{round:02}{number:07}\""), 1))
        .collect()
}

/// As the web door takes one in.
pub(crate) async fn receive(app: &App, body: String) -> anyhow::Result<()> {
    let signature = sign(WEBHOOK_SECRET, app.clock.now().secs(), &body);
    let header = |name: &str| (name.eq_ignore_ascii_case("elevenlabs-signature")).then(|| signature.clone());
    Ok(webhooks::receive(app, "elevenlabs", header, body.into_bytes()).await?)
}

/// Who inserts and does nothing else.
enum Inserts {
    /// One writer, which commits together whatever waits.
    Lite(mpsc::Sender<Wish>),
    /// A connection for each caller, with a prepared statement.
    Pg(Vec<(tokio_postgres::Client, tokio_postgres::Statement)>),
}

impl Inserts {
    #[expect(clippy::disallowed_methods, reason = "the tasks end with the process")]
    async fn open(store: &Store) -> anyhow::Result<Self> {
        if !store.is_postgres() {
            let mut connection = store.lite()?;
            let (wish, mut wishes) = mpsc::channel::<Wish>(CALLERS);
            std::thread::spawn(move || {
                let mut group = Vec::new();
                while futures::executor::block_on(wishes.recv_many(&mut group, CALLERS)) > 0 {
                    let committed = connection.immediate_transaction(|c| {
                        for (id, body, _) in &group {
                            diesel::insert_into(bare::table)
                                .values((bare::id.eq(id), bare::body.eq(body)))
                                .execute(c)?;
                        }
                        diesel::QueryResult::Ok(())
                    });
                    for (_, _, told) in group.drain(..).filter(|_| committed.is_ok()) {
                        let _ = told.send(());
                    }
                }
            });
            return Ok(Self::Lite(wish));
        }
        let mut connections = Vec::new();
        for _ in 0..CALLERS {
            let (client, connection) = tokio_postgres::connect(&store.url(), tokio_postgres::NoTls).await?;
            tokio::spawn(connection);
            let statement = client.prepare("INSERT INTO bare (id, body) VALUES ($1, $2)").await?;
            connections.push((client, statement));
        }
        Ok(Self::Pg(connections))
    }

    async fn insert(&self, number: usize, body: &str) -> anyhow::Result<()> {
        let (id, body) = (format!("{number:016}").into_bytes(), body.as_bytes().to_vec());
        match self {
            Self::Lite(wish) => {
                let (tell, told) = oneshot::channel();
                wish.send((id, body, tell)).await?;
                told.await?;
            }
            Self::Pg(connections) => {
                let (client, statement) = &connections[number % connections.len()];
                client.execute(statement, &[&id, &body]).await?;
            }
        }
        Ok(())
    }
}
