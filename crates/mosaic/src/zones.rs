//! Zones: territories as runs of pixels by row, made from polygons when a band of rows is reached and dropped after it.
//!
//! A pixel belongs to the polygons that hold its centre. A centre on an edge belongs to the polygon on the edge's east, then on
//! its south: as if every centre were moved east by next to nothing, and south by far less. So the polygons of a coverage share
//! every pixel out among themselves, none twice and none left.

use mutirao_core::{geometry::MultiPolygon, grid::Grid};
use smallvec::SmallVec;

/// The zone of pixels that lie in no territory of the kind. Where zones are numbers of a raster as their bits, it is the least
/// number of 32 bits, which no raster of 16 holds.
pub const NO_ZONE: u32 = 1 << 31;

/// Pixels of one row that lie in a zone: columns from `start` to before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ZoneRun {
    /// First column.
    pub start: u32,
    /// The first column after it.
    pub end: u32,
    /// The zone, or [`NO_ZONE`].
    pub zone: u32,
}

/// An edge that crosses at least one row of pixel centres; its upper end has the larger y.
#[derive(Debug, Clone, Copy)]
struct Edge {
    upper: [f64; 2],
    lower: [f64; 2],
    zone: u32,
    part: u32,
}

/// Where edges cross a row: (zone, part, first column at or east of the crossing). Most rows are crossed a few times.
type Crossings = SmallVec<[(u32, u32, u32); 4]>;

/// The polygons of one kind of territories over a grid.
#[derive(Debug)]
pub struct Zones {
    grid: Grid,
    /// Edges, by the band of rows in which they begin.
    bands: Vec<Vec<Edge>>,
    band_rows: u32,
}

/// The zones of some rows.
#[derive(Debug)]
pub struct ZoneRows {
    first: u32,
    starts: Vec<usize>,
    runs: Vec<ZoneRun>,
}

impl ZoneRows {
    /// The runs of a row of the grid, sorted by their first column. Together they cover the row; runs of different zones may
    /// overlap where territories do.
    pub fn row(&self, row: u32) -> &[ZoneRun] {
        let at = (row - self.first) as usize;
        &self.runs[self.starts[at]..self.starts[at + 1]]
    }
}

