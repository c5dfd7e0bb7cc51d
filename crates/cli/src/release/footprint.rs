//! Where on the earth a grid lies, in longitudes and latitudes (WGS 84), as GeoJSON wants it (RFC 7946).

use mutirao_core::{
    control_grid::ControlGrid,
    door::{Answer, ControlGridQuestion, CrsText, Question},
    grid::Grid,
    raster::GeoTransform,
};
use mutirao_engine::plan::Oracle;

/// Parts into which a side is cut: a side that is straight on the map is curved on the earth. With one more the lattice has as many places as
/// fill the door's cells.
const PARTS: u32 = 31;

/// A ring of [longitude, latitude], closed, counterclockwise.
pub type Ring = Vec<[f64; 2]>;

/// The outline of a grid on the earth.
#[derive(Debug, Clone, PartialEq)]
pub struct Footprint {
    /// West, south, east, north. East is less than west where the antimeridian lies between.
    pub bbox: [f64; 4],
    /// One polygon, or two that meet at the antimeridian.
    pub rings: Vec<Ring>,
}

impl Footprint {
    /// Of a grid; none where the door knows no way from its CRS to WGS 84, or it lies nowhere on the earth.
    pub fn of(grid: &Grid, oracle: &dyn Oracle) -> Option<Self> {
        let control = control(grid, oracle)?;
        outline(&|col, row| control.position(col, row).map(|[x, y]| [x - 180.0, 90.0 - y]))
    }

    /// A rectangle.
    fn rectangle([west, south, east, north]: [f64; 4]) -> Self {
        let ring = vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
        Footprint { bbox: [west, south, east, north], rings: vec![ring] }
    }
}

/// Longitudes and latitudes of a lattice over the grid, in degrees from the upper left corner of the world's map. The lattice's places are
/// the centres of the pixels of a coarse grid.
fn control(grid: &Grid, oracle: &dyn Oracle) -> Option<ControlGrid> {
    let step = [0, 1].map(|axis| grid.resolution[axis] * f64::from(grid.size[axis]) / f64::from(PARTS));
    let out = oracle.scratch("footprint.bin");
    let question = ControlGridQuestion {
        from: CrsText::Text("EPSG:4326".to_owned()),
        source_transform: GeoTransform([-180.0, 1.0, 0.0, 90.0, 0.0, -1.0]),
        source_size: [360, 180],
        grid: Grid {
            crs: grid.crs.clone(),
            origin: [grid.origin[0] - step[0] / 2.0, grid.origin[1] + step[1] / 2.0],
            resolution: step,
            size: [PARTS + 1; 2],
        },
        window: None,
        bound: 1e-9,
        allow_ballpark: true,
        out: out.clone(),
    };
    let Ok(Answer::ControlGrid(answer)) = oracle.ask(Question::ControlGrid(question)) else { return None };
    ControlGrid::from_bytes(answer.grid, &std::fs::read(out).ok()?).ok()
}

type Lattice<'a> = dyn Fn(u32, u32) -> Option<[f64; 2]> + 'a;

fn outline(place: &Lattice<'_>) -> Option<Footprint> {
    let last = PARTS;
    let bottom = (0..last).map(|col| (col, last));
    let right = (0..last).map(|row| (last, last - row));
    let top = (0..last).map(|col| (last - col, 0));
    let left = (0..last).map(|row| (0, row));
    let around = bottom.chain(right).chain(top).chain(left).chain([(0, last)]);
    let Some(edge) = around.map(|(col, row)| place(col, row)).collect::<Option<Ring>>() else { return inside(place) };
    let edge = unwrapped(edge);
    let turn = edge[edge.len() - 1][0] - edge[0][0];
    if turn.abs() > 180.0 {
        return Some(around_a_pole(&edge));
    }
    let [west, south, east, north] = bounds(&edge)?;
    if east - west >= 360.0 {
        return Some(Footprint::rectangle([-180.0, south, 180.0, north]));
    }
    let shift = 360.0 * ((west + 180.0) / 360.0).floor();
    let edge: Ring = edge.into_iter().map(|[lon, lat]| [rounded(lon - shift), lat]).collect();
    let (west, east) = (rounded(west - shift), rounded(east - shift));
    if east <= 180.0 {
        return Some(Footprint { bbox: [west, south, east, north], rings: vec![edge] });
    }
    let beyond = clipped(&edge, -1.0).into_iter().map(|[lon, lat]| [rounded(lon - 360.0), lat]).collect();
    Some(Footprint { bbox: [west, south, rounded(east - 360.0), north], rings: vec![clipped(&edge, 1.0), beyond] })
}

/// Where the edge of the grid has no place on the earth: the box around what has one.
fn inside(place: &Lattice<'_>) -> Option<Footprint> {
    let all = (0..=PARTS).flat_map(|row| (0..=PARTS).map(move |col| (col, row)));
    let known: Ring = all.filter_map(|(col, row)| place(col, row)).collect();
    bounds(&known).map(Footprint::rectangle)
}

/// Longitudes that never jump by more than half a turn.
fn unwrapped(mut ring: Ring) -> Ring {
    for at in 1..ring.len() {
        let step = ring[at][0] - ring[at - 1][0];
        ring[at][0] -= 360.0 * (step / 360.0).round();
    }
    ring.into_iter().map(|place| place.map(rounded)).collect()
}

