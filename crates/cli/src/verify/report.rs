//! What verifying found: findings, at most some of each kind in full, and what was not checked.

use std::collections::BTreeMap;

use mutirao_core::finding::{Finding, PixelPlaces, Where};
use serde::Serialize;

/// Findings of one kind that are told; the rest are counted.
const TOLD: usize = 10;

/// Places of one finding that are told.
pub const PLACES: usize = 10;

/// How to mend most of it: what is in a release is never mended by hand.
pub const RESTORE: &str = "take the release from where it was published, or run the pipeline again";

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Figures {
    /// Files compared with the manifest.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Rows of areas.parquet and transitions.parquet compared with pixels.
    pub rows: u64,
    /// Rows of coverage.parquet compared with pixels.
    pub patch_rows: u64,
    /// Pixels of full resolution read, each period for itself.
    pub pixels: u64,
    /// Pixels of overviews made again and compared.
    pub overview_pixels: u64,
}

/// The result of verifying.
#[derive(Debug, Default)]
pub struct Report {
    /// By kind, the first of the findings.
    findings: BTreeMap<&'static str, Vec<Finding>>,
    /// By kind, how many there are.
    counts: BTreeMap<&'static str, u64>,
    /// What was not checked, and why.
    pub notes: Vec<String>,
    /// How much was looked at.
    pub figures: Figures,
}

impl Report {
    /// Adds a finding.
    pub fn find(&mut self, code: &'static str, message: impl Into<String>, mend: &str) {
        self.add(code, 1, || Finding::error(code, message).with_mend(mend));
    }

    /// Adds a finding about pixels, which counts once for each of them.
    pub fn find_pixels(&mut self, code: &'static str, message: impl Into<String>, places: PixelPlaces) {
        let count = places.count;
        self.add(code, count, || {
            let mut finding = Finding::error(code, message).with_mend(RESTORE);
            finding.place = Some(Where::Pixels(places));
            finding
        });
    }

    fn add(&mut self, code: &'static str, count: u64, finding: impl FnOnce() -> Finding) {
        *self.counts.entry(code).or_default() += count;
        let told = self.findings.entry(code).or_default();
        if told.len() < TOLD {
            told.push(finding());
        }
    }

    /// Says what was not checked; once.
    pub fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.counts.is_empty()
    }

    /// The findings that are told, by kind.
    pub fn findings(&self) -> Vec<Finding> {
        self.findings.values().flatten().cloned().collect()
    }

    /// How many there are of each kind: pixels for findings about pixels.
    pub fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    /// By kind, how many findings are not told.
    pub fn untold(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        let covered = |finding: &Finding| match &finding.place {
            Some(Where::Pixels(places)) => places.count,
            _ => 1,
        };
        self.counts.iter().filter_map(move |(code, count)| {
            let told: u64 = self.findings.get(code).into_iter().flatten().map(covered).sum();
            (*count > told).then(|| (*code, count - told))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_of_a_kind_are_counted() {
        let mut report = Report::default();
        for row in 0..25 {
            report.find("verify-area-row", format!("row {row}"), RESTORE);
        }
        report.find("verify-file-missing", "gone", RESTORE);
        assert_eq!(report.findings().len(), 11);
        assert_eq!(report.untold().collect::<Vec<_>>(), [("verify-area-row", 15)]);
        assert_eq!(report.counts()["verify-area-row"], 25);
        assert!(!report.is_clean());
    }
}
