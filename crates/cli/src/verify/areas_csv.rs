//! `areas.csv` against `areas.parquet`, of which it is the sum over sources and rules.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use mutirao_parquet::{AreaReader, AreaRow};

use super::{
    Release,
    report::{RESTORE, Report},
};
use crate::release::areas_csv::{BYTE_ORDER_MARK, harmless};

const NAME: &str = "areas.csv";

/// Columns that say what a line is of, and those that say how much.
const COLUMNS: [&str; 6] = ["period", "territory_kind", "territory", "class", "pixels", "area_ha"];

/// How far an area may be from the sum, relative to it: sums of rows in another order differ in their last digits.
const TOLERANCE: f64 = 1e-9;

/// Pixels and hectares by period, kind, territory and class.
type Sums = BTreeMap<[String; 4], (i64, f64)>;

/// Checks every line; what `areas.parquet` itself lacks is found elsewhere.
pub fn check(release: &Release<'_>, report: &mut Report) {
    let path = release.folder.join(NAME);
    if !path.exists() {
        report.note(format!("{NAME} was not checked, because it is not there"));
        return;
    }
    let Ok(batches) = AreaReader::open(&release.folder.join("areas.parquet")) else { return };
    let mut due = Sums::new();
    batches.map_while(Result::ok).flatten().for_each(|row| add(&mut due, &row));
    if let Err(why) = compare(&path, due) {
        report.find("verify-areas-csv", format!("{NAME}: {why}"), RESTORE);
    }
}

fn add(sums: &mut Sums, row: &AreaRow) {
    let [period, kind, territory] =
        [&row.period, &row.territory_kind, &row.territory].map(|text| harmless(text).into_owned());
    let (pixels, area) = sums.entry([period, kind, territory, row.class.to_string()]).or_default();
    *pixels += row.pixels;
    *area += row.area_ha;
}

fn compare(path: &Path, mut due: Sums) -> Result<(), String> {
    let mut file = BufReader::new(File::open(path).map_err(|error| error.to_string())?);
    let mut mark = [0; BYTE_ORDER_MARK.len()];
    if file.read_exact(&mut mark).is_err() || mark != BYTE_ORDER_MARK {
        return Err("it does not begin with a byte order mark".to_owned());
    }
    let mut reader = csv::Reader::from_reader(file);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let place =
        |column: &str| header.iter().position(|name| name == column).ok_or(format!("it has no column {column}"));
    let places = COLUMNS.map(place).into_iter().collect::<Result<Vec<usize>, String>>()?;
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let [period, kind, territory, class, pixels, area] =
            std::array::from_fn(|at| record.get(places[at]).unwrap_or_default().to_owned());
        let key = [period, kind, territory, class];
        let Some((due_pixels, due_area)) = due.remove(&key) else {
            return Err(format!("line {line} ({}) stands twice, or areas.parquet has no such rows", key.join(",")));
        };
        let is_near = |area: f64| (area - due_area).abs() <= TOLERANCE * due_area.abs();
        if pixels.parse() != Ok(due_pixels) || !area.parse().is_ok_and(is_near) {
            return Err(format!(
                "line {line} ({}) says {pixels} pixels, {area} ha; the rows of areas.parquet {due_pixels} and {due_area}",
                key.join(",")
            ));
        }
    }
    match due.into_keys().next() {
        None => Ok(()),
        Some(key) => Err(format!("a line is missing: {}", key.join(","))),
    }
}
