//! Codes in the rasters against the tables that say what they mean.

use std::collections::{BTreeMap, BTreeSet};

use mutirao_core::{finding::PixelPlaces, pipeline::Pipeline};
use mutirao_parquet::SourceRow;

use super::{
    Release,
    census::{Census, Combination, Seen, Side},
    periods::Periods,
    report::{RESTORE, Report},
};

/// What is the matter with a combination: the kind of finding, the product it stands in, and the words.
type Complaint = (&'static str, &'static str, String);

/// Checks classes, sources, rules and parts.
pub fn check(
    release: &Release<'_>,
    periods: &Periods,
    sources: Option<&[SourceRow]>,
    census: &Census,
    report: &mut Report,
) {
    let known = Known {
        classes: classes(release, report),
        sources: sources.map(|rows| source_ids(rows, report)),
        pipeline: release.pipeline.as_ref().ok(),
        nodata: periods.said.nodata,
        provenance: periods.said.provenance,
    };
    let mut found: BTreeMap<(u16, Complaint), Seen> = BTreeMap::new();
    for ((period, combination), seen) in &census.combinations {
        for complaint in known.complaints(combination) {
            let all = found.entry((*period, complaint)).or_insert(Seen { pixels: 0, first: seen.first });
            all.pixels += seen.pixels;
            all.first = all.first.min(seen.first);
        }
    }
    for ((period, (code, product, what)), Seen { pixels, first: [row, col] }) in found {
        let label = &periods.periods[usize::from(period)].label;
        let file = format!("{product}/{label}");
        let message = format!("{file}: {what}; in {pixels} pixels, first at column {col}, row {row} of the grid");
        let places = PixelPlaces { file, period: Some(label.clone()), count: pixels, pixels: vec![[col, row]] };
        report.find_pixels(code, message, places);
    }
}

struct Known<'a> {
    classes: Option<BTreeSet<u16>>,
    sources: Option<BTreeSet<u16>>,
    pipeline: Option<&'a Pipeline>,
    nodata: u16,
    provenance: u16,
}

impl Known<'_> {
    fn complaints(&self, combination: &Combination) -> Vec<Complaint> {
        let Combination { class, source, rule, part, side } = *combination;
        let mut all = Vec::new();
        if class != self.nodata && self.classes.as_ref().is_some_and(|classes| !classes.contains(&class)) {
            all.push((
                "verify-class",
                "coverage",
                format!("class {class} is not in legend.csv, nor nodata ({})", self.nodata),
            ));
        }
        if side == Side::Outside && (class != self.nodata || source != 0 || rule != 0 || part != 0) {
            let what = format!(
                "class {class}, source {source}, rule {rule}, part {part} stands where agreement is 255, outside the area"
            );
            all.push(("verify-class", "coverage", what));
        }
        if source != 0 && self.sources.as_ref().is_some_and(|sources| !sources.contains(&source)) {
            all.push(("verify-source", "provenance", format!("source {source} is not in sources.parquet")));
        }
        let Some(pipeline) = self.pipeline else { return all };
        if self.provenance > 0 && source == 0 && class != self.nodata && pipeline.coverage.unclaimed != Some(class) {
            all.push(("verify-source", "provenance", format!("class {class} stands without a source")));
        }
        let rules = &pipeline.coverage.rules;
        let ruled = usize::from(rule).checked_sub(1).map(|at| rules.get(at).map(|rule| rule.unless.len()));
        match ruled {
            Some(None) => all.push((
                "verify-rule",
                "provenance",
                format!("rule {rule} is none of the pipeline's {}", rules.len()),
            )),
            Some(Some(parts)) if usize::from(part) > parts => {
                all.push((
                    "verify-rule",
                    "provenance",
                    format!("part {part} of rule {rule}, which has {parts} exceptions"),
                ));
            }
            None if part != 0 => all.push(("verify-rule", "provenance", format!("part {part} of no rule"))),
            Some(Some(_)) | None => {}
        }
        all
    }
}

/// The ids of the release's own legend.
fn classes(release: &Release<'_>, report: &mut Report) -> Option<BTreeSet<u16>> {
    match read_ids(&release.folder.join("legend.csv")) {
        Ok(ids) => Some(ids),
        Err(why) => {
            report.note(format!("classes were not checked, because legend.csv cannot be read: {why}"));
            None
        }
    }
}

fn read_ids(path: &std::path::Path) -> Result<BTreeSet<u16>, String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(|error| error.to_string())?;
    let headers = reader.headers().map_err(|error| error.to_string())?;
    let column = headers.iter().position(|name| name.trim_start_matches('\u{feff}').trim() == "id");
    let column = column.ok_or("it has no column id")?;
    let mut ids = BTreeSet::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let text = record.get(column).unwrap_or_default().trim();
        ids.insert(text.parse().map_err(|_| format!("{text:?} is no id"))?);
    }
    Ok(ids)
}

fn source_ids(rows: &[SourceRow], report: &mut Report) -> BTreeSet<u16> {
    let mut ids = BTreeSet::new();
    for (row, number) in rows.iter().zip(1..) {
        if row.source == 0 || !ids.insert(row.source) {
            let message =
                format!("sources.parquet, row {number}: source {} ({}) stands twice, or is 0", row.source, row.layer);
            report.find("verify-source", message, RESTORE);
        }
    }
    ids
}
