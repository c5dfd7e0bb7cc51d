//! Cells of a control grid, and whether interpolation is good enough in them.

use mutirao_core::control_grid::interpolate;
use mutirao_core::grid::Window;

use super::Positions;

/// Places a cell is measured at, along each axis.
const SAMPLES: u32 = 3;
/// Cells no wider than this are measured at every pixel: they stand where a transformation bends most.
const SMALL: u32 = 8;
/// One cell in so many is measured at every pixel.
const CHECKED_FULLY: u64 = 4093;

/// What becomes of a cell.
pub enum Verdict {
    /// Interpolation is within half the bound; the largest error measured, in source pixels. Also for cells that lie far
    /// outside the source: interpolated positions stay outside.
    Smooth(f64),
    /// No pixel of it lies in the source, and a corner without a position says so to who interpolates.
    Nothing,
    /// Positions of all its pixels, row by row.
    Exact(Vec<[f64; 2]>),
}

/// The cells of a window for one step.
pub struct Cells<'a> {
    positions: &'a Positions,
    window: Window,
    bound: f64,
    /// Target pixels on a side of a cell.
    pub step: u32,
    /// Cells across.
    pub across: u32,
    /// Cells down.
    pub down: u32,
}

impl<'a> Cells<'a> {
    /// The cells of `window` with a step, and the bound in source pixels.
    pub fn new(positions: &'a Positions, window: Window, step: u32, bound: f64) -> Self {
        let (across, down) = (window.width.div_ceil(step), window.height.div_ceil(step));
        Cells { positions, window, bound, step, across, down }
    }

    /// Cells in all.
    pub fn count(&self) -> u64 {
        u64::from(self.across) * u64::from(self.down)
    }

    /// Nodes in all.
    pub fn nodes(&self) -> u64 {
        u64::from(self.across + 1) * u64::from(self.down + 1)
    }

    /// Exact positions of a row of nodes.
    pub fn node_row(&self, row: u32) -> Vec<[f64; 2]> {
        self.exact((0..=self.across).map(|col| (col * self.step, row * self.step)))
    }

    /// Whether the cell of an index (row by row) needs exact positions.
    pub fn is_exact(&self, index: u64) -> bool {
        let cell = [(index % u64::from(self.across)) as u32, (index / u64::from(self.across)) as u32];
        let [x, y] = cell.map(|c| c * self.step);
        let step = self.step;
        let corners = self.exact([(x, y), (x + step, y), (x, y + step), (x + step, y + step)].into_iter());
        matches!(self.verdict(cell, &[corners[0], corners[1], corners[2], corners[3]]), Verdict::Exact(_))
    }

    /// What becomes of a cell with the given corners (upper left, upper right, lower left, lower right).
    pub fn verdict(&self, cell: [u32; 2], corners: &[[f64; 2]; 4]) -> Verdict {
        if corners.iter().any(|corner| corner[0].is_nan()) {
            let pixels = self.pixels(cell);
            let hit = pixels.iter().any(|[x, y]| self.positions.touches([x - 1.0, y - 1.0, x + 1.0, y + 1.0]));
            return if hit { Verdict::Exact(pixels) } else { Verdict::Nothing };
        }
        if self.is_far(corners) {
            return Verdict::Smooth(0.0);
        }
        let error = self.largest_error(cell, corners);
        if error <= 0.5 * self.bound { Verdict::Smooth(error) } else { Verdict::Exact(self.pixels(cell)) }
    }

    /// Whether a cell lies more than two cells away from the source.
    fn is_far(&self, corners: &[[f64; 2]; 4]) -> bool {
        let range = |axis: usize| {
            let values = corners.iter().map(|corner| corner[axis]);
            let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
            let margin = 2.0 * (high - low) + 2.0;
            (low - margin, high + margin)
        };
        let ((xmin, xmax), (ymin, ymax)) = (range(0), range(1));
        !self.positions.touches([xmin, ymin, xmax, ymax])
    }

    /// The largest distance, in source pixels, between interpolated and exact positions; infinite where there is no exact
    /// one.
    fn largest_error(&self, cell: [u32; 2], corners: &[[f64; 2]; 4]) -> f64 {
        let [left, top] = cell.map(|c| c * self.step);
        let [across, down] = self.offsets(cell);
        let inside = || down.iter().flat_map(|&y| across.iter().map(move |&x| (x, y)));
        let exact = self.exact(inside().map(|(x, y)| (left + x, top + y)));
        let step = f64::from(self.step);
        inside().zip(exact).fold(0.0, |worst, ((x, y), exact)| {
            let found = interpolate(corners, f64::from(x) / step, f64::from(y) / step);
            let error = (found[0] - exact[0]).hypot(found[1] - exact[1]);
            if error.is_nan() { f64::INFINITY } else { error.max(worst) }
        })
    }

    /// Offsets at which the part of a cell that lies in the window is measured, along each axis.
    fn offsets(&self, [col, row]: [u32; 2]) -> [Vec<u32>; 2] {
        // A fixed scatter (Fibonacci hashing), so that the result does not depend on anything but the grid.
        let hash = (u64::from(row) << 32 | u64::from(col)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let fully = hash.is_multiple_of(CHECKED_FULLY);
        let inside = [self.window.width - col * self.step, self.window.height - row * self.step];
        inside.map(|left| {
            let extent = left.min(self.step);
            if fully || extent <= SMALL {
                return (0..extent).collect();
            }
            (0..SAMPLES).map(|k| (extent * (2 * k + 1) + SAMPLES) / (2 * SAMPLES)).collect()
        })
    }

    fn pixels(&self, cell: [u32; 2]) -> Vec<[f64; 2]> {
        let [left, top] = cell.map(|c| c * self.step);
        self.exact((0..self.step).flat_map(|y| (0..self.step).map(move |x| (left + x, top + y))))
    }

    /// Exact source positions of pixels of the window.
    fn exact(&self, offsets: impl Iterator<Item = (u32, u32)>) -> Vec<[f64; 2]> {
        let (col, row) = (f64::from(self.window.col), f64::from(self.window.row));
        let mut points: Vec<[f64; 2]> = offsets.map(|(x, y)| [col + f64::from(x), row + f64::from(y)]).collect();
        self.positions.exact(&mut points);
        points
    }
}