impl Zones {
    /// Takes the polygons apart. `polygons` are (zone, geometry), in the grid's CRS; several of one zone are one territory.
    /// Bands of `band_rows` rows are what [`Zones::rows`] is best asked for.
    pub fn new<'a>(grid: &Grid, band_rows: u32, polygons: impl IntoIterator<Item = (u32, &'a MultiPolygon)>) -> Self {
        let bands = vec![Vec::new(); grid.height().div_ceil(band_rows) as usize];
        let mut zones = Zones { grid: grid.clone(), bands, band_rows };
        let mut part = 0;
        for (zone, geometry) in polygons {
            for polygon in &geometry.polygons {
                for ring in &polygon.rings {
                    for pair in ring.windows(2) {
                        zones.add(pair[0], pair[1], zone, part);
                    }
                }
                part += 1;
            }
        }
        zones
    }

    fn add(&mut self, a: [f64; 2], b: [f64; 2], zone: u32, part: u32) {
        if a[1] == b[1] || !(a[0].is_finite() && a[1].is_finite() && b[0].is_finite() && b[1].is_finite()) {
            return;
        }
        let (upper, lower) = if a[1] > b[1] { (a, b) } else { (b, a) };
        let Some((first, last)) = self.rows_crossed(upper[1], lower[1]) else { return };
        for band in first / self.band_rows..=last / self.band_rows {
            self.bands[band as usize].push(Edge { upper, lower, zone, part });
        }
    }

    /// The first and last row whose centre line the span of y crosses: `lower < y <= upper`, so that a vertex on a centre line
    /// counts as lying above it.
    fn rows_crossed(&self, upper: f64, lower: f64) -> Option<(u32, u32)> {
        let row_of = |y: f64| (self.grid.origin[1] - y) / self.grid.resolution[1] - 0.5;
        // One row more on each side, so that no rounding can lose one: `rows` tests each exactly.
        let first = row_of(upper).floor().max(0.0);
        let last = row_of(lower).ceil().min(f64::from(self.grid.height()) - 1.0);
        (first <= last).then_some((first as u32, last as u32))
    }

    /// The zones of the rows from `first` to before `end`.
    pub fn rows(&self, first: u32, end: u32) -> ZoneRows {
        let mut crossings = vec![Crossings::new(); (end - first) as usize];
        let mut seen_band = None;
        for row in first..end {
            let band = row / self.band_rows;
            if seen_band == Some(band) {
                continue;
            }
            seen_band = Some(band);
            let last = ((band + 1) * self.band_rows).min(end);
            for edge in &self.bands[band as usize] {
                self.cross(edge, row, last, first, &mut crossings);
            }
        }
        let mut rows = ZoneRows { first, starts: vec![0], runs: Vec::new() };
        for row in &mut crossings {
            row.sort_unstable();
            self.append_row(row, &mut rows.runs);
            rows.starts.push(rows.runs.len());
        }
        rows
    }

    /// Notes where an edge crosses the rows from `from` to before `end`.
    fn cross(&self, edge: &Edge, from: u32, end: u32, first: u32, crossings: &mut [Crossings]) {
        let Some((top, bottom)) = self.rows_crossed(edge.upper[1], edge.lower[1]) else { return };
        for row in top.max(from)..=bottom.min(end - 1) {
            let y = self.grid.centre(0, row)[1];
            if !(edge.lower[1] < y && y <= edge.upper[1]) {
                continue;
            }
            // Always from the lower end, so that both polygons of a shared edge find the very same place.
            let along = (y - edge.lower[1]) / (edge.upper[1] - edge.lower[1]);
            let x = edge.lower[0] + along * (edge.upper[0] - edge.lower[0]);
            let column = self.exactly(edge, row, self.column_from(x));
            crossings[(row - first) as usize].push((edge.zone, edge.part, column));
        }
    }

    /// The column, or the one beside it where the crossing was rounded past a centre: the sign of a cross product tells on which side of
    /// the edge a centre lies, without a division.
    fn exactly(&self, edge: &Edge, row: u32, column: u32) -> u32 {
        let (lower, upper) = (edge.lower, edge.upper);
        let is_at_or_east = |column: u32| {
            let [x, y] = self.grid.centre(column, row);
            (x - lower[0]) * (upper[1] - lower[1]) >= (y - lower[1]) * (upper[0] - lower[0])
        };
        if column > 0 && is_at_or_east(column - 1) {
            column - 1
        } else if column < self.grid.width() && !is_at_or_east(column) {
            column + 1
        } else {
            column
        }
    }

    /// The first column whose centre lies at or east of x, cut to the grid.
    fn column_from(&self, x: f64) -> u32 {
        let width = self.grid.width();
        let guess =
            ((x - self.grid.origin[0]) / self.grid.resolution[0] - 0.5).ceil().clamp(0.0, f64::from(width)) as u32;
        let lies_before = |col: u32| self.grid.centre(col, 0)[0] < x;
        // The guess may be one off by rounding; the centre itself decides.
        if guess > 0 && !lies_before(guess - 1) {
            guess - 1
        } else if guess < width && lies_before(guess) {
            guess + 1
        } else {
            guess
        }
    }

    /// Turns the sorted crossings of a row into runs: pairs by polygon, joined by zone, and what no zone covers.
    fn append_row(&self, crossings: &[(u32, u32, u32)], runs: &mut Vec<ZoneRun>) {
        let from = runs.len();
        for pair in crossings.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            for inside in pair.chunks_exact(2) {
                if inside[0].2 < inside[1].2 {
                    runs.push(ZoneRun { start: inside[0].2, end: inside[1].2, zone: inside[0].0 });
                }
            }
        }
        let joined = join_runs(&mut runs[from..]);
        runs.truncate(from + joined);
        let mut uncovered = SmallVec::<[ZoneRun; 4]>::new();
        runs[from..].sort_unstable();
        let mut covered = 0;
        for run in &runs[from..] {
            if run.start > covered {
                uncovered.push(ZoneRun { start: covered, end: run.start, zone: NO_ZONE });
            }
            covered = covered.max(run.end);
        }
        if covered < self.grid.width() {
            uncovered.push(ZoneRun { start: covered, end: self.grid.width(), zone: NO_ZONE });
        }
        runs.extend(uncovered);
        runs[from..].sort_unstable();
    }
}

