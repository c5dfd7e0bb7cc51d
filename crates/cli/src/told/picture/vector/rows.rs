//! Which features of a file the places of findings are about: places know a key, or a number, and a vertex or defect.

use std::collections::HashMap;

use mutirao_check::Where;
use mutirao_core::{door::NamedFeature, features::Features};

/// A feature that a place is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Its number, and the place.
    pub named: NamedFeature,
    /// Whether the place is that of its defect.
    pub is_defect: bool,
}

/// Features by place.
pub struct Rows(HashMap<(u64, u64, String), Row>);

impl Rows {
    /// Those that places are about: with a vertex or defect just there, and the same key or number.
    pub fn new(features: Features, places: &[&Where]) -> Rows {
        let wanted: HashMap<(u64, u64), Vec<&str>> = places.iter().fold(HashMap::new(), |mut wanted, place| {
            if let (Some(xy), Some(feature)) = (place.xy, place.feature.as_deref()) {
                wanted.entry(bits(xy)).or_default().push(feature);
            }
            wanted
        });
        let mut found = HashMap::new();
        for (row, shape) in features.shapes.iter().enumerate() {
            let defect = shape.defect.as_ref().and_then(|defect| defect.at);
            for (at, is_defect) in [(defect, true), (shape.at, false)] {
                let Some(at) = at else { continue };
                for name in wanted.get(&bits(at)).into_iter().flatten().filter(|name| is_called(&features, row, name)) {
                    let named = NamedFeature { feature: row as u64 + 1, at };
                    found.entry(key(at, name)).or_insert(Row { named, is_defect });
                }
            }
        }
        Rows(found)
    }

    /// The feature that a place is about; none where nobody can tell.
    pub fn of(&self, place: &Where) -> Option<Row> {
        self.0.get(&key(place.xy?, place.feature.as_deref()?)).copied()
    }
}

fn is_called(features: &Features, row: usize, name: &str) -> bool {
    (row + 1).to_string() == name || features.attributes.iter().any(|column| column.get(row) == Some(name))
}

fn bits([x, y]: [f64; 2]) -> (u64, u64) {
    (x.to_bits(), y.to_bits())
}

fn key(at: [f64; 2], name: &str) -> (u64, u64, String) {
    let (x, y) = bits(at);
    (x, y, name.to_owned())
}
