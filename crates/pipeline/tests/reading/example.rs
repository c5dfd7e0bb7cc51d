//! The full example of the design, with made-up files.

use mutirao_core::{
    pipeline::{BandSpec, Compression, GridSpec, Method, Provenance, TerritorySource},
    rule::{Condition, Exception, Give, Role},
    values::ValueSet,
};
use mutirao_pipeline::Reading;

use crate::support::Folder;

const EXAMPLE: &str = include_str!("amapa.yaml");

fn read() -> (Folder, Reading) {
    let folder = Folder::with(EXAMPLE);
    let ids =
        [(1, ""), (3, "1"), (9, "14"), (10, ""), (11, "10"), (12, "10"), (14, ""), (18, "14"), (24, ""), (30, "")];
    let lines = ids.map(|(id, parent)| format!("{id},{parent},Class {id},#00{id:02}ff\n")).concat();
    folder.write("legend.csv", format!("id,parent,name,color\n{lines}39,18,Soy,#ff00ff\n41,18,Other,#ffff00\n"));
    folder.write("crosswalks/mining.csv", "\u{feff}from,to,note\n1,30,a mine\n2..9,,\"nothing, on purpose\"\n");
    folder.write("contracts/mining.odcs.yaml", "");
    for name in
        ["mining_2019", "mining_2020", "amazonia", "cerrado_2019", "cerrado_2020", "biomes", "conf_2019", "conf_2020"]
    {
        folder.write(&format!("data/{name}.tif"), "");
    }
    for name in ["urban", "states", "lagoa", "forest", "agriculture_2", "agriculture_1"] {
        folder.write(&format!("data/{name}.tif"), "");
    }
    folder.write("data/municipalities.gpkg", "");
    let reading = folder.read();
    (folder, reading)
}

#[test]
fn it_reads_clean() {
    let (folder, reading) = read();
    assert_eq!(reading.findings, [], "{}", folder.shown(&reading.findings));
    assert_eq!(reading.sources.len(), 3);
}

#[test]
fn it_becomes_the_right_model() {
    let (folder, reading) = read();
    let pipeline = reading.pipeline.unwrap();
    assert_eq!((pipeline.id.as_str(), pipeline.version.as_str()), ("amapa", "2026.1"));
    assert_eq!(pipeline.license.as_deref(), Some("CC-BY-4.0"));
    let GridSpec::Given(grid) = &pipeline.grid else { panic!("{:?}", pipeline.grid) };
    assert_eq!((grid.origin, grid.resolution, grid.size), ([405_000.0, 180_000.0], [30.0, 30.0], [4000, 3000]));
    assert_eq!(pipeline.tolerance, 0.01);
    let ids: Vec<&str> = pipeline.partners.iter().map(|partner| partner.id.as_str()).collect();
    assert_eq!(ids, ["anm", "imazon", "ipam"]);
    assert_eq!(pipeline.periods[1].end.as_deref(), Some("2020-12-31"));

    let mining = &pipeline.layers[0].members[0];
    assert_eq!((mining.version.as_deref(), mining.license.as_deref()), (Some("7"), Some("CC-BY-4.0")));
    assert_eq!(mining.inputs.len(), 2);
    assert_eq!(mining.inputs[1].files, [folder.path("data/mining_2020.tif")]);
    assert_eq!(pipeline.declared(0), Some(ValueSet::of(30)));
    assert_eq!(mining.crosswalk.as_ref().unwrap().path, "crosswalks/mining.csv");

    let base = &pipeline.layers[1];
    assert!(base.is_composite());
    assert_eq!(base.members[0].band, BandSpec::Description("classification_{period}".to_owned()));
    assert_eq!(base.members[0].inputs.len(), 2);
    assert_eq!(base.members[1].area, Some(Condition { layer: 2, values: ValueSet::of(3) }));
    assert_eq!(pipeline.layers[2].role, Role::Region);
    assert_eq!(pipeline.declared(2), None);
    let agriculture = &pipeline.layers[8].members[0];
    assert_eq!(agriculture.inputs[0].files, [1, 2].map(|n| folder.path(&format!("data/agriculture_{n}.tif"))));

    assert_eq!((pipeline.coverage.method, pipeline.coverage.within), (Method::Prevalence, Some(2)));
    let rules = &pipeline.coverage.rules;
    assert_eq!(rules.len(), 5);
    assert_eq!(pipeline.coverage.rule_places[3].line, 42);
    let when = vec![
        Condition { layer: 4, values: ValueSet::of(24) },
        Condition { layer: 5, values: ValueSet::from_values([335, 435]) },
    ];
    assert_eq!(rules[0].unless, [Exception { when, give: Give::Class(24) }]);
    assert_eq!(rules[1].unless[0].give, Give::Layer(1));
    assert_eq!(rules[2].periods, Some(vec![0, 1]));
    assert_eq!(rules[2].conditions[1], Condition { layer: 3, values: ValueSet::range(50, 100) });
    assert_eq!(rules[3].give, Some(Give::Class(41)));
    assert_eq!(rules[4].take, ValueSet::any());

    assert_eq!(pipeline.territories.len(), 3);
    assert_eq!(pipeline.territories[2].from, TerritorySource::Crossing([1, 0]));
    assert_eq!(pipeline.territories[1].from, TerritorySource::Layer(2));
    assert!(matches!(&pipeline.territories[0].from, TerritorySource::Vector { key, .. } if key == "code"));
    let outputs = &pipeline.outputs;
    assert_eq!((outputs.compression, outputs.tile, outputs.sheet), (Compression::Deflate(5), 512, 65_536));
    assert!(outputs.agreement && outputs.provenance == Provenance::All);
    let table = pipeline.rule_table();
    assert_eq!((table.rules.len(), table.layers.len(), table.periods), (5, 9, vec!["2019".into(), "2020".into()]));
    assert!(pipeline.named_values.is_empty());
}
