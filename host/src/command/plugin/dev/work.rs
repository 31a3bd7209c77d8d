//! Has the plugin do its work. A channel of devices rings a parent of the demo, and a renderer writes about the talk; what
//! the demo's phones and vendors cannot take part in is called once by itself, through grants and egress.

use std::time::Duration;

use anyhow::Context as _;

use super::super::super::demo::Demo;
use super::super::super::demo::seed::InApp;
use super::super::project::Project;
use super::say;
use crate::conformance::subscription;
use crate::domain::manifest::{Also, Manifest, PluginKind, ReachWord, Reaches};
use crate::domain::{AttemptId, CallId, CalleeId, FamilyId, GroupId, Notice, NoticeId, Ring, SessionRequest};
use crate::services::devices::{self, Registration};
use crate::services::{facts, queueing};

const DEADLINE: Duration = Duration::from_secs(10);
/// A conversation that no provider knows; the replies of the project say what they like of it.
const CONVERSATION: &str = "conv-1";

pub(super) async fn put_to_work(demo: &Demo, project: &Project) -> anyhow::Result<()> {
    let manifest = project.manifest();
    match manifest.kind {
        PluginKind::Channel => match manifest.channel_info(&manifest.id).map(|channel| channel.reaches) {
            Some(Reaches::Device(platform)) => {
                match demo.welcome.in_app.iter().find(|rung| rung.platform == platform) {
                    Some(rung) => ring_parent(demo, &manifest.id, rung).await,
                    None => ring_once(demo, &manifest.id, &nobodys(demo, manifest)).await,
                }
            }
            _ => ring_once(demo, &manifest.id, "+442079460000").await,
        },
        PluginKind::Provider => talk_once(demo, project).await,
        PluginKind::Renderer => match demo.welcome.in_app.first() {
            Some(rung) => call(demo, rung).await,
            None => Ok(()),
        },
        PluginKind::Notifier => tell_once(demo, manifest).await,
    }
}

/// One notice through the plugin, its grants and the relay.
async fn tell_once(demo: &Demo, manifest: &Manifest) -> anyhow::Result<()> {
    say("→ telling once; the demo has no phone behind this notifier");
    let by_number = manifest.notifier.is_some_and(|notifier| notifier.reaches == ReachWord::Number);
    let notice = Notice {
        id: NoticeId::new(),
        to: if by_number { "+442079460000".to_owned() } else { nobodys(demo, manifest) },
        language: "en".to_owned(),
        title: "A missed call".to_owned(),
        text: "Wilhelmina did not pick up at 9:00.".to_owned(),
        link: demo.app.config.public_url.to_string(),
        callback_url: String::new(),
        expires_at: demo.app.clock.now().plus_secs(3_600),
    };
    // The trace has said how it ended, whichever way.
    let _ = demo.app.plugins.notify(&manifest.id, vec![notice], DEADLINE).await;
    Ok(())
}

/// Gives the parent's phone an address of this channel, the newest one, and calls.
async fn ring_parent(demo: &Demo, channel: &str, rung: &InApp) -> anyhow::Result<()> {
    let address = format!("{channel}-address-of-{}", rung.device.id);
    demo.world.relay.wakes(&address, &rung.phone);
    let registration = Registration {
        channel: channel.to_owned(),
        address,
        environment: String::new(),
        app_version: None,
        platform: Some(rung.platform),
    };
    devices::register_push_address(&demo.app, &rung.device, registration).await?;
    call(demo, rung).await
}

async fn call(demo: &Demo, rung: &InApp) -> anyhow::Result<()> {
    say(&format!("→ calling {}; the family's page shows how it goes", rung.phone.name()));
    queueing::call_now(&demo.app, rung.callee).await.context("the call could not be queued")?;
    Ok(())
}

/// The address of a browser that is nobody's.
fn nobodys(demo: &Demo, manifest: &Manifest) -> String {
    if manifest.takes_subscriptions() {
        subscription(&format!("{}/send/browser-1", demo.world.relay.url()))
    } else {
        "browser-1".to_owned()
    }
}

/// One ring through the plugin, its grants and the relay; nobody's phone is behind it.
async fn ring_once(demo: &Demo, channel: &str, address: &str) -> anyhow::Result<()> {
    say("→ ringing once; the demo has no phone behind this channel");
    let now = demo.app.clock.now();
    let ring = Ring {
        attempt: AttemptId::new(),
        call: CallId::new(),
        group: GroupId::new(),
        family: FamilyId::new(),
        callee: CalleeId::new(),
        address: address.to_owned(),
        environment: String::new(),
        ring_at: now,
        expires_at: now.plus_secs(60),
        language: "en".to_owned(),
        zone: "Europe/London".to_owned(),
        variables: vec![("callee_name".to_owned(), "Wilhelmina".to_owned())],
    };
    // The trace has said how it ended, whichever way.
    let _ = demo.app.plugins.ring(channel, vec![ring], DEADLINE).await;
    Ok(())
}

/// Each function of a provider once: with the project's sample webhooks, and its replies for the rest.
async fn talk_once(demo: &Demo, project: &Project) -> anyhow::Result<()> {
    say("→ opening, fetching and checking once, and reading the sample webhooks");
    let (plugins, id) = (&demo.app.plugins, project.manifest().id.as_str());
    let wanted = SessionRequest {
        call: CallId::new(),
        callee: CalleeId::new(),
        language: "en".to_owned(),
        variables: vec![("callee_name".to_owned(), "Wilhelmina".to_owned())],
        join: None,
    };
    // As above: the trace tells.
    let _ = plugins.open_session(id, wanted, DEADLINE).await;
    for sample in project.sample_webhooks()? {
        let _ = plugins.read_webhook(id, Vec::new(), sample).await;
    }
    let _ = plugins.fetch_session(id, CONVERSATION, DEADLINE).await;
    let facts = facts::of(&demo.app.config, plugins, id);
    let _ = plugins.check(id, facts, DEADLINE).await;
    if plugins.has(id, Also::Records) {
        let _ = plugins.fetch_audio(id, CONVERSATION, DEADLINE).await;
        let _ = plugins.erase(id, CONVERSATION, DEADLINE).await;
    }
    Ok(())
}
