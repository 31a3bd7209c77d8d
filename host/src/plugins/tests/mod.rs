//! The room as a whole: the embedded plugins as real WebAssembly, components that
//! misbehave, and conversations whose plugin is a script.

mod embedded;
mod everything;
mod misbehaving;
mod scripted;
mod secrets;

use std::collections::BTreeSet;
use std::sync::Mutex;

use axum::Router;
use tokio::net::TcpListener;
use wasmtime::Store;
use wasmtime::component::InstancePre;

use super::health::Health;
use super::machine::{Guest, Machine};
use super::run::Plugin;
use super::world::World;
use super::*;
use crate::clock::Clock;
use crate::config::plugins::Limits;
use crate::domain::Moment;
use crate::egress::web_push::InstallationKey;
use crate::egress::{Egress, Permits, Rooms, Trust};

const DEADLINE: Duration = Duration::from_secs(20);
const NOW: Moment = Moment::from_secs(1_700_000_000);

#[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

/// Components that export nothing of the border.
#[derive(Clone)]
pub(super) enum Odd {
    /// Calls a function without parameters by its name, for components that only misbehave.
    Bare(InstancePre<Guest>, &'static str),
    /// The n-th run gives the n-th output, and notes the answers that it was called with.
    Script(Arc<Mutex<Script>>),
}

#[derive(Default)]
pub(super) struct Script {
    outputs: std::collections::VecDeque<Output>,
    seen: Vec<wit::Answer>,
}

impl Odd {
    pub(super) async fn play(&self, store: &mut Store<Guest>, turn: &Turn) -> wasmtime::Result<Output> {
        match self {
            Self::Bare(pre, name) => {
                let instance = pre.instantiate_async(&mut *store).await?;
                let export = instance.get_typed_func::<(), ()>(&mut *store, name)?;
                export.call_async(store, ()).await?;
                Ok(Output::Canceled(Vec::new()))
            }
            Self::Script(script) => {
                let mut script = script.lock().unwrap();
                script.seen.clone_from(&turn.answers);
                script.outputs.pop_front().ok_or_else(|| wasmtime::format_err!("the script is over"))
            }
        }
    }
}

/// A plugin that may talk to `origins`.
fn plugin(odd: impl FnOnce(&Machine) -> Odd, origins: &[&str], limits: Limits) -> Plugin {
    let machine = Arc::new(Machine::start(None, None).unwrap());
    let clock = Clock::manual(NOW);
    let permits = Permits {
        plugin: "x".to_owned(),
        origins: origins.iter().map(|o| o.parse().unwrap()).collect(),
        private_addresses: true,
    };
    let (trust, key) = (Trust::public().unwrap(), InstallationKey::default());
    let egress = Egress::new(permits, &BTreeMap::new(), clock.clone(), &trust, &key).unwrap();
    Plugin {
        stamp: Stamp { id: "x".to_owned(), version: "0.0.1".to_owned(), digest: String::new() },
        manifest: toml::from_str(builtin::find("family-summary").unwrap().manifest).unwrap(),
        settings: "{}".to_owned(),
        shown: BTreeSet::new(),
        limits,
        egress,
        signing: None,
        clock,
        entropy: Entropy::fixed([7; 32]),
        world: World::odd(odd(&machine)),
        machine,
        permits: Arc::new(tokio::sync::Semaphore::new(limits.concurrency as usize)),
        health: Arc::new(Health::default()),
        witness: None,
        sources: Arc::default(),
        rooms: Rooms::default(),
    }
}

/// A component whose export `name` is called.
fn bare(wat: &str, name: &'static str, limits: Limits) -> Plugin {
    let odd = |machine: &Machine| Odd::Bare(machine.prepare(&wat::parse_str(wat).unwrap()).unwrap(), name);
    plugin(odd, &[], limits)
}
