use mutirao_check::vector::ForeignKeys;
use mutirao_check::{Outcome, Sure, Value};
use mutirao_core::door::FieldKind::{self, Integer, Number, Text};
use mutirao_core::features::{FeatureShape, ShapeKind};
use mutirao_core::finding::Severity;

use super::support::{
    Keys, bow_tie, check, counts, judged, judged_files, judged_with, layer, outcomes, polygon, squares, with,
};

#[test]
fn features_are_called_by_their_key_and_defects_have_places() {
    let shapes = vec![polygon(1), bow_tie(2, [7.0, 8.0]), bow_tie(3, [5.0, 6.0])];
    let features = with(layer(shapes), "CODE", Text, &[Some("a"), Some("b"), Some(" ")]);
    let key = "{ name: code, physicalName: CODE, primaryKey: true }";
    let (found, rules) = judged(&features, &[key], &[&check("check: validity, max_features: 1")]);
    let validity = &found[0];
    assert_eq!((validity.code.as_str(), validity.count, validity.sure), ("validity", Some(2), Sure::Certain));
    assert_eq!(validity.element, "logical consistency: topological");
    let places: Vec<_> = validity.first.iter().map(|place| (place.feature.as_deref(), place.xy)).collect();
    // A key of spaces is none: the feature's number says which it is.
    assert_eq!(places, [(Some("b"), Some([7.0, 8.0])), (Some("3"), Some([5.0, 6.0]))]);
    assert_eq!(validity.place, validity.first.first().cloned());
    assert_eq!(
        (validity.expected.clone(), validity.measured.clone()),
        (Some("at most 1 feature".into()), Some(2.into()))
    );
    // The rule, and that the key is there and stands once.
    assert_eq!(outcomes(&rules), [Outcome::Broken, Outcome::Kept, Outcome::Kept]);
    assert_eq!(rules[0].measured, Some(Value::Count(2)));
    let (found, rules) = judged(&features, &[], &[&check("check: validity, max_features: 2")]);
    assert_eq!((found.len(), outcomes(&rules)), (0, vec![Outcome::Kept]));
}

#[test]
fn rows_of_a_table_are_told_apart() {
    let columns = |spatial: bool| {
        let features = with(squares(3), "code", Text, &[Some("1"), Some("2"), Some("1")]);
        let mut features = with(features, "n", Integer, &[Some("5"), Some("6"), Some("7")]);
        features.facts.spatial = spatial;
        features
    };
    let range = check("check: range, attribute: n, max: 4");
    let places = |spatial: bool, quality: &[&str]| {
        let (found, _) = judged(&columns(spatial), &[], quality);
        let range = found.iter().find(|finding| finding.code == "range").unwrap();
        range.first.iter().map(|place| (place.feature.clone().unwrap(), place.row)).collect::<Vec<_>>()
    };
    let told = |places: [(&str, Option<u64>); 3]| places.map(|(feature, row)| (feature.to_owned(), row));
    let key = check("check: key, attribute: code");
    assert_eq!(places(false, &[&key, &range]), told([("1", Some(1)), ("2", None), ("1", Some(3))]));
    assert_eq!(places(false, &[&range]), told([("1", Some(1)), ("2", Some(2)), ("3", Some(3))]));
    // Features have places of their own.
    assert_eq!(places(true, &[&key, &range]), told([("1", None), ("2", None), ("1", None)]));
}

#[test]
fn only_the_first_ten_places_are_told_and_all_are_counted() {
    let features = layer((0..25).map(|number| bow_tie(number, [0.0, 0.0])).collect());
    let (found, _) = judged(&features, &[], &[&check("check: validity")]);
    assert_eq!((found[0].count, found[0].first.len()), (Some(25), 10));
}

