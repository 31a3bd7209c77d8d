//! What a device needs to join a new conversation. `open_session` walks in.
//!
//! A token joins over WebRTC, a signed URL over a WebSocket. Each opens a conversation of its own, so a device gets one of
//! them: the token, unless ElevenLabs gives none or the operator or the device wants the URL.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callpanion_plugin_api::provider::{Session, SessionRequest};
use callpanion_plugin_api::{Answer, Ctx, Response, Stop, percent_encode};
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

#[derive(Deserialize)]
struct Signed {
    signed_url: String,
}

/// What the device can join by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    /// A token, and where there is none a signed URL.
    Either,
    /// Nothing but a token, as the existing phone app.
    Token,
    /// A signed URL.
    SignedUrl,
}

impl Join {
    /// What the device can do, as the host tells it in `join`; else as the operator wishes.
    fn of(ctx: &Ctx, settings: &Settings) -> Self {
        match ctx.extra("join") {
            Some("token") => Self::Token,
            Some("signed-url") => Self::SignedUrl,
            _ if settings.signed_url => Self::SignedUrl,
            _ => Self::Either,
        }
    }
}

/// Asks for what joins a conversation. Each is for one conversation, so an unused one costs nothing and the request may be
/// repeated.
///
/// The host learns the conversation's id here, from the provider, and never from the device: what a
/// device says of a conversation could be forged.
pub(crate) fn open(ctx: &mut Ctx, settings: &Settings, wanted: &SessionRequest) -> Result<Session, Stop> {
    let agent = percent_encode(settings.agent(&wanted.language));
    let join = Join::of(ctx, settings);
    if join == Join::SignedUrl {
        return by_signed_url(ctx, settings, &agent);
    }
    let request = settings.get(&format!("conversation/token?agent_id={agent}")).timeout_ms(TIMEOUT_MS);
    let now_ms = ctx.now_ms();
    let granted: Granted = match ctx.http(request)? {
        Answer::Response(response) if join == Join::Either && fails_for_tokens(&response) => {
            return by_signed_url(ctx, settings, &agent);
        }
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

/// Whether a reply says that there are no tokens, while a signed URL may still be had: the half of ElevenLabs that speaks
/// WebRTC is down, the plan has no right to it, or the address does not know the page. A wrong key, an unknown agent, an
/// empty account and a full one would refuse the URL too.
fn fails_for_tokens(response: &Response) -> bool {
    let body: Value = response.json().unwrap_or_default();
    let code = refusal::machine_word(&body["detail"]);
    match response.status {
        200..=299 => response.json::<Granted>().is_err(),
        403 => matches!(code, Some("feature_not_available" | "subscription_required")),
        // "Not Found" without a code: the page is meant, and not the agent.
        404 => code.is_none(),
        408 | 500.. => true,
        _ => false,
    }
}

/// Asks for a signed URL. It is good for 15 minutes; with the conversation's id in it, for one conversation.
fn by_signed_url(ctx: &mut Ctx, settings: &Settings, agent: &str) -> Result<Session, Stop> {
    let path = format!("conversation/get-signed-url?agent_id={agent}&include_conversation_id=true");
    let now_ms = ctx.now_ms();
    let signed: Signed = match ctx.http(settings.get(&path).timeout_ms(TIMEOUT_MS))? {
        Answer::Response(response) if response.is_success() => {
            response.json().map_err(|error| refusal::unreadable("a signed URL", &error))?
        }
        answer => return Err(refusal::of(answer, now_ms)),
    };
    Ok(Session { token: None, conversation: conversation_id(&signed.signed_url), signed_url: Some(signed.signed_url) })
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
