//! The first places of something, whoever found them in whatever order.

/// At most so many places are kept.
const MOST: usize = 10;

/// The first places, row by row and then column by column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// [row, column], ascending.
    first: Vec<[u32; 2]>,
}

impl Places {
    /// Adds a place: [column, row].
    pub fn add(&mut self, [col, row]: [u32; 2]) {
        let place = [row, col];
        if let Err(at) = self.first.binary_search(&place)
            && at < MOST
        {
            self.first.insert(at, place);
            self.first.truncate(MOST);
        }
    }

    /// Whether no place in this row or below can be among the first any more.
    pub fn is_settled(&self, row: u32) -> bool {
        self.first.len() == MOST && self.first[MOST - 1][0] < row
    }

    /// Adds what another found.
    pub fn merge(&mut self, other: &Places) {
        other.first.iter().for_each(|[row, col]| self.add([*col, *row]));
    }

    /// The first places, [column, row] each, row by row.
    pub fn first(&self) -> impl ExactSizeIterator<Item = [u32; 2]> {
        self.first.iter().map(|[row, col]| [*col, *row])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_are_kept_in_any_order(places in prop::collection::btree_set((0u32..9, 0u32..9), 0..60), turn in 0usize..60) {
            let mut sorted: Vec<[u32; 2]> = places.iter().map(|(row, col)| [*col, *row]).collect();
            let expected: Vec<_> = sorted.iter().copied().take(MOST).collect();
            let turn = turn.min(sorted.len());
            sorted.rotate_left(turn);
            let (mut all, mut other) = (Places::default(), Places::default());
            sorted.iter().enumerate().for_each(|(at, place)| if at % 3 == 0 { other.add(*place) } else { all.add(*place) });
            all.merge(&other);
            prop_assert_eq!(all.first().collect::<Vec<_>>(), expected);
        }
    }
}