fn around_a_pole(edge: &Ring) -> Footprint {
    let latitudes = || edge.iter().map(|[_, lat]| *lat);
    let (low, high) = (latitudes().fold(f64::INFINITY, f64::min), latitudes().fold(f64::NEG_INFINITY, f64::max));
    let is_north = low + high > 0.0;
    Footprint::rectangle(if is_north { [-180.0, low, 180.0, 90.0] } else { [-180.0, -90.0, 180.0, high] })
}

fn bounds(places: &Ring) -> Option<[f64; 4]> {
    let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let bounds =
        places.iter().fold(start, |[w, s, e, n], [lon, lat]| [w.min(*lon), s.min(*lat), e.max(*lon), n.max(*lat)]);
    (!places.is_empty()).then(|| bounds.map(rounded))
}

/// The part of a ring west of the antimeridian (`side` 1) or east of it (-1): Sutherland and Hodgman, 1974.
fn clipped(ring: &Ring, side: f64) -> Ring {
    let within = |place: &[f64; 2]| (180.0 - place[0]) * side >= 0.0;
    let mut kept = Ring::new();
    for pair in ring.windows(2) {
        let [a, b] = [pair[0], pair[1]];
        if within(&a) {
            kept.push(a);
        }
        if within(&a) != within(&b) {
            let share = (180.0 - a[0]) / (b[0] - a[0]);
            kept.push([180.0, rounded(a[1] + share * (b[1] - a[1]))]);
        }
    }
    kept.dedup();
    if kept.first() != kept.last() {
        kept.extend(kept.first().copied());
    }
    kept
}

/// To about a centimetre, so that the last digits of a machine's arithmetic do not show.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A plate carrée from west to east and north to south, whose longitudes come as a door gives them: from -180 to 180.
    fn plate([west, south, east, north]: [f64; 4]) -> Footprint {
        let share = |at: u32| f64::from(at) / f64::from(PARTS);
        let place = |col: u32, row: u32| {
            let lon: f64 = west + (east - west) * share(col);
            Some([lon - 360.0 * ((lon + 180.0) / 360.0).floor(), north + (south - north) * share(row)])
        };
        outline(&place).unwrap()
    }

    /// Twice the area of a ring: positive if it runs counterclockwise.
    fn area(ring: &Ring) -> f64 {
        ring.windows(2).map(|pair| pair[0][0] * pair[1][1] - pair[1][0] * pair[0][1]).sum()
    }

    #[test]
    fn a_plain_grid_is_one_ring_counterclockwise() {
        let footprint = plate([-51.0, 1.0, -50.0, 2.5]);
        assert_eq!(footprint.bbox, [-51.0, 1.0, -50.0, 2.5]);
        let [ring] = &footprint.rings[..] else { panic!("{footprint:?}") };
        assert_eq!(ring.first(), ring.last());
        assert!((area(ring) - 3.0).abs() < 1e-6);
    }

    #[test]
    fn the_antimeridian_cuts_a_grid_in_two() {
        let footprint = plate([170.0, -20.0, 195.0, -10.0]);
        assert_eq!(footprint.bbox, [170.0, -20.0, -165.0, -10.0]);
        let [west, east] = &footprint.rings[..] else { panic!("{footprint:?}") };
        assert!((area(west) - 200.0).abs() < 1e-6 && (area(east) - 300.0).abs() < 1e-6, "{footprint:?}");
        let all = || footprint.rings.iter().flatten();
        assert!(all().all(|[lon, _]| (-180.0..=180.0).contains(lon)));
        assert!(footprint.rings.iter().all(|ring| ring.first() == ring.last()));
    }

    #[test]
    fn what_ends_at_the_antimeridian_does_not_cross_it() {
        assert_eq!(plate([170.0, 0.0, 180.0, 1.0]).bbox, [170.0, 0.0, 180.0, 1.0]);
        assert_eq!(plate([-180.0, 0.0, -170.0, 1.0]).bbox, [-180.0, 0.0, -170.0, 1.0]);
        assert_eq!(plate([-180.0, -90.0, 180.0, 90.0]).bbox, [-180.0, -90.0, 180.0, 90.0]);
        assert_eq!(plate([0.0, -60.0, 360.0, 60.0]).bbox, [-180.0, -60.0, 180.0, 60.0]);
    }

    #[test]
    fn a_pole_within_is_part_of_it() {
        let half = f64::from(PARTS) / 2.0;
        let place = |col: u32, row: u32| {
            let [x, y] = [f64::from(col) - half, half - f64::from(row)];
            Some([x.atan2(y).to_degrees(), x.hypot(y) - 90.0])
        };
        let footprint = outline(&place).unwrap();
        assert_eq!(&footprint.bbox[..3], [-180.0, -90.0, 180.0]);
    }

    #[test]
    fn a_grid_wider_than_the_earth_has_the_box_of_what_is_on_it() {
        let place = |col: u32, row: u32| (col > 0 && row > 0).then(|| [f64::from(col), f64::from(row)]);
        assert_eq!(outline(&place).unwrap().bbox, [1.0, 1.0, 31.0, 31.0]);
        assert_eq!(outline(&|_, _| None), None);
    }
}
