//! What of a coverage a draft makes: a box, a territory, some periods.

use mutirao_core::{
    control_grid::ControlGrid,
    door::{Answer, ControlGridQuestion, CrsText, Question},
    grid::{Grid, Window},
};
use mutirao_engine::{
    plan::{Oracle, Plan},
    territories::{Kind, KindFrom},
};

use crate::{
    args::{Bbox, DraftArgs},
    command::Failure,
    network::Tools,
};

/// Most cells on a side of the mesh by which a box of longitudes and latitudes is found on the grid.
const MESH: u32 = 512;

/// Fewest pixels on a side of its cells.
const FINEST: u32 = 16;

/// Degrees to which the places of its cells are known, eightfold.
const STEP: f64 = 0.001;

/// The part of a coverage that is made.
pub struct Cut {
    /// Whole tiles of the grid.
    pub window: Window,
    /// The periods, by their places in the plan, ascending.
    pub periods: Vec<usize>,
}

/// Finds what is asked for on the plan's grid; tiles have `tile` pixels on a side.
///
/// # Errors
/// What is asked for is not there: a period, a territory, a box beside the grid.
pub fn cut(args: &DraftArgs, plan: &Plan, kinds: &[Kind], tile: u32, tools: &Tools) -> Result<Cut, Failure> {
    let whole = plan.grid.window();
    let boxed = args.bbox.map(|bbox| window_of(bbox, plan, tools)).transpose()?;
    let territory = args.territory.as_ref().map(|asked| window_of_territory(asked, plan, kinds)).transpose()?;
    let window = [boxed, territory].into_iter().flatten().try_fold(whole, |window, one| window.intersection(&one));
    let window =
        window.ok_or_else(|| Failure::usage("the box and the territory do not meet", "leave one of them out"))?;
    Ok(Cut { window: of_tiles(window, tile, whole), periods: periods(&args.period, plan)? })
}

/// The tiles that hold a window.
pub fn of_tiles(window: Window, tile: u32, whole: Window) -> Window {
    let [col, row] = [window.col, window.row].map(|at| at / tile * tile);
    let end = |end: u32, most: u32| end.next_multiple_of(tile).min(most);
    let [col_end, row_end] = [end(window.col_end(), whole.width), end(window.row_end(), whole.height)];
    Window { col, row, width: col_end - col, height: row_end - row }
}

fn periods(asked: &[String], plan: &Plan) -> Result<Vec<usize>, Failure> {
    if asked.is_empty() {
        return Ok((0..plan.periods.len()).collect());
    }
    if let Some(unknown) = asked.iter().find(|period| !plan.periods.contains(period)) {
        let help = format!("its periods are {}", plan.periods.join(", "));
        return Err(Failure::usage(format!("the pipeline has no period {unknown}"), help));
    }
    Ok((0..plan.periods.len()).filter(|at| asked.contains(&plan.periods[*at])).collect())
}

fn window_of_territory(asked: &str, plan: &Plan, kinds: &[Kind]) -> Result<Window, Failure> {
    let names = || kinds.iter().map(|kind| kind.name.as_str()).collect::<Vec<_>>().join(", ");
    let Some((kind, key)) = asked.split_once('=') else {
        let help = format!("write a kind and a key, such as municipality=1600105; the kinds are {}", names());
        return Err(Failure::usage(format!("--territory {asked} is no kind and key"), help));
    };
    let Some(kind) = kinds.iter().find(|known| known.name == kind) else {
        return Err(Failure::usage(format!("the pipeline has no territories {kind}"), format!("it has {}", names())));
    };
    if kind.from != KindFrom::Polygons {
        let error = format!("the territories {} have no polygons", kind.name);
        return Err(Failure::usage(error, "name a territory of a vector file, or give a --bbox"));
    }
    let Some(territory) = kind.territories.iter().find(|territory| territory.key == key) else {
        let help = format!("it has {} territories, the first of them {}", kind.territories.len(), first_key(kind));
        return Err(Failure::usage(format!("there is no {} {key}", kind.name), help));
    };
    let points = territory.geometry.iter().flat_map(|all| &all.polygons).flat_map(|one| one.rings.iter().flatten());
    let Grid { origin, resolution, .. } = &plan.grid;
    let position = |point: &[f64; 2]| [(point[0] - origin[0]) / resolution[0], (origin[1] - point[1]) / resolution[1]];
    around(points.map(position), plan)
        .ok_or_else(|| Failure::usage(format!("{} {key} lies outside the grid", kind.name), plan.grid.to_string()))
}

fn first_key(kind: &Kind) -> &str {
    kind.territories.first().map_or("", |territory| &territory.key)
}