#[test]
fn an_attribute_that_is_missing_is_told_once_for_all_that_asks_for_it() {
    let features = with(squares(2), "Crop", Text, &[Some("1"), None]);
    let properties = ["{ name: crop, physicalName: CROP, quality: [ { metric: nullValues, mustBe: 0 } ] }"];
    let range = check("check: range, attribute: CROP, min: 0");
    let (found, rules) = judged(&features, &properties, &[&range]);
    assert_eq!(counts(&found), [("missing-attribute", None)]);
    assert_eq!(found[0].message, "there is no attribute \"CROP\", which is asked for by range, null-values");
    assert_eq!((found[0].severity, found[0].measured.clone()), (Severity::Error, Some("Crop".into())));
    assert_eq!(outcomes(&rules), [Outcome::Broken; 2]);
    assert!(found[0].mend.as_deref().is_some_and(|mend| mend.contains("rename Crop")));
    // What is only described, and not asked for, is worth a warning.
    let (found, _) = judged(&features, &["{ name: yield_t }"], &[]);
    assert_eq!((found[0].severity, counts(&found)), (Severity::Warning, vec![("missing-attribute", None)]));
}

#[test]
fn names_of_attributes_may_hold_the_period() {
    let features = with(squares(1), "class_2024", Integer, &[Some("7")]);
    let properties = ["{ name: class, physicalName: \"class_{period}\", required: true }"];
    let range = check("check: range, attribute: \"class_{period}\", max: 5");
    assert_eq!(counts(&judged(&features, &properties, &[&range]).0), [("range", Some(1))]);
}

#[test]
fn words_at_properties_are_promises() {
    let features = with(squares(4), "id", Text, &[Some("a"), None, Some("a"), Some("b")]);
    let (found, _) = judged(&features, &["{ name: id, required: true, unique: true }"], &[]);
    assert_eq!(counts(&found), [("null-values", Some(1)), ("duplicate-values", Some(1))]);
    // A check that asks the same speaks for them.
    let (found, _) = judged(&features, &["{ name: id, primaryKey: true }"], &[&check("check: key, attribute: id")]);
    assert_eq!(counts(&found), [("key", Some(1)), ("key", Some(2))]);
    // Of a key of two properties each alone may repeat, both together may not.
    let both = ["{ name: id, primaryKey: true }", "{ name: year, primaryKey: true, primaryKeyPosition: 2 }"];
    let years = |last: &'static str| {
        let values = [Some("1"), Some("1"), Some(last), Some(last)];
        with(features.clone(), "year", Integer, &values)
    };
    assert_eq!(counts(&judged(&years("2"), &both, &[]).0), [("null-values", Some(1))]);
    let (found, _) = judged(&years("1"), &both, &[]);
    assert_eq!(counts(&found), [("null-values", Some(1)), ("duplicate-values", Some(1))]);
    assert_eq!(found[1].message, "id and year together are the key, and stood before in 1 feature: \"a, 1\" (1)");
    // A metric that asks the same speaks for it.
    let metric = "{ metric: duplicateValues, arguments: { properties: [year, id] }, mustBe: 0 }";
    assert_eq!(judged(&years("1"), &both, &[metric]).0.len(), 2);
}

#[test]
fn what_a_property_says_is_a_rule_at_its_line() {
    let features = with(squares(3), "id", Text, &[Some("a"), Some("b"), Some("b")]);
    let features = with(features, "v", Number, &[Some("1"), Some("2"), Some("300")]);
    let properties = [
        "{ name: id, primaryKey: true, logicalTypeOptions: { pattern: '^[a-z]', maxLength: 3 } }",
        "{ name: v, logicalType: number, logicalTypeOptions: { maximum: 100 } }",
        "{ name: gone, logicalType: integer, logicalTypeOptions: { multipleOf: 2 } }",
    ];
    let (found, rules) = judged(&features, &properties, &[]);
    assert_eq!(counts(&found), [("missing-attribute", None), ("duplicate-values", Some(1)), ("range", Some(1))]);
    let lines = |rule: &Option<mutirao_check::RulePlace>| rule.as_ref().map(|rule| rule.place.line);
    assert_eq!(found.iter().map(|finding| lines(&finding.rule)).collect::<Vec<_>>(), [None, Some(9), Some(10)]);
    let told: Vec<_> =
        rules.iter().map(|rule| (rule.check.as_str(), rule.outcome, lines(&rule.rule), rule.severity)).collect();
    assert_eq!(
        told,
        [
            ("null-values", Outcome::Kept, Some(9), Severity::Error),
            ("duplicate-values", Outcome::Broken, Some(9), Severity::Error),
            // The pattern and the length.
            ("invalid-values", Outcome::Kept, Some(9), Severity::Error),
            ("attribute-type", Outcome::Kept, Some(10), Severity::Error),
            ("range", Outcome::Broken, Some(10), Severity::Error),
            // That it is not there is told as a warning.
            ("attribute-type", Outcome::Broken, Some(11), Severity::Warning),
            ("logical-type-options", Outcome::Unjudged, Some(11), Severity::Error),
        ]
    );
    // A check or metric that asks the same is the rule.
    let (_, rules) = judged(&features, &["{ name: id, unique: true }"], &[&check("check: key, attribute: id")]);
    assert_eq!(rules.iter().map(|rule| rule.check.as_str()).collect::<Vec<_>>(), ["key"]);
}

