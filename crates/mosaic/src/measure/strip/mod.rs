//! The strip around an area: the pixels whose centres lie no farther than a distance from it.

mod segment;

use mutirao_core::{geometry::MultiPolygon, grid::Grid};
use smallvec::SmallVec;

/// Pixels of a row, as columns from a first to before another: sorted, with gaps between. Most rows of an area have one run or two, which lie
/// in place.
pub type RowRuns = SmallVec<[(u32, u32); 2]>;

/// What is taken for no more than the distance: a billionth more, so that a centre at just the distance is not lost by rounding.
const TOLERANCE: f64 = 1.0 + 1e-9;

/// A strip of a width on a frame, around whatever area.
///
/// Areas are given, and answered, as runs by row of the frame: sorted, with gaps between. What is answered holds the area itself too. East
/// and west of the frame lies nothing, not even each other.
///
/// Distances are those of a plane, on which the metres of a unit of x and of y are those at the row of the centre that asks. On a grid of
/// metres that is exact. On one of degrees the metres of a degree of longitude at the area's outline differ from those at the centre;
/// where `r` is the earth's radius, a distance `d` is wrong by at most `0.2 d tan(latitude) / r` of itself (`cos² a sin a tan(latitude) d / 2 r`,
/// `a` being the direction): at 30 degrees of latitude by 4 of 100,000 at 2 km and 2 of 10,000 at 10 km.
#[derive(Debug)]
pub struct Strip<'a> {
    frame: &'a Grid,
    metres: f64,
    /// Metres of a unit of x and of y, by row.
    unit_m: Vec<[f64; 2]>,
    /// The least metres of a unit of y: rows farther away than these say are out of reach.
    least_m: f64,
}

impl<'a> Strip<'a> {
    /// A strip so many metres wide, 0 or more. `unit_m` says how many metres a unit of x and one of y of the frame's CRS are, at the centres of a row;
    /// both more than 0.
    pub fn new(frame: &'a Grid, metres: f64, unit_m: impl Fn(u32) -> [f64; 2]) -> Strip<'a> {
        let unit_m: Vec<[f64; 2]> = (0..frame.height()).map(unit_m).collect();
        let least_m = unit_m.iter().map(|unit| unit[1]).fold(f64::INFINITY, f64::min);
        Strip { frame, metres: metres * TOLERANCE, unit_m, least_m }
    }

    /// Polygons with the strip around them. `inside` are the pixels whose centres they hold; the others are near them if they are near one of
    /// the edges. Coordinates are [x, y] in the frame's CRS, and edges are straight in its plane. Edges that are not finite are left out.
    ///
    /// ```
    /// use mutirao_core::{geometry::{MultiPolygon, Polygon}, grid::Grid};
    /// use mutirao_mosaic::measure::strip::{RowRuns, Strip};
    ///
    /// let frame = Grid { crs: String::new(), origin: [0.0, 3.0], resolution: [1.0, 1.0], size: [10, 3] };
    /// let ring = vec![[4.0, 1.0], [6.0, 1.0], [6.0, 2.0], [4.0, 2.0], [4.0, 1.0]];
    /// let area = MultiPolygon { polygons: vec![Polygon { rings: vec![ring] }] };
    /// let rows = |runs: [&[(u32, u32)]; 3]| runs.map(RowRuns::from);
    /// let inside = rows([&[], &[(4, 6)], &[]]);
    /// let near = |metres: f64| Strip::new(&frame, metres, |_| [30.0, 30.0]).around_polygons([&area], &inside);
    /// assert_eq!(near(10.0), inside);
    /// assert_eq!(near(15.0), rows([&[(4, 6)], &[(3, 7)], &[(4, 6)]]));
    /// ```
    pub fn around_polygons<'p>(
        &self,
        polygons: impl IntoIterator<Item = &'p MultiPolygon>,
        inside: &[RowRuns],
    ) -> Vec<RowRuns> {
        let mut rows = vec![RowRuns::new(); inside.len()];
        let polygons = polygons.into_iter().flat_map(|geometry| &geometry.polygons);
        for edge in polygons.flat_map(|polygon| &polygon.rings).flat_map(|ring| ring.windows(2)) {
            self.add_edge(edge[0], edge[1], &mut rows);
        }
        for (row, inside) in rows.iter_mut().zip(inside) {
            inside.iter().for_each(|run| add(row, *run));
        }
        rows.into_iter().map(together).collect()
    }

