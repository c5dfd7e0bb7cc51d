//! Samples on the pixels of a period.

use std::collections::HashSet;

use mutirao_core::grid::Grid;
use mutirao_engine::{
    Result,
    finished::{Layer, values_at},
};
use serde::Serialize;

use super::samples::Row;

/// Samples of a period that cannot be counted, by why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Outside the coverage's grid.
    pub outside: usize,
    /// Where the coverage holds nothing.
    pub nothing: usize,
    /// In no stratum.
    pub no_stratum: usize,
}

/// A sample on the map.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    /// The sample.
    pub row: &'a Row,
    /// Its pixel, `[col, row]`.
    pub pixel: [u32; 2],
    /// What the map says there.
    pub map: u16,
}

/// Looks up the classes of the map.
pub fn place<'a>(grid: &Grid, class: &Layer<'_>, rows: &[&'a Row]) -> Result<(Vec<Placed<'a>>, LeftOut)> {
    let found: Vec<(&Row, [u32; 2])> =
        rows.iter().filter_map(|row| Some((*row, grid.pixel_at(row.xy[0], row.xy[1])?))).collect();
    let pixels: Vec<[u32; 2]> = found.iter().map(|(_, pixel)| *pixel).collect();
    let values = values_at(class, &pixels)?;
    let on_map =
        found.iter().zip(values).filter_map(|((row, pixel), map)| Some(Placed { row, pixel: *pixel, map: map? }));
    let placed: Vec<Placed<'_>> = on_map.collect();
    let left_out = LeftOut { outside: rows.len() - found.len(), nothing: found.len() - placed.len(), no_stratum: 0 };
    Ok((placed, left_out))
}

/// How many samples lie on a pixel that an earlier one lies on.
pub fn doubled(placed: &[Placed<'_>]) -> usize {
    let pixels: HashSet<[u32; 2]> = placed.iter().map(|one| one.pixel).collect();
    placed.len() - pixels.len()
}
