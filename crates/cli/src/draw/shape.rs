//! Lines, areas and dots on a canvas, within a part of it. Places are fractions of pixels from the canvas's upper left corner.

use super::canvas::{Area, Canvas};

/// How a shape is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pen {
    /// Its colour.
    pub colour: [u8; 3],
    /// How much of it is mixed in: 0 nothing, 1 all.
    pub share: f32,
    /// The width of lines, in pixels.
    pub width: f64,
}

/// A place on a canvas.
type Place = [f64; 2];

impl Canvas {
    /// Draws a line; what is outside of the area is left out. Places must be finite.
    pub fn line(&mut self, within: &Area, ends: [Place; 2], pen: &Pen) {
        let half = pen.width / 2.0;
        let Some([a, b]) = clipped(within, ends, half + 1.0) else { return };
        // Along the axis that it covers more of: for each pixel there the few across.
        let along = usize::from((b[1] - a[1]).abs() > (b[0] - a[0]).abs());
        let across = 1 - along;
        let (a, b) = if a[along] <= b[along] { (a, b) } else { (b, a) };
        let slope = if b[along] > a[along] { (b[across] - a[across]) / (b[along] - a[along]) } else { 0.0 };
        // A line at 45 degrees is wider across by the root of two.
        let reach = (half + 0.5) * std::f64::consts::SQRT_2;
        for main in pixels(within, along, [a[along] - half, b[along] + half]) {
            let centre = f64::from(main) + 0.5;
            let middle = a[across] + (centre.clamp(a[along], b[along]) - a[along]) * slope;
            for side in pixels(within, across, [middle - reach, middle + reach]) {
                let mut pixel = [0; 2];
                (pixel[along], pixel[across]) = (main, side);
                let away = distance(pixel.map(|at| f64::from(at) + 0.5), [a, b]);
                let covered = (half + 0.5 - away).clamp(0.0, 1.0) as f32;
                self.mix(pixel[0], pixel[1], pen.colour, covered * pen.share);
            }
        }
    }

    /// Fills what an odd number of rings goes around. Rings are closed by their last side, whether written or not.
    pub fn shade(&mut self, within: &Area, rings: &[Vec<Place>], pen: &Pen) {
        let mut rows: Vec<Vec<f64>> = vec![Vec::new(); within.height as usize];
        for ring in rings {
            for (at, a) in ring.iter().enumerate() {
                cross(within, [*a, ring[(at + 1) % ring.len()]], &mut rows);
            }
        }
        for (row, crossed) in (within.top..).zip(&mut rows) {
            crossed.sort_unstable_by(f64::total_cmp);
            for pair in crossed.chunks_exact(2) {
                // Pixels whose centres are between.
                for col in pixels(within, 0, [pair[0] + 0.5, pair[1] - 0.5]) {
                    self.mix(col, row, pen.colour, pen.share);
                }
            }
        }
    }

    /// Draws a dot as wide as the pen.
    pub fn dot(&mut self, within: &Area, place: Place, pen: &Pen) {
        self.line(within, [place, place], pen);
    }
}

/// Pixels of an area along an axis (0: columns, 1: rows) that a stretch touches.
fn pixels(within: &Area, axis: usize, [from, to]: [f64; 2]) -> std::ops::Range<u32> {
    let (start, length) = [(within.left, within.width), (within.top, within.height)][axis];
    let bound = |at: f64| at.clamp(f64::from(start), f64::from(start + length)) as u32;
    bound(from.floor())..bound((to.floor() + 1.0).max(from.floor()))
}

/// Where a side crosses the middles of rows.
fn cross(within: &Area, [a, b]: [Place; 2], rows: &mut [Vec<f64>]) {
    let (low, high) = if a[1] <= b[1] { (a, b) } else { (b, a) };
    // A row is crossed where its middle is in `low..high`.
    let first = (low[1] - 0.5).ceil().max(f64::from(within.top));
    let end = (high[1] - 0.5).ceil().min(f64::from(within.top + within.height));
    if first >= end {
        return;
    }
    for row in first as u32..end as u32 {
        let share = (f64::from(row) + 0.5 - low[1]) / (high[1] - low[1]);
        rows[(row - within.top) as usize].push(low[0] + share * (high[0] - low[0]));
    }
}