    /// Pixels with the strip around them: what is near their squares, not only near their centres.
    ///
    /// Nearest to a centre outside is a place on the area's outline. If it is one on the side of a square and on no end of the outline there,
    /// it lies in the row of the centre. All others lie on the tops of squares with nothing above them, seen from rows above, and on
    /// the bottoms of those with nothing below them, seen from rows below.
    pub fn around_pixels(&self, area: &[RowRuns]) -> Vec<RowRuns> {
        let mut rows = vec![RowRuns::new(); area.len()];
        let none = RowRuns::new();
        for (at, runs) in area.iter().enumerate() {
            let above = at.checked_sub(1).map_or(&none, |above| &area[above]);
            let below = area.get(at + 1).unwrap_or(&none);
            let [tops, bottoms] = [above, below].map(|by| uncovered(runs, by));
            let reached = self.rows_near(at);
            for row in reached.clone().take_while(|row| *row < at) {
                self.add_runs(&tops, at - row, row, &mut rows[row]);
            }
            self.add_runs(runs, 0, at, &mut rows[at]);
            for row in reached.skip_while(|row| *row <= at) {
                self.add_runs(&bottoms, row - at, row, &mut rows[row]);
            }
        }
        rows.into_iter().map(together).collect()
    }

    /// Adds what is near an edge, in every row that it reaches.
    fn add_edge(&self, a: [f64; 2], b: [f64; 2], rows: &mut [RowRuns]) {
        if !a.iter().chain(&b).all(|number| number.is_finite()) {
            return;
        }
        let [west, north] = self.frame.origin;
        let row_of = |y: f64| (north - y) / self.frame.resolution[1] - 0.5;
        let reach = self.metres / self.least_m;
        // One row more on each side, so that no rounding can lose one: each is tested exactly.
        let first = row_of(a[1].max(b[1]) + reach).floor().max(0.0) as usize;
        let end = (row_of(a[1].min(b[1]) - reach).ceil() + 1.0).max(0.0) as usize;
        for row in first..end.min(rows.len()) {
            let [x_m, y_m] = self.unit_m[row];
            let y = self.frame.centre(0, row as u32)[1];
            let seen = |point: [f64; 2]| [(point[0] - west) * x_m, (point[1] - y) * y_m];
            if let Some(stretch) = segment::near(seen(a), seen(b), self.metres) {
                add(&mut rows[row], self.columns(stretch.map(|x| x / (x_m * self.frame.resolution[0]))));
            }
        }
    }

    /// The columns whose centres lie on a stretch, told in columns from the frame's western edge.
    fn columns(&self, [from, to]: [f64; 2]) -> (u32, u32) {
        let cut = |column: f64| column.clamp(0.0, f64::from(self.frame.width())) as u32;
        (cut((from - 0.5).ceil()), cut((to - 0.5).floor() + 1.0))
    }

    /// The rows from which one can be near enough, itself too.
    fn rows_near(&self, row: usize) -> std::ops::Range<usize> {
        let away = (self.metres / (self.least_m * self.frame.resolution[1]) + 0.5) as usize;
        row.saturating_sub(away)..row.saturating_add(away).saturating_add(1).min(self.unit_m.len())
    }

    /// Adds to a row what is near runs of squares in the row so many rows above or below.
    fn add_runs(&self, runs: &[(u32, u32)], rows_away: usize, row: usize, near: &mut RowRuns) {
        let [x, y] = self.frame.resolution;
        let [width, height] = [x * self.unit_m[row][0], y * self.unit_m[row][1]];
        let north = (rows_away as f64 - 0.5).max(0.0) * height;
        if north > self.metres {
            return;
        }
        // Half a column more, from the squares' sides to the centres.
        let east = ((self.metres * self.metres - north * north).sqrt() / width + 0.5) as u32;
        for (start, end) in runs {
            add(near, (start.saturating_sub(east), end.saturating_add(east).min(self.frame.width())));
        }
    }
}

/// The parts of runs that others do not cover. All are sorted, with gaps between.
fn uncovered(runs: &[(u32, u32)], by: &[(u32, u32)]) -> RowRuns {
    let mut left = RowRuns::new();
    let mut next = 0;
    for (start, end) in runs.iter().copied() {
        let mut at = start;
        while by.get(next).is_some_and(|cover| cover.1 <= start) {
            next += 1;
        }
        for cover in by[next..].iter().take_while(|cover| cover.0 < end) {
            if at < cover.0 {
                left.push((at, cover.0));
            }
            at = at.max(cover.1);
        }
        if at < end {
            left.push((at, end));
        }
    }
    left
}

/// Adds a run; to the last one if they touch, as those of edges mostly do that follow one another.
fn add(runs: &mut RowRuns, run: (u32, u32)) {
    match runs.last_mut() {
        _ if run.0 >= run.1 => {}
        Some(last) if run.0 <= last.1 && last.0 <= run.1 => *last = (last.0.min(run.0), last.1.max(run.1)),
        _ => runs.push(run),
    }
}

/// Runs sorted; those that overlap or follow one another as one.
fn together(mut runs: RowRuns) -> RowRuns {
    // The stable sort takes what is sorted already as it is.
    runs.sort();
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
mod tests;
