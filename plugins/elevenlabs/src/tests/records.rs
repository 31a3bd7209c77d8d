//! Recordings, and what is removed.

use callpanion_plugin_api::records::{Audio, Erasure, Records};
use callpanion_plugin_api::testing::{context, drive, response, response_with};
use callpanion_plugin_api::{Answer, Failure, Request};

use super::settings;
use crate::ElevenLabs;

const STRANGE: &str = "conv_1/../x";

fn fetch(answers: Vec<Answer>) -> (Result<Option<Audio>, Failure>, Vec<Request>) {
    drive(&context(&settings()), answers, |ctx| ElevenLabs::fetch_audio(ctx, STRANGE.to_owned()))
}

fn erase(answer: Answer) -> (Result<Erasure, Failure>, Vec<Request>) {
    drive(&context(&settings()), [answer], |ctx| ElevenLabs::erase(ctx, STRANGE.to_owned()))
}

#[test]
fn a_recording_is_fetched_where_there_is_one() {
    let there = || response(200, r#"{"has_audio":true}"#);
    let sound = response_with(200, &[("content-type", "Audio/MPEG; rate=44100")], "ID3");
    let (audio, requests) = fetch(vec![there(), sound]);
    let audio = audio.unwrap().unwrap();
    assert_eq!((audio.content_type.as_str(), audio.bytes.as_slice()), ("audio/mpeg", &b"ID3"[..]));
    assert!(requests[1].url.ends_with("/conversations/conv_1%2F%2E%2E%2Fx/audio"), "{}", requests[1].url);

    let (audio, requests) = fetch(vec![response(200, r#"{"has_audio":false}"#)]);
    assert!(audio.unwrap().is_none() && requests.len() == 1);
    assert!(fetch(vec![response(404, "{}")]).0.unwrap().is_none());
    assert!(fetch(vec![there(), response(404, "{}")]).0.unwrap().is_none());

    let page = response_with(200, &[("content-type", "text/html")], "<html>");
    assert!(matches!(fetch(vec![there(), page]).0, Err(Failure::Retry(_))), "a proxy's page is no recording");
}

#[test]
fn what_is_erased_is_said_by_the_vendor_alone() {
    let (erased, requests) = erase(response(200, "{}"));
    assert_eq!(erased, Ok(Erasure::Erased));
    assert_eq!((requests[0].method.as_str(), requests[0].repeatable), ("DELETE", true));
    assert!(requests[0].url.ends_with("/conversations/conv_1%2F%2E%2E%2Fx"), "{}", requests[0].url);
    assert_eq!(erase(response(404, "{}")).0, Ok(Erasure::WasNotThere));
    for passing in [response(503, ""), response(409, ""), Answer::Unknown("no answer".to_owned())] {
        assert!(matches!(erase(passing).0, Err(Failure::Retry(_))));
    }
    assert!(matches!(erase(response(403, "{}")).0, Err(Failure::Misconfigured(_))));
}
