//! Writes one of every table into a folder, for readers of other makes to try: `make_tables FOLDER`.

use std::error::Error;
use std::path::Path;

use mutirao_core::geometry::{MultiPolygon, Polygon};
use mutirao_parquet::{
    AreaRow, AreaWriter, Feature, FeatureTable, InputRow, SourceRow, TerritoryRow, write_features, write_inputs,
    write_sources, write_territories,
};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: make_tables FOLDER")?;
    let folder = Path::new(&folder);
    write_sources(&folder.join("sources.parquet"), &sources())?;
    write_inputs(&folder.join("inputs.parquet"), &inputs())?;
    write_territories(&folder.join("territories.parquet"), &crs(), &territories())?;
    write_territories(&folder.join("regions.parquet"), &crs(), &territories()[..1])?;
    let mut areas = AreaWriter::new(&folder.join("areas.parquet"))?;
    for period in ["2019", "2020"] {
        areas.push(&area_rows(period))?;
    }
    areas.finish()?;
    write_features(&folder.join("features.parquet"), &features())?;
    Ok(())
}

fn sources() -> Vec<SourceRow> {
    let text = |value: &str| Some(value.to_string());
    let mining = SourceRow {
        source: 1,
        layer: "mining".into(),
        member: None,
        partner: text("anm"),
        partner_name: text("Agência Nacional de Mineração"),
        version: text("7"),
        contract: text("contracts/mining.odcs.yaml"),
        licence: text("CC-BY-4.0"),
        attribution: text("ANM"),
    };
    let amazonia =
        SourceRow { source: 2, layer: "base".into(), member: text("amazonia"), contract: None, ..mining.clone() };
    vec![mining, amazonia]
}

fn inputs() -> Vec<InputRow> {
    let row = |source, period: &str, treatment: &str| InputRow {
        source,
        period: period.into(),
        path: format!("data/mining_{period}.tif"),
        band: 1,
        bytes: 3_000_000_000,
        sha256: "0123456789abcdef".repeat(4),
        grid: "EPSG:31976 4000x3000 30 m".into(),
        treatment: treatment.into(),
    };
    vec![row(1, "2019", "as is"), row(65_535, "2020", "warped from EPSG:4326 nearest, bound 0.125 px")]
}

/// One region of a raster, and a chessboard of squares, every fifth with a hole.
fn territories() -> Vec<TerritoryRow> {
    let region = TerritoryRow { kind: "biome".into(), key: "1".into(), name: "Amazônia".into(), geometry: None };
    let squares = (0..400u32).map(|i| TerritoryRow {
        kind: "municipality".into(),
        key: format!("16{i:05}"),
        name: format!("Município {i}"),
        geometry: Some(square(
            405_000.0 + 900.0 * f64::from(i % 20),
            180_000.0 - 900.0 * f64::from(i / 20),
            i % 5 == 0,
        )),
    });
    std::iter::once(region).chain(squares).collect()
}

fn square(x: f64, y: f64, holed: bool) -> MultiPolygon {
    let ring = |x: f64, y: f64, side: f64| vec![[x, y], [x + side, y], [x + side, y - side], [x, y - side], [x, y]];
    let mut rings = vec![ring(x, y, 900.0)];
    if holed {
        rings.push(ring(x + 300.0, y - 300.0, 300.0));
    }
    MultiPolygon { polygons: vec![Polygon { rings }] }
}

fn area_rows(period: &str) -> Vec<AreaRow> {
    let row = |i: u16| AreaRow {
        period: period.into(),
        territory_kind: "municipality".into(),
        territory: format!("16{:05}", i / 10),
        territory_name: format!("Município {}", i / 10),
        class: i % 10,
        source: u16::from(!i.is_multiple_of(10)),
        rule: i % 10,
        pixels: 900,
        area_ha: 81.0,
    };
    (0..4_000).map(row).collect()
}

fn features() -> FeatureTable {
    let feature = |i: u32| Feature {
        attributes: vec![Some(format!("{i:03}")), (i > 0).then(|| "não".to_string())],
        geometry: (i != 1).then(|| square(405_000.0 + 1_000.0 * f64::from(i), 180_000.0, false)),
    };
    FeatureTable {
        crs: crs(),
        fields: vec!["code".into(), "Geometry".into()],
        features: (0..10).map(feature).collect(),
    }
}

/// SIRGAS 2000 / UTM zone 22N, in the fewest words that the schema of PROJJSON allows.
fn crs() -> Value {
    let axis = |name: &str, abbreviation: &str, direction: &str, unit: &str| json!({ "name": name, "abbreviation": abbreviation, "direction": direction, "unit": unit });
    let parameter = |name: &str, value: f64, unit: &str, code: u32| json!({ "name": name, "value": value, "unit": unit, "id": { "authority": "EPSG", "code": code } });
    json!({
        "$schema": "https://proj.org/schemas/v0.7/projjson.schema.json",
        "type": "ProjectedCRS",
        "name": "SIRGAS 2000 / UTM zone 22N",
        "base_crs": {
            "name": "SIRGAS 2000",
            "datum": {
                "type": "GeodeticReferenceFrame",
                "name": "Sistema de Referencia Geocentrico para las AmericaS 2000",
                "ellipsoid": { "name": "GRS 1980", "semi_major_axis": 6_378_137, "inverse_flattening": 298.257_222_101 }
            },
            "coordinate_system": { "subtype": "ellipsoidal", "axis": [
                axis("Geodetic latitude", "Lat", "north", "degree"),
                axis("Geodetic longitude", "Lon", "east", "degree")
            ] },
            "id": { "authority": "EPSG", "code": 4674 }
        },
        "conversion": {
            "name": "UTM zone 22N",
            "method": { "name": "Transverse Mercator", "id": { "authority": "EPSG", "code": 9807 } },
            "parameters": [
                parameter("Latitude of natural origin", 0.0, "degree", 8801),
                parameter("Longitude of natural origin", -51.0, "degree", 8802),
                parameter("Scale factor at natural origin", 0.9996, "unity", 8805),
                parameter("False easting", 500_000.0, "metre", 8806),
                parameter("False northing", 0.0, "metre", 8807)
            ]
        },
        "coordinate_system": { "subtype": "Cartesian", "axis": [
            axis("Easting", "E", "east", "metre"),
            axis("Northing", "N", "north", "metre")
        ] },
        "id": { "authority": "EPSG", "code": 31976 }
    })
}
