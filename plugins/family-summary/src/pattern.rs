//! The small language of the tables: a phrase is words in a row, with gaps. `lexicon` walks in; it calls nobody.
//!
//! Words stand apart by a space. `fell|slipped` is one of several words, `dizz*` any word that begins so, `*vloer` any
//! that ends so, `*` any word at all, `@no` a word of a class of the table, `!asleep|ill` any but these, and `a*&!@when`
//! a word that is both. `~3` is a gap of up to three words, `^` the beginning of a clause and `$` its end, which may
//! also stand for a word that need not follow: `$|again`.
//!
//! A pattern is looked for from its anchor on, its longest plain word, in both directions: so most words of a talk begin
//! no search, and "@i ~6 fell" costs nothing in a talk without a fall.

use crate::words::Theme;

/// What it means where a pattern is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The callee speaks of the theme.
    Named,
    /// Somebody asks about it, or reports it.
    Told,
    /// What else names the theme here does not.
    Except,
}

/// One phrase of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pattern {
    pub(crate) role: Role,
    pub(crate) theme: Theme,
    /// The table's place among all.
    pub(crate) table: usize,
    before: &'static str,
    anchor: &'static str,
    after: &'static str,
}

impl Pattern {
    /// Nothing for a phrase without a plain word, which could not be looked for.
    pub(crate) fn new(role: Role, theme: Theme, table: usize, text: &'static str) -> Option<Self> {
        let (mut start, mut end, mut longest) = (0, 0, 0);
        let mut from = 0;
        for token in text.split(' ') {
            let letters = letters(token);
            if letters > longest {
                (start, end, longest) = (from, from + token.len(), letters);
            }
            from += token.len() + 1;
        }
        let (before, anchor, after) = (text.get(..start)?, text.get(start..end)?, text.get(end..)?);
        (longest > 0).then_some(Self { role, theme, table, before, anchor, after })
    }

    /// The words that a search for it begins at.
    pub(crate) const fn anchor(&self) -> &'static str {
        self.anchor
    }

    /// Looks for it around the word at `at` of a clause of so many words, at most [`WORDS_MAX`]. `fits` says whether the
    /// word at a place fits a token.
    pub(crate) fn taken(&self, at: usize, words: usize, fits: &dyn Fn(usize, &str) -> bool) -> Option<Taken> {
        if !fits(at, self.anchor) {
            return None;
        }
        let back = take(self.before.split_ascii_whitespace().rev(), 1, &|step| at.checked_sub(step), fits)?;
        let ahead =
            take(self.after.split_ascii_whitespace(), 1, &|step| Some(at + step).filter(|at| *at < words), fits)?;
        Some(Taken(back | ahead | bit(at)))
    }
}

/// A clause has at most so many words: each has a bit in [`Taken`].
pub(crate) const WORDS_MAX: usize = 60;

/// The words of a clause that a pattern takes. What lies in its gaps is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken(u64);

impl Taken {
    pub(crate) const fn holds(self, at: usize) -> bool {
        self.0 & bit(at) != 0
    }

    pub(crate) const fn start(self) -> usize {
        self.0.trailing_zeros() as usize
    }

    /// The place after the last word.
    pub(crate) const fn end(self) -> usize {
        (u64::BITS - self.0.leading_zeros()) as usize
    }

    /// Whether the words from the first to the last of both have some in common.
    pub(crate) const fn overlaps(self, other: Self) -> bool {
        self.start() < other.end() && other.start() < self.end()
    }
}

/// Takes tokens in one direction, the nearest words first; `place` says where the word is that is so many steps away.
/// A gap tries each of its few widths, so the time is bounded by the pattern and never by the talk.
fn take(
    mut tokens: impl Iterator<Item = &'static str> + Clone,
    step: usize,
    place: &dyn Fn(usize) -> Option<usize>,
    fits: &dyn Fn(usize, &str) -> bool,
) -> Option<u64> {
    let Some(token) = tokens.next() else { return Some(0) };
    if let Some(gap) = token.strip_prefix('~').and_then(|words| words.parse::<usize>().ok()) {
        let is_there = |skipped: &usize| *skipped == 0 || place(step + skipped - 1).is_some();
        let mut widths = (0..=gap).take_while(is_there);
        return widths.find_map(|skipped| take(tokens.clone(), step + skipped, place, fits));
    }
    let Some(at) = place(step) else {
        return token.split('|').any(|one| matches!(one, "^" | "$")).then_some(0);
    };
    if !fits(at, token) {
        return None;
    }
    Some(take(tokens, step + 1, place, fits)? | bit(at))
}

const fn bit(at: usize) -> u64 {
    if at < WORDS_MAX { 1 << at } else { 0 }
}

/// How long the shortest word of a token is; nothing where one is none that could be looked up.
fn letters(token: &str) -> usize {
    let is_plain = |one: &str| one.starts_with(char::is_alphabetic);
    if token.contains('&') || !token.split('|').all(is_plain) {
        return 0;
    }
    token.split('|').map(|one| one.trim_end_matches('*').len()).min().unwrap_or(0)
}

/// Whether a word is the one that is sought, or begins or ends as it should. Bytes, because it is asked so often.
pub(crate) fn is_one(word: &[u8], one: &[u8]) -> bool {
    match one {
        [beginning @ .., b'*'] => word.starts_with(beginning),
        [b'*', end @ ..] => word.ends_with(end),
        whole => word == whole,
    }
}
