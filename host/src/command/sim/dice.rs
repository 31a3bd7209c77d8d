//! Dice: everything that is left to chance in a simulated week comes from its seed.

/// A cup of dice. Each purpose has its own, so that one roll more in one place changes nothing elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// The cup of a seed for a purpose and its number.
    pub(super) fn new(seed: u64, purpose: &str, number: usize) -> Self {
        let mut cup = Self(seed);
        let words = purpose.bytes().map(u64::from).chain([u64::try_from(number).unwrap_or(u64::MAX)]);
        for word in words {
            cup.0 ^= word.wrapping_mul(0x0100_0000_01b3);
            cup.0 = cup.roll();
        }
        cup
    }

    /// splitmix64: every start is a good one.
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from one to another, both included.
    pub(super) fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = most.abs_diff(least).saturating_add(1);
        least.saturating_add_unsigned(self.roll() % span)
    }

    /// True in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of them.
    pub(super) fn pick<'a, T>(&mut self, choice: &'a [T]) -> &'a T {
        let most = i64::try_from(choice.len()).unwrap_or(i64::MAX) - 1;
        let at = self.between(0, most);
        &choice[usize::try_from(at).unwrap_or(0)]
    }

    /// Any order.
    pub(super) fn shuffle<T>(&mut self, cards: &mut [T]) {
        for last in (1..cards.len()).rev() {
            let at = self.between(0, i64::try_from(last).unwrap_or(0));
            cards.swap(last, usize::try_from(at).unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_seed_rolls_the_same_and_each_purpose_its_own() {
        let rolls = |seed, purpose, number| {
            let mut dice = Dice::new(seed, purpose, number);
            (0..8).map(|_| dice.between(-5, 1_000)).collect::<Vec<_>>()
        };
        assert_eq!(rolls(7, "naps", 1), rolls(7, "naps", 1));
        assert_ne!(rolls(7, "naps", 1), rolls(7, "naps", 2));
        assert_ne!(rolls(7, "naps", 1), rolls(8, "naps", 1));
        assert_ne!(rolls(7, "naps", 1), rolls(7, "lines", 1));
        assert!(rolls(7, "naps", 1).iter().all(|roll| (-5..=1_000).contains(roll)));
    }
}
