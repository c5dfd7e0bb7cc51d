//! Several files as one layer.

use mutirao_core::{
    door::{FeaturesFacts, FieldFacts, StatedCrs},
    features::{Features, Texts},
};

use super::{File, layer::Layer};

/// The features of all files, one file behind the other. Attributes are those that every file has, by name; `first` is the first file.
pub fn features(first: &File<'_>, files: &[File<'_>]) -> Features {
    let shared = |field: &&FieldFacts| files.iter().all(|file| column(file, &field.name).is_some());
    let fields: Vec<FieldFacts> = first.features.facts.fields.iter().filter(shared).cloned().collect();
    let of = |field: &FieldFacts| {
        let columns = files.iter().filter_map(|file| column(file, &field.name));
        columns.flat_map(Texts::iter).collect::<Texts>()
    };
    let attributes = fields.iter().map(of).collect();
    let all = || files.iter().map(|file| &file.features.facts);
    let around = |a: [f64; 4], b: [f64; 4]| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])];
    let facts = FeaturesFacts {
        features: all().map(|facts| facts.features).sum(),
        spatial: all().any(|facts| facts.spatial),
        bounds: all().filter_map(|facts| facts.bounds).reduce(around),
        fields,
        ..first.features.facts.clone()
    };
    let shapes = files.iter().flat_map(|file| file.features.shapes.iter().cloned()).collect();
    Features { facts, shapes, attributes }
}

fn column<'a>(file: &File<'a>, name: &str) -> Option<&'a Texts> {
    let at = file.features.facts.fields.iter().position(|field| field.name == name)?;
    file.features.attributes.get(at)
}

/// Whether all files have the same attributes in the same order.
pub fn is_of_one_table(layer: &Layer<'_>) -> bool {
    let names = |file: &File<'_>| -> Vec<String> {
        file.features.facts.fields.iter().map(|field| field.name.clone()).collect()
    };
    layer.files.windows(2).all(|two| names(&two[0]) == names(&two[1]))
}

/// What a feature has in the attributes of its own file, by their names; what is null is left out.
pub fn own_values<'a>(layer: &Layer<'a>, row: usize) -> Vec<(&'a str, &'a str)> {
    let (file, number) = layer.numbered(row);
    let fields = file.features.facts.fields.iter().zip(&file.features.attributes);
    let mut values: Vec<(&str, &str)> =
        fields.filter_map(|(field, column)| Some((field.name.as_str(), column.get(number - 1)?))).collect();
    values.sort_unstable();
    values
}

/// Whether all files with geometries are in one CRS, as far as anybody can tell.
pub fn is_of_one_crs(layer: &Layer<'_>) -> bool {
    let mut spatial = layer.files.iter().filter(|file| file.features.facts.spatial);
    let Some(first) = spatial.next() else { return true };
    spatial.all(|file| !is_in_another_crs(first, file))
}

/// Whether two files are known to be in different CRSs.
pub fn is_in_another_crs(one: &File<'_>, other: &File<'_>) -> bool {
    match (&one.features.facts.crs, &other.features.facts.crs) {
        (Some(StatedCrs::Plane(a)), Some(StatedCrs::Plane(b))) => {
            a.wkt != b.wkt && (other.same_crs)(&a.wkt).is_ok_and(|answer| !answer.same)
        }
        (a, b) => a != b,
    }
}
