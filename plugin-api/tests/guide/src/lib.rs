//! `push-relay`: rings paired Android phones through a push relay of one's own.

use callpanion_plugin_api::channel::{Channel, Ring, Verdict};
use callpanion_plugin_api::{Answer, Ctx, Description, Request, Stop, describe, percent_encode};
use serde::Deserialize;
use serde_json::json;

/// A pause before the next try where the relay names none: a ring lives for seconds.
const SHORT_PAUSE_MS: u32 = 1_000;

/// The plugin.
pub struct PushRelay;

/// The settings, as `plugin.toml` describes them. The host has filled in the defaults.
#[derive(Deserialize)]
struct Settings {
    base_url: String,
    caller_name: String,
}

impl Channel for PushRelay {
    fn describe() -> Description {
        describe("push-relay", "0.1.0", "Rings paired Android phones through a push relay of your own.")
    }

    fn ring(ctx: &mut Ctx, rings: Vec<Ring>) -> Result<Vec<Verdict>, Stop> {
        let settings: Settings = ctx.settings()?;
        let now_ms = ctx.now_ms();
        let requests = rings.iter().map(|ring| push(&settings, ring, now_ms)).collect();
        // The first time the function ends here, with the requests. The host sends them and calls
        // again from the start; this time the answers are there.
        let answers = ctx.http_all(requests)?;
        Ok(answers.into_iter().map(|answer| verdict(answer, now_ms)).collect())
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

/// What the relay's answer means for the ring.
fn verdict(answer: Answer, now_ms: u64) -> Verdict {
    /// The relay's own word for what is wrong.
    #[derive(Default, Deserialize)]
    struct Failed {
        code: String,
    }

    let response = match answer {
        Answer::Response(response) => response,
        Answer::Unsent(why) => return Verdict::Retry((SHORT_PAUSE_MS, why)),
        Answer::Unknown(why) => return Verdict::Unknown(why),
    };
    let code = response.json::<Failed>().unwrap_or_default().code;
    let pause_ms = response.retry_after_ms(now_ms).unwrap_or(SHORT_PAUSE_MS);
    match (response.status, code.as_str()) {
        (200..300, _) => Verdict::Accepted(None),
        // Only the relay's own word retires an address. A bare 404 may be a wrong `base_url`,
        // and would un-pair every phone.
        (404, "unknown-address") => Verdict::Gone(code),
        (404, _) => Verdict::Misconfigured("404 from the relay: check `base_url`".to_owned()),
        (401 | 403, _) => {
            Verdict::Misconfigured("the relay does not accept the credential `relay-key`: check it".to_owned())
        }
        (429 | 503, _) => Verdict::Retry((pause_ms, format!("the relay says {}", response.status))),
        // The push may have gone out before the error.
        (500.., _) => Verdict::Unknown(format!("the relay says {}", response.status)),
        (status, _) => Verdict::Refused(format!("the relay says {status}")),
    }
}

callpanion_plugin_api::channel!(PushRelay);

#[cfg(test)]
mod tests {
    use callpanion_plugin_api::testing::{NOW_MS, context, drive, json_body, manifest_differences, response};

    use super::*;

    fn ring() -> Ring {
        Ring {
            ring_id: "0192a000-0000-7000-8000-000000000001".to_owned(),
            call_id: "0192a000-0000-7000-8000-000000000002".to_owned(),
            group_id: "0192a000-0000-7000-8000-000000000003".to_owned(),
            family_id: "0192a000-0000-7000-8000-000000000004".to_owned(),
            callee_id: "0192a000-0000-7000-8000-000000000005".to_owned(),
            address: "phone/1".to_owned(),
            environment: String::new(),
            ring_at_ms: NOW_MS,
            expires_at_ms: NOW_MS + 45_000,
            language: "en".to_owned(),
            zone: "Europe/Amsterdam".to_owned(),
            variables: Vec::new(),
            extra: Vec::new(),
        }
    }

    fn run(answer: Answer) -> (Verdict, Request) {
        let settings = json!({"base_url": "https://relay.example", "caller_name": "Callpanion"});
        let (verdicts, mut requests) = drive(&context(&settings), [answer], |ctx| PushRelay::ring(ctx, vec![ring()]));
        (verdicts.unwrap().remove(0), requests.remove(0))
    }

    #[test]
    fn a_push_names_the_ring_and_dies_with_the_ring_window() {
        let (verdict, request) = run(response(202, ""));
        assert_eq!(verdict, Verdict::Accepted(None));
        assert_eq!(request.url, "https://relay.example/push/phone%2F1");
        assert_eq!(request.credential.as_deref(), Some("relay-key"));
        assert_eq!(json_body(&request)["ring_id"], ring().ring_id);
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

    #[test]
    fn the_manifest_says_the_same() {
        let manifest = include_str!("../plugin.toml");
        assert!(manifest_differences(manifest, &PushRelay::describe()).is_empty());
    }
}