/// Where a box of longitudes and latitudes lies: the cells of a mesh over the grid whose centres lie in it, or next to it.
fn window_of(bbox: Bbox, plan: &Plan, tools: &Tools) -> Result<Window, Failure> {
    let Grid { crs, origin, resolution, size } = &plan.grid;
    let outside = || Failure::usage(format!("the box {bbox} lies outside the grid"), plan.grid.to_string());
    let cell = size[0].max(size[1]).div_ceil(MESH).max(FINEST);
    let out = tools.door.scratch("bbox.bin");
    let mesh = Grid {
        crs: crs.clone(),
        origin: *origin,
        resolution: resolution.map(|pixel| pixel * f64::from(cell)),
        size: size.map(|side| side.div_ceil(cell)),
    };
    let degrees = Grid { crs: "EPSG:4326".to_owned(), origin: [-180.0, 90.0], resolution: [STEP; 2], size: [1, 1] };
    let question = ControlGridQuestion {
        from: CrsText::Text(degrees.crs.clone()),
        source_transform: degrees.transform(),
        source_size: [360_000, 180_000],
        grid: mesh.clone(),
        window: None,
        bound: 0.125,
        allow_ballpark: true,
        out: out.clone(),
    };
    let Ok(Answer::ControlGrid(answer)) = tools.door.ask(Question::ControlGrid(question)) else {
        return Err(outside());
    };
    let control = std::fs::read(&out)
        .ok()
        .and_then(|bytes| ControlGrid::from_bytes(answer.grid, &bytes).ok())
        .ok_or_else(outside)?;
    let place = |col: u32, row: u32| control.position(col, row).map(|[x, y]| degrees.transform().to_map(x, y));
    let cells = (0..mesh.height()).flat_map(|row| (0..mesh.width()).map(move |col| (col, row)));
    let near = cells.filter(|(col, row)| {
        let Some(here) = place(*col, *row) else { return false };
        let next = [place(col + 1, *row), place(*col, row + 1)];
        let reach = next.into_iter().flatten().map(|next| apart(here, next)).fold(STEP, f64::max);
        is_near(bbox, here, reach)
    });
    let corners = near.flat_map(|(col, row)| [[col, row], [col + 1, row + 1]]);
    around(corners.map(|corner| corner.map(|at| f64::from(at) * f64::from(cell))), plan).ok_or_else(outside)
}

/// Degrees between two places, the short way round.
fn apart(a: [f64; 2], b: [f64; 2]) -> f64 {
    let east = (a[0] - b[0]).rem_euclid(360.0);
    east.min(360.0 - east).max((a[1] - b[1]).abs())
}

/// Whether a place lies in a box or within reach of it; longitudes count modulo 360.
fn is_near(Bbox([west, south, east, north]): Bbox, [lon, lat]: [f64; 2], reach: f64) -> bool {
    (lon - (west - reach)).rem_euclid(360.0) <= east - west + 2.0 * reach
        && lat >= south - reach
        && lat <= north + reach
}

/// The pixels of the grid within the bounds of some positions.
fn around(positions: impl Iterator<Item = [f64; 2]>, plan: &Plan) -> Option<Window> {
    let nowhere = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let [left, top, right, bottom] = positions.fold(nowhere, |[left, top, right, bottom], [col, row]| {
        [left.min(col), top.min(row), right.max(col), bottom.max(row)]
    });
    let [width, height] = plan.grid.size.map(f64::from);
    let cut = |at: f64, most: f64| at.clamp(0.0, most) as u32;
    let [col, row] = [cut(left.floor(), width), cut(top.floor(), height)];
    let [col_end, row_end] = [cut(right.ceil(), width), cut(bottom.ceil(), height)];
    (col < col_end && row < row_end).then(|| Window { col, row, width: col_end - col, height: row_end - row })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_reach_across_the_antimeridian_and_around_the_world() {
        let fiji = Bbox([177.0, -19.0, 181.0, -16.0]);
        assert!(is_near(fiji, [-179.5, -17.0], 0.1) && is_near(fiji, [177.5, -17.0], 0.1));
        assert!(!is_near(fiji, [-178.0, -17.0], 0.1) && !is_near(fiji, [178.0, -20.0], 0.1));
        assert!(is_near(Bbox([-180.0, -90.0, 180.0, 90.0]), [12.0, 89.0], 0.0));
        assert!((apart([179.9, 0.0], [-179.9, 0.1]) - 0.2).abs() < 1e-9);
    }

    #[test]
    fn windows_become_whole_tiles() {
        let whole = Window { col: 0, row: 0, width: 1200, height: 900 };
        let window = Window { col: 600, row: 511, width: 10, height: 2 };
        assert_eq!(of_tiles(window, 512, whole), Window { col: 512, row: 0, width: 512, height: 900 });
    }
}
