//! Samples out of a vector file of points, through the door.

use mutirao_core::finding::Finding;
use mutirao_engine::plan::Refused;

use super::{
    At, Samples, Wanted,
    cells::{Columns, Line},
    wrong,
};
use crate::{
    command::{Failure, Stopped},
    coverage::failure,
    exit::Exit,
    network::Tools,
    open::Points,
};

/// Reads a file.
pub fn read(wanted: &Wanted<'_>, tools: &Tools) -> Result<Samples, Stopped> {
    let path = wanted.path;
    if !path.exists() {
        let help = Some("see that the path is right".to_owned());
        return Err(Failure { error: format!("there is no {}", path.display()), help, exit: Exit::Environment }.into());
    }
    let Wanted { crs, target, allow_ballpark, .. } = *wanted;
    let asked = Points { path, crs, target, allow_ballpark };
    let (table, treatment) = tools.files().points(&asked).map_err(|refused| failure(&by_option(refused)))?;
    let columns = Columns::of(&table.fields);
    if !columns.names().contains(&"reference") {
        let message = format!("{} has no attribute reference", path.display());
        let mend = format!("its attributes are {}", table.fields.join(", "));
        return Err(Stopped::found(path, vec![Finding::error("unknown-attribute", message).with_mend(mend)], None));
    }
    let mut findings = Vec::new();
    let mut rows = Vec::new();
    for (number, feature) in table.features.iter().enumerate() {
        let cells = feature.attributes.iter().map(|cell| cell.as_deref().unwrap_or("").trim()).collect();
        let line = Line { path, cells, places: Vec::new(), number };
        match feature.point {
            Some(xy) => rows.extend(line.row(xy, &columns, wanted.legend, &mut findings)),
            None => {
                let what = "it has no place".to_owned();
                findings.push(wrong(path, &At::Feature(number), what, "give it a point, or leave it out"));
            }
        }
    }
    if findings.is_empty() {
        let unused = columns.unused(&table.fields, &[]);
        return Ok(Samples { rows, columns: columns.names(), treatment, unused });
    }
    Err(Stopped::found(path, findings, None))
}

/// What mends it, in words of the command line: samples stand in no pipeline.
fn by_option(mut refused: Refused) -> Refused {
    if refused.mend.contains("`crs:`") {
        refused.mend = "give the CRS of the samples with --crs, or write it into the file".to_owned();
    }
    refused.mend = refused.mend.replace("`allow_ballpark: true`", "--allow-ballpark");
    refused
}
