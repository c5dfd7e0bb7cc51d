//! Gathering the pixels of a file that is not on the grid.
//!
//! Nearest takes the source pixel that holds the position of a pixel's centre. Mode weighs the source pixels under a pixel by the area
//! they cover of it: its footprint is taken as the upright box around it in the source, exact where the two grids are not rotated
//! against each other.

use mutirao_core::{control_grid::ControlGrid, grid::Window, raster::Samples};

use crate::window::Pixels;

/// How far from the position of its centre a pixel's footprint reaches at most, in source pixels.
pub fn reach(control: &ControlGrid) -> f64 {
    let facts = control.facts();
    let window = facts.window;
    let mut reach: f64 = 0.0;
    for row in (window.row..window.row_end()).step_by(facts.step as usize) {
        for col in (window.col..window.col_end()).step_by(facts.step as usize) {
            if let Some(size) = footprint(control, col, row) {
                reach = reach.max(size[0]).max(size[1]);
            }
        }
    }
    // Footprints change slowly; half as much again covers those between the nodes.
    reach * 1.5 + 1.0
}

/// Half the width and height of a pixel's footprint, in source pixels.
fn footprint(control: &ControlGrid, col: u32, row: u32) -> Option<[f64; 2]> {
    let here = control.position(col, row)?;
    let beside = |across: u32, down: u32| {
        let forward = control.position(col + across, row + down).map(|at| [at[0] - here[0], at[1] - here[1]]);
        let back = || {
            let at = control.position(col.checked_sub(across)?, row.checked_sub(down)?)?;
            Some([here[0] - at[0], here[1] - at[1]])
        };
        forward.or_else(back)
    };
    let [right, down] = [beside(1, 0)?, beside(0, 1)?];
    Some([(right[0].abs() + down[0].abs()) / 2.0, (right[1].abs() + down[1].abs()) / 2.0])
}

/// The place of a pixel that has none in the source.
const NOWHERE: u32 = u32::MAX;

/// A tile's pixels, each that of the source pixel which holds its centre; `nodata` where there is none.
pub fn nearest(control: &ControlGrid, source: &Pixels, tile: &Window, nodata: Option<i32>) -> Pixels {
    let mut places = vec![NOWHERE; tile.pixels()];
    let mut positions = vec![[0.0; 2]; SQUARE as usize];
    for cell in squares(tile).flat_map(|square| control.cells(square)) {
        // Themes are sparse: where the source is nothing, no pixel need be looked up.
        if nodata.is_some_and(|nodata| cell.bounds().is_some_and(|bounds| is_all(source, bounds, nodata))) {
            continue;
        }
        let Window { col, width, .. } = cell.window;
        let positions = &mut positions[..width as usize];
        for row in cell.window.row..cell.window.row_end() {
            cell.row_positions(row, positions);
            let first = (row - tile.row) as usize * tile.width as usize + (col - tile.col) as usize;
            for (place, position) in places[first..].iter_mut().zip(&*positions) {
                *place = place_in(&source.window, *position);
            }
        }
    }
    gather(source, tile, &places, nodata)
}

/// Pixels on a side of the squares in which a tile is looked up.
const SQUARE: u32 = 64;

/// A window in squares.
fn squares(window: &Window) -> impl Iterator<Item = Window> + use<> {
    let whole = *window;
    let begins = |from: u32, end: u32| (from..end).step_by(SQUARE as usize);
    let rows = begins(whole.row, whole.row_end());
    let squares = rows.flat_map(move |row| begins(whole.col, whole.col_end()).map(move |col| (col, row)));
    squares.map(move |(col, row)| Window {
        col,
        row,
        width: SQUARE.min(whole.col_end() - col),
        height: SQUARE.min(whole.row_end() - row),
    })
}

/// Whether all source pixels that were read within these bounds (`[[left, right], [top, bottom]]`, both ends within) hold a value.
fn is_all(source: &Pixels, [cols, rows]: [[f64; 2]; 2], value: i32) -> bool {
    fn holds<T: PartialEq>(samples: &[T], width: usize, [left, right]: [usize; 2], value: &T) -> bool {
        samples.chunks_exact(width).map(|row| &row[left..right]).all(|row| {
            // All are equal where each equals the next: one comparison of memory with itself, shifted by one.
            row.first() == Some(value) && row[1..] == row[..row.len() - 1]
        })
    }
    let (least, most) = source.samples.dtype().range();
    if source.valid.is_some() || !(least..=most).contains(&value) {
        return false;
    }
    let Window { col, row, width, height } = source.window;
    let span = |[least, most]: [f64; 2], first: u32, size: u32| {
        // Positions between the corners may pass them by their rounding.
        let [from, to] = [least - EQUAL - f64::from(first), most + EQUAL + 1.0 - f64::from(first)];
        [from.floor().max(0.0) as usize, to.floor().clamp(0.0, f64::from(size)) as usize]
    };
    let ([left, right], [top, bottom]) = (span(cols, col, width), span(rows, row, height));
    if left >= right || top >= bottom {
        return true;
    }
    let width = width as usize;
    let lines = top * width..bottom * width;
    match &source.samples {
        Samples::Uint8(samples) => holds(&samples[lines], width, [left, right], &(value as u8)),
        Samples::Uint16(samples) => holds(&samples[lines], width, [left, right], &(value as u16)),
        Samples::Int16(samples) => holds(&samples[lines], width, [left, right], &(value as i16)),
    }
}

