//! What was said, made searchable. All makers of blocks walk in; `lexicon` knows the words, `meaning` what they say.

use callpanion_plugin_api::renderer::{Speaker, Turn};

use crate::lexicon::{Lexicon, StemId};
use crate::meaning::Meaning;
use crate::words::{TABLES, Theme};

/// Words after which a full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &["mr", "mrs", "ms", "dr", "st", "prof", "bpk", "ny", "tn", "hj", "h", "mw", "dhr"];

/// A transcript, cut into sentences, of which it is known what they speak of.
pub(crate) struct Talk<'a> {
    turns: Vec<Said<'a>>,
    lexicon: Lexicon,
    /// For each stem the callee's turns in which it is said, in order.
    turns_by_stem: Vec<Vec<u32>>,
}

struct Said<'a> {
    speaker: Speaker,
    text: &'a str,
    /// The callee's; the agent's are not looked at again, nor what a machine said in the callee's place.
    sentences: Vec<Sentence<'a>>,
    /// What the agent asks about.
    asks: Vec<Theme>,
    /// It begins with a yes, and nothing in it says no.
    affirms: bool,
    by_machine: bool,
}

pub(crate) struct Sentence<'a> {
    pub(crate) text: &'a str,
    /// Each theme in it, and whether a mention of it stands.
    themes: Vec<(Theme, bool)>,
    words: usize,
}

/// What a line about the talk says.
pub(crate) struct Report {
    /// Without what it denies.
    pub(crate) tells_of: Vec<Theme>,
    /// It is in the words of somebody who speaks of themselves.
    pub(crate) in_first_person: bool,
}

/// A place where a theme was spoken of.
#[derive(Clone)]
pub(crate) struct Hit<'a> {
    /// The callee's turn.
    pub(crate) turn: u32,
    /// The agent's turn before it, when the theme was in its question.
    pub(crate) question: Option<u32>,
    /// The callee's sentence, or their whole answer; verbatim.
    pub(crate) text: &'a str,
    /// It is meant: not denied, and if it is alarming, the callee's own and of these days.
    pub(crate) stands: bool,
}

impl<'a> Talk<'a> {
    pub(crate) fn new(turns: &'a [Turn]) -> Self {
        let mut lexicon = Lexicon::new();
        let mut turns_by_stem: Vec<Vec<u32>> = Vec::new();
        let mut said = Vec::with_capacity(turns.len());
        for (number, turn) in (0_u32..).zip(turns) {
            if turn.speaker == Speaker::Agent {
                said.push(Said::by_agent(&turn.text, &mut lexicon));
                continue;
            }
            let mut stems = Vec::new();
            let by_callee = Said::by_callee(&turn.text, &mut lexicon, &mut stems);
            if !by_callee.by_machine {
                for stem in &stems {
                    note(&mut turns_by_stem, *stem, number);
                }
            }
            said.push(by_callee);
        }
        Self { turns: said, lexicon, turns_by_stem }
    }

    /// The callee's sentences, each with the index of its turn.
    pub(crate) fn callee_sentences(&self) -> impl Iterator<Item = (u32, &Sentence<'a>)> {
        let turns = (0_u32..).zip(&self.turns);
        turns.flat_map(|(turn, said)| said.sentences.iter().map(move |s| (turn, s)))
    }

    /// Where the callee spoke of a theme in words of their own, in order.
    pub(crate) fn spoken(&self, theme: Theme) -> Vec<Hit<'a>> {
        self.callee_sentences()
            .filter_map(|(turn, sentence)| {
                let stands = sentence.mentions(theme)?;
                Some(Hit { turn, question: None, text: sentence.text, stands })
            })
            .collect()
    }

    /// Where the callee answered a question of the agent's about a theme, in order.
    pub(crate) fn answered(&self, theme: Theme) -> Vec<Hit<'a>> {
        self.answers(theme).map(|(turn, answer)| answer.hit(turn)).collect()
    }

    /// Where the callee said yes, and nothing against it, to a question about a theme, in order.
    pub(crate) fn affirmed(&self, theme: Theme) -> Vec<Hit<'a>> {
        self.answers(theme).filter(|(_, answer)| answer.affirms).map(|(turn, answer)| answer.hit(turn)).collect()
    }

    /// The agent's turns, in order.
    pub(crate) fn agents_turns(&self) -> Vec<u32> {
        let turns = (0_u32..).zip(&self.turns);
        turns.filter(|(_, said)| said.speaker == Speaker::Agent).map(|(turn, _)| turn).collect()
    }

    /// Whether a machine spoke in the callee's place.
    pub(crate) fn reached_a_machine(&self) -> bool {
        self.turns.iter().any(|said| said.by_machine)
    }

    /// Reads a line about the talk, of the agent's or the provider's.
    pub(crate) fn report(&mut self, line: &str) -> Report {
        let clauses = self.lexicon.clauses(line);
        let told = Meaning::new(&self.lexicon, &clauses).told();
        let tells_of = told.into_iter().filter(|(_, stands)| *stands).map(|(theme, _)| theme).collect();
        let bits = (0..TABLES.len()).map(|table| self.lexicon.bits(table));
        let (i, me) = bits.fold((0, 0), |(i, me), bits| (i | bits.i, me | bits.me));
        let mut words = clauses.iter().flatten();
        let begins_with_me = words.clone().next().is_some_and(|word| self.lexicon.is_of(*word, me));
        let in_first_person = begins_with_me || words.any(|word| self.lexicon.is_of(*word, i));
        Report { tells_of, in_first_person }
    }

    /// The callee's turns that share enough words with a text to be what it rests on, in order.
    pub(crate) fn support(&self, text: &str) -> Vec<u32> {
        let wanted = self.lexicon.stems_of(text);
        let needed = if wanted.len() <= 3 { 1 } else { 2 };
        let mut shared = vec![0_u32; self.turns.len()];
        let turns = wanted.into_iter().flatten().filter_map(|stem| self.turns_by_stem.get(stem)).flatten();
        for turn in turns {
            if let Some(shared) = shared.get_mut(*turn as usize) {
                *shared += 1;
            }
        }
        (0_u32..).zip(shared).filter(|(_, shared)| *shared >= needed).map(|(turn, _)| turn).collect()
    }

    /// Each turn of the callee that follows a question of the agent's about a theme.
    fn answers(&self, theme: Theme) -> impl Iterator<Item = (u32, &Said<'a>)> {
        let pairs = (1_u32..).zip(self.turns.iter().zip(self.turns.iter().skip(1)));
        pairs
            .filter(|(_, (a, b))| a.speaker == Speaker::Agent && b.speaker == Speaker::Callee)
            .filter(move |(_, (question, answer))| question.asks.contains(&theme) && !answer.sentences.is_empty())
            .map(|(turn, (_, answer))| (turn, answer))
    }
}

