//! Methods that vote.

use super::*;

const A: [i32; 6] = [3, 0, 0, 15, 3, 0];
const B: [i32; 6] = [4, 4, 0, 15, 30, 0];
const C: [i32; 6] = [33, 33, 33, 4, 30, 0];
const SPEAK: [i32; 6] = [3, 2, 1, 3, 3, 0];

fn three(coverage: &str) -> Bands {
    merge(&[("a", &A, ""), ("b", &B, ""), ("c", &C, "")], coverage)
}

#[test]
fn first_takes_the_first_that_speaks() {
    let expected = voted([[3, 4, 33, 15, 3, 0], [1, 2, 3, 1, 1, 0], SPEAK, [1, 1, 1, 2, 1, 0], [2, 1, 1, 2, 1, 0]]);
    assert_eq!(three("  method: first\n"), expected);
}

#[test]
fn an_order_leaves_layers_out_that_speak_all_the_same() {
    let expected = voted([[4, 4, 0, 15, 30, 0], [2, 2, 0, 2, 2, 0], SPEAK, [1, 1, 0, 2, 2, 0], [2, 1, 0, 2, 2, 0]]);
    assert_eq!(three("  method: first\n  order: [b, a]\n"), expected);
}

#[test]
fn last_takes_the_last_that_speaks() {
    let expected = voted([[33, 33, 33, 4, 30, 0], [3, 3, 3, 3, 3, 0], SPEAK, [1, 1, 1, 1, 2, 0], [1, 1, 1, 1, 2, 0]])
        .without_gap(5);
    assert_eq!(three("  method: last\n"), expected);
}

impl Bands {
    /// Nobody is the source where nothing stands.
    fn without_gap(mut self, at: usize) -> Bands {
        self.source[at] = 0;
        self
    }
}

#[test]
fn majority_breaks_ties_by_order_and_names_the_first_who_says_so() {
    let expected = voted([[3, 4, 33, 15, 30, 0], [1, 2, 3, 1, 2, 0], SPEAK, [1, 1, 1, 2, 2, 0], [2, 1, 1, 2, 2, 0]]);
    assert_eq!(three("  method: majority\n"), expected);
    let turned = three("  method: majority\n  order: [c, b, a]\n");
    assert_eq!(turned.class, [33, 33, 33, 15, 30, 0]);
    assert_eq!(turned.source, [3, 3, 3, 2, 3, 0]);
}

#[test]
fn most_recent_goes_by_date_and_of_one_date_by_order() {
    let layers: [Row<'_>; 3] =
        [("a", &A, ", date: 2001-12-31"), ("b", &B, ", date: 2020-01-01"), ("c", &C, ", date: 2020-01-01")];
    let expected = voted([[4, 4, 33, 15, 30, 0], [2, 2, 3, 2, 2, 0], SPEAK, [1, 1, 1, 2, 2, 0], [2, 1, 1, 2, 2, 0]]);
    assert_eq!(merge(&layers, "  method: most-recent\n"), expected);
}

#[test]
fn min_and_max_go_by_the_id_and_name_the_first_who_says_so() {
    let least = voted([[3, 4, 33, 4, 3, 0], [1, 2, 3, 3, 1, 0], SPEAK, [1, 1, 1, 1, 1, 0], [2, 1, 1, 1, 1, 0]]);
    assert_eq!(three("  method: min\n"), least);
    let most = voted([[33, 33, 33, 15, 30, 0], [3, 3, 3, 1, 2, 0], SPEAK, [1, 1, 1, 2, 2, 0], [1, 1, 1, 2, 2, 0]]);
    assert_eq!(three("  method: max\n"), most);
    let turned = three("  method: max\n  order: [c, b, a]\n");
    assert_eq!((turned.class, turned.source), (most.class, vec![3, 3, 3, 2, 3, 0]));
    let fewer = three("  method: min\n  order: [b, c]\n");
    assert_eq!((fewer.class, fewer.source), (vec![4, 4, 33, 4, 30, 0], vec![2, 2, 3, 3, 2, 0]));
}