/// The index of the source pixel that holds a position; [`NOWHERE`] outside of what was read.
fn place_in(window: &Window, [x, y]: [f64; 2]) -> u32 {
    let [x, y] = [x - f64::from(window.col), y - f64::from(window.row)];
    // A comparison with NaN is false, so where there is no position there is no pixel.
    let inside = x >= 0.0 && y >= 0.0 && x < f64::from(window.width) && y < f64::from(window.height);
    if inside { y as u32 * window.width + x as u32 } else { NOWHERE }
}

/// Takes the source pixels at these places. A pixel without a place is nodata, or not valid where there is no such value.
fn gather(source: &Pixels, tile: &Window, places: &[u32], nodata: Option<i32>) -> Pixels {
    fn take<T: Copy>(samples: &[T], places: &[u32], nothing: T) -> Vec<T> {
        places.iter().map(|at| samples.get(*at as usize).copied().unwrap_or(nothing)).collect()
    }
    let (least, most) = source.samples.dtype().range();
    let nodata = nodata.filter(|value| (least..=most).contains(value));
    let is_valid = |at: &u32| *at != NOWHERE && source.valid.as_ref().is_none_or(|valid| valid[*at as usize] != 0);
    let all = source.valid.is_none() && (nodata.is_some() || !places.contains(&NOWHERE));
    let nothing = nodata.unwrap_or(0);
    Pixels {
        window: Window { col: 0, row: 0, width: tile.width, height: tile.height },
        samples: match &source.samples {
            Samples::Uint8(samples) => Samples::Uint8(take(samples, places, nothing as u8)),
            Samples::Uint16(samples) => Samples::Uint16(take(samples, places, nothing as u16)),
            Samples::Int16(samples) => Samples::Int16(take(samples, places, nothing as i16)),
        },
        valid: (!all).then(|| places.iter().map(|place| u8::from(is_valid(place))).collect()),
    }
}

/// A tile's pixels, each the value that covers most of it. Nothing is a value like any other unless `ignore_nodata`; a tie goes to the
/// value nearest the centre.
pub fn mode(control: &ControlGrid, source: &Pixels, tile: &Window, nodata: Option<i32>, ignore_nodata: bool) -> Pixels {
    let mut places = vec![NOWHERE; tile.pixels()];
    let mut votes = Vec::new();
    for (index, place) in places.iter_mut().enumerate() {
        let [col, row] = [tile.col + index as u32 % tile.width, tile.row + index as u32 / tile.width];
        let (Some(centre), Some(half)) = (control.position(col, row), footprint(control, col, row)) else { continue };
        votes.clear();
        weigh(source, centre, half, nodata, &mut votes);
        *place = winner(&votes, ignore_nodata);
    }
    gather(source, tile, &places, nodata)
}

/// A value with its weight, the place of its pixel nearest the centre, and that pixel's distance.
#[derive(Debug, Clone, Copy)]
struct Vote {
    value: Option<i32>,
    /// How much of the footprint it covers, in source pixels.
    weight: f64,
    place: u32,
    distance: f64,
}

/// Positions, weights (as shares of the footprint) and distances closer than this are equal: positions carry the rounding of their
/// interpolation, and what ties on paper must tie.
const EQUAL: f64 = 1e-6;

fn weigh(source: &Pixels, centre: [f64; 2], half: [f64; 2], nodata: Option<i32>, votes: &mut Vec<Vote>) {
    let ends = |axis: usize| [centre[axis] - half[axis], centre[axis] + half[axis]];
    let [[left, right], [top, bottom]] = [ends(0), ends(1)];
    let covered = |from: f64, to: f64, pixel: i64| ((pixel + 1) as f64).min(to) - (pixel as f64).max(from);
    let span = |from: f64, to: f64| from.floor() as i64..=to.ceil() as i64 - 1;
    for row in span(top, bottom) {
        let down = covered(top, bottom, row);
        for col in span(left, right) {
            let across = covered(left, right, col);
            if across.min(down) < EQUAL {
                continue;
            }
            let middle = [col as f64 + 0.5, row as f64 + 0.5];
            let place = place_in(&source.window, middle);
            let value = spoken(source, place).filter(|value| Some(*value) != nodata);
            let distance = (middle[0] - centre[0]).hypot(middle[1] - centre[1]);
            add(votes, Vote { value, weight: across * down, place, distance });
        }
    }
}