#[test]
fn what_is_said_of_values_is_judged() {
    let features = with(squares(4), "v", Text, &[Some("1"), Some("x"), None, Some("2.5")]);
    let found = |property: &str| {
        let found = judged(&features, &[property], &[]).0;
        found.iter().map(|finding| (finding.code.clone(), finding.count)).collect::<Vec<_>>()
    };
    let one = |code: &str, count| vec![(code.to_owned(), Some(count))];
    assert_eq!(found("{ name: v, logicalType: integer }"), one("attribute-type", 2));
    assert_eq!(found("{ name: v, logicalType: number }"), one("attribute-type", 1));
    assert_eq!(found("{ name: v, logicalType: date }"), one("attribute-type", 3));
    assert_eq!(found("{ name: v, logicalType: string }"), []);
    assert_eq!(found("{ name: v, logicalTypeOptions: { minimum: 1, maximum: 2.5 } }"), one("range", 1));
    assert_eq!(found("{ name: v, logicalTypeOptions: { exclusiveMinimum: 1 } }"), one("range", 2));
    assert_eq!(found("{ name: v, logicalTypeOptions: { pattern: '^[0-9]' } }"), one("invalid-values", 1));
    assert_eq!(found("{ name: v, logicalTypeOptions: { maxLength: 1 } }"), one("invalid-values", 1));
    assert_eq!(found("{ name: v, logicalTypeOptions: { minLength: 2, maxLength: 2 } }"), one("invalid-values", 3));
    assert_eq!(found("{ name: v, enum: [ x, { value: 1 } ] }"), one("enumeration", 1));
    assert_eq!(found("{ name: w, logicalType: integer, enum: [ x ] }"), [("missing-attribute".to_owned(), None)]);
    // Numbers and types are told apart.
    let both = found("{ name: v, logicalType: number, logicalTypeOptions: { maximum: 2 } }");
    assert_eq!(both, [("attribute-type".to_owned(), Some(1)), ("range".to_owned(), Some(1))]);
}

#[test]
fn infinity_is_within_no_range() {
    let features = with(squares(5), "v", Number, &[Some("1"), Some("inf"), Some("-inf"), Some("NaN"), None]);
    let found = |property: &str| judged(&features, &[property], &[]).0;
    let stated = found("{ name: v, logicalType: number, logicalTypeOptions: { maximum: 100 } }");
    assert_eq!(counts(&stated), [("range", Some(3))]);
    assert!(stated[0].message.ends_with("that is not at most 100: \"-inf\" (1), \"NaN\" (1), \"inf\" (1)"));
    assert_eq!(counts(&found("{ name: v, logicalTypeOptions: { exclusiveMinimum: 0 } }")), [("range", Some(3))]);
    // The check of the same name says the same.
    assert_eq!(
        counts(&judged(&features, &[], &[&check("check: range, attribute: v, max: 100")]).0),
        [("range", Some(3))]
    );
}

