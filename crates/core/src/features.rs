//! Features of a vector, or rows of a table, as they were measured: what checks ask of each. Geometries themselves stay behind.

use crate::door::FeaturesFacts;

/// A layer, or a table, read whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    /// What the file says of it.
    pub facts: FeaturesFacts,
    /// Of every feature, in the order of the file.
    pub shapes: Vec<FeatureShape>,
    /// Of every field, in the order of `facts.fields`, a value for each feature.
    pub attributes: Vec<Texts>,
}

/// What is known of a feature's geometry.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureShape {
    /// What it is.
    pub kind: ShapeKind,
    /// Whether its type is one for several parts, such as MultiPolygon, however many there are.
    pub multi: bool,
    /// How many parts there are; 0 of what is empty or missing.
    pub parts: u32,
    /// Whether there is a geometry without a point.
    pub empty: bool,
    /// A point of it, in the layer's CRS: its first vertex. None where it has none, or that is not finite.
    pub at: Option<[f64; 2]>,
    /// Why it is invalid (OGC simple features, as GEOS judges).
    pub defect: Option<Defect>,
    /// Of polygons, the area on the CRS's own ellipsoid in square metres, of invalid ones as they are made valid (OGC); none where
    /// the CRS is not known, or nothing can be made of them.
    pub area_m2: Option<f64>,
    /// Digest of the geometry. Where a ring begins, in which direction it runs, in which order parts stand, and whether one part
    /// is written as several makes no difference.
    pub geometry: u128,
    /// Digest of the geometry and all attributes.
    pub everything: u128,
}

impl FeatureShape {
    /// Of a feature without a geometry. The digests are for who reads its attributes.
    pub fn missing() -> FeatureShape {
        FeatureShape {
            kind: ShapeKind::Missing,
            multi: false,
            parts: 0,
            empty: false,
            at: None,
            defect: None,
            area_m2: None,
            geometry: 0,
            everything: 0,
        }
    }

    /// Whether there is nothing of it in space: no geometry, or one without a point.
    pub fn is_nowhere(&self) -> bool {
        self.empty || self.kind == ShapeKind::Missing
    }
}

/// Kinds of geometries, curved or straight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShapeKind {
    /// There is no geometry.
    Missing,
    /// A point, or several.
    Point,
    /// A line, or several.
    Line,
    /// A polygon, or several.
    Polygon,
    /// A collection of any kinds.
    Collection,
    /// Faceted surfaces, and kinds yet to come.
    Other,
}

impl ShapeKind {
    const ALL: [(ShapeKind, &'static str); 6] = [
        (ShapeKind::Missing, "none"),
        (ShapeKind::Point, "point"),
        (ShapeKind::Line, "line"),
        (ShapeKind::Polygon, "polygon"),
        (ShapeKind::Collection, "collection"),
        (ShapeKind::Other, "other"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        ShapeKind::ALL.iter().find(|(kind, _)| *kind == self).map_or("other", |(_, word)| word)
    }

    /// The kind of a word; another word is none.
    pub fn of_word(word: &str) -> Option<ShapeKind> {
        ShapeKind::ALL.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }
}

/// Why a geometry is invalid.
#[derive(Debug, Clone, PartialEq)]
pub struct Defect {
    /// In the words of GEOS, such as `Self-intersection`.
    pub kind: String,
    /// Where, in the layer's CRS, if that is known.
    pub at: Option<[f64; 2]>,
}

/// Texts one behind the other, any of which may be missing: a column of attributes in one piece of memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    text: String,
    /// Where each one ends.
    ends: Vec<usize>,
    missing: Vec<bool>,
}

impl Texts {
    /// Adds one.
    pub fn push(&mut self, value: Option<&str>) {
        self.text.push_str(value.unwrap_or_default());
        self.ends.push(self.text.len());
        self.missing.push(value.is_none());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// One of them; none where it is missing, or there are not so many.
    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let begin = if index == 0 { 0 } else { self.ends[index - 1] };
        if self.missing[index] { None } else { self.text.get(begin..end) }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Takes all of them away.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.missing.clear();
    }
}

impl<'a> FromIterator<Option<&'a str>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(values: I) -> Texts {
        let mut texts = Texts::default();
        values.into_iter().for_each(|value| texts.push(value));
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_one_by_one() {
        let values = [Some("a"), None, Some(""), Some("çã"), None];
        let mut texts: Texts = values.into_iter().collect();
        assert_eq!(texts.iter().collect::<Vec<_>>(), values);
        assert_eq!((texts.len(), texts.get(5)), (5, None));
        texts.clear();
        assert!(texts.is_empty());
    }

    #[test]
    fn every_kind_has_its_word() {
        for (kind, word) in ShapeKind::ALL {
            assert_eq!((kind.word(), ShapeKind::of_word(word)), (word, Some(kind)));
        }
        assert_eq!(ShapeKind::of_word("Point"), None);
    }
}
