//! The room as a whole: the embedded plugins as real WebAssembly, components that
//! misbehave, and conversations whose plugin is a script.

mod embedded;
mod misbehaving;
mod scripted;

use axum::Router;
use tokio::net::TcpListener;
use wasmtime::component::{Instance, InstancePre};

use super::run::{Common, World};
use super::*;
use crate::config::plugins::Limits;
use crate::domain::Moment;
use crate::egress::{Egress, Permits};

const DEADLINE: Duration = Duration::from_secs(20);
const NOW: Moment = Moment::from_secs(1_700_000_000);

#[expect(clippy::disallowed_methods, reason = "the server ends with the test's runtime")]
async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

/// A world without types: for components that only misbehave, and for scripts.
impl World for InstancePre<Guest> {
    type Exports = Instance;

    fn instantiate<'a>(
        &'a self,
        store: &'a mut wasmtime::Store<Guest>,
    ) -> futures::future::BoxFuture<'a, wasmtime::Result<Instance>> {
        Box::pin(self.instantiate_async(store))
    }
}

fn bare(wat: &str, origins: &[&str], limits: Limits) -> Plugin<InstancePre<Guest>> {
    let machine = Arc::new(Machine::start(None).unwrap());
    let world = machine.prepare(&wat::parse_str(wat).unwrap()).unwrap();
    let clock = Clock::manual(NOW);
    let permits = Permits {
        plugin: "x".to_owned(),
        origins: origins.iter().map(|o| o.parse().unwrap()).collect(),
        private_addresses: true,
    };
    let egress = Egress::new(permits, &BTreeMap::new(), clock.clone(), &Trust::public().unwrap()).unwrap();
    let manifest = toml::from_str(builtin::find("family-summary").unwrap().manifest).unwrap();
    let common = Common {
        id: "x".to_owned(),
        manifest,
        settings: "{}".to_owned(),
        limits,
        egress,
        signing: None,
        clock,
        entropy: Entropy::fixed([7; 32]),
        machine,
        permits: Arc::new(tokio::sync::Semaphore::new(limits.concurrency as usize)),
    };
    Plugin { common: Arc::new(common), world }
}
