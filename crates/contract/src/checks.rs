//! The checks that a contract may ask for: one table of them, from which the reader, the JSON Schema and the book are made.

mod file;
mod params;
mod pixels;
mod thematic;
mod vector;

use mutirao_core::finding::Severity;
use mutirao_pipeline::text::{Table, closest};
use serde::Serialize;

pub use file::{
    CrsCheck, Dtype, DtypeCheck, Extent, ExtentCheck, FileLayoutCheck, GridCheck, Layout, LicenceCheck, NodataCheck,
    PeriodsCheck,
};
pub(crate) use params::Params;
pub use pixels::{
    ChangeCheck, ClassLimits, ClassShareCheck, ClassesCheck, Connectivity, FlickerCheck, ImpossibleTransitionsCheck,
    MinimumMappingUnitCheck, OutsideAreaCheck, Transition, ValidShareCheck,
};
pub use thematic::{AcceptancePointsCheck, AccuracyCheck, Estimator, Measure};
pub use vector::{
    AttributeType, AttributeTypeCheck, DuplicatesCheck, DuplicatesOf, EnumerationCheck, FeatureLimit, ForeignKeyCheck,
    GeometryType, GeometryTypeCheck, KeyCheck, RangeCheck, TinyGeometryCheck,
};

/// What a check is about, by the kinds of files that it can judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Rasters.
    Raster,
    /// Vectors and tables.
    Vector,
    /// Both.
    Both,
}

/// The element of data quality that a check measures (ISO 19157-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Element {
    /// Logical consistency: format.
    #[serde(rename = "logical consistency: format")]
    Format,
    /// Logical consistency: conceptual.
    #[serde(rename = "logical consistency: conceptual")]
    Conceptual,
    /// Logical consistency: domain.
    #[serde(rename = "logical consistency: domain")]
    Domain,
    /// Logical consistency: topological.
    #[serde(rename = "logical consistency: topological")]
    Topological,
    /// Completeness: omission.
    #[serde(rename = "completeness: omission")]
    Omission,
    /// Completeness: commission.
    #[serde(rename = "completeness: commission")]
    Commission,
    /// Thematic accuracy: classification correctness.
    #[serde(rename = "thematic accuracy: classification correctness")]
    Classification,
    /// Thematic accuracy: quantitative attribute.
    #[serde(rename = "thematic accuracy: quantitative attribute")]
    Quantitative,
    /// Temporal quality: consistency.
    #[serde(rename = "temporal quality: consistency")]
    TemporalConsistency,
    /// Usability.
    #[serde(rename = "usability")]
    Usability,
}

impl Element {
    /// All of them.
    pub const ALL: [Element; 10] = [
        Element::Format,
        Element::Conceptual,
        Element::Domain,
        Element::Topological,
        Element::Omission,
        Element::Commission,
        Element::Classification,
        Element::Quantitative,
        Element::TemporalConsistency,
        Element::Usability,
    ];

    /// Its name, as reports write it.
    pub fn words(self) -> &'static str {
        match self {
            Element::Format => "logical consistency: format",
            Element::Conceptual => "logical consistency: conceptual",
            Element::Domain => "logical consistency: domain",
            Element::Topological => "logical consistency: topological",
            Element::Omission => "completeness: omission",
            Element::Commission => "completeness: commission",
            Element::Classification => "thematic accuracy: classification correctness",
            Element::Quantitative => "thematic accuracy: quantitative attribute",
            Element::TemporalConsistency => "temporal quality: consistency",
            Element::Usability => "usability",
        }
    }
}

/// A line of the table of checks.
#[derive(Debug)]
pub struct CheckSpec {
    /// Its name, as in `check:` and in findings.
    pub name: &'static str,
    /// What it can judge.
    pub subject: Subject,
    /// What it measures.
    pub element: Element,
    /// How bad a finding is where the contract gives no `severity`.
    pub severity: Severity,
    /// Its parameters, `check` among them.
    pub table: &'static Table,
    pub(crate) build: fn(&mut Params<'_, '_>) -> Option<Check>,
}

/// A check with its parameters; what the contract leaves out has its default here.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// `crs`.
    Crs(CrsCheck),
    /// `grid`.
    Grid(GridCheck),
    /// `extent`.
    Extent(ExtentCheck),
    /// `dtype`.
    Dtype(DtypeCheck),
    /// `nodata`.
    Nodata(NodataCheck),
    /// `periods`.
    Periods(PeriodsCheck),
    /// `file-layout`.
    FileLayout(FileLayoutCheck),
    /// `licence`.
    Licence(LicenceCheck),
    /// `classes`.
    Classes(ClassesCheck),
    /// `valid-share`.
    ValidShare(ValidShareCheck),
    /// `outside-area`.
    OutsideArea(OutsideAreaCheck),
    /// `minimum-mapping-unit`.
    MinimumMappingUnit(MinimumMappingUnitCheck),
    /// `class-share`.
    ClassShare(ClassShareCheck),
    /// `change`.
    Change(ChangeCheck),
    /// `impossible-transitions`.
    ImpossibleTransitions(ImpossibleTransitionsCheck),
    /// `flicker`.
    Flicker(FlickerCheck),
    /// `acceptance-points`.
    AcceptancePoints(AcceptancePointsCheck),
    /// `accuracy`.
    Accuracy(AccuracyCheck),
    /// `geometry-type`.
    GeometryType(GeometryTypeCheck),
    /// `validity`.
    Validity(FeatureLimit),
    /// `key`.
    Key(KeyCheck),
    /// `attribute-type`.
    AttributeType(AttributeTypeCheck),
    /// `range`.
    Range(RangeCheck),
    /// `enumeration`.
    Enumeration(EnumerationCheck),
    /// `foreign-key`.
    ForeignKey(ForeignKeyCheck),
    /// `duplicates`.
    Duplicates(DuplicatesCheck),
    /// `empty-geometry`.
    EmptyGeometry(FeatureLimit),
    /// `tiny-geometry`.
    TinyGeometry(TinyGeometryCheck),
}

