//! An area widened by a distance: the responsible area and the strip around it.

use std::ops::Range;

/// What is taken for no more than the distance: a billionth more, so that sums of pixel sizes do not fall short by their rounding.
const TOLERANCE: f64 = 1.0 + 1e-9;

/// The rows that lie within `metres` of a row, itself too, of a frame that has `height` rows: those that [`widened`] asks for.
/// `size` gives the width and height in metres of the pixels of a row, both more than 0.
pub fn rows_around(row: u32, height: u32, metres: f64, size: impl Fn(u32) -> [f64; 2]) -> Range<u32> {
    let metres = metres * TOLERANCE;
    let above = away(row, (0..row).rev(), metres, &size).count() as u32;
    let below = away(row, row + 1..height, metres, &size).count() as u32;
    row - above..row + 1 + below
}

/// The pixels of a row whose centres lie within `metres` of the centre of a pixel of an area: columns from a first to before another,
/// sorted, with gaps between. Less than 0 metres hold no pixel, 0 the area itself.
///
/// `frame` has so many columns and rows; east and west of it lies nothing, not even each other. `size` gives the width and height in
/// metres of the pixels of a row, both more than 0. `area` gives the area's columns in a row, from a first to before another, in any
/// order.
///
/// The distance between two centres is that of a plane: north to south the heights of the pixels between, east to west as many widths as
/// columns, of the mean width of the two rows. On a grid of degrees that is the formula of middle latitude: held against great circles
/// on a sphere it is wrong at 10 km by less than a millionth of the distance up to 60 degrees of latitude, by two at 75, and that grows
/// with the square of the distance.
///
/// ```
/// use mutirao_mosaic::measure::dilate::widened;
///
/// let area = |row: u32| (row == 2).then_some((4, 6));
/// let row = |row: u32| widened(row, [10, 9], 50.0, |_| [10.0, 30.0], area);
/// assert_eq!((row(2), row(1), row(0)), (vec![(0, 10)], vec![(0, 10)], vec![]));
/// ```
pub fn widened<Area: IntoIterator<Item = (u32, u32)>>(
    row: u32,
    frame: [u32; 2],
    metres: f64,
    size: impl Fn(u32) -> [f64; 2],
    area: impl Fn(u32) -> Area,
) -> Vec<(u32, u32)> {
    let [cols, rows] = frame;
    let metres = metres * TOLERANCE;
    let itself = std::iter::once((row, 0.0)).filter(|_| metres >= 0.0);
    let around = away(row, (0..row).rev(), metres, &size).chain(away(row, row + 1..rows, metres, &size));
    let mut runs = Vec::new();
    for (other, north) in itself.chain(around) {
        let width = (size(row)[0] + size(other)[0]) / 2.0;
        let east = ((metres * metres - north * north).sqrt() / width).floor() as u32;
        let wider = |(start, end): (u32, u32)| (start.saturating_sub(east), end.saturating_add(east).min(cols));
        runs.extend(area(other).into_iter().filter(|(start, end)| start < end).map(wider));
    }
    together(runs)
}

/// Rows one after the other, each with its distance from the first, as long as that is no more than `metres`.
fn away(
    from: u32,
    rows: impl Iterator<Item = u32>,
    metres: f64,
    size: impl Fn(u32) -> [f64; 2],
) -> impl Iterator<Item = (u32, f64)> {
    let mut distance = 0.0;
    let mut last = from;
    let step = move |row: u32| {
        distance += (size(last)[1] + size(row)[1]) / 2.0;
        last = row;
        (row, distance)
    };
    rows.map(step).take_while(move |(_, distance)| *distance <= metres)
}

/// Runs that overlap or follow one another as one.
fn together(mut runs: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    runs.sort_unstable();
    runs.dedup_by(|next, one| {
        let touches = next.0 <= one.1;
        if touches {
            one.1 = one.1.max(next.1);
        }
        touches
    });
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pixel by pixel. Columns of the row.
    fn tried(row: u32, frame: [u32; 2], metres: f64, sizes: &[[f64; 2]], area: &[Vec<(u32, u32)>]) -> Vec<u32> {
        let size = |row: u32| sizes[row as usize];
        let north = |other: u32| {
            let [top, bottom] = [row.min(other), row.max(other)];
            let halves = if top == bottom { 0.0 } else { (size(top)[1] + size(bottom)[1]) / 2.0 };
            halves + (top + 1..bottom).map(|between| size(between)[1]).sum::<f64>()
        };
        let pixels: Vec<[u32; 2]> = (0..frame[1])
            .flat_map(|row| area[row as usize].iter().flat_map(move |run| (run.0..run.1).map(move |col| [col, row])))
            .collect();
        let is_near = |col: u32, of: &[u32; 2]| {
            let east = f64::from(col.abs_diff(of[0])) * (size(row)[0] + size(of[1])[0]) / 2.0;
            east.hypot(north(of[1])) <= metres * TOLERANCE
        };
        (0..frame[0]).filter(|col| pixels.iter().any(|of| is_near(*col, of))).collect()
    }

    proptest! {
        #[test]
        fn it_is_what_lies_within_the_distance(
            cols in 1u32..20,
            sizes in prop::collection::vec((1u32..5, 1u32..5), 1..12),
            runs in prop::collection::vec((0usize..12, 0u32..20, 0u32..5), 0..6),
            metres in 0u32..90,
        ) {
            let sizes: Vec<[f64; 2]> = sizes.iter().map(|(x, y)| [f64::from(x * 5), f64::from(y * 5)]).collect();
            let frame = [cols, sizes.len() as u32];
            let mut area = vec![Vec::new(); sizes.len()];
            for (row, start, len) in runs {
                area[row % sizes.len()].push((start.min(cols), (start + len).min(cols)));
            }
            for row in 0..frame[1] {
                let size = |row: u32| sizes[row as usize];
                let found = widened(row, frame, f64::from(metres), size, |row| area[row as usize].clone());
                prop_assert!(found.windows(2).all(|pair| pair[0].1 < pair[1].0));
                let pixels: Vec<u32> = found.iter().flat_map(|run| run.0..run.1).collect();
                prop_assert_eq!(&pixels, &tried(row, frame, f64::from(metres), &sizes, &area));
                let rows = rows_around(row, frame[1], f64::from(metres), size);
                let within = widened(row, frame, f64::from(metres), size, |other| {
                    assert!(rows.contains(&other));
                    area[other as usize].clone()
                });
                prop_assert_eq!(within, found);
            }
        }
    }

    #[test]
    fn a_pixel_at_just_the_distance_is_within() {
        let area = |row: u32| (row == 50).then_some((50, 51));
        let widened = |row: u32, metres: f64| widened(row, [101, 101], metres, |_| [0.1, 0.1], area);
        assert_eq!(widened(50, 3.0), [(20, 81)]);
        assert_eq!((widened(20, 3.0), widened(19, 3.0)), (vec![(50, 51)], vec![]));
        assert_eq!((widened(50, 0.0), widened(50, -1.0)), (vec![(50, 51)], vec![]));
        assert_eq!(widened(0, f64::INFINITY), [(0, 101)]);
    }
}
