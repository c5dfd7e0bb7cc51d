//! What the map needs to know; it stands in an attribute of the page, where no policy minds it.

use mutirao_engine::{contents::Contents, product::Product};
use serde_json::{Value, json};

use super::{super::Content, words::color};

/// Metres in a degree of the equator, for the scale of maps in longitudes and latitudes.
const METRES_A_DEGREE: f64 = 111_319.49;

/// Extent, classes, and the files of every period, as JSON.
pub fn facts(content: &Content<'_>) -> String {
    let (grid, crs) = (&content.plan.grid, &content.plan.crs);
    let [east, south] = grid.transform().to_map(f64::from(grid.width()), f64::from(grid.height()));
    let classes: Vec<Value> = content
        .pipeline
        .legend
        .classes()
        .iter()
        .map(|class| json!([class.id, color(class.color), class.name]))
        .collect();
    let periods: Vec<Value> = (0..content.plan.periods.len())
        .map(|period| json!({ "label": content.plan.periods[period], "files": files(content, period) }))
        .collect();
    let unit = crs.unit_to_metre_or_degree;
    json!({
        "extent": [grid.origin[0], south, east, grid.origin[1]],
        "units": if crs.geographic { "degrees" } else { "m" },
        "metres": if crs.geographic { unit * METRES_A_DEGREE } else { unit },
        "nodata": content.pipeline.outputs.nodata,
        "classes": classes,
        "periods": periods,
    })
    .to_string()
}

/// The coverage's files of a period, seen from the page.
fn files(content: &Content<'_>, period: usize) -> Vec<String> {
    let label = &content.plan.periods[period];
    match &content.outcomes.sheets[..] {
        [_] => vec![format!("../coverage/{label}.tif")],
        sheets => sheets
            .iter()
            .filter(|done| done.contents.get(period).is_some_and(|contents: &Contents| contents.has(Product::Coverage)))
            .map(|done| format!("../coverage/{label}/{}_{}.tif", done.sheet.col, done.sheet.row))
            .collect(),
    }
}
