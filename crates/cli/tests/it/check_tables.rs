//! Checks of tables: where a vector is agreed on, and how rows are told apart.

use crate::support::Net;

/// A contract for `t`, of this physical type, with these lines under it.
fn contract(physical_type: &str, lines: &str) -> String {
    format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\nschema:\n  - name: t\n    \
         physicalType: {physical_type}\n{lines}"
    )
}

#[test]
fn a_table_is_no_vector_in_whatever_format() {
    let net = Net::new([4, 2]);
    let validity = "    quality:\n      - { type: custom, engine: mutirao, implementation: { check: validity } }\n";
    net.write("t.odcs.yaml", contract("vector", validity)).write("t.csv", "id,name\n1,a\n2,b\n");
    let said = net.mutirao(&["check", "t.csv", "--contract", "t.odcs.yaml"]);
    said.fails(1, &["error[unreadable]", "t.csv has no geometries: it is a table\n", "agree on `physicalType: table`"]);
    // Geometries that are all null are geometries, of which there are none.
    let features = r#"{ "type": "Feature", "properties": { "id": 1 }, "geometry": null }"#;
    net.write("t.geojson", format!(r#"{{ "type": "FeatureCollection", "features": [{features}] }}"#));
    net.mutirao(&["check", "t.geojson", "--contract", "t.odcs.yaml"]).ok();
    // Texts may hold geometries, too.
    net.write("wkt.csv", "id,WKT\n1,POINT(1 2)\n");
    net.mutirao(&["check", "wkt.csv", "--contract", "t.odcs.yaml"]).ok();
}

#[test]
fn rows_with_one_key_are_told_by_their_number_too() {
    let net = Net::new([4, 2]);
    let rules = ["check: key, attribute: code", "check: range, attribute: n, max: 1e-308"];
    let rule = |rule: &str| format!("      - {{ type: custom, engine: mutirao, implementation: {{ {rule} }} }}\n");
    let contract = contract("table", &format!("    quality:\n{}", rules.map(rule).concat()));
    net.write("t.odcs.yaml", contract).write("t.csv", "code,n\n1,5\n2,6\n1,1e308\n");
    let said = net.mutirao(&["check", "t.csv", "--contract", "t.odcs.yaml"]);
    let range = "3 features have a n that is not at most 1e-308: 5 to 1e308";
    let places = "      feature 1, row 1 of the data\n      feature 2\n      feature 1, row 3 of the data\n";
    said.fails(1, &[range, places]);
}

#[test]
fn what_a_property_says_is_counted_and_told_at_its_line() {
    let net = Net::new([4, 2]);
    let properties =
        "    properties:\n      - name: id\n        unique: true\n      - name: v\n        logicalType: integer\n";
    net.write("t.odcs.yaml", contract("table", properties)).write("t.csv", "id,v\n1,5\n1,6\n");
    let arguments = ["check", "t.csv", "--contract", "t.odcs.yaml"];
    let said = net.mutirao(&arguments);
    said.fails(1, &["error[duplicate-values]", "--> t.odcs.yaml:10:9", "1 of 2 rules kept"]);
    let json = net.mutirao(&[&arguments[..], &["--json", "--junit", "j.xml"]].concat()).json();
    let rules = json["rules"].as_array().unwrap();
    let told: Vec<_> =
        rules.iter().map(|rule| (rule["check"].as_str().unwrap(), rule["outcome"].as_str().unwrap())).collect();
    assert_eq!(told, [("duplicate-values", "broken"), ("attribute-type", "kept")]);
    let junit = std::fs::read_to_string(net.path("j.xml")).unwrap();
    assert!(junit.contains("tests=\"2\" failures=\"1\""), "{junit}");
}
