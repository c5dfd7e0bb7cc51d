//! Control grids: a transformation measured once, with a bound on the error of looking it up.

mod cells;
mod positions;

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use mutirao_core::control_grid::ControlGridFacts;
use mutirao_core::door::{ControlGridAnswer, ControlGridQuestion, CrsText, Refusal, RefusalCode};
use mutirao_core::grid::{Grid, Window};

use crate::staged::Staged;
use crate::transformation::{Transformation, geo_box};
use crate::{OnProgress, srs};
use cells::{Cells, Verdict};
use positions::Positions;

/// Steps tried, in target pixels.
const STEPS: [u32; 4] = [64, 32, 16, 8];
/// Cells tried to choose a step.
const TRIALS: u64 = 400;

/// Writes a control grid.
pub fn answer(question: &ControlGridQuestion, progress: OnProgress<'_>) -> Result<ControlGridAnswer, Refusal> {
    let window = check(question)?;
    let (source, target) = (srs::parse(&question.from)?, srs::parse(&CrsText::Text(question.grid.crs.clone()))?);
    let area = geo_box(&target, bounds(&question.grid, window));
    let transformation = Transformation::between(&target, &source, area, question.allow_ballpark)?;
    let facts = transformation.facts().clone();
    let positions = Positions::new(question, &source, transformation)?;
    let step = best_step(&positions, window, question.bound);
    let cells = Cells::new(&positions, window, step, question.bound);
    let staged = Staged::beside(&question.out)?;
    let grid = write(&cells, window, &mut staged.create()?, progress).map_err(|e| staged.failed(e))?;
    staged.commit()?;
    Ok(ControlGridAnswer { grid, transformation: facts })
}

/// Refuses a grid without pixels or without a place.
pub fn check_grid(grid: &Grid) -> Result<(), Refusal> {
    let finite = grid.origin.iter().chain(&grid.resolution).all(|v| v.is_finite());
    let positive = grid.resolution.iter().all(|v| *v > 0.0) && grid.size.iter().all(|v| *v > 0);
    if finite && positive { Ok(()) } else { Err(invalid(format!("the grid {grid} has no pixels or no place"))) }
}

fn check(question: &ControlGridQuestion) -> Result<Window, Refusal> {
    check_grid(&question.grid)?;
    let whole = question.grid.window();
    let window = question.window.unwrap_or(whole);
    if window.width == 0 || window.height == 0 || whole.intersection(&window) != Some(window) {
        return Err(invalid(format!("the window {window:?} does not lie on the grid {}", question.grid)));
    }
    if !(question.bound > 0.0 && question.bound.is_finite()) {
        return Err(invalid(format!("the bound {} is no positive number", question.bound)));
    }
    Ok(window)
}

fn invalid(message: String) -> Refusal {
    Refusal::new(RefusalCode::GridInvalid, message, "check origin, resolution, size and window")
}

fn bounds(grid: &Grid, window: Window) -> [f64; 4] {
    let transform = grid.transform();
    let [xmin, ymax] = transform.to_map(f64::from(window.col), f64::from(window.row));
    let [xmax, ymin] = transform.to_map(f64::from(window.col_end()), f64::from(window.row_end()));
    [xmin, ymin, xmax, ymax]
}

/// The step whose file is likely to be the smallest: small steps cost nodes, large ones cost cells that fail the bound
/// and must hold every pixel. Judged by a fixed choice of cells.
fn best_step(positions: &Positions, window: Window, bound: f64) -> u32 {
    let mut best = (f64::INFINITY, STEPS[0]);
    for step in STEPS {
        let cells = Cells::new(positions, window, step, bound);
        let all = cells.count();
        let stride = all.div_ceil(TRIALS).max(1);
        let tried: Vec<bool> = (0..all).step_by(stride as usize).map(|i| cells.is_exact(i)).collect();
        let failing = tried.iter().filter(|exact| **exact).count() as f64 / tried.len() as f64;
        let pairs = cells.nodes() as f64 + failing * all as f64 * f64::from(step).powi(2);
        if pairs < best.0 {
            best = (pairs, step);
        }
        if failing == 0.0 {
            break;
        }
    }
    best.1
}

/// Writes nodes at their places and exact cells behind them, row by row.
fn write(
    cells: &Cells<'_>,
    window: Window,
    file: &mut File,
    progress: OnProgress<'_>,
) -> std::io::Result<ControlGridFacts> {
    let mut facts = ControlGridFacts {
        window,
        step: cells.step,
        nodes_across: cells.across + 1,
        nodes_down: cells.down + 1,
        exact_cells: Vec::new(),
        max_error: 0.0,
    };
    let row_bytes = 16 * u64::from(facts.nodes_across);
    let (mut behind, mut upper) = (row_bytes * u64::from(facts.nodes_down), cells.node_row(0));
    put(file, 0, &upper)?;
    for row in 0..cells.down {
        if row % 16 == 0 {
            progress(f64::from(row) / f64::from(cells.down), "measuring the transformation");
        }
        let lower = cells.node_row(row + 1);
        put(file, row_bytes * u64::from(row + 1), &lower)?;
        for col in 0..cells.across {
            let i = col as usize;
            match cells.verdict([col, row], &[upper[i], upper[i + 1], lower[i], lower[i + 1]]) {
                Verdict::Smooth(error) => facts.max_error = facts.max_error.max(error),
                Verdict::Nothing => {}
                Verdict::Exact(pixels) => {
                    put(file, behind, &pixels)?;
                    behind += 16 * pixels.len() as u64;
                    facts.exact_cells.push([col, row]);
                }
            }
        }
        upper = lower;
    }
    Ok(facts)
}

fn put(file: &mut File, at: u64, pairs: &[[f64; 2]]) -> std::io::Result<()> {
    let bytes: Vec<u8> = pairs.iter().flatten().flat_map(|number| number.to_le_bytes()).collect();
    file.seek(SeekFrom::Start(at))?;
    file.write_all(&bytes)
}
