//! What the manifest does not ask for stays on the host's side, even where the config would grant it. A witness tells
//! what really crossed the border.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use callpanion::config::plugins::PluginConfig;
use callpanion::domain::manifest::{DataKind, PluginKind};
use callpanion::domain::{CallId, CalleeId, Collected, Material, SessionRequest, Speaker, Turn};
use callpanion::egress::Names;
use callpanion::plugins::{CallTrace, Input, Plugins, Surroundings, Witness};
use regex::Regex;
use serde_json::json;

use super::super::fixtures::{DEADLINE, FIRST, Package, built, ring, surroundings};
use super::component;

const SUMMARY: &str = include_str!("../../../../plugins/family-summary/plugin.toml");
const ELEVENLABS: &str = include_str!("../../../../plugins/elevenlabs/plugin.toml");
/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:1";

/// Keeps what plugins were called with.
#[derive(Default)]
struct Onlooker(Mutex<Vec<Arc<Input>>>);

impl Witness for Onlooker {
    fn watches(&self, _plugin: &str) -> bool {
        true
    }

    fn saw(&self, call: CallTrace) {
        self.0.lock().unwrap().push(call.input);
    }
}

/// Loads one plugin, and gives who looks on.
fn load(id: &str, section: PluginConfig) -> (Plugins, Arc<Onlooker>) {
    let onlooker = Arc::new(Onlooker::default());
    let witness: Arc<dyn Witness> = onlooker.clone();
    let configs = BTreeMap::from([(id.to_owned(), section)]);
    let surroundings = Surroundings { witness: Some(witness), ..surroundings(Names::system()) };
    (Plugins::load(&configs, surroundings).unwrap(), onlooker)
}

/// The manifest with exactly these wishes for data.
fn asking(manifest: &str, data: &[DataKind]) -> String {
    let wish = Regex::new(r#"\[\[data\]\]\nwhat = "[^"]*"\nreason = "[^"]*"\n"#).unwrap();
    assert!(wish.is_match(manifest));
    let wishes = data.iter().map(|what| format!("\n[[data]]\nwhat = \"{what}\"\nreason = \"Needs it.\"\n"));
    wish.replace_all(manifest, "").into_owned() + &wishes.collect::<String>()
}

fn material() -> Material {
    Material {
        callee_name: "Margaret".to_owned(),
        language: "en".to_owned(),
        turns: vec![Turn { speaker: Speaker::Callee, text: "I slept badly.".to_owned(), at_s: 3 }],
        provider_summary: Some("She slept badly.".to_owned()),
        collected: vec![Collected { name: "mood_score".to_owned(), value: 2.into(), rationale: "Tired.".to_owned() }],
        duration_s: 30,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn renderer_is_shown_only_what_it_asks_for() {
    use DataKind::{Health, Profile, Transcript};
    let every: [&[DataKind]; 5] = [&[], &[Profile], &[Transcript], &[Health], &[Profile, Transcript, Health]];
    for asked in every {
        let package = Package::new(&component(PluginKind::Renderer), &asking(SUMMARY, asked));
        let grants = json!({ "grants": { "data": ["profile", "transcript", "health"] } });
        let (plugins, onlooker) = load("family-summary", package.section(grants));
        let rendered = plugins.render("family-summary", material(), "en").await;
        let seen = onlooker.0.lock().unwrap().remove(0);
        let Input::Render(shown) = &*seen else { panic!("{seen:?}") };
        assert_eq!(shown.callee_name == "Margaret", asked.contains(&Profile), "{asked:?}: {shown:?}");
        assert_eq!(shown.turns.len() == 1, asked.contains(&Transcript), "{asked:?}: {shown:?}");
        assert_eq!(shown.provider_summary.is_some(), asked.contains(&Transcript), "{asked:?}: {shown:?}");
        assert_eq!(shown.collected.len() == 1, asked.contains(&Health), "{asked:?}: {shown:?}");
        // It was really called, with less: ours can work with nothing at all.
        assert!(rendered.is_ok(), "{asked:?}: {rendered:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn channel_that_asks_for_the_address_alone_is_not_told_who_is_called() {
    for (asked, told) in [(&[DataKind::PushAddress][..], false), (&[DataKind::PushAddress, DataKind::Profile], true)] {
        let package = Package::new(&built("first_1_0"), &asking(FIRST, asked));
        let section = package.section(json!({
            "grants": { "hosts": [NOWHERE], "private_addresses": true, "data": ["push-address", "profile"] },
            "settings": { "base_url": NOWHERE },
        }));
        let (plugins, onlooker) = load("first-1-0", section);
        plugins.ring("first-1-0", vec![ring()], DEADLINE).await.unwrap();
        let seen = onlooker.0.lock().unwrap().remove(0);
        let Input::Ring(rings) = &*seen else { panic!("{seen:?}") };
        assert!(!rings[0].address.is_empty());
        assert_eq!(rings[0].variables.iter().any(|(_, value)| value == "Margaret"), told, "{rings:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn provider_that_does_not_ask_who_is_called_is_not_told() {
    for (asked, told) in [(&[DataKind::Transcript][..], false), (&[DataKind::Transcript, DataKind::Profile], true)] {
        let package = Package::new(&component(PluginKind::Provider), &asking(ELEVENLABS, asked));
        let section = package.section(json!({
            "grants": {
                "hosts": [NOWHERE], "private_addresses": true, "webhooks": true,
                "credentials": ["api-key", "webhook-secret"], "data": ["transcript", "health", "profile"],
            },
            "settings": { "base_url": NOWHERE, "agent_id": "agent_1" },
            "credentials": {
                "api-key": { "kind": "header", "header": "xi-api-key", "value": "invented" },
                "webhook-secret": { "kind": "hmac-secret", "value": "invented" },
            },
        }));
        let (plugins, onlooker) = load("elevenlabs", section);
        let variables = vec![("callee_name".to_owned(), "Margaret".to_owned())];
        let (call, callee, language) = (CallId::new(), CalleeId::new(), "en".to_owned());
        let wanted = SessionRequest { call, callee, language, variables, join: None };
        // Nobody answers; what it was called with is told all the same.
        assert!(plugins.open_session("elevenlabs", wanted, DEADLINE).await.is_err());
        let seen = onlooker.0.lock().unwrap().remove(0);
        let Input::OpenSession(wanted) = &*seen else { panic!("{seen:?}") };
        assert_eq!(!wanted.variables.is_empty(), told, "{wanted:?}");
    }
}
