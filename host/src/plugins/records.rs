//! Records: what a provider keeps of conversations, in words of the house.

use std::time::Duration;

use super::exchange::{Input, Output, wit};
use super::failure::PluginFailure;
use super::run::Plugin;
use crate::domain::{Audio, Erasure};

const LOCALE: &str = "en";
/// A longer recording is not handed on: it would be kept in memory for each who listens.
pub(super) const AUDIO_MAX_BYTES: usize = 12 * 1024 * 1024;
const MEDIA_TYPE_MAX_BYTES: usize = 100;

impl Plugin {
    pub(super) async fn fetch_audio(
        &self,
        conversation: &str,
        deadline: Duration,
    ) -> Result<Option<Audio>, PluginFailure> {
        let input = Input::FetchAudio(conversation.to_owned());
        let Output::Audio(given) = self.converse(LOCALE, deadline, input).await? else {
            return Err(self.off_key());
        };
        given.map(|audio| self.audio(audio)).transpose()
    }

    pub(super) async fn erase(&self, conversation: &str, deadline: Duration) -> Result<Erasure, PluginFailure> {
        let input = Input::Erase(conversation.to_owned());
        let Output::Erased(erasure) = self.converse(LOCALE, deadline, input).await? else {
            return Err(self.off_key());
        };
        Ok(match erasure {
            wit::Erasure::Erased => Erasure::Erased,
            wit::Erasure::WasNotThere => Erasure::WasNotThere,
        })
    }

    /// A browser is told the type, and must take it for nothing but sound.
    fn audio(&self, given: wit::Audio) -> Result<Audio, PluginFailure> {
        let content_type = given.content_type.to_ascii_lowercase();
        if !is_audio(&content_type) {
            return Err(self.broken("its recording is of no type of sound"));
        }
        if given.bytes.is_empty() || given.bytes.len() > AUDIO_MAX_BYTES {
            return Err(self.broken(format!("its recording is empty, or longer than {AUDIO_MAX_BYTES} bytes")));
        }
        Ok(Audio { content_type, bytes: given.bytes })
    }
}

/// Whether it is `audio/` and a token of RFC 6838 (section 4.2).
fn is_audio(content_type: &str) -> bool {
    let named = |c: u8| c.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&c);
    let subtype = content_type.strip_prefix("audio/");
    content_type.len() <= MEDIA_TYPE_MAX_BYTES
        && subtype.is_some_and(|subtype| !subtype.is_empty() && subtype.bytes().all(named))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_no_recording() {
        assert!(is_audio("audio/mpeg") && is_audio("audio/x-wav"));
        for other in ["text/html", "audio/", "audio/mpeg; x=\"y\"", "audio/a\r\nset-cookie: b", "AUDIO/mpeg", ""] {
            assert!(!is_audio(other), "{other}");
        }
    }
}
