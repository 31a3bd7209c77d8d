//! What was said, made searchable. All makers of blocks walk in; `words` holds what they look for.

use callpanion_plugin_api::renderer::{Speaker, Turn};

use crate::words::{AFFIRMATIVES, NEGATORS, Theme};

/// How many words before a pattern a negator reaches.
const NEGATION_REACH: usize = 3;
/// Words after which a full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &["mr", "mrs", "ms", "dr", "st", "prof", "bpk", "ny", "tn", "hj", "h"];
/// Words that begin a clause of their own.
const TURNING_WORDS: &[&str] = &["but", "tapi", "tetapi", "namun"];

/// A transcript, cut into sentences, clauses and words.
pub(crate) struct Talk<'a> {
    turns: Vec<Said<'a>>,
}

struct Said<'a> {
    speaker: Speaker,
    text: &'a str,
    sentences: Vec<Sentence<'a>>,
}

pub(crate) struct Sentence<'a> {
    pub(crate) text: &'a str,
    clauses: Vec<Vec<String>>,
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
        let said = |turn: &'a Turn| Said {
            speaker: turn.speaker,
            text: turn.text.trim(),
            sentences: sentences(&turn.text).map(|text| Sentence { text, clauses: clauses(text) }).collect(),
        };
        Self { turns: turns.iter().map(said).collect() }
    }

    /// The callee's sentences, each with the index of its turn.
    pub(crate) fn callee_sentences(&self) -> impl Iterator<Item = (u32, &Sentence<'a>)> {
        let by_callee = self.indexed().filter(|(_, said)| said.speaker == Speaker::Callee);
        by_callee.flat_map(|(turn, said)| said.sentences.iter().map(move |s| (turn, s)))
    }

    /// Where the callee spoke of a theme in words of their own.
    pub(crate) fn spoken(&self, theme: &Theme) -> Vec<Hit<'a>> {
        self.callee_sentences()
            .filter_map(|(turn, sentence)| {
                let negated = sentence.mentions(theme)?;
                Some(Hit { turn, question: None, text: sentence.text, negated })
            })
            .collect()
    }

    /// Where the callee answered a question of the agent's about a theme.
    pub(crate) fn answered(&self, theme: &Theme) -> Vec<Hit<'a>> {
        self.answers(theme).map(|(turn, answer)| answer.hit(turn)).collect()
    }

    /// Where the callee said yes, and nothing against it, to a question about a theme.
    pub(crate) fn affirmed(&self, theme: &Theme) -> Vec<Hit<'a>> {
        let affirmed = self.answers(theme).filter(|(_, answer)| answer.affirms() && !answer.denies());
        affirmed.map(|(turn, answer)| answer.hit(turn)).collect()
    }

    /// The callee's turns that share enough words with a text to be what it rests on.
    pub(crate) fn support(&self, text: &str) -> Vec<u32> {
        let wanted = stems(&[text]);
        let needed = if wanted.len() <= 3 { 1 } else { 2 };
        let by_callee = self.indexed().filter(|(_, said)| said.speaker == Speaker::Callee);
        by_callee
            .filter(|(_, said)| {
                let texts: Vec<&str> = said.sentences.iter().map(|s| s.text).collect();
                let have = stems(&texts);
                !wanted.is_empty() && wanted.iter().filter(|w| have.contains(w)).count() >= needed
            })
            .map(|(turn, _)| turn)
            .collect()
    }

    fn indexed(&self) -> impl Iterator<Item = (u32, &Said<'a>)> {
        (0_u32..).zip(&self.turns)
    }

    /// Each turn of the callee that follows a question of the agent's about a theme.
    fn answers<'t>(&'t self, theme: &'t Theme) -> impl Iterator<Item = (u32, &'t Said<'a>)> {
        (1_u32..)
            .zip(self.turns.windows(2))
            .map(|(turn, pair)| (turn, &pair[0], &pair[1]))
            .filter(|(_, a, b)| a.speaker == Speaker::Agent && b.speaker == Speaker::Callee)
            .filter(|(_, question, answer)| question.asks(theme) && !answer.sentences.is_empty())
            .map(|(turn, _, answer)| (turn, answer))
    }
}

