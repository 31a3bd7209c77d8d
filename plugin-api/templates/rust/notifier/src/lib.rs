//! `{{name}}`: sends short text messages to families through a gateway.

use callpanion_plugin_api::notifier::{Notice, Notifier, Verdict, notify_each};
use callpanion_plugin_api::{Ctx, Request, Response, Stop};
use serde::Deserialize;
use serde_json::json;

/// The plugin.
pub struct Plugin;

/// The settings, as `plugin.toml` describes them. The host has filled in the defaults.
#[derive(Deserialize)]
struct Settings {
    base_url: String,
    sender: String,
}

impl Notifier for Plugin {
    fn notify(ctx: &mut Ctx, notices: Vec<Notice>) -> Result<Vec<Verdict>, Stop> {
        let settings: Settings = ctx.settings()?;
        // The first time the function ends here, with a request for each notice. The host sends them and calls again
        // from the start; this time the answers are there, and `verdict` reads each response.
        notify_each(ctx, &notices, |notice| message(&settings, notice), verdict)
    }
}

/// The message of one notice.
fn message(settings: &Settings, notice: &Notice) -> Request {
    let text = if notice.link.is_empty() { notice.text.clone() } else { format!("{} {}", notice.text, notice.link) };
    Request::post(format!("{}/messages", settings.base_url.trim_end_matches('/')))
        .json(&json!({
            // The gateway drops an id that it knows, so a repeated request sends nothing twice.
            "id": notice.id,
            "from": settings.sender,
            "to": notice.to,
            "text": text,
        }))
        .credential("gateway-key")
}

/// What the gateway's response means for the notice.
fn verdict(response: &Response, now_ms: u64) -> Verdict {
    #[derive(Deserialize)]
    struct Taken {
        id: String,
    }

    /// The gateway's own word for what is wrong.
    #[derive(Default, Deserialize)]
    struct Failed {
        code: String,
    }

    if response.is_success() {
        return Verdict::Accepted(response.json::<Taken>().ok().map(|taken| taken.id));
    }
    let code = response.json::<Failed>().unwrap_or_default().code;
    match (response.status, code.as_str()) {
        // Only the gateway's own word retires a number.
        (400, "opted-out" | "unknown-number") => Verdict::Gone(code),
        _ => Verdict::by_status(response, now_ms),
    }
}

callpanion_plugin_api::notifier!(Plugin);

#[cfg(test)]
mod tests {
    use callpanion_plugin_api::testing::{NOW_MS, context, drive, json_body, notice, response};
    use callpanion_plugin_api::{Answer, Failure};

    use super::*;

    const NUMBER: &str = "+442079460000";

    fn run(notices: Vec<Notice>, answers: Vec<Answer>) -> (Vec<Verdict>, Vec<Request>) {
        let settings = json!({"base_url": "https://gateway.example/", "sender": "Callpanion"});
        let (verdicts, asked) = drive(&context(&settings), answers, |ctx| Plugin::notify(ctx, notices.clone()));
        (verdicts.unwrap(), asked)
    }

    fn told(answer: Answer) -> Verdict {
        run(vec![notice(NUMBER)], vec![answer]).0.remove(0)
    }

    #[test]
    fn a_message_has_the_notices_id_and_its_link() {
        let (verdicts, asked) = run(vec![notice(NUMBER)], vec![response(202, r#"{"id":"m1"}"#)]);
        assert_eq!(verdicts, [Verdict::Accepted(Some("m1".to_owned()))]);
        assert_eq!(asked[0].url, "https://gateway.example/messages");
        let body = json_body(&asked[0]);
        assert_eq!(body["id"], notice(NUMBER).id);
        assert!(body["text"].as_str().unwrap().ends_with(" https://callpanion.example/calls/1"), "{body}");
    }

    #[test]
    fn only_the_gateways_own_word_retires_a_number() {
        assert!(matches!(told(response(400, r#"{"code":"opted-out"}"#)), Verdict::Gone(_)));
        assert!(matches!(told(response(400, "<html>")), Verdict::Refused(_)));
    }

    #[test]
    fn what_may_have_been_sent_is_unknown_and_what_comes_too_late_is_not_sent() {
        assert!(matches!(told(Answer::Unknown("no answer came in time".to_owned())), Verdict::Unknown(_)));
        assert!(matches!(told(response(502, "")), Verdict::Unknown(_)));
        let late = Notice { expires_at_ms: NOW_MS, ..notice(NUMBER) };
        let (verdicts, asked) = run(vec![late], Vec::new());
        assert!(asked.is_empty() && matches!(verdicts[..], [Verdict::Refused(_)]), "{verdicts:?}");
    }

    #[test]
    fn a_missing_setting_is_named_to_the_operator() {
        let (result, _) = drive(&context(&json!({})), [], |ctx| Plugin::notify(ctx, vec![notice(NUMBER)]));
        let Err(Failure::Misconfigured(text)) = result else { panic!("{result:?}") };
        assert!(text.contains("settings.base_url"), "{text}");
    }
}
