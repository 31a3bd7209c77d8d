//! The words of one talk, each looked up once: its classes, the patterns that it is an anchor of, its stem. `talk` and
//! `meaning` walk in with every sentence; it asks `words`, and `spelling` for how words are compared.
//!
//! A long talk says the same few thousand words again and again, and there are thousands of patterns to look for.

use std::collections::BTreeMap;

use crate::pattern::{Pattern, Role, Taken, WORDS_MAX, is_one};
use crate::spelling::each_word;
use crate::words::{Bits, CLASSES_MAX, TABLES, class};

/// A stem is so much of a longer word, which survives most endings of our languages.
const STEM_CHARS: usize = 4;
/// Longer words that say nothing about what a text is about.
const COMMON: &str = "this that with have from they them there were will what when about some just very today morning \
                      yang untuk dengan sudah saya juga akan tidak hari pagi kata lagi karena niet maar naar heeft \
                      wordt voor haar vandaag الذي التي هذا هذه اليوم كانت لكنها";

/// A word of the lexicon.
pub(crate) type WordId = usize;
/// A stem of the lexicon. They are numbered from 0 on.
pub(crate) type StemId = usize;
/// The words of a clause, at most [`WORDS_MAX`].
pub(crate) type Clause = Vec<WordId>;

/// All words that were read so far.
pub(crate) struct Lexicon {
    /// What begins with a letter: patterns by their anchor, and the words of classes with their bit.
    initials: BTreeMap<char, Initial>,
    ids: BTreeMap<String, WordId>,
    words: Vec<Word>,
    stems: BTreeMap<String, StemId>,
    /// For each table.
    bits: Vec<Bits>,
}

#[derive(Default)]
struct Initial {
    patterns: Vec<Pattern>,
    classes: Vec<(&'static str, u64)>,
}

struct Word {
    text: String,
    classes: u64,
    anchors: Vec<Pattern>,
    stem: Option<StemId>,
}

/// Where a pattern stands in a clause.
pub(crate) struct Place {
    pub(crate) pattern: Pattern,
    pub(crate) taken: Taken,
}

/// The initial of words that are known by their end.
const ANY: char = '*';

impl Lexicon {
    pub(crate) fn new() -> Self {
        let mut initials: BTreeMap<char, Initial> = BTreeMap::new();
        for (number, table) in TABLES.iter().enumerate() {
            for (place, (_, words)) in table.classes.iter().enumerate() {
                let bit = 1 << (number * CLASSES_MAX + place);
                for word in words.split_ascii_whitespace() {
                    let initial = word.chars().next().unwrap_or(ANY);
                    initials.entry(initial).or_default().classes.push((word, bit));
                }
            }
            for (role, phrases) in [(Role::Named, table.named), (Role::Told, table.told), (Role::Except, table.except)]
            {
                for (theme, texts) in phrases {
                    let patterns = texts.split(", ").filter_map(|text| Pattern::new(role, *theme, number, text));
                    patterns.for_each(|pattern| file(&mut initials, pattern));
                }
            }
        }
        let bits = (0..TABLES.len()).map(Bits::of).collect();
        Self { initials, ids: BTreeMap::new(), words: Vec::new(), stems: BTreeMap::new(), bits }
    }

    /// Reads a sentence: its clauses, none of them empty.
    pub(crate) fn clauses(&mut self, sentence: &str) -> Vec<Clause> {
        // Words turn and join in every language: families mix them.
        let all = |bit: fn(&Bits) -> u64| self.bits.iter().fold(0, |bits, table| bits | bit(table));
        let (turn, and, i) = (all(|bits| bits.turn), all(|bits| bits.and), all(|bits| bits.i));
        let mut clauses: Vec<Clause> = Vec::new();
        each_word(sentence, |word, begins| {
            let id = self.id(word);
            let continued = clauses.last_mut().filter(|clause| !begins && clause.len() < WORDS_MAX);
            let Some(clause) = continued.filter(|_| !self.is_of(id, turn)) else {
                clauses.push(vec![id]);
                return;
            };
            // "… and I …" begins anew, with the "and".
            let joins = |last: &mut WordId| self.is_of(*last, and) && self.is_of(id, i);
            let last = if clause.len() > 1 { clause.pop_if(joins) } else { None };
            match last {
                Some(last) => clauses.push(vec![last, id]),
                None => clause.push(id),
            }
        });
        clauses
    }

