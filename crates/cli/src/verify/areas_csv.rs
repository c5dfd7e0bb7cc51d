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

/// What a line says: period, kind, territory, class, pixels, hectares.
type Line = [String; 6];

/// Checks every line; what `areas.parquet` itself lacks is found elsewhere.
pub fn check(release: &Release<'_>, report: &mut Report) {
    let path = release.folder.join(NAME);
    if !path.exists() {
        report.note(format!("{NAME} was not checked, because it is not there"));
        return;
    }
    let Ok(batches) = AreaReader::open(&release.folder.join("areas.parquet")) else { return };
    let rows = batches.map_while(Result::ok).flatten();
    if let Err(why) = compare(&path, sums(rows)) {
        report.find("verify-areas-csv", format!("{NAME}: {why}"), RESTORE);
    }
}

fn compare(path: &Path, due: impl Iterator<Item = Line>) -> Result<(), String> {
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
    let mut found = reader.records();
    for due in due {
        let Some(record) = found.next() else { return Err(format!("a line is missing: {}", due.join(","))) };
        let record = record.map_err(|error| error.to_string())?;
        let said: Vec<&str> = places.iter().map(|at| record.get(*at).unwrap_or_default()).collect();
        if said != due {
            let line = record.position().map_or(0, csv::Position::line);
            return Err(format!("line {line} says {}, the rows of areas.parquet {}", said.join(","), due.join(",")));
        }
    }
    match found.next() {
        None => Ok(()),
        Some(_) => Err("it has lines that areas.parquet has no rows for".to_owned()),
    }
}

/// The lines that are due, by rows in the order of period, kind and territory.
fn sums(rows: impl Iterator<Item = AreaRow>) -> impl Iterator<Item = Line> {
    let mut rows = rows.peekable();
    std::iter::from_fn(move || {
        let first = rows.next()?;
        let mut classes = BTreeMap::from([(first.class, (first.pixels, first.area_ha))]);
        let same = |row: &AreaRow| {
            (&row.period, &row.territory_kind, &row.territory)
                == (&first.period, &first.territory_kind, &first.territory)
        };
        while let Some(row) = rows.next_if(same) {
            let (pixels, area) = classes.entry(row.class).or_default();
            *pixels += row.pixels;
            *area += row.area_ha;
        }
        let of = [&first.period, &first.territory_kind, &first.territory].map(|text| harmless(text).into_owned());
        Some(classes.into_iter().map(move |(class, (pixels, area))| {
            let [period, kind, territory] = of.clone();
            [period, kind, territory, class.to_string(), pixels.to_string(), area.to_string()]
        }))
    })
    .flatten()
}
