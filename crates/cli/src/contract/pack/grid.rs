//! The network's grid as a small text.

use mutirao_core::{
    grid::Grid,
    pipeline::{GridSpec, Pipeline},
};
use serde_json::Value;

use crate::{
    check::{crs_of, statements},
    network::Tools,
};

/// The grid of a pipeline; none where it is that of a file that cannot be read.
pub fn of(pipeline: &Pipeline, tools: &Tools) -> Option<Grid> {
    match &pipeline.grid {
        GridSpec::Given(grid) => Some(grid.clone()),
        GridSpec::Like { file, crs, .. } => {
            let statement = statements(std::slice::from_ref(file), tools).ok()?.pop()?;
            let transform = statement.transform.filter(|transform| transform.is_north_up())?;
            let t = transform.0;
            let crs = crs.clone().or_else(|| crs_of(&statement, tools))?;
            Some(Grid { crs, origin: [t[0], t[3]], resolution: [t[1], -t[5]], size: statement.size })
        }
    }
}

/// West, south, east and north.
pub fn bounds(grid: &Grid) -> [f64; 4] {
    let [east, south] = grid.transform().to_map(f64::from(grid.width()), f64::from(grid.height()));
    [grid.origin[0], south, east, grid.origin[1]]
}

/// The grid as YAML.
pub fn text(grid: &Grid, network: &str) -> String {
    let crs = Value::from(grid.crs.as_str());
    let ([x, y], [across, down], [width, height]) = (grid.origin, grid.resolution, grid.size);
    let [west, south, east, north] = bounds(grid);
    format!(
        "# The grid of {}: the outer corner of its upper left pixel, the sides of a pixel, columns and rows; x first, then y.\n\
         crs: {crs}\norigin: [{x}, {y}]\nresolution: [{across}, {down}]\nsize: [{width}, {height}]\n\
         # West, south, east, north.\nbounds: [{west}, {south}, {east}, {north}]\n",
        network.escape_debug()
    )
}
