//! Two deliveries of one period held against each other.

use std::ops::AddAssign;

use super::{NOTHING, classes::Classes, stretches::stretches};

/// What two deliveries tell of the same pixels. Counts of several windows add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// Pixels that speak in at least one of them and, where classes were chosen, hold one of these in at least one of them.
    pub either: u64,
    /// Those of them that do not hold the same in both. A class against nothing differs too.
    pub differ: u64,
}

impl AddAssign for Compared {
    fn add_assign(&mut self, other: Self) {
        self.either += other.either;
        self.differ += other.differ;
    }
}

/// Compares two deliveries of one window and period, pixel by pixel; `chosen` are the classes of interest, none for all that speaks.
/// `tell` gets the pixels that differ, in their order.
///
/// ```
/// use mutirao_mosaic::measure::{NOTHING, compare::{Compared, compare}};
///
/// let mut differing = Vec::new();
/// let found = compare(&[3, 3, NOTHING, NOTHING], &[3, 15, 3, NOTHING], None, |pixel| differing.push(pixel));
/// assert_eq!((found, differing), (Compared { either: 3, differ: 2 }, vec![1, 2]));
/// ```
///
/// # Panics
/// Where the planes have different lengths.
pub fn compare(before: &[u32], after: &[u32], chosen: Option<&Classes>, mut tell: impl FnMut(usize)) -> Compared {
    let counts = |pixel: u32| chosen.map_or(pixel != NOTHING, |classes| classes.hold(pixel));
    let mut found = Compared::default();
    stretches([before, after], |start, end| {
        let (was, is) = (before[start], after[start]);
        if !(counts(was) || counts(is)) {
            return;
        }
        found.either += (end - start) as u64;
        if was != is {
            found.differ += (end - start) as u64;
            (start..end).for_each(&mut tell);
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use mutirao_core::values::ValueSet;
    use proptest::prelude::*;

    use super::*;
    use crate::measure::UNKNOWN;

    proptest! {
        #[test]
        fn it_counts_as_pixel_by_pixel(pixels in prop::collection::vec((0usize..5, 0usize..5), 0..200), some in any::<bool>()) {
            let held = [NOTHING, UNKNOWN, 3, 15, 2000];
            let [before, after] = [|p: &(usize, usize)| p.0, |p: &(usize, usize)| p.1]
                .map(|of| pixels.iter().map(|pair| held[of(pair)]).collect::<Vec<u32>>());
            let classes = Classes::new(&ValueSet::from_values([3, 2000]).with_nothing(true));
            let mut differing = Vec::new();
            let found = compare(&before, &after, some.then_some(&classes), |pixel| differing.push(pixel));
            let counts = |p: u32| if some { p == 3 || p == 2000 } else { p != NOTHING };
            let either: Vec<usize> = (0..pixels.len()).filter(|at| counts(before[*at]) || counts(after[*at])).collect();
            let expected: Vec<usize> = either.iter().copied().filter(|at| before[*at] != after[*at]).collect();
            prop_assert_eq!(found, Compared { either: either.len() as u64, differ: expected.len() as u64 });
            prop_assert_eq!(differing, expected);
        }
    }
}
