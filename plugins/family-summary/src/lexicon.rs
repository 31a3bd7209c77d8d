//! The words of one talk, each looked up once: which themes it may begin to name, whether it denies, and its stem.
//! `talk` walks in with every sentence; it asks `words`.
//!
//! A long talk says the same few thousand words again and again, and there are hundreds of patterns to look for.

use std::collections::BTreeMap;

use crate::words::{NEGATORS, Theme};

/// How many words before a pattern a negator reaches.
const NEGATION_REACH: usize = 3;
/// A stem is so much of a longer word, which survives most endings of both languages.
const STEM_CHARS: usize = 4;
/// Words that begin a clause of their own.
const TURNING_WORDS: &[&str] = &["but", "tapi", "tetapi", "namun"];
/// Longer words that say nothing about what a text is about.
const COMMON: &[&str] = &[
    "this", "that", "with", "have", "from", "they", "them", "there", "were", "will", "what", "when", "about", "some",
    "just", "very", "today", "morning", "yang", "untuk", "dengan", "sudah", "saya", "juga", "akan", "tidak", "hari",
    "pagi", "kata", "lagi", "karena",
];

/// A word of the lexicon.
pub(crate) type WordId = usize;
/// A stem of the lexicon. They are numbered from 0 on.
pub(crate) type StemId = usize;

/// All words that were read so far.
pub(crate) struct Lexicon {
    /// By the first byte of the pattern.
    patterns: BTreeMap<u8, Vec<Pattern>>,
    ids: BTreeMap<String, WordId>,
    words: Vec<Word>,
    stems: BTreeMap<String, StemId>,
}

/// Words in a row that name a theme, or an exception to it.
#[derive(Clone, Copy)]
struct Pattern {
    theme: Theme,
    is_exception: bool,
    text: &'static str,
}

struct Word {
    text: String,
    /// The patterns whose first word it is.
    begins: Vec<Pattern>,
    denies: bool,
    stem: Option<StemId>,
}

/// Where a pattern stands in a clause.
struct Place {
    pattern: Pattern,
    start: usize,
    end: usize,
}

impl Lexicon {
    pub(crate) fn new() -> Self {
        let mut patterns: BTreeMap<u8, Vec<Pattern>> = BTreeMap::new();
        for theme in Theme::ALL {
            let named = theme.patterns().map(|text| (text, false));
            for (text, is_exception) in named.chain(theme.except().map(|text| (text, true))) {
                let pattern = Pattern { theme, is_exception, text };
                patterns.entry(text.as_bytes()[0]).or_default().push(pattern);
            }
        }
        Self { patterns, ids: BTreeMap::new(), words: Vec::new(), stems: BTreeMap::new() }
    }

    /// Reads a sentence: its clauses, none of them empty.
    pub(crate) fn clauses(&mut self, sentence: &str) -> Vec<Vec<WordId>> {
        let mut clauses: Vec<Vec<WordId>> = Vec::new();
        each_word(sentence, |word, begins| {
            let id = self.id(word);
            match clauses.last_mut().filter(|_| !begins) {
                Some(clause) => clause.push(id),
                None => clauses.push(vec![id]),
            }
        });
        clauses
    }

    /// The themes of a sentence, each with whether every mention of it is denied.
    pub(crate) fn themes(&self, clauses: &[Vec<WordId>]) -> Vec<(Theme, bool)> {
        let mut themes: Vec<(Theme, bool)> = Vec::new();
        for clause in clauses {
            let places = self.places(clause);
            for place in places.iter().filter(|place| place.counts_among(&places)) {
                let before = &clause[place.start.saturating_sub(NEGATION_REACH)..place.start];
                let denied = before.iter().any(|word| self.denies(*word));
                match themes.iter_mut().find(|(theme, _)| *theme == place.pattern.theme) {
                    Some((_, all_denied)) => *all_denied &= denied,
                    None => themes.push((place.pattern.theme, denied)),
                }
            }
        }
        themes
    }

