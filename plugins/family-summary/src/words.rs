//! The words that a theme is known by: one file for each language, all of them tables. `lexicon` walks in, and `meaning`
//! for the classes that say who is meant and what is denied.
//!
//! A new language is a new file here, a line in [`TABLES`] and, for readers, a file in `phrases`. All languages are
//! looked for in every talk: many families mix them. A phrase only ever meets the classes of its own language, so that
//! "die" is no death in a talk in Dutch.
//!
//! Words stand in the tables as `spelling` leaves them: in small letters, without apostrophes, accents and vowel marks.
//! A comma parts the patterns; `pattern` says how they are written.

mod ar;
mod en;
mod id;
mod nl;

/// Every language that is listened for.
pub(crate) static TABLES: [Table; 4] = [en::TABLE, id::TABLE, ar::TABLE, nl::TABLE];

/// The words of one language.
pub(crate) struct Table {
    /// Groups of words that patterns name with `@`. Each language has those of [`Bits`], and what it needs besides.
    pub(crate) classes: &'static [(&'static str, &'static str)],
    /// How a callee speaks of a theme.
    pub(crate) named: &'static [(Theme, &'static str)],
    /// How others speak of it: the agent in a question, or a report of the talk.
    pub(crate) told: &'static [(Theme, &'static str)],
    /// Where a pattern of the theme that overlaps with one of these does not count.
    pub(crate) except: &'static [(Theme, &'static str)],
}

/// How many classes a table may have: their bits stand side by side in 64.
pub(crate) const CLASSES_MAX: usize = 16;

/// The bit of a class; none for one that the table does not have.
pub(crate) fn class(table: usize, name: &[u8]) -> u64 {
    let classes = TABLES.get(table).map_or(&[][..], |table| table.classes);
    let place = classes.iter().position(|(class, _)| class.as_bytes() == name);
    place.map_or(0, |place| 1 << (table * CLASSES_MAX + place))
}

/// The bits of the classes that every language has.
#[derive(Clone, Copy, Default)]
pub(crate) struct Bits {
    /// What turns what follows it into its opposite,
    pub(crate) no: u64,
    /// unless such a word follows, which takes it alone.
    pub(crate) bound: u64,
    /// The callee, as who does something,
    pub(crate) i: u64,
    /// and otherwise.
    pub(crate) me: u64,
    /// Somebody or something else.
    pub(crate) other: u64,
    /// What names nobody, where a pattern takes it: "it is lonely".
    pub(crate) it: u64,
    /// What takes the `other` that follows: "with my neighbour" the callee fell.
    pub(crate) with: u64,
    /// What says, after an `other`, whose that is ("cucu saya"), and not who does something.
    pub(crate) own: u64,
    /// What begins something new, which a "no" before it does not reach.
    pub(crate) and: u64,
    /// What begins a clause.
    pub(crate) turn: u64,
}

impl Bits {
    pub(crate) fn of(table: usize) -> Self {
        let class = |name: &str| class(table, name.as_bytes());
        Self {
            no: class("no"),
            bound: class("bound"),
            i: class("i"),
            me: class("me"),
            other: class("other"),
            it: class("it"),
            with: class("with"),
            own: class("own"),
            and: class("and"),
            turn: class("turn"),
        }
    }
}

/// One theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    // What a person must look at.
    Dying,
    Chest,
    Fall,
    NotEating,
    Confusion,
    Alone,
    Urgent,
    // What a family wants to read.
    Health,
    Meals,
    Sleep,
    Medicine,
    Company,
    Request,
    FollowUp,
    Television,
    Relatives,
    Garden,
    Faith,
    Outdoors,
    GoodMood,
    BadMood,
    Warm,
    // What says how the rest is meant.
    /// Supposed or dreamt, and not so.
    Imagined,
    /// Long ago.
    Past,
    /// Not so long ago, or ever since.
    Recent,
    /// Yes, at the beginning of a clause.
    Yes,
    /// A machine answered, not a person.
    Voicemail,
}

impl Theme {
    /// Whether it is one that a person must look at: then it counts only for the callee, and where it is meant.
    pub(crate) const fn is_alarming(self) -> bool {
        matches!(
            self,
            Self::Dying | Self::Chest | Self::Fall | Self::NotEating | Self::Confusion | Self::Alone | Self::Urgent
        )
    }

    /// Whether it may be over. Who once wished to die is asked after, however long ago that was.
    pub(crate) const fn may_be_past(self) -> bool {
        !matches!(self, Self::Dying | Self::Urgent)
    }

    /// Whether it may be a mere thought: "if I fall". Pain "if I climb the stairs" is pain.
    pub(crate) const fn may_be_supposed(self) -> bool {
        matches!(self, Self::Fall | Self::NotEating | Self::Confusion)
    }
}
