//! What a sentence means by its words: a fall is one when it is not denied, the callee's own, no mere thought, and of
//! these days. `talk` and `headline` walk in; it asks `lexicon` where patterns stand.
//!
//! A missed fall may cost much more than a false alarm. So where nobody is named it is the callee, and what is not
//! clearly denied, supposed or past is meant.

use crate::lexicon::{Clause, Lexicon, Place, WordId};
use crate::pattern::Role;
use crate::words::Theme;

/// How many words before a mention a "no" reaches.
const NO_REACH: usize = 3;
/// So many words before somebody's name, "with" says that the callee is with them.
const WITH_REACH: usize = 2;

/// A sentence, read.
pub(crate) struct Meaning<'l> {
    lexicon: &'l Lexicon,
    clauses: &'l [Clause],
    /// For each clause.
    places: Vec<Vec<Place>>,
}

impl<'l> Meaning<'l> {
    pub(crate) fn new(lexicon: &'l Lexicon, clauses: &'l [Clause]) -> Self {
        Self { lexicon, clauses, places: clauses.iter().map(|clause| lexicon.places(clause)).collect() }
    }

    /// What a callee speaks of: each theme once, and whether a mention of it stands.
    pub(crate) fn spoken(&self) -> Vec<(Theme, bool)> {
        let mut themes = Vec::new();
        for (clause, place) in self.places(Role::Named) {
            add(&mut themes, place.pattern.theme, self.stands(clause, place));
        }
        themes
    }

    /// What somebody else speaks of, in a question or in a report: each theme once, and whether it is not denied.
    pub(crate) fn told(&self) -> Vec<(Theme, bool)> {
        let mut themes = Vec::new();
        let everyday = self.places(Role::Named).filter(|(_, place)| !place.pattern.theme.is_alarming());
        for (clause, place) in self.places(Role::Told).chain(everyday) {
            add(&mut themes, place.pattern.theme, !self.is_denied(clause, place));
        }
        themes
    }

    /// The languages, by the place of their table, in which the sentence says yes.
    pub(crate) fn yes_in(&self) -> impl Iterator<Item = usize> {
        let yes = self.places(Role::Named).filter(|(_, place)| place.pattern.theme == Theme::Yes);
        yes.map(|(_, place)| place.pattern.table)
    }

    /// Where patterns of this role stand, each with the place of its clause.
    fn places(&self, role: Role) -> impl Iterator<Item = (usize, &Place)> {
        let places = self.places.iter().enumerate();
        let places = places.flat_map(|(clause, places)| places.iter().map(move |place| (clause, place)));
        places.filter(move |(_, place)| place.pattern.role == role)
    }

    fn stands(&self, clause: usize, place: &Place) -> bool {
        let meant = !place.pattern.theme.is_alarming()
            || !(self.is_anothers(clause, place) || self.is_supposed(clause, place) || self.is_past(clause, place));
        meant && !self.is_denied(clause, place)
    }

    /// Whether a "no" reaches it: from before it, or from within one of its gaps.
    fn is_denied(&self, clause: usize, place: &Place) -> bool {
        let (words, bits) = (self.words(clause), self.lexicon.bits(place.pattern.table));
        for at in (place.taken.start().saturating_sub(NO_REACH)..place.taken.end()).rev() {
            if place.taken.holds(at) {
                continue;
            }
            if self.is_of(words, at, bits.and) {
                return false;
            }
            if self.is_of(words, at, bits.no) && !self.is_of(words, at + 1, bits.bound | bits.i) {
                return true;
            }
        }
        false
    }

    /// Whether it is said of somebody or something else. Who falls may have been named earlier in the sentence.
    fn is_anothers(&self, clause: usize, place: &Place) -> bool {
        match self.whose(clause, place) {
            None if place.pattern.theme == Theme::Fall => {
                let first = |clause| {
                    let words = self.words(clause);
                    (0..words.len()).find_map(|at| self.person(words, at, place, false))
                };
                (0..clause).rev().find_map(first).unwrap_or(false)
            }
            another => another.unwrap_or(false),
        }
    }

