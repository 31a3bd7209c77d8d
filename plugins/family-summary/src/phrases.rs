//! The sentences of a summary and of a week, in the reader's language: one table for each language. The makers of
//! blocks and of digests walk in.
//!
//! What callee and agent said goes in verbatim, in quotation marks. A sentence names nobody's sex: nobody told us.

mod ar;
mod en;
mod id;
mod nl;
mod week;

/// Every language that this renderer writes. The first is for readers whose language is not among them.
const ALL: [&Phrases; 4] = [&en::PHRASES, &id::PHRASES, &ar::PHRASES, &nl::PHRASES];

/// The longest quotation, in characters.
const QUOTE_MAX: usize = 240;

/// The words of one language. `{name}` and the like are filled in.
pub(crate) struct Phrases {
    /// The first parts of its BCP 47 tags.
    tags: &'static [&'static str],
    /// Whether a letter is of its script.
    writes: fn(char) -> bool,
    /// Frequent small words, by which it is told from the others.
    small_words: &'static [&'static str],

    /// How a callee without a name is called, within a sentence.
    pub(crate) somebody: &'static str,
    /// `{name}`, `{what}`, `{quotes}`.
    spoke_about: &'static str,
    /// `{what}`, `{value}`.
    noted_value: &'static str,
    /// `{value}`.
    noted: &'static str,
    /// `{value}`.
    said: &'static str,
    /// `{name}`, `{quote}`.
    said_by: &'static str,
    /// `{what}`.
    flagged: &'static str,
    /// What a flag without a name raises.
    pub(crate) nameless: &'static str,

    /// `{name}`, `{length}`, `{themes}`.
    talked: &'static str,
    /// `{length}`, within `talked`.
    for_length: &'static str,
    /// `{themes}`, within `talked`.
    about: &'static str,
    /// `{name}`.
    unheard: &'static str,
    /// `{name}`.
    voicemail: &'static str,
    /// `{name}`, `{what}`.
    look_at: &'static str,
    /// `{n}`.
    seconds: &'static str,
    /// `{n}`, two or more.
    minutes: &'static str,
    /// Between the items of a list, and before the last.
    comma: &'static str,
    and: &'static str,

    /// `{name}`, from the lowest mood to the best.
    moods: [&'static str; 5],
    /// `{n}`.
    scored: &'static str,

    // What an alarm is about.
    pub(crate) dying: &'static str,
    pub(crate) chest: &'static str,
    pub(crate) fall: &'static str,
    pub(crate) not_eating: &'static str,
    pub(crate) confusion: &'static str,
    pub(crate) alone: &'static str,
    pub(crate) acute: &'static str,
    pub(crate) danger: &'static str,
    pub(crate) mistreated: &'static str,
    pub(crate) fraud: &'static str,
    pub(crate) medicine_error: &'static str,
    pub(crate) urgent: &'static str,
    // What a statement is about.
    pub(crate) health: &'static str,
    pub(crate) medicine: &'static str,
    pub(crate) meals: &'static str,
    pub(crate) sleep: &'static str,
    pub(crate) company: &'static str,
    pub(crate) activity: &'static str,
    pub(crate) relatives: &'static str,
    pub(crate) television: &'static str,
    pub(crate) garden: &'static str,
    pub(crate) faith: &'static str,
    pub(crate) outdoors: &'static str,
    pub(crate) talk: &'static str,
    pub(crate) wish: &'static str,
    pub(crate) follow_up: &'static str,

    /// What is said of a whole week.
    week: week::WeekPhrases,
}

/// The phrases for a BCP 47 tag; English ones for a language that we do not write.
pub(crate) fn of(tag: &str) -> &'static Phrases {
    ALL.into_iter().find(|phrases| phrases.is_tagged(tag)).unwrap_or(&en::PHRASES)
}

impl Phrases {
    fn is_tagged(&self, tag: &str) -> bool {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        self.tags.contains(&primary.as_str())
    }

    /// Whether a text of the provider's is in this language. `spoken` is the tag of the talk's language, which the
    /// agent writes in unless it was told otherwise: against it, the text itself has to show that it is not.
    pub(crate) fn is_of(&self, text: &str, spoken: &str) -> bool {
        let letters = text.chars().filter(|c| c.is_alphabetic());
        let written = letters.clone().filter(|c| (self.writes)(*c)).count();
        let words: Vec<String> = text.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        let count = |list: &[&str]| words.iter().filter(|word| list.contains(&word.as_str())).count();
        let others = ALL.into_iter().filter(|phrases| phrases.tags != self.tags);
        let (own, other) = (count(self.small_words), others.map(|it| count(it.small_words)).max().unwrap_or(0));
        let expected = spoken.is_empty() || self.is_tagged(spoken);
        // Names may be written in another script.
        2 * written >= letters.count() && if expected { own >= other } else { own > other }
    }

    /// Someone spoke about something, in their own words.
    pub(crate) fn spoke_about(&self, name: &str, what: &str, quotes: &[&str]) -> String {
        let quotes = quotes.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(" ");
        fill(self.spoke_about, &[("name", name), ("what", what), ("quotes", &quotes)])
    }

    /// The agent noted a value.
    pub(crate) fn noted_value(&self, what: &str, value: &str) -> String {
        fill(self.noted_value, &[("what", what), ("value", &quoted(value))])
    }

    /// The agent's reason; empty when it gave none.
    pub(crate) fn noted(&self, rationale: &str) -> String {
        if rationale.is_empty() { String::new() } else { fill(self.noted, &[("value", &quoted(rationale))]) }
    }

    /// Something was said.
    pub(crate) fn said(&self, text: &str) -> String {
        fill(self.said, &[("value", &quoted(text))])
    }