impl<'a> Said<'a> {
    fn new(speaker: Speaker, text: &'a str) -> Self {
        let (sentences, asks) = (Vec::new(), Vec::new());
        Self { speaker, text: text.trim(), sentences, asks, affirms: false, by_machine: false }
    }

    fn by_agent(text: &'a str, lexicon: &mut Lexicon) -> Self {
        let mut said = Self::new(Speaker::Agent, text);
        for question in sentences(text).filter(|sentence| sentence.ends_with(['?', '؟', '？'])) {
            let clauses = lexicon.clauses(question);
            said.asks.extend(Meaning::new(lexicon, &clauses).told().into_iter().map(|(theme, _)| theme));
        }
        said
    }

    /// Adds each stem to `stems`.
    fn by_callee(text: &'a str, lexicon: &mut Lexicon, stems: &mut Vec<StemId>) -> Self {
        let mut said = Self::new(Speaker::Callee, text);
        let (mut yes, mut no) = (0_u64, 0_u64);
        for text in sentences(text) {
            let clauses = lexicon.clauses(text);
            let meaning = Meaning::new(lexicon, &clauses);
            if said.sentences.is_empty() {
                yes = meaning.yes_in().fold(0, |yes, table| yes | lexicon.bits(table).no);
            }
            for word in clauses.iter().flatten() {
                stems.extend(lexicon.stem(*word));
                no |= lexicon.classes(*word);
            }
            // Where nobody says a word, "…" is what speech recognition makes of it.
            let words = clauses.iter().flatten().count();
            if words > 0 {
                said.sentences.push(Sentence { text, themes: meaning.spoken(), words });
            }
        }
        // A no counts in the language of the yes: "ga" is one in Indonesian, and "go" in Dutch.
        let is_past = said.speaks_of(|theme| theme == Theme::Past) && !said.speaks_of(|theme| theme == Theme::Recent);
        said.affirms = yes & !no != 0 && !is_past;
        said.by_machine = said.speaks_of(|theme| theme == Theme::Voicemail) && !said.speaks_of(Theme::is_alarming);
        if said.by_machine {
            said.sentences.clear();
        }
        said
    }

    fn speaks_of(&self, sought: impl Fn(Theme) -> bool) -> bool {
        let mut themes = self.sentences.iter().flat_map(|sentence| &sentence.themes);
        themes.any(|(theme, stands)| *stands && sought(*theme))
    }

    /// A hit on the whole of this answer, to the turn before it.
    fn hit(&self, turn: u32) -> Hit<'a> {
        Hit { turn, question: turn.checked_sub(1), text: self.text, stands: true }
    }
}

impl Sentence<'_> {
    /// Whether a theme is in this sentence, and then whether a mention of it stands.
    pub(crate) fn mentions(&self, theme: Theme) -> Option<bool> {
        self.themes.iter().find(|(mentioned, _)| *mentioned == theme).map(|(_, stands)| *stands)
    }

    pub(crate) fn word_count(&self) -> usize {
        self.words
    }
}

/// Notes that a stem is said in a turn, once.
fn note(turns_by_stem: &mut Vec<Vec<u32>>, stem: StemId, turn: u32) {
    if turns_by_stem.len() <= stem {
        turns_by_stem.resize_with(stem + 1, Vec::new);
    }
    if let Some(turns) = turns_by_stem.get_mut(stem)
        && turns.last() != Some(&turn)
    {
        turns.push(turn);
    }
}

/// The sentences of a text, with their closing marks.
pub(crate) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = sentence_end(rest);
        let (sentence, after) = rest.split_at(end);
        rest = after.trim_start();
        Some(sentence.trim_end())
    })
}

fn sentence_end(text: &str) -> usize {
    for (at, mark) in text.match_indices(['.', '!', '?', '…', '\n', '。', '！', '？', '؟']) {
        let after = at + mark.len();
        let (before, rest) = (text.get(..at).unwrap_or_default(), text.get(after..).unwrap_or_default());
        let open = rest.starts_with(|next: char| !next.is_whitespace());
        let ends = match mark {
            "!" | "?" | "…" => !open,
            "." => !open && !ends_in_abbreviation(before),
            // Full-width and Arabic marks need no space after them.
            _ => true,
        };
        if ends {
            return after;
        }
    }
    text.len()
}

fn ends_in_abbreviation(text: &str) -> bool {
    let word = text.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}
