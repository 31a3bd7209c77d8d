//! What vendors reply to the plugins' requests, read by the plugins as native code. The first line of an input says who
//! asked; then come replies, each a status, headers, an empty line and a body, with `---` between two.

use callpanion_apns_voip::ApnsVoip;
use callpanion_elevenlabs::ElevenLabs;
use callpanion_fcm::Fcm;
use callpanion_plugin_api::channel::{Channel, Ring, RingRef};
use callpanion_plugin_api::channel_check::ChannelCheck as _;
use callpanion_plugin_api::notifier::Notifier as _;
use callpanion_plugin_api::number_lookup::NumberLookup as _;
use callpanion_plugin_api::provider::{Provider as _, SessionRequest};
use callpanion_plugin_api::testing::{context, notice, ring};
use callpanion_plugin_api::{Answer, Ctx, Response, Stop};
use callpanion_twilio::Twilio;
use callpanion_twilio_batch::TwilioBatch;
use callpanion_web_push::WebPush;
use serde_json::json;

use super::input::{first_line, headers_and_body};

/// As many answers as any of the functions asks for before it gives up.
const ANSWERS: usize = 24;
const BETWEEN: &[u8] = b"\n---\n";
const RINGS: [&str; 2] = ["+442079460123", "+442079460456"];

/// Every ring gets its verdict, whatever the vendor said.
pub(crate) fn vendor_replies(data: &[u8]) {
    let (asked, replies) = first_line(data);
    let replies: Vec<Answer> = cut(replies).into_iter().map(reply).collect();
    let answers = replies.iter().cycle().take(ANSWERS).cloned().collect();
    let settings = json!({
        "base_url": "https://vendor.example", "base_url_production": "https://vendor.example",
        "base_url_sandbox": "https://vendor.example", "project_id": "sample-project",
        "bundle_id": "org.example.callpanion", "agent_id": "agent_sample", "agent_phone_number_id": "phnum_sample",
        "page_url": "https://family.example/device", "account_sid": "AC0123", "from": "+12025550100",
    });
    let mut ctx = Ctx::new(context(&settings), answers);
    match asked {
        b"fcm ring" => for_each_ring(Fcm::ring(&mut ctx, rings())),
        b"apns-voip ring" => for_each_ring(ApnsVoip::ring(&mut ctx, rings())),
        b"web-push ring" => for_each_ring(WebPush::ring(&mut ctx, subscribed())),
        b"twilio-batch ring" => for_each_ring(TwilioBatch::ring(&mut ctx, rings())),
        b"twilio-batch cancel" => for_each_ring(TwilioBatch::cancel(&mut ctx, refs())),
        b"twilio-batch inspect" => for_each_ring(TwilioBatch::inspect(&mut ctx, refs())),
        b"twilio notify" => for_each_ring(Twilio::notify(&mut ctx, RINGS.map(notice).to_vec())),
        b"twilio look-up" => drop(Twilio::look_up(&mut ctx, RINGS[0].to_owned())),
        b"twilio check" => drop(Twilio::check(&mut ctx)),
        b"elevenlabs open-session" => drop(ElevenLabs::open_session(&mut ctx, wanted())),
        b"elevenlabs fetch-session" => drop(ElevenLabs::fetch_session(&mut ctx, "conv_sample".to_owned())),
        b"elevenlabs check" => drop(ElevenLabs::check(&mut ctx)),
        _ => {}
    }
}

fn for_each_ring<T>(said: Result<Vec<T>, Stop>) {
    if let Ok(said) = said {
        assert_eq!(said.len(), RINGS.len(), "one for each ring");
    }
}

fn rings() -> Vec<Ring> {
    RINGS.map(ring).to_vec()
}

/// The same for browsers: one subscription at each of two push services.
fn subscribed() -> Vec<Ring> {
    let address = |host| json!({ "endpoint": format!("https://{host}/1"), "keys": { "p256dh": "B", "auth": "A" } });
    ["one.example", "two.example"].map(|host| ring(&address(host).to_string())).to_vec()
}

fn refs() -> Vec<RingRef> {
    let refer = |ring: Ring| RingRef {
        ring_id: ring.ring_id,
        call_id: ring.call_id,
        group_id: ring.group_id,
        address: ring.address,
        environment: ring.environment,
        ring_at_ms: ring.ring_at_ms,
        reference: Some("btcal_sample".to_owned()),
    };
    rings().into_iter().map(refer).collect()
}

fn wanted() -> SessionRequest {
    let Ring { call_id, callee_id, language, variables, .. } = ring(RINGS[0]);
    SessionRequest { call_id, callee_id, language, variables }
}

/// The replies of an input.
fn cut(data: &[u8]) -> Vec<&[u8]> {
    let mut replies = Vec::new();
    let mut rest = data;
    while let Some(at) = rest.windows(BETWEEN.len()).position(|window| window == BETWEEN) {
        replies.push(&rest[..at]);
        rest = &rest[at + BETWEEN.len()..];
    }
    replies.push(rest);
    replies
}

/// A reply; without a status, why there was none.
fn reply(data: &[u8]) -> Answer {
    let (status, rest) = first_line(data);
    let status = String::from_utf8_lossy(status);
    let (headers, body) = headers_and_body(rest);
    match status.parse() {
        Ok(status) => Answer::Response(Response { status, headers, body: body.to_vec() }),
        Err(_) if status.starts_with("unsent") => Answer::Unsent(status.into_owned()),
        Err(_) => Answer::Unknown(status.into_owned()),
    }
}
