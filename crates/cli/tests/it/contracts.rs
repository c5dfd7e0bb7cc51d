//! Contracts beside their pipeline, as `lint` tells them.

use crate::support::{Net, Tif};

const CONTRACT: &str = r#"apiVersion: v3.1.0
kind: DataContract
id: mines
version: 1.0.0
schema:
  - name: mines
    physicalType: raster
    customProperties:
      - { property: grid, value: { crs: "EPSG:31976", resolution: 10 } }
      - { property: classes, value: { allowed: [30] } }
    quality:
      - { type: custom, engine: mutirao, implementation: { check: minimum-maping-unit, min_ha: 1 } }
"#;

fn net(contract: &str) -> Net {
    let net = Net::of_periods([2, 1], "[2020]");
    net.tif("mines", &Tif::of(2, &[30, 0]));
    net.write("contracts/mines.odcs.yaml", contract);
    net.pipeline(
        "license: CC-BY-4.0
layers:
  mines: { license: CC-BY-4.0, contract: contracts/mines.odcs.yaml, source: mines.tif, static: true, classes: [30] }
coverage: { rules: [ { take: { mines: 30 } } ] }
",
    );
    net
}

#[test]
fn mistakes_of_a_contract_are_told_with_its_line() {
    let said = net(CONTRACT).mutirao(&["lint", "."]);
    assert_eq!(said.code, Some(1));
    insta::assert_snapshot!("contract_mistake", said);
}

#[test]
fn what_contract_and_pipeline_say_differently_is_told() {
    let net = net(&CONTRACT.replace("check: minimum-maping-unit", "check: minimum-mapping-unit"));
    let said = net.mutirao(&["lint", ".", "--json"]);
    assert_eq!(said.code, Some(1));
    let found = said.json()["findings"].clone();
    let codes: Vec<&str> = found.as_array().unwrap().iter().filter_map(|one| one["code"].as_str()).collect();
    assert!(codes.contains(&"contract-grid"), "{codes:?}");
    assert_eq!(net.run(&[]).code, Some(1), "a run is refused too");
}
