//! The Hilbert curve: an order in which neighbours in the plane stand near one another in the file.

use mutirao_core::geometry::Bounds;

/// Where `[x, y]` stands on the curve through `frame`, at 16 bits a side. Points outside the frame count as on its edge.
pub(crate) fn position(frame: Bounds, [x, y]: [f64; 2]) -> u32 {
    index(cell(frame.xmin, frame.xmax, x), cell(frame.ymin, frame.ymax, y))
}

/// The cell of `value` among 65,536 between `low` and `high`; 0 where the two are one. Halves, so that no difference
/// overflows; the conversion saturates.
fn cell(low: f64, high: f64, value: f64) -> u16 {
    let width = high / 2.0 - low / 2.0;
    if width > 0.0 { ((value / 2.0 - low / 2.0) / width * 65_535.0) as u16 } else { 0 }
}

/// The distance along the curve of order 16: quadrant by quadrant from the coarsest, turning the rest as the curve turns.
fn index(mut x: u16, mut y: u16) -> u32 {
    let mut distance = 0;
    for bit in (0..16).rev() {
        let (right, upper) = (x >> bit & 1, y >> bit & 1);
        distance = distance << 2 | u32::from((3 * right) ^ upper);
        if upper == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    distance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_visits_every_cell_once_and_steps_to_a_neighbour() {
        let mut cells: Vec<(u32, i32, i32)> =
            (0..256).flat_map(|x| (0..256).map(move |y| (index(x, y), i32::from(x), i32::from(y)))).collect();
        cells.sort_unstable();
        for (nth, pair) in cells.windows(2).enumerate() {
            let ((d0, x0, y0), (d1, x1, y1)) = (pair[0], pair[1]);
            assert_eq!((d0, d1), (nth as u32, nth as u32 + 1));
            assert_eq!((x1 - x0).abs() + (y1 - y0).abs(), 1, "after cell {nth}");
        }
        assert_eq!(index(65_535, 0), u32::MAX, "the curve ends in the lower right corner");
    }

    #[test]
    fn a_frame_without_width_or_with_huge_width_is_no_trouble() {
        let flat = Bounds { xmin: 5.0, ymin: 0.0, xmax: 5.0, ymax: 1.0 };
        assert_eq!(position(flat, [5.0, 0.0]), 0);
        let huge = Bounds { xmin: -f64::MAX, ymin: -f64::MAX, xmax: f64::MAX, ymax: f64::MAX };
        assert_eq!(position(huge, [f64::MAX, -f64::MAX]), u32::MAX);
        assert_eq!(position(flat, [1e300, -1e300]), 0);
    }
}
