//! The grid that delivered files lie on together.

use mutirao_contract::terms::GridTerm;
use mutirao_core::{
    grid::{Grid, Window, align},
    raster::GeoTransform,
};

/// Files may be moved onto the frame by up to half a pixel to be counted; whether they may lie so is for a check.
const NEAR: f64 = 0.499;

/// A frame has at most so many pixels, and so many on a side; what lies farther apart was not meant for one grid.
const MOST: u64 = 1 << 40;
const SIDE: i64 = 1 << 22;

/// Columns and rows of a lattice: the first of each, and the first after.
pub type Span = [i64; 4];

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
pub fn offsets(lattice: &Grid, files: &[Lying]) -> Vec<Option<Span>> {
    let offset = |(transform, size): &(GeoTransform, [u32; 2])| {
        let offset = align(lattice, transform, *size, NEAR, None).ok()?;
        let [width, height] = size.map(i64::from);
        Some([offset.col, offset.row, offset.col.saturating_add(width), offset.row.saturating_add(height)])
    };
    files.iter().map(|file| file.as_ref().and_then(offset)).collect()
}

/// Whether a file lies on the nodes of all these files, that far off at most in pixels.
pub fn is_on(files: &[Lying], transform: &GeoTransform, size: [u32; 2], tolerance: f64) -> bool {
    files.iter().flatten().map(|(transform, _)| transform.0).all(|t| {
        let nodes = Grid { crs: String::new(), origin: [t[0], t[3]], resolution: [t[1], -t[5]], size: [1, 1] };
        align(&nodes, transform, size, tolerance, None).is_ok()
    })
}

fn union(a: Span, b: Span) -> Span {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// Columns and rows of a span, if it is no larger than a frame may be.
fn fitting(span: Span) -> Option<[u32; 2]> {
    let sides = [span[2].checked_sub(span[0])?, span[3].checked_sub(span[1])?];
    let fits = sides.iter().all(|side| (1..=SIDE).contains(side)) && (sides[0] * sides[1]) as u64 <= MOST;
    fits.then_some(sides.map(|side| side as u32))
}

/// Leaves out what lies so far from the files before it that no frame holds both.
pub fn near(spans: Vec<Option<Span>>) -> Vec<Option<Span>> {
    let mut whole: Option<Span> = None;
    let mut keep = |span: Span| {
        let wider = whole.map_or(span, |whole| union(whole, span));
        fitting(wider).map(|_| {
            whole = Some(wider);
            span
        })
    };
    spans.into_iter().map(|span| span.and_then(&mut keep)).collect()
}

/// The frame around spans of a lattice, the column and row at which it begins, and the windows of the spans in it. An area that is too far off is left out.
pub fn frame(
    lattice: &Grid,
    spans: &[Option<Span>],
    area: Option<Span>,
) -> Option<(Grid, [i64; 2], Vec<Option<Window>>)> {
    let files = spans.iter().flatten().copied().reduce(union)?;
    let whole = area.map_or(files, |area| union(files, area));
    let span = if fitting(whole).is_some() { whole } else { files };
    let size = fitting(span)?;
    let [x, y] = lattice.transform().to_map(span[0] as f64, span[1] as f64);
    let grid = Grid { origin: [x, y], size, ..lattice.clone() };
    let window = |own: &Span| Window {
        col: (own[0] - span[0]) as u32,
        row: (own[1] - span[1]) as u32,
        width: (own[2] - own[0]) as u32,
        height: (own[3] - own[1]) as u32,
    };
    Some((grid, [span[0], span[1]], spans.iter().map(|own| own.as_ref().map(window)).collect()))
}

/// The span of a lattice that a box meets: west, south, east, north.
pub fn span_of(lattice: &Grid, [west, south, east, north]: [f64; 4]) -> Span {
    let col = |x: f64| (x - lattice.origin[0]) / lattice.resolution[0];
    let row = |y: f64| (lattice.origin[1] - y) / lattice.resolution[1];
    [col(west).floor() as i64, row(north).floor() as i64, col(east).ceil() as i64, row(south).ceil() as i64]
}

/// West, south, east and north of a grid.
pub fn bounds(grid: &Grid) -> [f64; 4] {
    let [x, y] = grid.transform().to_map(f64::from(grid.width()), f64::from(grid.height()));
    [grid.origin[0], y, x, grid.origin[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: Option<Span> = Some([0, 0, 100, 100]);

    #[test]
    fn what_lies_too_far_off_is_left_out() {
        let far = Some([1 << 30, 0, (1 << 30) + 100, 100]);
        let strange = Some([i64::MIN, 0, i64::MIN + 100, i64::MAX]);
        assert_eq!(near(vec![FILE, far, None, strange, FILE]), [FILE, None, None, None, FILE]);
        let long = Some([0, 0, 10, SIDE + 1]);
        assert_eq!(near(vec![long, FILE]), [None, FILE], "one that no frame holds does not keep others out");
    }

    #[test]
    fn an_area_widens_the_frame_unless_it_is_too_far_off() {
        let lattice = Grid { crs: String::new(), origin: [0.0, 0.0], resolution: [30.0, 30.0], size: [1, 1] };
        let (grid, first, windows) = frame(&lattice, &[FILE, None], Some([-10, -5, 50, 50])).unwrap();
        assert_eq!((grid.origin, grid.size, first), ([-300.0, 150.0], [110, 105], [-10, -5]));
        assert_eq!(windows, [Some(Window { col: 10, row: 5, width: 100, height: 100 }), None]);
        let (grid, ..) = frame(&lattice, &[FILE], Some([0, 0, 1 << 40, 10])).unwrap();
        assert_eq!(grid.size, [100, 100]);
        assert!(frame(&lattice, &[None], Some([0, 0, 10, 10])).is_none());
    }
}
