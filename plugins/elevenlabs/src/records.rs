//! What ElevenLabs keeps of a conversation: the recording, and its end. The host walks in through [`Records`].

use callpanion_plugin_api::records::{Audio, Erasure, Records};
use callpanion_plugin_api::{Answer, Ctx, Response, Stop, percent_encode};
use serde::Deserialize;

use crate::{ElevenLabs, Settings, refusal};

/// What the vendor's documentation says of recordings, for an answer that does not say it.
const MPEG: &str = "audio/mpeg";

/// Of a conversation only whether there is anything to hear. Older answers did not say.
#[derive(Deserialize)]
struct Heard {
    #[serde(default)]
    has_audio: Option<bool>,
}

impl Records for ElevenLabs {
    /// Looks first whether there is a recording: what the vendor answers where there is none is written nowhere.
    fn fetch_audio(ctx: &mut Ctx, conversation: String) -> Result<Option<Audio>, Stop> {
        let settings: Settings = ctx.settings()?;
        let path = format!("conversations/{}", percent_encode(&conversation));
        let now_ms = ctx.now_ms();
        let heard: Heard = match ctx.http(settings.get(&path))? {
            Answer::Response(response) if response.status == 404 => return Ok(None),
            Answer::Response(response) if response.is_success() => {
                response.json().map_err(|error| refusal::unreadable("a conversation", &error))?
            }
            answer => return Err(refusal::of(answer, now_ms)),
        };
        if heard.has_audio == Some(false) {
            return Ok(None);
        }
        match ctx.http(settings.get(&format!("{path}/audio")))? {
            Answer::Response(response) if response.status == 404 => Ok(None),
            Answer::Response(response) if response.is_success() => recording(response).map(Some),
            answer => Err(refusal::of(answer, now_ms)),
        }
    }

    fn erase(ctx: &mut Ctx, conversation: String) -> Result<Erasure, Stop> {
        let settings: Settings = ctx.settings()?;
        let request = settings.delete(&format!("conversations/{}", percent_encode(&conversation)));
        let now_ms = ctx.now_ms();
        match ctx.http(request)? {
            Answer::Response(response) if response.status == 404 => Ok(Erasure::WasNotThere),
            Answer::Response(response) if response.is_success() => Ok(Erasure::Erased),
            answer => Err(refusal::of(answer, now_ms)),
        }
    }
}

fn recording(response: Response) -> Result<Audio, Stop> {
    let said = response.header("content-type").unwrap_or(MPEG);
    let content_type = said.split(';').next().unwrap_or(MPEG).trim().to_ascii_lowercase();
    if !content_type.starts_with("audio/") || response.body.is_empty() {
        // A proxy's page, perhaps: it passes.
        return Err(Stop::retry(refusal::PAUSE_MS, "ElevenLabs answered something else than a recording"));
    }
    Ok(Audio { content_type, bytes: response.body })
}