/// Joins runs of one zone that touch or overlap, so that no pixel counts twice in a territory; returns how many are left.
fn join_runs(runs: &mut [ZoneRun]) -> usize {
    runs.sort_unstable_by_key(|run| (run.zone, run.start, run.end));
    let mut kept = 0;
    for at in 0..runs.len() {
        let run = runs[at];
        if kept > 0 && runs[kept - 1].zone == run.zone && run.start <= runs[kept - 1].end {
            runs[kept - 1].end = runs[kept - 1].end.max(run.end);
        } else {
            runs[kept] = run;
            kept += 1;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use mutirao_core::geometry::Polygon;
    use proptest::prelude::*;

    use super::*;

    fn grid(width: u32, height: u32) -> Grid {
        Grid { crs: String::new(), origin: [0.0, f64::from(height)], resolution: [1.0, 1.0], size: [width, height] }
    }

    fn polygon(points: &[[f64; 2]]) -> MultiPolygon {
        let mut ring = points.to_vec();
        ring.push(points[0]);
        MultiPolygon { polygons: vec![Polygon { rings: vec![ring] }] }
    }

    /// How many zones hold each pixel, straight from the rule: the centre, moved east and a little south, by ray casting.
    fn holds(points: &[[f64; 2]], col: u32, row: u32, height: u32) -> bool {
        let [x, y] = [f64::from(col) + 0.5 + 1e-6, f64::from(height) - f64::from(row) - 0.5 - 1e-9];
        let mut inside = false;
        for at in 0..points.len() {
            let [a, b] = [points[at], points[(at + 1) % points.len()]];
            if (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) {
                inside = !inside;
            }
        }
        inside
    }

    #[test]
    fn a_centre_on_a_slanted_edge_is_not_lost_by_rounding() {
        let points = [[4.75, -1.75], [-1.0, 4.0], [0.0, 0.0]];
        let rows = Zones::new(&grid(9, 7), 3, [(5, &polygon(&points))]);
        let rows = rows.rows(5, 6);
        let zone = rows.row(5).iter().find(|run| run.start <= 1 && 1 < run.end).unwrap().zone;
        assert_eq!(zone == 5, holds(&points, 1, 5, 7));
    }

    proptest! {
        #[test]
        fn pixels_equal_ray_casting(points in prop::collection::vec((-8i32..40, -8i32..32), 3..8)) {
            // Corners on quarter pixels: many lie on centres and centre lines.
            let points: Vec<[f64; 2]> = points.iter().map(|(x, y)| [f64::from(*x) / 4.0, f64::from(*y) / 4.0]).collect();
            let grid = grid(9, 7);
            let zones = Zones::new(&grid, 3, [(5, &polygon(&points))]);
            let rows = zones.rows(0, 7);
            for row in 0..7 {
                for col in 0..9 {
                    let zone = rows.row(row).iter().find(|run| run.start <= col && col < run.end).unwrap().zone;
                    prop_assert_eq!(zone == 5, holds(&points, col, row, 7), "column {}, row {}", col, row);
                }
            }
        }

        #[test]
        fn neighbours_share_every_pixel_out(cut in prop::collection::vec((0i32..40, 1i32..6), 1..6), slant in -3.0f64..3.0) {
            // One square cut in two along a crooked line: no pixel in both, none in neither.
            let mut line = vec![[5.0, 12.0]];
            let mut y = 12.0;
            for (x, down) in &cut {
                y -= f64::from(*down) / 2.0;
                if y > 0.0 { line.push([f64::from(*x) / 4.0, y]); }
            }
            line.push([5.0 + slant, -1.0]);
            let west: Vec<[f64; 2]> = line.iter().copied().chain([[-20.0, -1.0], [-20.0, 12.0]]).collect();
            let east: Vec<[f64; 2]> = line.iter().rev().copied().chain([[30.0, 12.0], [30.0, -1.0]]).collect();
            let zones = Zones::new(&grid(10, 10), 4, [(0, &polygon(&west)), (1, &polygon(&east))]);
            let rows = zones.rows(0, 10);
            for row in 0..10 {
                for col in 0..10 {
                    let holding = rows.row(row).iter().filter(|run| run.start <= col && col < run.end).count();
                    prop_assert_eq!(holding, 1);
                    prop_assert!(rows.row(row).iter().all(|run| run.zone != NO_ZONE));
                }
            }
        }
    }

    #[test]
    fn rows_asked_apart_equal_rows_asked_at_once() {
        let zones = Zones::new(&grid(9, 7), 2, [(0, &polygon(&[[1.0, 6.5], [8.0, 5.0], [4.0, 0.5]]))]);
        let whole = zones.rows(0, 7);
        for first in 0..7 {
            assert_eq!(zones.rows(first, first + 1).row(first), whole.row(first));
        }
    }
}
