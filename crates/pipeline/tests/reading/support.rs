//! Folders made for a test.

use std::path::PathBuf;

use mutirao_core::finding::{Finding, Where};
use mutirao_pipeline::{Reading, read};
use tempfile::TempDir;

/// A small pipeline without a mistake, and the files that it names.
pub const GOOD: &str = r#"mutirao: 1
id: test
version: 2026.10
grid: { crs: EPSG:4326, origin: [-51, 1], resolution: 0.01, size: [32, 32] }
legend: legend.csv
periods: [2019, 2020]
partners:
  lab: { name: The Lab, license: CC-BY-4.0 }
layers:
  base: { partner: lab, source: data/base_{period}.tif }
  mining: { source: data/mining.tif, static: true, classes: [1, 2] }
  biomes: { source: data/biomes.tif, role: region, classes: 1..6 }
  confidence: { source: data/biomes.tif, role: value }
groups:
  natural: [1+, 33]
coverage:
  within: biomes
  rules:
    - { take: { mining: 1 }, give: 30 }
    - { take: { base: any } }
"#;

pub const LEGEND: &str = "id,parent,name,color\n1,,Forest,#1f8d49\n3,1,Dense forest,#006400\n14,,Farming,#ffefc3\n\
                          15,14,Pasture,#edde8e\n30,,Mining,#9c0027\n33,,Water,#2532e4\n";

/// A network's folder.
pub struct Folder(pub TempDir);

impl Folder {
    /// A folder with the files of [`GOOD`] and this pipeline.
    pub fn with(pipeline: &str) -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("pipeline.yaml", pipeline).write("legend.csv", LEGEND);
        for name in ["base_2019", "base_2020", "mining", "biomes"] {
            folder.write(&format!("data/{name}.tif"), "");
        }
        folder
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Folder {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// What is found, but for licences that nobody states, as in nearly every small pipeline here: `licences` asks for them.
    pub fn read(&self) -> Reading {
        let mut reading = self.read_all();
        reading.findings.retain(|finding| finding.code != "licence-missing");
        reading
    }

    pub fn read_all(&self) -> Reading {
        let reading = read(&self.path("pipeline.yaml"));
        for finding in &reading.findings {
            assert!(mutirao_pipeline::CODES.iter().any(|(code, _)| *code == finding.code), "{finding:?}");
            assert!(finding.mend.is_some() && finding.place.is_some(), "{finding:?}");
        }
        reading
    }

    /// Findings as lines, with the folder's own path taken away.
    pub fn shown(&self, findings: &[Finding]) -> String {
        let own = format!("{}/", self.0.path().display());
        findings.iter().map(|finding| shown(finding).replace(&own, "")).collect::<Vec<_>>().join("\n")
    }
}

/// A finding as a line or two.
pub fn shown(finding: &Finding) -> String {
    let place = match &finding.place {
        Some(Where::File(place)) => format!("{}:{}:{}", place.file, place.line, place.column),
        _ => "nowhere".to_owned(),
    };
    let severity = format!("{:?}", finding.severity).to_lowercase();
    let mend = finding.mend.as_deref().unwrap_or("NO MEND");
    format!("{place} {severity} {}: {}\n    {mend}", finding.code, finding.message)
}

/// The pipeline with one text replaced by another; the text must be there.
pub fn changed(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replacen(from, to, 1)
}

/// The one finding of a pipeline, with its line.
pub fn only(pipeline: &str) -> (Finding, u32) {
    let folder = Folder::with(pipeline);
    let reading = folder.read();
    assert_eq!(reading.findings.len(), 1, "{}\nof\n{pipeline}", folder.shown(&reading.findings));
    let finding = reading.findings[0].clone();
    let Some(Where::File(place)) = finding.place.clone() else { panic!("no place: {finding:?}") };
    assert!(reading.sources.contains_key(&place.file), "{place:?} of {:?}", reading.sources.keys());
    assert!(finding.mend.is_some(), "{finding:?}");
    (finding, place.line)
}

/// Expects one finding with this code on the line where this text stands, and these words in its message or its mend.
#[track_caller]
pub fn expect(from: &str, to: &str, code: &str, words: &str) {
    let pipeline = changed(from, to);
    let (finding, line) = only(&pipeline);
    assert_eq!(finding.code, code, "{}", shown(&finding));
    assert!(shown(&finding).contains(words), "{}", shown(&finding));
    let at = GOOD.find(from).unwrap();
    let first = pipeline[..at].matches('\n').count() as u32 + 1;
    let last = pipeline[..at + to.len()].matches('\n').count() as u32 + 1;
    assert!((first..=last).contains(&line), "line {line}, not {first}..{last}: {}", shown(&finding));
}
