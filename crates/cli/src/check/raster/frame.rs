//! The grid that delivered files lie on together.

use mutirao_contract::terms::GridTerm;
use mutirao_core::{
    grid::{Grid, Window, align},
    raster::GeoTransform,
};

/// Files may be moved onto the frame by up to half a pixel to be counted; whether they may lie so is for a check.
const NEAR: f64 = 0.499;

/// A frame has at most so many pixels; what lies farther apart was not meant for one grid.
const MOST: u64 = 1 << 40;

/// A file that may be placed: its place and size.
pub type Lying = Option<(GeoTransform, [u32; 2])>;

/// The lattice: the agreed one, or that of the first file. It has no extent of its own.
pub fn lattice(term: Option<&GridTerm>, crs: &str, files: &[Lying]) -> Option<Grid> {
    let first = files.iter().flatten().map(|(transform, _)| transform).find(|transform| transform.is_north_up());
    let t = first.map(|transform| transform.0);
    let resolution = term.map(|term| term.resolution).or(t.map(|t| [t[1], -t[5]]))?;
    let origin = term.and_then(|term| term.origin).or(t.map(|t| [t[0], t[3]]))?;
    Some(Grid { crs: crs.to_owned(), origin, resolution, size: [1, 1] })
}

/// Offsets of files from the lattice's node, column and row, with their sizes; none for a file that does not lie on it.
pub fn offsets(lattice: &Grid, files: &[Lying]) -> Vec<Option<[i64; 4]>> {
    let offset = |(transform, size): &(GeoTransform, [u32; 2])| {
        let offset = align(lattice, transform, *size, NEAR, None).ok()?;
        Some([offset.col, offset.row, offset.col + i64::from(size[0]), offset.row + i64::from(size[1])])
    };
    files.iter().map(|file| file.as_ref().and_then(offset)).collect()
}

/// The frame around spans of a lattice (columns and rows: first, and first after), and the windows of the spans in it.
pub fn frame(
    lattice: &Grid,
    spans: &[Option<[i64; 4]>],
    area: Option<[i64; 4]>,
) -> Option<(Grid, Vec<Option<Window>>)> {
    let union = |a: [i64; 4], b: [i64; 4]| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])];
    let files = spans.iter().flatten().copied().reduce(union)?;
    let whole = area.map_or(files, |area| union(files, area));
    let fits = |span: &[i64; 4]| {
        let sides = [span[2] - span[0], span[3] - span[1]].map(|side| u32::try_from(side).ok());
        sides[0].zip(sides[1]).filter(|(width, height)| u64::from(*width) * u64::from(*height) <= MOST)
    };
    let span = if fits(&whole).is_some() { whole } else { files };
    let (width, height) = fits(&span)?;
    let [x, y] = lattice.transform().to_map(span[0] as f64, span[1] as f64);
    let grid = Grid { origin: [x, y], size: [width, height], ..lattice.clone() };
    let window = |own: &[i64; 4]| Window {
        col: (own[0] - span[0]) as u32,
        row: (own[1] - span[1]) as u32,
        width: (own[2] - own[0]) as u32,
        height: (own[3] - own[1]) as u32,
    };
    Some((grid, spans.iter().map(|own| own.as_ref().map(window)).collect()))
}

/// The span of a lattice that a box meets: west, south, east, north.
pub fn span_of(lattice: &Grid, [west, south, east, north]: [f64; 4]) -> [i64; 4] {
    let col = |x: f64| (x - lattice.origin[0]) / lattice.resolution[0];
    let row = |y: f64| (lattice.origin[1] - y) / lattice.resolution[1];
    [col(west).floor() as i64, row(north).floor() as i64, col(east).ceil() as i64, row(south).ceil() as i64]
}

/// West, south, east and north of a grid.
pub fn bounds(grid: &Grid) -> [f64; 4] {
    let [x, y] = grid.transform().to_map(f64::from(grid.width()), f64::from(grid.height()));
    [grid.origin[0], y, x, grid.origin[1]]
}
