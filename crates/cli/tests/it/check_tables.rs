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