#[test]
fn what_is_said_of_values_is_told_once_or_as_not_judged() {
    let features = with(squares(2), "v", Text, &[Some("9"), Some("x")]);
    let property = "{ name: v, logicalType: integer, logicalTypeOptions: { maximum: 3, multipleOf: 2 } }";
    let kind = check("check: attribute-type, attribute: v, type: integer");
    let range = check("check: range, attribute: v, max: 3");
    let (found, rules) = judged(&features, &[property], &[&kind, &range]);
    assert_eq!(counts(&found), [("attribute-type", Some(1)), ("range", Some(2))]);
    assert_eq!(outcomes(&rules), [Outcome::Broken, Outcome::Broken, Outcome::Unjudged]);
    assert_eq!(rules[2].because.as_deref(), Some("`multipleOf` of logicalTypeOptions is not judged"));
    // Another bound than that of the check is another promise.
    let (found, _) = judged(&features, &[property], &[&kind, &check("check: range, attribute: v, max: 10")]);
    assert_eq!(counts(&found), [("attribute-type", Some(1)), ("range", Some(1)), ("range", Some(1))]);
    // The field's own type speaks for its values.
    let dates = with(squares(1), "d", FieldKind::Timestamp, &[Some("2020/01/01 10:00:00")]);
    assert_eq!(judged(&dates, &["{ name: d, logicalType: timestamp }"], &[]).0.len(), 0);
}

#[test]
fn kinds_of_geometries_and_of_parts() {
    let line = FeatureShape { kind: ShapeKind::Line, ..polygon(1) };
    let multi = |number, parts| FeatureShape { multi: true, parts, ..polygon(number) };
    let collection = FeatureShape { kind: ShapeKind::Collection, ..polygon(4) };
    let features = layer(vec![multi(0, 1), line, multi(2, 2), FeatureShape::missing(), collection]);
    let count =
        |implementation: &str| counts(&judged(&features, &[], &[&check(implementation)]).0).first().map(|one| one.1);
    assert_eq!(count("check: geometry-type, allowed: polygon"), Some(Some(2)));
    assert_eq!(count("check: geometry-type, allowed: [polygon, line]"), Some(Some(1)));
    assert_eq!(count("check: geometry-type, allowed: polygon, multi: false"), Some(Some(3)));
    assert_eq!(count("check: empty-geometry, max_features: 1"), None);
    let mut table = squares(2);
    table.facts.spatial = false;
    table.shapes = vec![FeatureShape::missing(); 2];
    let all =
        ["check: geometry-type, allowed: point", "check: validity", "check: empty-geometry", "check: crs, crs: x"];
    let (found, rules) = judged(&table, &[], &all.map(check).each_ref().map(String::as_str));
    assert_eq!(counts(&found), [("geometry-type", None), ("empty-geometry", Some(2))]);
    use Outcome::{Broken, Undefined};
    assert_eq!(outcomes(&rules), [Broken, Undefined, Broken, Undefined]);
}

#[test]
fn what_cannot_be_known_is_not_judged() {
    let mut features = squares(2);
    features.shapes.iter_mut().for_each(|shape| shape.area_m2 = None);
    let features = with(features, "crop", Text, &[Some("1"), Some("2")]);
    let rules = [
        "check: tiny-geometry, min_m2: 5",
        "check: foreign-key, attribute: crop, source: crops.csv, key: from",
        "check: extent, covers: grid",
        "check: extent, bounds: [0, 0, 10, 10]",
    ];
    let quality = rules.map(check);
    let (found, rules) = judged(&features, &[], &quality.each_ref().map(String::as_str));
    assert_eq!(found.len(), 0);
    use Outcome::{Kept, Unjudged};
    assert_eq!(outcomes(&rules), [Unjudged, Unjudged, Unjudged, Kept]);
    assert_eq!(rules[1].because.as_deref(), Some("crops.csv was not given"));
}

#[test]
fn types_are_those_of_the_file_and_of_csv_those_of_the_values() {
    let judge_type = |driver: &str, kind, wanted: &str, values: &[Option<&str>]| {
        let mut features = with(squares(values.len()), "a", kind, values);
        features.facts.driver = driver.to_owned();
        let rule = check(&format!("check: attribute-type, attribute: a, type: {wanted}"));
        let (found, _) = judged(&features, &[], &[&rule]);
        found.into_iter().next().map(|finding| (finding.count, finding.message))
    };
    let codes = [Some("12"), None, Some("1a")];
    assert_eq!(judge_type("GPKG", Integer, "number", &[Some("1")]), None);
    assert_eq!(judge_type("GPKG", Number, "integer", &[Some("1")]), {
        Some((None, "a is number in the file, not integer, though every value reads as one".to_owned()))
    });
    assert_eq!(judge_type("GPKG", Text, "integer", &codes), {
        Some((Some(1), "a is text in the file, not integer: 1 of the values do not read as one: \"1a\"".to_owned()))
    });
    assert_eq!(judge_type("CSV", Text, "integer", &codes[..2]), None);
    assert_eq!(
        judge_type("CSV", Text, "integer", &codes),
        Some((Some(1), "a of 1 feature is no integer: \"1a\"".to_owned()))
    );
    assert_eq!(judge_type("ESRI Shapefile", Text, "timestamp", &[Some("2024-01-01T00:00:00Z")]), None);
    assert!(judge_type("GPKG", Text, "timestamp", &[Some("2024-01-01T00:00:00Z")]).is_some());
}