impl<'a> Said<'a> {
    /// A hit on the whole of this answer, to the turn before it.
    fn hit(&self, turn: u32) -> Hit<'a> {
        Hit { turn, question: Some(turn - 1), text: self.text, negated: false }
    }

    fn asks(&self, theme: &Theme) -> bool {
        let mut questions = self.sentences.iter().filter(|s| s.text.ends_with('?'));
        questions.any(|sentence| sentence.mentions(theme).is_some())
    }

    fn affirms(&self) -> bool {
        let first = self.sentences.first().and_then(|s| s.clauses.first());
        first.is_some_and(|words| AFFIRMATIVES.iter().any(|p| matches_at(words, 0, p).is_some()))
    }

    fn denies(&self) -> bool {
        let mut words = self.sentences.iter().flat_map(|s| &s.clauses).flatten();
        words.any(|word| NEGATORS.contains(&word.as_str()))
    }
}

impl Sentence<'_> {
    /// Whether a theme is in this sentence, and then whether each mention is denied.
    pub(crate) fn mentions(&self, theme: &Theme) -> Option<bool> {
        let mentions = self.clauses.iter().flat_map(|words| mentions(words, theme));
        mentions.reduce(|all, denied| all && denied)
    }

    pub(crate) fn word_count(&self) -> usize {
        self.clauses.iter().map(Vec::len).sum()
    }
}

/// Each mention of a theme in a clause: whether it is denied.
fn mentions(words: &[String], theme: &Theme) -> Vec<bool> {
    let places = |pattern: &str| -> Vec<(usize, usize)> {
        (0..words.len()).filter_map(|start| Some((start, matches_at(words, start, pattern)?))).collect()
    };
    let except: Vec<(usize, usize)> = theme.except().flat_map(places).collect();
    theme
        .patterns()
        .flat_map(places)
        .filter(|(start, end)| except.iter().all(|(s, e)| end <= s || e <= start))
        .map(|(start, _)| {
            let before = &words[start.saturating_sub(NEGATION_REACH)..start];
            before.iter().any(|word| NEGATORS.contains(&word.as_str()))
        })
        .collect()
}

/// Where the match of a pattern ends that begins at `start`.
fn matches_at(words: &[String], start: usize, pattern: &str) -> Option<usize> {
    let mut end = start;
    for wanted in pattern.split(' ') {
        let word = words.get(end)?;
        let fits = match wanted.strip_suffix('*') {
            Some(beginning) => word.starts_with(beginning),
            None => word == wanted,
        };
        if !fits {
            return None;
        }
        end += 1;
    }
    Some(end)
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
    for (at, mark) in text.char_indices() {
        let after = at + mark.len_utf8();
        let open = text[after..].chars().next().is_some_and(|next| !next.is_whitespace());
        let ends = match mark {
            '!' | '?' | '…' => !open,
            '.' => !open && !ends_in_abbreviation(&text[..at]),
            // Full-width and Arabic marks need no space after them.
            '\n' | '。' | '！' | '？' | '؟' => true,
            _ => false,
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

/// The clauses of a sentence as lower-case words without apostrophes.
fn clauses(sentence: &str) -> Vec<Vec<String>> {
    let mut clauses: Vec<Vec<String>> = vec![Vec::new()];
    let lower = sentence.to_lowercase().replace(['\'', '’'], "");
    for part in lower.split([',', ';', ':', '.', '!', '?', '…', '—']) {
        clauses.push(Vec::new());
        for word in part.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
            if TURNING_WORDS.contains(&word) {
                clauses.push(Vec::new());
            }
            if let Some(clause) = clauses.last_mut() {
                clause.push(word.to_owned());
            }
        }
    }
    clauses.retain(|clause| !clause.is_empty());
    clauses
}

/// The beginnings of a text's longer words, which survive most endings of both languages.
fn stems(texts: &[&str]) -> Vec<String> {
    let words = texts.iter().flat_map(|text| clauses(text)).flatten();
    let mut stems: Vec<String> = words
        .filter(|word| word.chars().count() >= 4 && !COMMON.contains(&word.as_str()))
        .map(|word| word.chars().take(4).collect())
        .collect();
    stems.sort();
    stems.dedup();
    stems
}

/// Longer words that say nothing about what a text is about.
const COMMON: &[&str] = &[
    "this", "that", "with", "have", "from", "they", "them", "there", "were", "will", "what", "when", "about", "some",
    "just", "very", "today", "morning", "yang", "untuk", "dengan", "sudah", "saya", "juga", "akan", "tidak", "hari",
    "pagi", "kata", "lagi", "karena",
];
