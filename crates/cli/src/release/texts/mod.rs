//! The texts of a release: what people read first.

pub mod areas_csv;
mod citation;
mod deliveries;
mod legend_csv;
mod levels;
mod markdown;
mod readme;
mod totals;

use std::fs::File;
use std::io::BufWriter;

use mutirao_engine::{EngineError, Result, publish::Staging};
use mutirao_parquet::AreaReader;

use super::Content;
use totals::Totals;

/// Writes areas.csv, legend.csv, CITATION.cff and README.md, which tells of the files that stand there already: the texts come
/// last.
pub(super) fn write(content: &Content<'_>, staging: &Staging) -> Result<()> {
    let totals = write_areas(content, staging)?;
    write_legend(content, staging)?;
    let deliveries = deliveries::deliveries(content);
    let date = content.started.get(..10).unwrap_or_default().to_owned();
    staging.write("CITATION.cff", &citation::citation(content.pipeline, &deliveries, &date))?;
    let files = staging.files()?;
    staging.write("README.md", &readme::readme(content, &deliveries, &totals, &files, &date))
}

/// Writes `areas.csv` out of the rows of `areas.parquet`, as they were written, and sums them up.
fn write_areas(content: &Content<'_>, staging: &Staging) -> Result<Totals> {
    let parquet = staging.folder().join("areas.parquet");
    let unreadable = |error: mutirao_parquet::Error| EngineError::io("read", &parquet)(std::io::Error::other(error));
    let nodata = content.pipeline.outputs.nodata;
    let mut totals = Totals::new(nodata);
    let mut failed = None;
    let rows = AreaReader::open(&parquet)
        .map_err(unreadable)?
        .map_while(|rows| rows.map_err(|error| failed = Some(error)).ok())
        .flatten()
        .inspect(|row| totals.add(row));
    let path = staging.folder().join("areas.csv");
    let file = File::create(&path).map_err(EngineError::io("create", &path))?;
    areas_csv::write(rows, &content.pipeline.legend, nodata, BufWriter::new(file))
        .map_err(EngineError::io("write", &path))?;
    match failed {
        Some(error) => Err(EngineError::io("read", &parquet)(std::io::Error::other(error))),
        None => Ok(totals),
    }
}

/// Writes the legend as it was when the run began, with the levels of its tree.
fn write_legend(content: &Content<'_>, staging: &Staging) -> Result<()> {
    let path = &content.pipeline.legend_path;
    let malformed = |what: String| EngineError::Malformed { path: path.clone(), what };
    let text = content.text(path)?;
    let legend =
        legend_csv::with_levels(text, &content.pipeline.legend).map_err(|error| malformed(error.to_string()))?;
    staging.write("legend.csv", &legend)
}
