//! Sets of classes, compiled: which of up to 64 sets hold what a pixel holds.

use mutirao_core::values::ValueSet;

use super::NOTHING;

/// Classes below this number are looked up in a table; legends have few above it.
const TABLE: u32 = 1024;

/// One set of classes.
#[derive(Debug, Clone)]
pub struct Classes(Masks);

impl Classes {
    /// Compiles a set. Nothing is no class: a `none` in the set says nothing here.
    pub fn new(set: &ValueSet) -> Self {
        Classes(Masks::new(std::iter::once(set)))
    }

    /// Whether a pixel holds one of the classes; nothing and [`super::UNKNOWN`] are none.
    pub fn hold(&self, pixel: u32) -> bool {
        self.0.of_class(pixel) != 0
    }
}

/// Several sets, one a bit.
#[derive(Debug, Clone)]
pub(super) struct Masks {
    sets: Vec<ValueSet>,
    table: Vec<u64>,
    nothing: u64,
}

impl Masks {
    /// Compiles up to 64 sets.
    pub(super) fn new<'a>(sets: impl Iterator<Item = &'a ValueSet>) -> Self {
        let sets: Vec<ValueSet> = sets.cloned().collect();
        assert!(sets.len() <= 64, "more sets than bits");
        let table = (0..TABLE as i32).map(|class| bits(&sets, |set| set.contains(class))).collect();
        Masks { table, nothing: bits(&sets, ValueSet::contains_nothing), sets }
    }

    /// The sets that hold the pixel's class; none for nothing and for what is no class.
    pub(super) fn of_class(&self, pixel: u32) -> u64 {
        match (self.table.get(pixel as usize), i32::try_from(pixel)) {
            (Some(mask), _) => *mask,
            (None, Ok(class)) => bits(&self.sets, |set| set.contains(class)),
            (None, Err(_)) => 0,
        }
    }

    /// The sets that hold nothing.
    pub(super) fn of_nothing(&self) -> u64 {
        self.nothing
    }

    /// The sets that admit what the pixel holds, as [`ValueSet::admits`] has it.
    pub(super) fn admitting(&self, pixel: u32) -> u64 {
        if pixel == NOTHING { self.nothing } else { self.of_class(pixel) }
    }
}

fn bits(sets: &[ValueSet], holds: impl Fn(&ValueSet) -> bool) -> u64 {
    sets.iter().enumerate().map(|(bit, set)| u64::from(holds(set)) << bit).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::UNKNOWN;

    #[test]
    fn masks_say_what_the_sets_say() {
        let sets =
            [ValueSet::of(3), ValueSet::range(1000, 1100).with_nothing(true), ValueSet::any(), ValueSet::nothing()];
        let masks = Masks::new(sets.iter());
        for class in [0, 3, 1000, 1023, 1024, 1100, 1101, i32::MAX] {
            let expected = bits(&sets, |set| set.contains(class));
            assert_eq!((masks.of_class(class as u32), masks.admitting(class as u32)), (expected, expected));
        }
        assert_eq!((masks.of_class(NOTHING), masks.admitting(NOTHING), masks.of_nothing()), (0, 0b1010, 0b1010));
        assert_eq!((masks.of_class(UNKNOWN), masks.admitting(UNKNOWN)), (0, 0));
    }
}
