//! True areas of pixels, asked anew.

use mutirao_core::{
    door::{Answer, AreasQuestion, CrsText, Question},
    grid::Grid,
};
use mutirao_engine::{
    areas::AreaFactors,
    plan::{AREA_CELL, Oracle, Refused},
};

/// The factors of a grid.
///
/// # Errors
/// Why they cannot be known: the door is not there, or refuses.
pub fn of(grid: &Grid, door: &impl Oracle) -> Result<AreaFactors, String> {
    let refused = |refused: Refused| refused.message;
    let other = || "the door answered another question".to_owned();
    let Answer::Crs(crs) = door.ask(Question::Crs { crs: CrsText::Text(grid.crs.clone()) }).map_err(refused)? else {
        return Err(other());
    };
    if crs.geographic {
        return Ok(AreaFactors::by_row(grid, &crs.ellipsoid, crs.unit_to_metre_or_degree));
    }
    let out = door.scratch("verify-areas.bin");
    let question = Question::Areas(AreasQuestion { grid: grid.clone(), cell: AREA_CELL, out: out.clone() });
    let Answer::Areas(facts) = door.ask(question).map_err(refused)? else { return Err(other()) };
    let bytes = std::fs::read(&out).map_err(|error| format!("the door's areas cannot be read: {error}"))?;
    let numbers: Vec<f64> = bytes.as_chunks::<8>().0.iter().map(|eight| f64::from_le_bytes(*eight)).collect();
    let [across, down] = [grid.width(), grid.height()].map(|side| side.div_ceil(AREA_CELL));
    if facts.cells_across != across || numbers.len() as u64 != u64::from(across) * u64::from(down) {
        return Err(format!("the door gave {} areas for {across} x {down} cells", numbers.len()));
    }
    Ok(AreaFactors::by_cell(across, &numbers))
}
