//! The promise of the major version: a component that was built against the first 1.0 loads and works.

use std::collections::BTreeMap;

use callpanion::domain::{RingPhase, RingRef, Verdict};
use callpanion::egress::Names;
use callpanion::plugins::Plugins;
use serde_json::json;

use super::fixtures::{DEADLINE, FIRST, Package, built, ring, surroundings};
use super::vendor::Vendor;

#[tokio::test(flavor = "multi_thread")]
async fn component_built_against_the_first_1_0_loads_and_rings() {
    let bell = Vendor::open(None).await;
    let package = Package::new(&built("first_1_0"), FIRST);
    let section = package.section(json!({
        "grants": { "hosts": [bell.origin()], "private_addresses": true, "data": ["push-address"] },
        "settings": { "base_url": bell.origin() },
    }));
    let configs = BTreeMap::from([("first-1-0".to_owned(), section)]);
    let plugins = Plugins::load(&configs, surroundings(Names::system())).unwrap();
    let rings = vec![ring(), ring()];
    let ids: Vec<String> = rings.iter().map(|ring| ring.attempt.to_string()).collect();

    let verdicts = plugins.ring("first-1-0", rings.clone(), DEADLINE).await.unwrap();
    for (verdict, id) in verdicts.iter().zip(&ids) {
        let Verdict::Accepted(Some(reference)) = verdict else { panic!("{verdict:?}") };
        assert_eq!(*reference, format!("fine: POST /press/{id} HTTP/1.1"));
    }
    assert_eq!(bell.seen().len(), 2);

    let refs: Vec<RingRef> = rings
        .iter()
        .map(|ring| RingRef {
            attempt: ring.attempt,
            call: ring.call,
            group: ring.group,
            address: ring.address.clone(),
            environment: ring.environment.clone(),
            ring_at: ring.ring_at,
            reference: Some("a reference".to_owned()),
        })
        .collect();
    assert_eq!(plugins.cancel("first-1-0", refs.clone(), DEADLINE).await, Ok(vec![false, false]));
    let inspections = plugins.inspect("first-1-0", refs, DEADLINE).await.unwrap();
    assert_eq!(inspections.len(), 2);
    for (inspection, ring) in inspections.iter().zip(&rings) {
        assert_eq!((inspection.attempt, inspection.phase), (ring.attempt, RingPhase::Waiting));
        assert_eq!(inspection.reference.as_deref(), Some("a reference"));
    }
}