    /// Whether a clause begins with one of these patterns.
    pub(crate) fn begins_with(&self, clause: &[WordId], patterns: &[&str]) -> bool {
        patterns.iter().any(|pattern| self.matches_at(clause, 0, pattern).is_some())
    }

    /// Whether a word turns others into their opposite.
    pub(crate) fn denies(&self, word: WordId) -> bool {
        self.words[word].denies
    }

    /// The stem of a word that is long and says something.
    pub(crate) fn stem(&self, word: WordId) -> Option<StemId> {
        self.words[word].stem
    }

    /// The stems of a text, and `None` for each that was never read.
    pub(crate) fn stems_of(&self, text: &str) -> Vec<Option<StemId>> {
        let mut stems = Vec::new();
        each_word(text, |word, _| stems.extend(stem(word)));
        stems.sort_unstable();
        stems.dedup();
        stems.iter().map(|stem| self.stems.get(stem).copied()).collect()
    }

    fn id(&mut self, word: &str) -> WordId {
        if let Some(&id) = self.ids.get(word) {
            return id;
        }
        let id = self.words.len();
        let initial = word.as_bytes().first().and_then(|byte| self.patterns.get(byte));
        let begins = initial.into_iter().flatten().filter(|pattern| fits(word, pattern.first_word()));
        let stem = stem(word).map(|stem| {
            let next = self.stems.len();
            *self.stems.entry(stem).or_insert(next)
        });
        let (text, denies) = (word.to_owned(), NEGATORS.contains(&word));
        self.words.push(Word { text, begins: begins.copied().collect(), denies, stem });
        self.ids.insert(word.to_owned(), id);
        id
    }

    fn places(&self, clause: &[WordId]) -> Vec<Place> {
        let place = |start: usize, pattern: Pattern| {
            let end = self.matches_at(clause, start, pattern.text)?;
            Some(Place { pattern, start, end })
        };
        let begun =
            clause.iter().enumerate().flat_map(|(at, word)| self.words[*word].begins.iter().map(move |p| (at, *p)));
        begun.filter_map(|(at, pattern)| place(at, pattern)).collect()
    }

    /// Where the match of a pattern ends that begins at `start`.
    fn matches_at(&self, clause: &[WordId], start: usize, pattern: &str) -> Option<usize> {
        let mut end = start;
        for wanted in pattern.split(' ') {
            if !fits(&self.words[*clause.get(end)?].text, wanted) {
                return None;
            }
            end += 1;
        }
        Some(end)
    }
}

impl Pattern {
    fn first_word(&self) -> &'static str {
        self.text.split(' ').next().unwrap_or(self.text)
    }
}

impl Place {
    /// It names its theme, and no exception to it covers a part of it.
    fn counts_among(&self, places: &[Self]) -> bool {
        let excepts = |other: &Self| {
            let covers = other.start < self.end && self.start < other.end;
            other.pattern.is_exception && other.pattern.theme == self.pattern.theme && covers
        };
        !self.pattern.is_exception && !places.iter().any(excepts)
    }
}

fn fits(word: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == wanted,
    }
}

fn stem(word: &str) -> Option<String> {
    let (last, c) = word.char_indices().nth(STEM_CHARS - 1)?;
    (!COMMON.contains(&word)).then(|| word[..last + c.len_utf8()].to_owned())
}

/// Each word of a text, in lower case and without apostrophes, and whether it begins a clause.
fn each_word(text: &str, mut visit: impl FnMut(&str, bool)) {
    let mut lower = text.to_lowercase();
    if lower.contains(['\'', '’']) {
        lower = lower.replace(['\'', '’'], "");
    }
    for part in lower.split([',', ';', ':', '.', '!', '?', '…', '—']) {
        let mut begins = true;
        for word in part.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            visit(word, begins || TURNING_WORDS.contains(&word));
            begins = false;
        }
    }
}
