//! What was said, made searchable. All makers of blocks walk in; `lexicon` knows the words, `words` what they look for.

use callpanion_plugin_api::renderer::{Speaker, Turn};

use crate::lexicon::{Lexicon, StemId};
use crate::words::{AFFIRMATIVES, Theme};

/// Words after which a full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &["mr", "mrs", "ms", "dr", "st", "prof", "bpk", "ny", "tn", "hj", "h"];

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
    /// The callee's; the agent's are not looked at again.
    sentences: Vec<Sentence<'a>>,
    /// What the agent asks about.
    asks: Vec<Theme>,
    /// It begins with a yes.
    affirms: bool,
    /// A word in it says no.
    denies: bool,
}

pub(crate) struct Sentence<'a> {
    pub(crate) text: &'a str,
    /// Each theme in it, and whether every mention of it is denied.
    themes: Vec<(Theme, bool)>,
    words: usize,
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
    /// The callee denied it.
    pub(crate) negated: bool,
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
            said.push(Said::by_callee(&turn.text, &mut lexicon, |stem| {
                if turns_by_stem.len() <= stem {
                    turns_by_stem.resize_with(stem + 1, Vec::new);
                }
                let turns = &mut turns_by_stem[stem];
                if turns.last() != Some(&number) {
                    turns.push(number);
                }
            }));
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
                let negated = sentence.mentions(theme)?;
                Some(Hit { turn, question: None, text: sentence.text, negated })
            })
            .collect()
    }

    /// Where the callee answered a question of the agent's about a theme, in order.
    pub(crate) fn answered(&self, theme: Theme) -> Vec<Hit<'a>> {
        self.answers(theme).map(|(turn, answer)| answer.hit(turn)).collect()
    }

    /// Where the callee said yes, and nothing against it, to a question about a theme, in order.
    pub(crate) fn affirmed(&self, theme: Theme) -> Vec<Hit<'a>> {
        let affirmed = self.answers(theme).filter(|(_, answer)| answer.affirms && !answer.denies);
        affirmed.map(|(turn, answer)| answer.hit(turn)).collect()
    }

    /// The callee's turns that share enough words with a text to be what it rests on, in order.
    pub(crate) fn support(&self, text: &str) -> Vec<u32> {
        let wanted = self.lexicon.stems_of(text);
        let needed = if wanted.len() <= 3 { 1 } else { 2 };
        let mut shared = vec![0_u32; self.turns.len()];
        let turns = wanted.into_iter().flatten().filter_map(|stem| self.turns_by_stem.get(stem)).flatten();
        for turn in turns {
            shared[*turn as usize] += 1;
        }
        (0_u32..).zip(shared).filter(|(_, shared)| *shared >= needed).map(|(turn, _)| turn).collect()
    }

    /// Each turn of the callee that follows a question of the agent's about a theme.
    fn answers(&self, theme: Theme) -> impl Iterator<Item = (u32, &Said<'a>)> {
        (1_u32..)
            .zip(self.turns.windows(2))
            .map(|(turn, pair)| (turn, &pair[0], &pair[1]))
            .filter(|(_, a, b)| a.speaker == Speaker::Agent && b.speaker == Speaker::Callee)
            .filter(move |(_, question, answer)| question.asks.contains(&theme) && !answer.sentences.is_empty())
            .map(|(turn, _, answer)| (turn, answer))
    }
}

impl<'a> Said<'a> {
    fn by_agent(text: &'a str, lexicon: &mut Lexicon) -> Self {
        let mut asks = Vec::new();
        for question in sentences(text).filter(|sentence| sentence.ends_with('?')) {
            let clauses = lexicon.clauses(question);
            asks.extend(lexicon.themes(&clauses).into_iter().map(|(theme, _)| theme));
        }
        let (text, sentences) = (text.trim(), Vec::new());
        Self { speaker: Speaker::Agent, text, sentences, asks, affirms: false, denies: false }
    }

    /// `heard` is told each stem.
    fn by_callee(text: &'a str, lexicon: &mut Lexicon, mut heard: impl FnMut(StemId)) -> Self {
        let mut said = Self {
            speaker: Speaker::Callee,
            text: text.trim(),
            sentences: Vec::new(),
            asks: Vec::new(),
            affirms: false,
            denies: false,
        };
        for text in sentences(text) {
            let clauses = lexicon.clauses(text);
            if said.sentences.is_empty() {
                said.affirms = clauses.first().is_some_and(|first| lexicon.begins_with(first, AFFIRMATIVES));
            }
            let words = clauses.iter().flatten();
            words.clone().filter_map(|word| lexicon.stem(*word)).for_each(&mut heard);
            said.denies |= words.clone().any(|word| lexicon.denies(*word));
            said.sentences.push(Sentence { text, themes: lexicon.themes(&clauses), words: words.count() });
        }
        said
    }

    /// A hit on the whole of this answer, to the turn before it.
    fn hit(&self, turn: u32) -> Hit<'a> {
        Hit { turn, question: Some(turn - 1), text: self.text, negated: false }
    }
}

impl Sentence<'_> {
    /// Whether a theme is in this sentence, and then whether each mention is denied.
    pub(crate) fn mentions(&self, theme: Theme) -> Option<bool> {
        self.themes.iter().find(|(mentioned, _)| *mentioned == theme).map(|(_, denied)| *denied)
    }

    pub(crate) fn word_count(&self) -> usize {
        self.words
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
        let open = text[after..].chars().next().is_some_and(|next| !next.is_whitespace());
        let ends = match mark {
            "!" | "?" | "…" => !open,
            "." => !open && !ends_in_abbreviation(&text[..at]),
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