    /// Where patterns stand in a clause, without those that an exception to their theme overlaps with.
    pub(crate) fn places(&self, clause: &[WordId]) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        for (at, word) in clause.iter().enumerate() {
            let anchors = self.words.get(*word).map_or(&[][..], |word| word.anchors.as_slice());
            places.extend(anchors.iter().filter_map(|pattern| self.place(clause, at, *pattern)));
        }
        let exceptions: Vec<(Pattern, Taken)> = places
            .extract_if(.., |place| place.pattern.role == Role::Except)
            .map(|place| (place.pattern, place.taken))
            .collect();
        places.retain(|place| {
            !exceptions.iter().any(|(pattern, taken)| {
                (pattern.theme, pattern.table) == (place.pattern.theme, place.pattern.table)
                    && taken.overlaps(place.taken)
            })
        });
        places
    }

    /// Whether a word is of one of these classes, which are bits of [`class`].
    pub(crate) fn is_of(&self, word: WordId, classes: u64) -> bool {
        self.classes(word) & classes != 0
    }

    /// The bits of all classes that a word is of.
    pub(crate) fn classes(&self, word: WordId) -> u64 {
        self.words.get(word).map_or(0, |word| word.classes)
    }

    /// The bits of a table's classes.
    pub(crate) fn bits(&self, table: usize) -> Bits {
        self.bits.get(table).copied().unwrap_or_default()
    }

    /// The stem of a word that is long and says something.
    pub(crate) fn stem(&self, word: WordId) -> Option<StemId> {
        self.words.get(word)?.stem
    }

    /// The stems of a text, and `None` for each that was never read.
    pub(crate) fn stems_of(&self, text: &str) -> Vec<Option<StemId>> {
        let mut stems = Vec::new();
        each_word(text, |word, _| stems.extend(stem(word)));
        stems.sort_unstable();
        stems.dedup();
        stems.iter().map(|stem| self.stems.get(stem).copied()).collect()
    }

    fn place(&self, clause: &[WordId], at: usize, pattern: Pattern) -> Option<Place> {
        let fits = |at: usize, token: &str| {
            let word = clause.get(at).and_then(|word| self.words.get(*word));
            word.is_some_and(|word| word.fits(token, pattern.table))
        };
        Some(Place { pattern, taken: pattern.taken(at, clause.len(), &fits)? })
    }

    fn id(&mut self, word: &str) -> WordId {
        if let Some(&id) = self.ids.get(word) {
            return id;
        }
        let of = |initial: char| self.initials.get(&initial);
        let candidates = || word.chars().next().and_then(of).into_iter().chain(of(ANY));
        let classes = candidates().flat_map(|initial| &initial.classes);
        let classes =
            classes.filter(|(one, _)| is_one(word.as_bytes(), one.as_bytes())).fold(0, |bits, (_, bit)| bits | bit);
        let begun = candidates().flat_map(|initial| &initial.patterns);
        let is_begun =
            |pattern: &&Pattern| pattern.anchor().split('|').any(|one| is_one(word.as_bytes(), one.as_bytes()));
        let anchors = begun.filter(is_begun).copied().collect();
        let stem = stem(word).map(|stem| {
            let next = self.stems.len();
            *self.stems.entry(stem).or_insert(next)
        });
        let id = self.words.len();
        self.words.push(Word { text: word.to_owned(), classes, anchors, stem });
        self.ids.insert(word.to_owned(), id);
        id
    }
}

impl Word {
    fn fits(&self, token: &str, table: usize) -> bool {
        token.as_bytes().split(|byte| *byte == b'&').all(|part| {
            let (wanted, sought) = part.strip_prefix(b"!").map_or((part, true), |refused| (refused, false));
            wanted.split(|byte| *byte == b'|').any(|one| self.is(one, table)) == sought
        })
    }

    fn is(&self, one: &[u8], table: usize) -> bool {
        match one.strip_prefix(b"@") {
            Some(name) => self.classes & class(table, name) != 0,
            None => is_one(self.text.as_bytes(), one),
        }
    }
}

/// Files a pattern under each initial of its anchor.
fn file(initials: &mut BTreeMap<char, Initial>, pattern: Pattern) {
    let mut filed = Vec::new();
    for initial in pattern.anchor().split('|').filter_map(|one| one.chars().next()) {
        if !filed.contains(&initial) {
            filed.push(initial);
            initials.entry(initial).or_default().patterns.push(pattern);
        }
    }
}

fn stem(word: &str) -> Option<String> {
    let (last, c) = word.char_indices().nth(STEM_CHARS - 1)?;
    (!COMMON.split(' ').any(|common| common == word)).then(|| word.get(..last + c.len_utf8()).map(str::to_owned))?
}
