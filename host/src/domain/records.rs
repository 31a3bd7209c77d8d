//! What a provider keeps of conversations: recordings, and their end.

/// A recording of a whole conversation. Personal: never logged.
#[derive(Clone)]
pub struct Audio {
    /// A media type that begins with `audio/`, in lower case and without parameters.
    pub content_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// How an erasure at the provider ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// All that was kept is removed.
    Erased,
    /// The provider does not know the conversation, or no more.
    WasNotThere,
}