#[test]
fn metrics_count_rows_or_percent_and_say_which() {
    let values = [Some("a"), Some(""), None, Some("a"), Some("n/a")];
    let features = with(squares(5), "v", Text, &values);
    let judged_metric = |line: &str| {
        let property = format!("{{ name: v, quality: [ {{ {line} }} ] }}");
        let (found, rules) = judged(&features, &[&property], &[]);
        let measured = rules[0].measured.clone();
        (measured, found.first().map(|finding| (finding.count, finding.first.len(), finding.element.clone())))
    };
    let omission = || "completeness: omission".to_owned();
    assert_eq!(judged_metric("metric: nullValues, mustBe: 1"), (Some(Value::Count(1)), None));
    assert_eq!(judged_metric("metric: nullValues, mustBeLessThan: 20, unit: percent"), {
        (Some(Value::Number(20.0)), Some((Some(1), 1, omission())))
    });
    let missing = "metric: missingValues, arguments: { missingValues: [null, \"\", n/a] }";
    assert_eq!(judged_metric(&format!("{missing}, mustBe: 0")).1, Some((Some(3), 3, omission())));
    // Too few: the rows that are counted are not the trouble, so none of them is told.
    assert_eq!(judged_metric(&format!("{missing}, mustBeGreaterThan: 3")).1, Some((Some(3), 0, omission())));
    let domain = "logical consistency: domain".to_owned();
    assert_eq!(
        judged_metric("metric: invalidValues, arguments: { pattern: '^a$' }, mustBe: 0").1,
        Some((Some(2), 2, domain))
    );
    let valid = "metric: invalidValues, arguments: { validValues: [a, n/a, \"\"] }, mustBe: 0";
    assert_eq!(judged_metric(valid), (Some(Value::Count(0)), None));
    let uniqueness = "metric: duplicateValues, mustBe: 0, dimension: uniqueness";
    assert_eq!(judged_metric(uniqueness).1, Some((Some(1), 1, "completeness: commission".to_owned())));
    let nothing = with(squares(0), "v", Text, &[]);
    let percent = "{ name: v, quality: [ { metric: nullValues, mustBe: 0, unit: percent } ] }";
    assert_eq!(outcomes(&judged(&nothing, &[percent], &[]).1), [Outcome::Undefined]);
}

#[test]
fn extent_and_crs_say_what_is_missing() {
    let (found, _) = judged_with(
        &squares(1),
        &[],
        &[&check("check: extent, bounds: [-1, 0, 10, 12.5]"), &check("check: crs, crs: \"EPSG:1\"")],
        &Keys::new(),
        None,
    );
    let said = "the features do not reach all of the agreed box: they lack 1 in the west, 2.5 in the north, in units of the CRS";
    assert_eq!((found[0].message.as_str(), found[1].message.as_str()), (said, "the file states no CRS"));
}

#[test]
fn keys_of_a_crosswalk_are_codes_and_ranges() {
    let features = with(squares(4), "crop", Integer, &[Some("5"), Some("12"), Some("20"), None]);
    let keys = ForeignKeys::of_crosswalk(["5", "10..19"].map(str::to_owned));
    let keys: Keys = [(("crops.csv".to_owned(), "from".to_owned()), Ok(keys))].into();
    let rule = check("check: foreign-key, attribute: crop, source: crops.csv, key: from");
    let (found, _) = judged_with(&features, &[], &[&rule], &keys, None);
    assert_eq!(
        (counts(&found), found[0].measured.clone()),
        (vec![("foreign-key", Some(1))], Some("\"20\" (1)".into()))
    );
}

