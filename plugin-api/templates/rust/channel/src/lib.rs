//! `{{name}}`: rings paired Android phones through a push relay.

use callpanion_plugin_api::channel::{Channel, Ring, Verdict, ring_each};
use callpanion_plugin_api::{Ctx, Request, Response, Stop, percent_encode};
use serde::Deserialize;
use serde_json::json;

/// The plugin.
pub struct Plugin;

/// The settings, as `plugin.toml` describes them. The host has filled in the defaults.
#[derive(Deserialize)]
struct Settings {
    base_url: String,
    caller_name: String,
}

impl Channel for Plugin {
    fn ring(ctx: &mut Ctx, rings: Vec<Ring>) -> Result<Vec<Verdict>, Stop> {
        let settings: Settings = ctx.settings()?;
        let now_ms = ctx.now_ms();
        // The first time the function ends here, with a request for each ring. The host sends them and calls again from
        // the start; this time the answers are there, and `verdict` reads each response.
        ring_each(ctx, &rings, |ring| push(&settings, ring, now_ms), verdict)
    }
}

/// The push of one ring.
fn push(settings: &Settings, ring: &Ring, now_ms: u64) -> Request {
    let base_url = settings.base_url.trim_end_matches('/');
    Request::post(format!("{base_url}/push/{}", percent_encode(&ring.address)))
        .json(&json!({
            // The device drops a ring id that it knows, so a repeated push does not ring twice.
            "ring_id": ring.ring_id,
            "caller_name": settings.caller_name,
            // Nothing may ring after the window, so no push may wait longer than what is left of it.
            "expires_at_ms": ring.expires_at_ms,
            "keep_ms": ring.expires_at_ms.saturating_sub(now_ms),
        }))
        .credential("relay-key")
}

/// What the relay's response means for the ring.
fn verdict(response: &Response, now_ms: u64) -> Verdict {
    /// The relay's own word for what is wrong.
    #[derive(Default, Deserialize)]
    struct Failed {
        code: String,
    }

    let code = response.json::<Failed>().unwrap_or_default().code;
    match (response.status, code.as_str()) {
        // Only the relay's own word retires an address. A bare 404 may be a wrong `base_url`, and would un-pair every
        // phone.
        (404, "unknown-address") => Verdict::Gone(code),
        (404, _) => Verdict::Misconfigured("404 from the relay: check `base_url`".to_owned()),
        // What everybody's statuses mean: 2xx, 401, 429, 503, …
        _ => Verdict::by_status(response, now_ms),
    }
}

callpanion_plugin_api::channel!(Plugin);

#[cfg(test)]
mod tests {
    use callpanion_plugin_api::testing::{NOW_MS, context, drive, json_body, response, response_with, ring};
    use callpanion_plugin_api::{Answer, Failure};

    use super::*;

    fn run(rings: Vec<Ring>, answers: Vec<Answer>) -> (Vec<Verdict>, Vec<Request>) {
        let settings = json!({"base_url": "https://relay.example/", "caller_name": "Callpanion"});
        let (verdicts, asked) = drive(&context(&settings), answers, |ctx| Plugin::ring(ctx, rings.clone()));
        (verdicts.unwrap(), asked)
    }

    fn rung(answer: Answer) -> Verdict {
        run(vec![ring("phone/1")], vec![answer]).0.remove(0)
    }

    #[test]
    fn a_push_names_the_ring_and_dies_with_the_ring_window() {
        let (verdicts, asked) = run(vec![ring("phone/1")], vec![response(202, "")]);
        assert_eq!(verdicts, [Verdict::Accepted(None)]);
        assert_eq!(asked[0].url, "https://relay.example/push/phone%2F1");
        assert_eq!(asked[0].credential.as_deref(), Some("relay-key"));
        assert_eq!(json_body(&asked[0])["ring_id"], ring("phone/1").ring_id);
        assert_eq!(json_body(&asked[0])["keep_ms"], 45_000);
    }

    #[test]
    fn only_the_relays_own_word_retires_an_address() {
        assert!(matches!(rung(response(404, r#"{"code":"unknown-address"}"#)), Verdict::Gone(_)));
        assert!(matches!(rung(response(404, "<html>Not Found</html>")), Verdict::Misconfigured(_)));
    }

    #[test]
    fn what_may_have_arrived_is_unknown_and_what_never_left_is_tried_again() {
        assert!(matches!(rung(Answer::Unknown("no answer came in time".to_owned())), Verdict::Unknown(_)));
        assert!(matches!(rung(response(502, "")), Verdict::Unknown(_)));
        assert!(matches!(rung(Answer::Unsent("connection refused".to_owned())), Verdict::Retry(_)));
    }

    #[test]
    fn the_relays_own_pause_is_kept() {
        let busy = response_with(429, &[("retry-after", "7")], "");
        assert!(matches!(rung(busy), Verdict::Retry((7_000, _))));
        assert!(matches!(rung(response(503, "")), Verdict::Retry((1_000, _))));
    }

    #[test]
    fn each_ring_gets_its_verdict_in_their_order_and_a_late_one_is_not_sent() {
        let late = Ring { expires_at_ms: NOW_MS, ..ring("late") };
        let (verdicts, asked) = run(vec![late, ring("1"), ring("2")], vec![response(202, ""), response(400, "")]);
        assert_eq!(asked.len(), 2);
        assert!(matches!(verdicts[..], [Verdict::Refused(_), Verdict::Accepted(None), Verdict::Refused(_)]));
    }

    #[test]
    fn a_missing_setting_is_named_to_the_operator() {
        let (result, _) = drive(&context(&json!({})), [], |ctx| Plugin::ring(ctx, vec![ring("1")]));
        let Err(Failure::Misconfigured(text)) = result else { panic!("{result:?}") };
        assert!(text.contains("settings.base_url"), "{text}");
    }
}
