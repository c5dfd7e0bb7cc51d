//! `coverage.parquet` against the pixels: patches are found anew, and every row must be what comes out.

use mutirao_core::{pipeline::Pipeline, sink::Observer};
use mutirao_engine::{
    EngineError, Result,
    areas::AreaFactors,
    finished::{Means, patches},
};
use mutirao_parquet::{PatchReader, PatchRow};

use super::{
    Release,
    finished::finished_of,
    periods::Periods,
    report::{RESTORE, Report},
};
use crate::{
    finished::{MEMORY, row},
    release::patches::due,
};

const NAME: &str = "coverage.parquet";
const CODE: &str = "verify-patch";

/// Two areas of the same pixels differ by rounding only.
const TOLERANCE: f64 = 1e-9;

/// Checks the patches.
///
/// # Errors
/// Somebody's wish to stop.
pub fn check(
    release: &Release<'_>,
    periods: &Periods,
    factors: Option<&AreaFactors>,
    threads: usize,
    observer: &dyn Observer,
    report: &mut Report,
) -> Result<()> {
    let path = release.folder.join(NAME);
    let mut unchecked = |why: &str| report.note(format!("{NAME} was not checked, because {why}"));
    let wanted = release.pipeline.as_ref().ok().and_then(|pipeline| wanted(release, pipeline));
    if !path.exists() {
        // A file that the manifest lists and that is not there was found already.
        wanted.iter().for_each(|_| unchecked("it is not there"));
        return Ok(());
    }
    let (Some(wanted), Some(factors)) = (wanted, factors) else {
        unchecked("neither the pipeline nor the door says which patches are due, and how large they are");
        return Ok(());
    };
    if periods.periods.iter().any(|period| period.broken.is_some()) {
        unchecked("a raster cannot be read");
        return Ok(());
    }
    let reader = match PatchReader::open(&path) {
        Ok(reader) => reader,
        Err(error) => {
            report.find("verify-file-unreadable", error.to_string(), RESTORE);
            return Ok(());
        }
    };
    let finished = finished_of(release.grid(), periods, false);
    let mut table = Table { rows: Rows { reader, waiting: Vec::new().into_iter() }, number: 0, is_lost: false };
    let means = Means { threads, memory: MEMORY, observer };
    let found = patches(&finished, factors, &wanted, means, |parts| {
        parts.for_each(|part| table.compare(&row(part, &finished, factors), report));
        Ok(())
    });
    match found {
        Ok(()) => table.end(report),
        Err(error @ EngineError::Cancelled) => return Err(error),
        // Pixels that cannot be read were found already.
        Err(error) => report.note(format!("{NAME} was not checked to its end, because {error}")),
    }
    report.figures.patch_rows = table.number;
    Ok(())
}

fn wanted(release: &Release<'_>, pipeline: &Pipeline) -> Option<mutirao_engine::finished::Wanted> {
    due(&pipeline.outputs, release.grid().pixels() * release.manifest.periods.len() as u64)
}

/// The rows of the file, one by one.
struct Rows {
    reader: PatchReader,
    waiting: std::vec::IntoIter<PatchRow>,
}

impl Rows {
    fn next(&mut self) -> Option<std::result::Result<PatchRow, String>> {
        loop {
            if let Some(row) = self.waiting.next() {
                return Some(Ok(row));
            }
            match self.reader.next()? {
                Ok(rows) => self.waiting = rows.into_iter(),
                Err(error) => return Some(Err(error.to_string())),
            }
        }
    }
}

/// The file as it is compared, row by row.
struct Table {
    rows: Rows,
    /// Rows that were compared.
    number: u64,
    /// Whether rows no longer stand beside what they should be: then there is no more to say of them.
    is_lost: bool,
}

impl Table {
    fn compare(&mut self, due: &PatchRow, report: &mut Report) {
        if self.is_lost {
            return;
        }
        let found = match self.rows.next() {
            Some(Ok(found)) => found,
            Some(Err(error)) => {
                self.is_lost = true;
                return report.find("verify-file-unreadable", error, RESTORE);
            }
            None => {
                self.is_lost = true;
                let message = format!(
                    "{NAME}: it ends after {} rows, before part {} of patch {}",
                    self.number, due.part, due.patch
                );
                return report.find(CODE, message, RESTORE);
            }
        };
        let wrong = differences(&found, due);
        if !wrong.is_empty() {
            let message =
                format!("{NAME}, row {}: {}; the pixels say {}", self.number, said(&found, &wrong), said(due, &wrong));
            report.find(CODE, message, RESTORE);
            self.is_lost = wrong.iter().any(|what| matches!(what, What::Patch | What::Part));
            if self.is_lost {
                report
                    .note(format!("{NAME} was not checked after row {}, where it parts from the pixels", self.number));
            }
        }
        self.number += 1;
    }

    fn end(&mut self, report: &mut Report) {
        if !self.is_lost && self.rows.next().is_some() {
            let message = format!("{NAME}: it goes on after the {} rows that the pixels make", self.number);
            report.find(CODE, message, RESTORE);
        }
    }
}

/// In what a row is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Patch,
    Part,
    Period,
    Class,
    Source,
    Pixels,
    Area,
    PatchArea,
    Geometry,
}

fn differences(found: &PatchRow, due: &PatchRow) -> Vec<What> {
    let near = |a: f64, b: f64| (a - b).abs() <= TOLERANCE * a.abs().max(b.abs());
    let same = [
        (What::Patch, found.patch == due.patch),
        (What::Part, found.part == due.part),
        (What::Period, found.period == due.period),
        (What::Class, found.class == due.class),
        (What::Source, found.source == due.source),
        (What::Pixels, found.pixels == due.pixels),
        (What::Area, near(found.area_ha, due.area_ha)),
        (What::PatchArea, near(found.patch_area_ha, due.patch_area_ha)),
        (What::Geometry, found.geometry == due.geometry),
    ];
    same.into_iter().filter(|(_, same)| !same).map(|(what, _)| what).collect()
}

fn said(row: &PatchRow, about: &[What]) -> String {
    let one = |what: &What| match what {
        What::Patch => format!("patch {}", row.patch),
        What::Part => format!("part {}", row.part),
        What::Period => format!("period {}", row.period),
        What::Class => format!("class {}", row.class),
        What::Source => format!("source {}", row.source),
        What::Pixels => format!("{} pixels", row.pixels),
        What::Area => format!("{} ha", row.area_ha),
        What::PatchArea => format!("{} ha in the patch", row.patch_area_ha),
        What::Geometry => {
            let points: usize = row.geometry.rings.iter().map(Vec::len).sum();
            format!("an outline of {} rings and {points} points", row.geometry.rings.len())
        }
    };
    about.iter().map(one).collect::<Vec<_>>().join(", ")
}