impl Check {
    /// Its name in the table.
    pub fn name(&self) -> &'static str {
        match self {
            Check::Crs(_) => "crs",
            Check::Grid(_) => "grid",
            Check::Extent(_) => "extent",
            Check::Dtype(_) => "dtype",
            Check::Nodata(_) => "nodata",
            Check::Periods(_) => "periods",
            Check::FileLayout(_) => "file-layout",
            Check::Licence(_) => "licence",
            Check::Classes(_) => "classes",
            Check::ValidShare(_) => "valid-share",
            Check::OutsideArea(_) => "outside-area",
            Check::MinimumMappingUnit(_) => "minimum-mapping-unit",
            Check::ClassShare(_) => "class-share",
            Check::Change(_) => "change",
            Check::ImpossibleTransitions(_) => "impossible-transitions",
            Check::Flicker(_) => "flicker",
            Check::AcceptancePoints(_) => "acceptance-points",
            Check::Accuracy(_) => "accuracy",
            Check::GeometryType(_) => "geometry-type",
            Check::Validity(_) => "validity",
            Check::Key(_) => "key",
            Check::AttributeType(_) => "attribute-type",
            Check::Range(_) => "range",
            Check::Enumeration(_) => "enumeration",
            Check::ForeignKey(_) => "foreign-key",
            Check::Duplicates(_) => "duplicates",
            Check::EmptyGeometry(_) => "empty-geometry",
            Check::TinyGeometry(_) => "tiny-geometry",
        }
    }

    /// Its line in the table.
    pub fn spec(&self) -> &'static CheckSpec {
        CHECKS.iter().find(|spec| spec.name == self.name()).expect("every check stands in the table")
    }
}

/// All checks, those of rasters first, by what they look at.
pub static CHECKS: &[&CheckSpec] = &[
    &file::CRS,
    &file::GRID,
    &file::EXTENT,
    &file::DTYPE,
    &file::NODATA,
    &file::PERIODS,
    &file::FILE_LAYOUT,
    &file::LICENCE,
    &pixels::CLASSES,
    &pixels::VALID_SHARE,
    &pixels::OUTSIDE_AREA,
    &pixels::MINIMUM_MAPPING_UNIT,
    &pixels::CLASS_SHARE,
    &pixels::CHANGE,
    &pixels::IMPOSSIBLE_TRANSITIONS,
    &pixels::FLICKER,
    &thematic::ACCEPTANCE_POINTS,
    &thematic::ACCURACY,
    &vector::GEOMETRY_TYPE,
    &vector::VALIDITY,
    &vector::KEY,
    &vector::ATTRIBUTE_TYPE,
    &vector::RANGE,
    &vector::ENUMERATION,
    &vector::FOREIGN_KEY,
    &vector::DUPLICATES,
    &vector::EMPTY_GEOMETRY,
    &vector::TINY_GEOMETRY,
];

/// The check of a name.
pub fn spec(name: &str) -> Option<&'static CheckSpec> {
    CHECKS.iter().find(|spec| spec.name == name).copied()
}

/// The names of all checks.
pub fn check_names() -> Vec<&'static str> {
    CHECKS.iter().map(|spec| spec.name).collect()
}

/// The check that a misspelled name is close to.
pub fn closest_check(name: &str) -> Option<&'static str> {
    closest(name, check_names())
}

/// A line of the table: name, subject, element, severity, meaning, builder, and the parameters besides `check`.
macro_rules! check {
    ($line:ident, $name:literal, $subject:ident, $element:ident, $severity:ident, $build:path, $about:expr, [$($key:expr),* $(,)?]) => {
        pub(crate) static $line: $crate::checks::CheckSpec = $crate::checks::CheckSpec {
            name: $name,
            subject: $crate::checks::Subject::$subject,
            element: $crate::checks::Element::$element,
            severity: mutirao_core::finding::Severity::$severity,
            table: &mutirao_pipeline::text::Table {
                name: concat!("check-", $name),
                about: $about,
                choices: &[],
                keys: &[
                    mutirao_pipeline::text::Key::new("check", mutirao_pipeline::text::Kind::Words(&[$name]), "Which check.")
                        .required(),
                    $($key),*
                ],
            },
            build: $build,
        };
    };
}
pub(crate) use check;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_stands_once_and_says_what_it_means() {
        let mut names = check_names();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CHECKS.len());
        for spec in CHECKS {
            assert!(spec.table.about.ends_with('.'), "{}", spec.name);
            for key in spec.table.keys {
                assert!(key.about.ends_with('.'), "{} {}", spec.name, key.name);
            }
            assert_eq!(serde_json::to_value(spec.element).unwrap(), spec.element.words());
        }
    }
}
