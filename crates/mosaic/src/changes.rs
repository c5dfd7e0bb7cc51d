//! Where a row of pixels changes from one value to another.

/// Appends the columns before which runs of one value end: each column that differs from the one before it, and the row's width.
///
/// ```
/// let mut ends = Vec::new();
/// mutirao_mosaic::changes::changes(&[7, 7, 9, 7], &mut ends);
/// assert_eq!(ends, [2, 3, 4]);
/// ```
pub fn changes(pixels: &[u32], ends: &mut Vec<u32>) {
    // Every column is written where the next end belongs, and stays there if it is one: lengths of runs cannot be foreseen, so a
    // branch at each would cost more than all that is done with them.
    let mut known = ends.len();
    ends.resize(known + pixels.len(), 0);
    for (col, pair) in (1..).zip(pixels.windows(2)) {
        ends[known] = col;
        known += usize::from(pair[0] != pair[1]);
    }
    if let Some(end) = ends.get_mut(known) {
        *end = pixels.len() as u32;
        known += 1;
    }
    ends.truncate(known);
}