#[test]
fn lost_letters_are_told_though_nobody_asked() {
    let features = with(squares(3), "????", Text, &[None, Some("why??"), Some("Plovdiv")]);
    let features = with(features, "name", Text, &[Some("????"), Some("Cal\u{fffd}oene"), Some("ok")]);
    let (found, rules) = judged(&features, &[], &[]);
    assert_eq!((counts(&found), rules.len()), (vec![("encoding", Some(2))], 0));
    assert_eq!((found[0].severity, found[0].sure), (Severity::Warning, Sure::Likely));
    let said = "letters are lost in names of attributes: \"????\"; and in texts: 2 of name, such as \"????\"";
    assert_eq!(found[0].message, said);
}

#[test]
fn several_files_are_one_delivery() {
    let file = |keys: [Option<&str>; 2]| with(squares(2), "id", Text, &keys);
    let files = [file([Some("a"), Some("b")]), file([Some("a"), None])];
    let rules = [
        check("check: key, attribute: id"),
        check("check: duplicates, of: geometry"),
        "{ metric: rowCount, mustBe: 4 }".to_owned(),
        "{ metric: rowCount, mustBe: 2 }".to_owned(),
    ];
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let (found, came) = judged_files(&files, &[], &rules);
    let told = vec![("key", Some(1)), ("key", Some(2)), ("duplicates", Some(2)), ("row-count", Some(4))];
    assert_eq!(counts(&found), told);
    // Places name the file, and count from its own beginning.
    let places = |at: usize| -> Vec<_> {
        found[at].first.iter().map(|place| (place.file.as_deref(), place.feature.as_deref())).collect()
    };
    assert_eq!(places(0), [(Some("2.gpkg"), Some("2"))]);
    assert_eq!(places(1), [(Some("1.gpkg"), Some("a")), (Some("2.gpkg"), Some("a"))]);
    assert_eq!(found[3].place, None, "four rows are in no one file");
    assert_eq!(outcomes(&came), [Outcome::Broken, Outcome::Broken, Outcome::Kept, Outcome::Broken]);
}

#[test]
fn files_that_differ_are_told_one_by_one() {
    let one = with(with(squares(1), "id", Text, &[Some("a")]), "n", Integer, &[Some("1")]);
    let two = with(with(squares(1), "n", Text, &[Some("1")]), "more", Text, &[None]);
    let id = check("check: key, attribute: id");
    let kind = check("check: attribute-type, attribute: n, type: integer");
    let (found, came) = judged_files(&[one.clone(), two.clone()], &[], &[&id, &kind]);
    let told: Vec<_> =
        found.iter().map(|f| (f.code.as_str(), f.place.as_ref().and_then(|p| p.file.as_deref()))).collect();
    let two_gpkg = Some("2.gpkg");
    assert_eq!(told, [("missing-attribute", two_gpkg), ("files-differ", two_gpkg), ("attribute-type", two_gpkg)]);
    assert_eq!(found[1].message, "2.gpkg is not as 1.gpkg: it has besides \"more\"");
    assert_eq!(outcomes(&came), [Outcome::Broken; 2]);
    // The order of attributes makes no difference: both say the same.
    let turned = with(
        with(layer(vec![FeatureShape { everything: 9, ..polygon(0) }]), "n", Integer, &[Some("1")]),
        "id",
        Text,
        &[Some("a")],
    );
    let (found, _) = judged_files(&[one, turned], &[], &[&check("check: duplicates")]);
    assert_eq!(counts(&found), [("duplicates", Some(1))]);
}

#[test]
fn values_are_counted_all_and_not_only_the_first() {
    let values: Vec<Option<&str>> = (0..40).map(|row| if row % 4 == 0 { None } else { Some("NA") }).collect();
    let features = with(squares(40), "v", Text, &values);
    let metric =
        "{ name: v, quality: [ { metric: missingValues, arguments: { missingValues: [null, NA] }, mustBe: 0 } ] }";
    let (found, _) = judged(&features, &[metric], &[]);
    assert!(found[0].message.ends_with(": \"NA\" (30), null (10)"), "{}", found[0].message);
    let (found, _) = judged(&features, &["{ name: v, unique: true }"], &[]);
    assert!(found[0].message.ends_with("29 features: \"NA\" (29)"), "{}", found[0].message);
}
