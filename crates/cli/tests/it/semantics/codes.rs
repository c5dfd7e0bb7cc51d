//! Codes of files: nodata, crosswalks, many values, 16 bits.

use super::*;

#[test]
fn nodata_comes_before_the_crosswalk_and_is_asked_of_the_file_only() {
    let (net, _) = net(&[("a", &[7, 1, 2, 5], "")]);
    net.write("a.csv", "from,to,note\n7,30,never\n1,3,\n2,,on purpose\n3..6,33,\n");
    net.pipeline("layers:\n  a: { source: a.tif, nodata: 7, crosswalk: a.csv }\ncoverage: { method: first }\n");
    assert_eq!(net.merged().bands("2020").class, [0, 3, 0, 33]);
    // 3 is the file's nodata; the class 3 that the crosswalk makes is a class.
    net.tif("a", &Tif { nodata: Some(3), ..Tif::of(4, &[3, 1, 1, 3]) });
    net.write("a.csv", "from,to,note\n1,3,\n");
    net.pipeline("layers:\n  a: { source: a.tif, crosswalk: a.csv }\ncoverage: { method: first }\n");
    assert_eq!(net.merged().bands("2020").class, [0, 3, 3, 0]);
}

#[test]
fn classes_of_16_bits_make_a_coverage_of_16_bits() {
    let net = Net::new([4, 1]);
    net.write("legend.csv", format!("{LEGEND}300,14,Agroforestry,#123456\n"));
    net.tif("a", &Tif::of(4, &[300, 1001, 0, 0]).wide()).tif("b", &Tif::of(4, &[3, 15, 15, 0]));
    net.write("a.csv", "from,to,note\n300,300,\n1000..1002,15,\n");
    net.pipeline("layers:\n  a: { source: a.tif, crosswalk: a.csv }\n  b: { source: b.tif }\ncoverage:\n  rules:\n    - { take: { a: any } }\n    - { take: { b: 14+ }, give: 300 }\n");
    let merged = net.merged();
    assert_eq!(merged.dtype("2020"), DType::Uint16);
    let expected =
        bands([[300, 15, 300, 0], [1, 1, 2, 0], [1, 1, 2, 0], [0, 0, 0, 0], [2, 2, 1, 0], [1, 1, 1, 0], [1, 2, 1, 0]]);
    // Where a wins with 15, b says what its own rule makes of 15: 300, of the same top class.
    assert_eq!(merged.bands("2020"), expected);
}

#[test]
fn a_layer_may_hold_more_than_255_values() {
    let net = Net::new([20, 20]);
    let classes: String = (1..=400).map(|id| format!("{id},,Class {id},#00{id:04x}\n")).collect();
    net.write("legend.csv", format!("id,parent,name,color\n{classes}"));
    let values: Vec<i32> = (0..400).map(|at| (at * 7) % 401).collect();
    net.tif("a", &Tif::of(20, &values).wide()).tif("b", &Tif::of(20, &[9; 400]));
    net.pipeline("layers:\n  a: { source: a.tif }\n  b: { source: b.tif }\ncoverage: { method: first }\n");
    let found = net.merged().bands("2020");
    assert_eq!(found.class, values.iter().map(|value| if *value == 0 { 9 } else { *value }).collect::<Vec<_>>());
    assert_eq!(found.source, values.iter().map(|value| if *value == 0 { 2 } else { 1 }).collect::<Vec<_>>());
}

#[test]
fn negative_codes_and_nodata_of_int16() {
    let (net, _) = net(&[("b", &[33, 33, 33, 33], "")]);
    net.tif("a", &Tif { dtype: DType::Int16, nodata: None, ..Tif::of(4, &[-9999, -1, 300, 5]) });
    net.write("a.csv", "from,to,note\n-1,3,\n5,15,\n300,,\n");
    net.pipeline("layers:\n  a: { source: a.tif, nodata: -9999, crosswalk: a.csv }\n  b: { source: b.tif }\ncoverage: { method: first }\n");
    assert_eq!(net.merged().bands("2020").class, [33, 3, 33, 15]);
}
