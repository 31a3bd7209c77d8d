//! Well-behaved plugins beside the naughty one: a renderer that computes and a channel that rings. They notice nothing.

use std::time::{Duration, Instant};

use callpanion::config::plugins::PluginConfig;
use callpanion::domain::{Material, Speaker, Turn, Verdict};
use callpanion::plugins::Plugins;
use serde_json::json;

use super::super::fixtures::{DEADLINE, FIRST, Package, built, ring};
use super::super::vendor::Vendor;

/// A call of a neighbour takes milliseconds. So much is left for a machine that does other work as well; an attack
/// that held up the others would hold them up for its whole budget of time, or for good.
const SOON: Duration = Duration::from_secs(2);

/// The plugins that must not notice.
pub struct Neighbours {
    first: Package,
    bell: Vendor,
}

impl Neighbours {
    pub async fn move_in() -> Self {
        Self { first: Package::new(&built("first_1_0"), FIRST), bell: Vendor::open(None).await }
    }

    /// Their sections of the config.
    pub fn sections(&self) -> [(String, PluginConfig); 2] {
        let first = self.first.section(json!({
            "grants": { "hosts": [self.bell.origin()], "private_addresses": true, "data": ["push-address"] },
            "settings": { "base_url": self.bell.origin() },
        }));
        let summary = json!({ "grants": { "data": ["transcript", "health", "profile"] } });
        [("first-1-0".to_owned(), first), ("family-summary".to_owned(), serde_json::from_value(summary).unwrap())]
    }

    /// Each is called once; how long the slower one took.
    pub async fn call(&self, plugins: &Plugins) -> Result<Duration, String> {
        let began = Instant::now();
        let (rendered, rung) = tokio::join!(
            plugins.render("family-summary", talk(), "en"),
            plugins.ring("first-1-0", vec![ring(), ring()], DEADLINE),
        );
        let took = began.elapsed();
        let rendering = rendered.map_err(|failure| format!("the renderer: {failure}"))?;
        let verdicts = rung.map_err(|failure| format!("the channel: {failure}"))?;
        if rendering.blocks.is_empty() || !verdicts.iter().all(|verdict| matches!(verdict, Verdict::Accepted(Some(_))))
        {
            return Err(format!("a neighbour's result is not the usual one: {verdicts:?}"));
        }
        if took > SOON {
            return Err(format!("a neighbour was held up for {took:?}"));
        }
        Ok(took)
    }
}

fn talk() -> Material {
    let turn = |speaker, text: &str, at_s| Turn { speaker, text: text.to_owned(), at_s };
    Material {
        callee_name: "Margaret".to_owned(),
        language: "en".to_owned(),
        turns: vec![
            turn(Speaker::Agent, "How are you today?", 1),
            turn(Speaker::Callee, "I slept well and worked in the garden.", 4),
        ],
        provider_summary: Some("She slept well and worked in the garden.".to_owned()),
        collected: Vec::new(),
        duration_s: 30,
    }
}
