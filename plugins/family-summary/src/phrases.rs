//! The sentences of a summary, in the reader's language. The makers of blocks walk in.
//!
//! What callee and agent said goes in verbatim, in quotation marks.

/// A language that this renderer writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Indonesian,
}

/// The longest quotation, in characters.
const QUOTE_MAX: usize = 240;

/// Frequent small words, by which the language of a text is told.
const ENGLISH: &[&str] = &["the", "and", "is", "was", "he", "she", "of", "to", "in", "a", "had", "has", "his", "her"];
const INDONESIAN: &[&str] =
    &["dan", "yang", "di", "ia", "dia", "tidak", "sudah", "untuk", "dengan", "ini", "ke", "lagi", "akan", "sedang"];

impl Language {
    /// The language for a BCP 47 tag; English for one that we do not write.
    pub(crate) fn of(tag: &str) -> Self {
        Self::tagged(tag).unwrap_or(Self::English)
    }

    fn tagged(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "id" | "in" => Some(Self::Indonesian),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// Chooses between the English and the Indonesian text.
    pub(crate) fn pick<T>(self, english: T, indonesian: T) -> T {
        match self {
            Self::English => english,
            Self::Indonesian => indonesian,
        }
    }

    /// Whether a text of the provider's is in this language. `spoken` is the tag of the talk's language, which the
    /// agent writes in unless it was told otherwise: against it, the text itself has to show that it is not.
    pub(crate) fn is_of(self, text: &str, spoken: &str) -> bool {
        let latin = text.chars().filter(|c| c.is_alphabetic()).all(|c| (c as u32) < 0x250);
        let words: Vec<String> = text.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        let count = |list: &[&str]| words.iter().filter(|w| list.contains(&w.as_str())).count();
        let (own, other) = self.pick((count(ENGLISH), count(INDONESIAN)), (count(INDONESIAN), count(ENGLISH)));
        let expected = spoken.is_empty() || Self::tagged(spoken) == Some(self);
        latin && if expected { own >= other } else { own > other }
    }

    /// How a callee without a name is called.
    pub(crate) fn somebody(self) -> &'static str {
        self.pick("Your parent", "Orang tua Anda")
    }

    /// Someone spoke about something, in their own words.
    pub(crate) fn spoke_about(self, name: &str, what: &str, quotes: &[&str]) -> String {
        let quotes = quotes.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(" ");
        match self {
            Self::English => format!("{name} spoke about {what}: {quotes}"),
            Self::Indonesian => format!("{name} bercerita tentang {what}: {quotes}"),
        }
    }

    /// The agent noted a value.
    pub(crate) fn noted_value(self, what: &str, value: &str) -> String {
        let value = quoted(value);
        match self {
            Self::English => format!("The companion noted about {what}: {value}"),
            Self::Indonesian => format!("Catatan pendamping tentang {what}: {value}"),
        }
    }

    /// The agent's reason; empty when it gave none.
    pub(crate) fn noted(self, rationale: &str) -> String {
        if rationale.is_empty() {
            return String::new();
        }
        let rationale = quoted(rationale);
        self.pick(format!("The companion noted: {rationale}"), format!("Catatan pendamping: {rationale}"))
    }

    /// Something was said.
    pub(crate) fn said(self, text: &str) -> String {
        let text = quoted(text);
        self.pick(format!("In their own words: {text}"), format!("Dengan kata-katanya sendiri: {text}"))
    }

    /// How long a talk was, in words.
    pub(crate) fn duration(self, duration_s: u32) -> String {
        let minutes = (duration_s + 30) / 60;
        match (self, duration_s, minutes) {
            (Self::English, 0..90, _) => format!("{duration_s} seconds"),
            (Self::Indonesian, 0..90, _) => format!("{duration_s} detik"),
            (Self::English, _, _) => format!("{minutes} minutes"),
            (Self::Indonesian, _, _) => format!("{minutes} menit"),
        }
    }

    /// `a`, `a and b`, `a, b and c`.
    pub(crate) fn list(self, items: &[&str]) -> String {
        let and = self.pick("and", "dan");
        match items {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
        }
    }
}

/// A text in quotation marks, cut when it is very long.
pub(crate) fn quoted(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= QUOTE_MAX {
        return format!("“{text}”");
    }
    let cut: String = text.chars().take(QUOTE_MAX).collect();
    format!("“{}…”", cut.trim_end())
}