/// The part of a line within an area and so much around it (Liang and Barsky 1984).
fn clipped(within: &Area, [a, b]: [Place; 2], around: f64) -> Option<[Place; 2]> {
    let lower = [f64::from(within.left) - around, f64::from(within.top) - around];
    let upper = [f64::from(within.left + within.width) + around, f64::from(within.top + within.height) + around];
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for axis in 0..2 {
        let run = b[axis] - a[axis];
        let (near, far) = (lower[axis] - a[axis], upper[axis] - a[axis]);
        if run == 0.0 {
            if near > 0.0 || far < 0.0 {
                return None;
            }
            continue;
        }
        let (enter, leave) = if run > 0.0 { (near / run, far / run) } else { (far / run, near / run) };
        (from, to) = (from.max(enter), to.min(leave));
    }
    let at = |share: f64| [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
    (from <= to).then(|| [at(from), at(to)])
}

/// How far a place is from a line.
fn distance(place: Place, [a, b]: [Place; 2]) -> f64 {
    let (run, rise) = (b[0] - a[0], b[1] - a[1]);
    let length = run * run + rise * rise;
    let share = if length > 0.0 { ((place[0] - a[0]) * run + (place[1] - a[1]) * rise) / length } else { 0.0 };
    let share = share.clamp(0.0, 1.0);
    (place[0] - a[0] - share * run).hypot(place[1] - a[1] - share * rise)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: Area = Area { left: 10, top: 5, width: 40, height: 30 };
    const PEN: Pen = Pen { colour: [0; 3], share: 1.0, width: 1.0 };

    fn dark(canvas: &Canvas) -> Vec<[u32; 2]> {
        let all = (0..60).flat_map(|y| (0..60).map(move |x| [x, y]));
        all.filter(|[x, y]| canvas.get(*x, *y) != [255; 3]).collect()
    }

    #[test]
    fn squares_are_filled_by_the_middles_of_pixels() {
        let mut canvas = Canvas::white(60, 60);
        let ring = |a: f64, b: f64| vec![[a, a], [b, a], [b, b], [a, b]];
        canvas.shade(&ALL, &[ring(12.0, 20.0), ring(14.4, 15.6)], &PEN);
        // A hole of one and a bit, which has the middle of pixels 14 and 15 in it.
        assert_eq!(dark(&canvas).len(), 64 - 4);
        assert!(!dark(&canvas).contains(&[15, 15]) && dark(&canvas).contains(&[12, 19]));
    }

    #[test]
    fn lines_go_from_end_to_end() {
        let mut canvas = Canvas::white(60, 60);
        canvas.line(&ALL, [[12.5, 7.5], [30.5, 7.5]], &PEN);
        assert_eq!(dark(&canvas), (12..=30).map(|x| [x, 7]).collect::<Vec<_>>());
        canvas.line(&ALL, [[20.5, 30.5], [20.5, 10.5]], &PEN);
        assert!((10..=30).all(|y| canvas.get(20, y) == [0; 3]));
    }

    proptest! {
        #[test]
        fn nothing_is_drawn_outside(
            ends in prop::array::uniform4(prop_oneof![-80.0..120.0f64, -1e7..1e7f64]), width in 0.5..6.0f64
        ) {
            let mut canvas = Canvas::white(60, 60);
            let [a, b, c, d] = ends;
            canvas.line(&ALL, [[a, b], [c, d]], &Pen { width, ..PEN });
            canvas.shade(&ALL, &[vec![[a, b], [c, d], [b, c]]], &PEN);
            for [x, y] in dark(&canvas) {
                prop_assert!((10..50).contains(&x) && (5..35).contains(&y), "{} {}", x, y);
            }
        }

        #[test]
        fn lines_cover_what_is_near_them(ends in prop::array::uniform4(0.0..60.0f64)) {
            let mut canvas = Canvas::white(60, 60);
            let [a, b] = [[ends[0], ends[1]], [ends[2], ends[3]]];
            canvas.line(&ALL, [a, b], &Pen { width: 2.0, ..PEN });
            let drawn = dark(&canvas);
            for pixel in (5..35).flat_map(|y| (10..50).map(move |x| [x, y])) {
                let away = distance(pixel.map(|at| f64::from(at) + 0.5), [a, b]);
                prop_assert_eq!(drawn.contains(&pixel), away < 1.5 - 1.0 / 510.0 , "{:?} {}", pixel, away);
            }
        }
    }
}
