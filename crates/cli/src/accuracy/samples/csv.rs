//! Samples out of a CSV file with the columns `x` and `y`.

use std::path::Path;

use mutirao_core::finding::Finding;
use mutirao_parquet::{PointFeature, PointTable, write_points};
use mutirao_pipeline::{Table, read_table};

use super::{
    Row, Samples, Wanted,
    cells::{Columns, Line},
};
use crate::{
    command::{Failure, Stopped},
    coverage::failure,
    network::Tools,
    open::Points,
};

/// Reads a file; without `--crs` its coordinates are the coverage's.
pub fn read(wanted: &Wanted<'_>, tools: &Tools) -> Result<Samples, Stopped> {
    let table = read_table(wanted.path, &["x", "y", "reference"]);
    let table = table.map_err(|(findings, text)| Stopped::found(wanted.path, findings, text))?;
    let columns = Columns::of(&table.header);
    let mut rows =
        rows(wanted, &table, &columns).map_err(|found| Stopped::found(wanted.path, found, Some(table.text.clone())))?;
    let treatment = match wanted.crs {
        None => "coordinates in the coverage's CRS".to_owned(),
        Some(crs) => transform(&mut rows, crs, wanted, tools)?,
    };
    Ok(Samples { rows, columns: columns.names(), treatment, unused: columns.unused(&table.header, &["x", "y"]) })
}

fn rows(wanted: &Wanted<'_>, table: &Table, columns: &Columns) -> Result<Vec<Row>, Vec<Finding>> {
    let place = |name: &str| table.header.iter().position(|own| own == name).unwrap_or_default();
    let [x, y] = ["x", "y"].map(place);
    let mut findings = Vec::new();
    let mut rows = Vec::new();
    for (number, cells) in table.rows.iter().enumerate() {
        let line = Line {
            path: wanted.path,
            cells: cells.iter().map(|cell| cell.text.as_str()).collect(),
            places: cells.iter().map(|cell| &cell.place).collect(),
            number,
        };
        let [east, north] = [(x, "x"), (y, "y")].map(|(at, name)| line.number(at, name, &mut findings));
        let xy = [east.unwrap_or_default(), north.unwrap_or_default()];
        rows.extend(line.row(xy, columns, wanted.legend, &mut findings));
    }
    if findings.is_empty() { Ok(rows) } else { Err(findings) }
}

/// Brings the points onto the coverage's CRS as those of any vector file: the door reads them from a file of our own.
fn transform(rows: &mut [Row], crs: &str, wanted: &Wanted<'_>, tools: &Tools) -> Result<String, Stopped> {
    use mutirao_engine::plan::Oracle;

    let own = tools.door.scratch("samples.parquet");
    let feature = |row: &Row| PointFeature { attributes: Vec::new(), point: Some(row.xy) };
    let table =
        PointTable { crs: serde_json::Value::Null, fields: Vec::new(), features: rows.iter().map(feature).collect() };
    write_points(&own, &table).map_err(|error| unwritten(&own, &error))?;
    let asked = Points { path: &own, crs: Some(crs), target: wanted.target, allow_ballpark: wanted.allow_ballpark };
    let (moved, treatment) = tools.files().points(&asked).map_err(|refused| failure(&refused))?;
    for (row, moved) in rows.iter_mut().zip(moved.features) {
        row.xy = moved.point.unwrap_or([f64::NAN; 2]);
    }
    Ok(treatment)
}

fn unwritten(path: &Path, error: &mutirao_parquet::Error) -> Failure {
    Failure {
        error: format!("{}: {error}", path.display()),
        help: Some("make room there, or name another folder by TMPDIR".to_owned()),
        exit: crate::exit::Exit::Environment,
    }
}