    /// Something was said by somebody.
    pub(crate) fn said_by(&self, name: &str, text: &str) -> String {
        fill(self.said_by, &[("name", name), ("quote", &quoted(text))])
    }

    /// The agent raised a flag.
    pub(crate) fn flagged(&self, what: &str) -> String {
        fill(self.flagged, &[("what", what)])
    }

    /// They talked, so long and about these things.
    pub(crate) fn talked(&self, name: &str, duration_s: u32, themes: &[&str]) -> String {
        let length = self.duration(duration_s);
        let length = if duration_s > 0 { fill(self.for_length, &[("length", &length)]) } else { String::new() };
        let list = self.list(themes);
        let about = if themes.is_empty() { String::new() } else { fill(self.about, &[("themes", &list)]) };
        fill(self.talked, &[("name", name), ("length", &length), ("themes", &about)])
    }

    /// Nothing of the callee was understood.
    pub(crate) fn unheard(&self, name: &str) -> String {
        fill(self.unheard, &[("name", name)])
    }

    /// A machine spoke, and nothing of the callee was understood.
    pub(crate) fn voicemail(&self, name: &str) -> String {
        fill(self.voicemail, &[("name", name)])
    }

    /// There is something that a person must look at.
    pub(crate) fn look_at(&self, name: &str, what: &[&str]) -> String {
        fill(self.look_at, &[("name", name), ("what", &self.list(what))])
    }

    /// How somebody seemed, from 1 (bad) to 5 (good).
    pub(crate) fn mood(&self, name: &str, score: u8) -> String {
        let [.., best] = self.moods;
        let phrase = usize::from(score).checked_sub(1).and_then(|at| self.moods.get(at)).copied().unwrap_or(best);
        fill(phrase, &[("name", name)])
    }

    /// The agent gave so many of 5.
    pub(crate) fn scored(&self, score: u8) -> String {
        fill(self.scored, &[("n", &score.to_string())])
    }

    /// How long a talk was, in words.
    fn duration(&self, duration_s: u32) -> String {
        let (phrase, number) = if duration_s < 90 {
            (self.seconds, duration_s)
        } else {
            (self.minutes, duration_s.saturating_add(30) / 60)
        };
        fill(phrase, &[("n", &number.to_string())])
    }

    /// `a`, `a and b`, `a, b and c`.
    fn list(&self, items: &[&str]) -> String {
        match items {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{}{}{last}", first.join(self.comma), self.and),
        }
    }
}

/// A text in quotation marks, cut when it is very long.
fn quoted(text: &str) -> String {
    format!("“{}”", cut(text, QUOTE_MAX))
}

/// A text without blanks around it, cut when it has more characters.
fn cut(text: &str, max_chars: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let cut: String = text.chars().take(max_chars).collect();
    format!("{}…", cut.trim_end())
}

/// A text that begins with a capital, where its script has any.
fn capitalised(text: &str) -> impl Iterator<Item = char> {
    let mut chars = text.chars();
    let first = chars.next();
    first.into_iter().flat_map(char::to_uppercase).chain(chars)
}

/// Puts values into a phrase. A value that looks like a place to fill is only text.
fn fill(phrase: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut rest = phrase;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        text += before;
        let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value);
        // A sentence begins with a capital, also where it begins with a name that has none.
        if text.is_empty() {
            text.extend(capitalised(value));
        } else {
            text += value;
        }
        rest = behind;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_only_text() {
        let name = "{what} {name}";
        assert_eq!(en::PHRASES.look_at(name, &["a fall"]), "Something to look at for {what} {name}: a fall.");
    }

    #[test]
    fn nobody_in_particular_begins_a_sentence_and_stands_in_one() {
        for (phrases, first, within) in [
            (&en::PHRASES, "Your parent talked.", "no word from your parent was"),
            (&id::PHRASES, "Orang tua Anda mengobrol.", "tidak ada ucapan orang tua Anda yang"),
            (&nl::PHRASES, "Uw vader of moeder heeft gepraat.", "geen woord van uw vader of moeder te"),
        ] {
            assert_eq!(phrases.talked(phrases.somebody, 0, &[]), first);
            assert!(phrases.unheard(phrases.somebody).contains(within), "{first}");
        }
        assert_eq!(ar::PHRASES.said_by(ar::PHRASES.somebody, "نعم"), "من كلام والدك أو والدتك: “نعم”");
    }

    #[test]
    fn lists_and_lengths_read_well() {
        let talked = |seconds, themes: &[&str]| en::PHRASES.talked("Mum", seconds, themes);
        assert_eq!(talked(0, &[]), "Mum talked.");
        assert_eq!(talked(89, &["sleep"]), "Mum talked for 89 seconds, about sleep.");
        assert_eq!(
            talked(90, &["sleep", "meals", "company"]),
            "Mum talked for 2 minutes, about sleep, meals and company."
        );
        assert_eq!(ar::PHRASES.list(&["النوم", "الأكل"]), "النوم والأكل");
    }

    #[test]
    fn a_text_is_of_the_language_that_its_small_words_show() {
        for (text, language) in [
            ("She slept well and is in high spirits.", "en"),
            ("Ia tidur nyenyak dan sudah sarapan.", "id"),
            ("نامت جيدا وهي في مزاج طيب.", "ar"),
            ("Ze heeft goed geslapen en is vrolijk.", "nl"),
        ] {
            for phrases in ALL {
                assert_eq!(phrases.is_of(text, language), phrases.is_tagged(language), "{text} {:?}", phrases.tags);
            }
            // The agent may write in another language than was spoken.
            assert!(of(language).is_of(text, "xx"), "{text}");
        }
    }
}
