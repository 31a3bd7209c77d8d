//! What the vendor keeps of a conversation beside its text: the recording, and how all of it is removed.

use axum::Json;
use axum::extract::{Path, State as Held};
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;
use serde_json::json;

use super::ElevenLabs;
use super::answers::Refusal;
use crate::hold;

/// The recording of every talk: the beginning of an MP3 file, and nothing to hear.
pub const RECORDING: &[u8] = b"ID3\x04\x00\x00\x00\x00\x00\x00 an emulated recording";

impl ElevenLabs {
    /// The vendor removes all conversations by itself, as its retention does.
    pub fn lose_conversations(&self) {
        hold(&self.0.conversations).clear();
    }
}

/// `GET …/{id}/audio`. What the vendor answers where nothing was recorded is not published; a correct caller looks at
/// `has_audio` first.
pub(super) async fn audio(Held(eleven): Held<ElevenLabs>, Path(id): Path<String>) -> Response {
    match eleven.conversation(&id) {
        None => Refusal::NO_CONVERSATION.respond(),
        Some(conversation) if conversation["has_audio"] == json!(true) => {
            ([(CONTENT_TYPE, "audio/mpeg")], RECORDING).into_response()
        }
        Some(_) => {
            eleven.0.witness.unexpected("elevenlabs: a recording was asked for where has_audio is false");
            Refusal::NO_CONVERSATION.respond()
        }
    }
}

/// `DELETE …/{id}`
pub(super) async fn erase(Held(eleven): Held<ElevenLabs>, Path(id): Path<String>) -> Response {
    match hold(&eleven.0.conversations).remove(&id) {
        Some(_) => Json(json!({})).into_response(),
        None => Refusal::NO_CONVERSATION.respond(),
    }
}
