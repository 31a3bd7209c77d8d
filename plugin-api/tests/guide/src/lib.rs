//! `push-relay`: rings paired Android phones through a push relay of one's own.

use callpanion_plugin_api::channel::{Channel, Ring, Verdict, ring_each};
use callpanion_plugin_api::{Ctx, Request, Response, Stop, percent_encode};
use serde::Deserialize;
use serde_json::json;

/// The plugin.
pub struct PushRelay;

/// The settings, as `plugin.toml` describes them. The host has filled in the defaults.
#[derive(Deserialize)]
struct Settings {
    base_url: String,
    caller_name: String,
}

impl Channel for PushRelay {
    fn ring(ctx: &mut Ctx, rings: Vec<Ring>) -> Result<Vec<Verdict>, Stop> {
        let settings: Settings = ctx.settings()?;
        let now_ms = ctx.now_ms();
        // The first time the function ends here, with a request for each ring. The host sends them and calls
        // again from the start; this time the answers are there, and `verdict` reads each response.
        ring_each(ctx, &rings, |ring| push(&settings, ring, now_ms), verdict)
    }
}

/// The push of one ring.
fn push(settings: &Settings, ring: &Ring, now_ms: u64) -> Request {
    let base_url = settings.base_url.trim_end_matches('/');
    Request::post(format!("{base_url}/push/{}", percent_encode(&ring.address)))
        .json(&json!({
            // The device drops a ring id that it knows, so a repeated push does not ring twice, and
            // names it when it answers.
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
        // Only the relay's own word retires an address. A bare 404 may be a wrong `base_url`,
        // and would un-pair every phone.
        (404, "unknown-address") => Verdict::Gone(code),
        (404, _) => Verdict::Misconfigured("404 from the relay: check `base_url`".to_owned()),
        // What everybody's statuses mean: 2xx, 401, 429, 503, …
        _ => Verdict::by_status(response, now_ms),
    }
}

callpanion_plugin_api::channel!(PushRelay);

#[cfg(test)]
mod tests {
    use callpanion_plugin_api::Answer;
    use callpanion_plugin_api::testing::{context, drive, json_body, response, ring};

    use super::*;

    fn run(answer: Answer) -> (Verdict, Request) {
        let settings = json!({"base_url": "https://relay.example", "caller_name": "Callpanion"});
        let rings = vec![ring("phone/1")];
        let (verdicts, mut requests) = drive(&context(&settings), [answer], |ctx| PushRelay::ring(ctx, rings.clone()));
        (verdicts.unwrap().remove(0), requests.remove(0))
    }

    #[test]
    fn a_push_names_the_ring_and_dies_with_the_ring_window() {
        let (verdict, request) = run(response(202, ""));
        assert_eq!(verdict, Verdict::Accepted(None));
        assert_eq!(request.url, "https://relay.example/push/phone%2F1");
        assert_eq!(request.credential.as_deref(), Some("relay-key"));
        assert_eq!(json_body(&request)["ring_id"], ring("phone/1").ring_id);
        assert_eq!(json_body(&request)["keep_ms"], 45_000);
    }

    #[test]
    fn only_the_relays_own_word_retires_an_address() {
        let gone = run(response(404, r#"{"code":"unknown-address"}"#)).0;
        assert_eq!(gone, Verdict::Gone("unknown-address".to_owned()));
        let lost = run(response(404, "<html>Not Found</html>")).0;
        assert!(matches!(lost, Verdict::Misconfigured(_)), "{lost:?}");
    }

    #[test]
    fn what_may_have_arrived_is_unknown_and_what_never_left_is_tried_again() {
        let unknown = run(Answer::Unknown("no answer came in time".to_owned())).0;
        assert!(matches!(unknown, Verdict::Unknown(_)), "{unknown:?}");
        let unsent = run(Answer::Unsent("connection refused".to_owned())).0;
        assert!(matches!(unsent, Verdict::Retry(_)), "{unsent:?}");
    }
}
