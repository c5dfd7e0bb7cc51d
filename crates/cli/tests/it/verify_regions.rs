//! `mutirao verify` of territories that are layers of the pipeline: each row is held against the pixels of its own territory.

use std::fs;

use mutirao_parquet::AreaRow;

use crate::{
    support::{Net, Tif},
    verify::{change_areas, slanted, verdict},
};

/// Pixels, column and row, of a raster so wide.
fn pixels([width, height]: [u32; 2], value: impl Fn(u32, u32) -> i32) -> Tif {
    let all: Vec<i32> = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| value(x, y)).collect();
    Tif::of(width, &all)
}

/// The release passes without notes; pixels of class 3 that go from territory 1 to territory 2 are found, though the sums stay.
fn each_row_is_held_against_its_own_pixels(net: &Net, rest: &str) {
    net.tif("map", &pixels([700, 600], |x, y| if (x / 7 + y / 11) % 3 == 0 { 4 } else { 3 }));
    net.pipeline(&format!(
        "layers:\n  map: {{ source: map.tif }}\n{rest}\
         coverage: {{ method: prevalence, rules: [ {{ take: {{ map: any }} }} ] }}\nterritories:\n  zone: {{ layer: zones }}\n"
    ));
    net.run(&[]).ok();
    let (code, json) = verdict(net);
    assert_eq!((code, json["notes"].as_array().map(Vec::len)), (Some(0), Some(0)), "{json:#}");
    let mut areas = [0.0; 2];
    change_areas(&net.release(), |rows| {
        for (territory, (by, area)) in ["1", "2"].into_iter().zip([7, -7].into_iter().zip(&mut areas)) {
            let of_territory = |row: &&mut AreaRow| row.territory == territory && row.class == 3;
            let row = rows.iter_mut().find(of_territory).unwrap();
            assert!(row.pixels > 1000, "{row:?}");
            row.area_ha += row.area_ha / row.pixels as f64 * by as f64;
            row.pixels += by;
            *area = row.area_ha;
        }
    });
    let (code, json) = verdict(net);
    assert_eq!((code, &json["counts"]), (Some(1), &serde_json::json!({ "verify-area-row": 2 })), "{json:#}");
    for (finding, territory) in json["findings"].as_array().unwrap().iter().zip(["zone 1", "zone 2"]) {
        assert!(finding["message"].as_str().unwrap().contains(territory), "{json:#}");
    }
}

#[test]
fn rows_of_a_warped_region_layer_are_held_against_their_own_pixels() {
    for how in ["nearest", "mode", "{ method: mode, nodata: ignore }"] {
        let net = Net::new([700, 600]);
        // Pixels of 50 m, off the grid's nodes, nothing at the edges.
        let mut zones =
            pixels([410, 350], |x, y| if x < 9 || y > 340 { 0 } else { 1 + ((x / 37 + y / 23) % 2) as i32 });
        zones.origin = [404_983.0, 180_011.0];
        zones.resolution = 50.0;
        net.tif("zones", &zones);
        let zones = format!("  zones: {{ source: zones.tif, role: region, resample: {how} }}\n");
        each_row_is_held_against_its_own_pixels(&net, &zones);
    }
}

#[test]
fn rows_of_a_composite_region_layer_are_held_against_their_own_pixels() {
    let composite = "  zones: { role: region, members: {\
                     \n    west: { source: west.tif, area: { sides: 1 } },\
                     \n    east: { source: east.tif, area: { sides: [2, 3] } } } }\n";
    let sides = "  sides: { source: sides.tif, role: region }\n";
    // A composite may stand before the layer that its areas name.
    for layers in [format!("{sides}{composite}"), format!("{composite}{sides}")] {
        let net = Net::new([700, 600]);
        net.tif("sides", &pixels([700, 600], |x, y| if x < 300 + y / 4 { 1 } else { 2 + (x % 2) as i32 }));
        net.tif("west", &pixels([700, 600], |_, y| 1 + (y / 50 % 2) as i32));
        net.tif("east", &pixels([700, 600], |x, _| if x > 690 { 0 } else { 2 - (x / 50 % 2) as i32 }));
        each_row_is_held_against_its_own_pixels(&net, &layers);
    }
}

#[test]
fn without_its_inputs_a_region_layer_is_compared_in_sum() {
    let net = slanted("tile: 64");
    fs::write(net.path("region.tif"), "gone").unwrap();
    let (code, json) = verdict(&net);
    assert_eq!(code, Some(0), "{json:#}");
    let notes = json["notes"].to_string();
    assert!(notes.contains("the rows of zone were not checked territory by territory, because"), "{notes}");
    let release = net.release();
    let shift = |rows: &mut Vec<AreaRow>, by: [i64; 2]| {
        let zone =
            |zone: &str, rows: &[AreaRow]| rows.iter().position(|row| row.territory == zone && row.class == 3).unwrap();
        let at = [zone("1", rows), zone("2", rows)];
        at.into_iter().zip(by).for_each(|(at, by)| rows[at].pixels += by);
    };
    change_areas(&release, |rows| shift(rows, [7, -7]));
    assert_eq!(verdict(&net).0, Some(0), "the sum is the same");
    change_areas(&release, |rows| shift(rows, [1, 0]));
    assert_eq!(verdict(&net).0, Some(1));
    // Where the whole pipeline is gone, its rules are too.
    fs::remove_file(net.path("pipeline.yaml")).unwrap();
    fs::remove_file(net.path("legend.csv")).unwrap();
    let notes = verdict(&net).1["notes"].to_string();
    assert!(notes.contains("the numbers of rules and parts were not checked"), "{notes}");
}