    /// Whether the person who is named last before the end of a mention is another than the callee. After an "and", it
    /// is the first one of the clause who does both things.
    fn whose(&self, clause: usize, place: &Place) -> Option<bool> {
        let (words, bits) = (self.words(clause), self.lexicon.bits(place.pattern.table));
        for at in (0..place.taken.end()).rev() {
            let person = self.person(words, at, place, true);
            if person.is_some() {
                return person;
            }
            if !place.taken.holds(at) && self.is_of(words, at, bits.and) {
                return (0..at).find_map(|at| self.person(words, at, place, true));
            }
        }
        None
    }

    /// Whether a word means another person or thing, or the callee. What the pattern takes `here` names nobody else.
    fn person(&self, words: &[WordId], at: usize, place: &Place, here: bool) -> Option<bool> {
        let bits = self.lexicon.bits(place.pattern.table);
        let takes = |at: usize| here && place.taken.holds(at);
        if self.is_of(words, at, bits.own)
            && let Some(before) = at.checked_sub(1)
            && self.is_another(words, before, place)
        {
            return (!takes(before)).then_some(true);
        }
        if self.is_of(words, at, bits.i | bits.me) {
            return Some(false);
        }
        if takes(at) {
            return self.is_of(words, at, bits.it).then_some(false);
        }
        self.is_another(words, at, place).then_some(true)
    }

    /// Whether a word means somebody or something else, and not one whom the callee is merely with.
    fn is_another(&self, words: &[WordId], at: usize, place: &Place) -> bool {
        let bits = self.lexicon.bits(place.pattern.table);
        let is_with = |at: usize| self.is_of(words, at, bits.with);
        self.is_of(words, at, bits.other) && !(at.saturating_sub(WITH_REACH)..at).any(is_with)
    }

    /// Whether it is a mere thought: after "if", or in a dream.
    fn is_supposed(&self, clause: usize, place: &Place) -> bool {
        let mut thoughts = self.of_theme(clause, Theme::Imagined, place.pattern.table);
        place.pattern.theme.may_be_supposed() && thoughts.any(|thought| thought.taken.start() < place.taken.end())
    }

    /// Whether it was long ago. For a fall the rest of the sentence may say so, where that is not about another.
    fn is_past(&self, clause: usize, place: &Place) -> bool {
        let (theme, table) = (place.pattern.theme, place.pattern.table);
        let has = |clause: usize, theme: Theme| self.of_theme(clause, theme, table).next().is_some();
        let mut all = 0..self.clauses.len();
        if !theme.may_be_past() || all.clone().any(|clause| has(clause, Theme::Recent)) {
            return false;
        }
        let other = self.lexicon.bits(table).other;
        let names_another = |clause: usize| self.words(clause).iter().any(|word| self.lexicon.is_of(*word, other));
        has(clause, Theme::Past)
            || (theme == Theme::Fall && all.any(|clause| has(clause, Theme::Past) && !names_another(clause)))
    }

    fn of_theme(&self, clause: usize, theme: Theme, table: usize) -> impl Iterator<Item = &Place> {
        let places = self.places.get(clause).into_iter().flatten();
        places.filter(move |place| (place.pattern.theme, place.pattern.table) == (theme, table))
    }

    fn words(&self, clause: usize) -> &[WordId] {
        self.clauses.get(clause).map_or(&[][..], Vec::as_slice)
    }

    fn is_of(&self, words: &[WordId], at: usize, classes: u64) -> bool {
        words.get(at).is_some_and(|word| self.lexicon.is_of(*word, classes))
    }
}

fn add(themes: &mut Vec<(Theme, bool)>, theme: Theme, stands: bool) {
    match themes.iter_mut().find(|(known, _)| *known == theme) {
        Some((_, any)) => *any |= stands,
        None => themes.push((theme, stands)),
    }
}
