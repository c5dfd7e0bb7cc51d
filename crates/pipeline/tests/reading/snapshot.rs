//! What people see who made many mistakes: all of them, at once.

use mutirao_pipeline::template;

use crate::support::Folder;

const BROKEN: &str = r#"mutirao: 1
id: test
verison: 1
grid: { crs: EPSG:4326, origin: [-51, 1, 0], resolution: 0.01, size: [32, 32] }
legend: legend.csv
periods: [2019, 2020, 2019]
partners:
  lab: { name: The Lab, licence: CC-BY-4.0 }
layers:
  base: { partner: lba, source: data/base_{period}.tif, nodata: nought }
  mining: { source: data/minning.tif, static: yes, classes: [1, 2] }
  biomes: { source: data/biomes.tif, role: region, classes: 1..6 }
groups:
  natural: [1+, 77+]
coverage:
  within: biome
  rules:
    - { take: { mining: 1 }, giv: 30 }
    - { take: { base: 16 }, where: { biomes: 9 }, unless: [ { when: { urban: 24 }, give: 24 } ] }
    - { take: { base: naturla }, periods: [2021] }
    - { take: { base: any } }
filters: [ { sieve: 5 } ]
outputs: { tile: 500, compression: lzw, nodata: 33 }
"#;

#[test]
fn many_mistakes_are_all_told() {
    let folder = Folder::with(BROKEN);
    let reading = folder.read();
    assert!(reading.findings.len() > 10 && reading.pipeline.is_none());
    insta::assert_snapshot!(folder.shown(&reading.findings));
}

#[test]
fn the_template_reads_without_findings() {
    for id in ["amapa", "2026: a \"network\""] {
        let folder = Folder(tempfile::tempdir().unwrap());
        let template = template(id);
        for (path, text) in &template.files {
            folder.write(path, text);
        }
        for path in template.rasters {
            folder.write(path, "");
        }
        let reading = folder.read();
        let expected = if id == "amapa" { 0 } else { 1 };
        assert_eq!(reading.findings.len(), expected, "{}", folder.shown(&reading.findings));
        assert_eq!(reading.pipeline.is_some(), expected == 0);
    }
}