/// What a source pixel says; none outside and where it is masked.
fn spoken(source: &Pixels, place: u32) -> Option<i32> {
    let speaks = place != NOWHERE && source.valid.as_ref().is_none_or(|valid| valid[place as usize] != 0);
    speaks.then(|| source.samples.get(place as usize))
}

fn add(votes: &mut Vec<Vote>, vote: Vote) {
    match votes.iter_mut().find(|known| known.value == vote.value) {
        None => votes.push(vote),
        Some(known) => {
            known.weight += vote.weight;
            if vote.distance < known.distance - EQUAL {
                (known.place, known.distance) = (vote.place, vote.distance);
            }
        }
    }
}

/// The place of the heaviest vote; of those as heavy that of the nearest; of those as near that of the first.
fn winner(votes: &[Vote], ignore_nodata: bool) -> u32 {
    let counted = || votes.iter().filter(|vote| !ignore_nodata || vote.value.is_some());
    let all: f64 = votes.iter().map(|vote| vote.weight).sum();
    let most = counted().map(|vote| vote.weight).fold(0.0, f64::max);
    let heaviest = || counted().filter(|vote| vote.weight >= most - EQUAL * all);
    let nearest = heaviest().map(|vote| vote.distance).fold(f64::INFINITY, f64::min);
    heaviest().find(|vote| vote.distance <= nearest + EQUAL).map_or(NOWHERE, |vote| vote.place)
}

#[cfg(test)]
mod tests {
    use mutirao_core::control_grid::ControlGridFacts;

    use super::*;

    /// A control grid of one cell in which source = scale * target centre + shift.
    fn control(size: u32, scale: f64, shift: f64) -> ControlGrid {
        let window = Window { col: 0, row: 0, width: size, height: size };
        let at = |node: u32| (f64::from(node * size) + 0.5) * scale + shift;
        let facts = ControlGridFacts {
            window,
            step: size,
            nodes_across: 2,
            nodes_down: 2,
            exact_cells: vec![],
            max_error: 0.0,
        };
        let nodes = [(0, 0), (1, 0), (0, 1), (1, 1)];
        let bytes: Vec<u8> = nodes.iter().flat_map(|(x, y)| [at(*x), at(*y)]).flat_map(f64::to_le_bytes).collect();
        ControlGrid::from_bytes(facts, &bytes).unwrap()
    }

    fn pixels(width: u32, samples: Vec<u8>) -> Pixels {
        let height = samples.len() as u32 / width;
        Pixels { window: Window { col: 0, row: 0, width, height }, samples: Samples::Uint8(samples), valid: None }
    }

    #[test]
    fn mode_takes_what_covers_most() {
        let source = pixels(4, vec![1, 1, 2, 2, 1, 3, 2, 4, 5, 5, 0, 0, 6, 6, 0, 7]);
        let tile = Window { col: 0, row: 0, width: 2, height: 2 };
        let moded = mode(&control(2, 2.0, 0.0), &source, &tile, Some(0), false);
        // Lower left: 5 and 6 tie at equal distance, the first wins. Lower right: nothing covers three of four.
        assert_eq!(moded.samples, Samples::Uint8(vec![1, 2, 5, 0]));
        let ignoring = mode(&control(2, 2.0, 0.0), &source, &tile, Some(0), true);
        assert_eq!(ignoring.samples.get(3), 7);
    }

    #[test]
    fn a_tie_of_thirds_goes_to_the_nearest_then_to_the_first() {
        // The footprint begins two thirds into the first pixel: 2 and 1 cover 4/3 each, both at the same distance.
        let source = pixels(3, vec![2, 3, 1, 2, 4, 1, 2, 2, 1]);
        let tile = Window { col: 0, row: 0, width: 1, height: 1 };
        for shift in [0.0, 1e-9, -1e-9] {
            let moded = mode(&control(2, 2.0, 2.0 / 3.0 + shift), &source, &tile, None, false);
            assert_eq!(moded.samples.get(0), 2, "shifted by {shift}");
        }
    }

    #[test]
    fn nearest_takes_the_pixel_that_holds_the_centre() {
        let source = pixels(3, vec![1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let tile = Window { col: 0, row: 0, width: 3, height: 3 };
        let shifted = nearest(&control(3, 1.0, 0.6), &source, &tile, Some(255));
        assert_eq!(shifted.samples, Samples::Uint8(vec![5, 6, 255, 8, 9, 255, 255, 255, 255]));
        assert_eq!(shifted.valid, None);
        let shifted = nearest(&control(3, 1.0, 0.6), &source, &tile, None);
        assert_eq!(shifted.valid, Some(vec![1, 1, 0, 1, 1, 0, 0, 0, 0]));
    }
}
