//! What a device needs to join a new conversation. `open_session` walks in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callpanion_plugin_api::provider::{Session, SessionRequest};
use callpanion_plugin_api::{Answer, Ctx, Stop, percent_encode};
use serde::Deserialize;
use serde_json::Value;

use crate::{Settings, refusal};

/// Somebody has answered and waits.
const TIMEOUT_MS: u32 = 5_000;

#[derive(Deserialize)]
struct Granted {
    token: String,
    /// Missing in replies of older API versions.
    #[serde(default)]
    conversation_id: Option<String>,
}

/// Asks for a conversation token. One token is one conversation, so an unused one costs nothing and
/// the request may be repeated.
///
/// The host learns the conversation's id here, from the provider, and never from the device: what a
/// device says of a conversation could be forged.
pub(crate) fn open(ctx: &mut Ctx, settings: &Settings, wanted: &SessionRequest) -> Result<Session, Stop> {
    let agent = percent_encode(settings.agent(&wanted.language));
    let request = settings.get(&format!("conversation/token?agent_id={agent}")).timeout_ms(TIMEOUT_MS);
    let now_ms = ctx.now_ms();
    let granted: Granted = match ctx.http(request)? {
        Answer::Response(response) if response.is_success() => {
            response.json().map_err(|error| refusal::unreadable("a conversation token", &error))?
        }
        answer => return Err(refusal::of(answer, now_ms)),
    };
    Ok(Session {
        conversation: granted.conversation_id.or_else(|| conversation_in(&granted.token)),
        token: Some(granted.token),
        signed_url: None,
    })
}

/// The conversation's id in a LiveKit JWT, whose room is named after it. The signature is not ours
/// to check: the token came over TLS from the one who signed it.
fn conversation_in(jwt: &str) -> Option<String> {
    let payload = jwt.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    conversation_id(claims["video"]["room"].as_str()?)
}

/// The first `conv_` followed by letters or digits: the pattern that the vendor's own client uses.
fn conversation_id(room: &str) -> Option<String> {
    room.match_indices("conv_").find_map(|(start, prefix)| {
        let rest = &room[start + prefix.len()..];
        let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        (length > 0).then(|| format!("{prefix}{}", &rest[..length]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_cut_out_of_the_rooms_name() {
        let id = |room| conversation_id(room);
        assert_eq!(id("room_agent_1a_conv_5501kbg2").as_deref(), Some("conv_5501kbg2"));
        assert_eq!(id("conv_-conv_7x/y").as_deref(), Some("conv_7x"));
        assert_eq!(id("room_agent_1a"), None);
        assert_eq!(id("conv_"), None);
    }

    #[test]
    fn what_is_no_jwt_has_no_id() {
        for text in ["", "a.b.c", "a", "..", "a.e30.c"] {
            assert_eq!(conversation_in(text), None, "{text}");
        }
    }
}
