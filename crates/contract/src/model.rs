//! A contract, read and checked.

use std::path::PathBuf;

use mutirao_core::finding::{Place, Severity};

use crate::{checks::Check, constraints::Constraints, metric::Metric, terms::Terms, timeline::Timeline};

/// A contract.
#[derive(Debug, Clone)]
pub struct Contract {
    /// Its file, as it was named.
    pub path: PathBuf,
    /// The version of ODCS that it is written in, such as `v3.1.0`.
    pub api_version: String,
    /// The layer, or `layer-member`.
    pub id: String,
    /// A name for people.
    pub name: Option<String>,
    /// The contract's own version, text as written.
    pub version: String,
    /// `draft`, `active` and so on, as written.
    pub status: Option<String>,
    /// The network.
    pub tenant: Option<String>,
    /// Terms of the whole contract.
    pub terms: Terms,
    /// What is delivered, in order.
    pub objects: Vec<Object>,
    /// What is due when.
    pub timeline: Timeline,
    /// Where its id stands.
    pub place: Place,
    /// Where its tenant stands.
    pub tenant_place: Option<Place>,
    /// Everything that stands in the file, what is not ours too.
    pub document: serde_json::Value,
}

impl Contract {
    /// The place of what is delivered among the objects, which checks judge: the first raster or vector; else the first object.
    pub fn delivered(&self) -> Option<usize> {
        let is_layer = |object: &Object| matches!(object.kind, ObjectKind::Raster | ObjectKind::Vector);
        self.objects.iter().position(is_layer).or((!self.objects.is_empty()).then_some(0))
    }

    /// Objects that no check judges and that look as if one should: rasters, vectors and whatever has rules, besides the one that is
    /// delivered.
    pub fn passed_over(&self) -> impl Iterator<Item = &Object> {
        let delivered = self.delivered();
        let others = self.objects.iter().enumerate().filter(move |(at, _)| Some(*at) != delivered);
        others.map(|(_, object)| object).filter(|object| {
            matches!(object.kind, ObjectKind::Raster | ObjectKind::Vector) || object.rules().next().is_some()
        })
    }
}

/// A raster, vector or table that is delivered.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its name.
    pub name: String,
    /// Its file, with `{period}`.
    pub physical_name: Option<String>,
    /// What it is.
    pub kind: ObjectKind,
    /// Its terms; those of the contract where it says nothing itself.
    pub terms: Terms,
    /// Its bands or attributes, in order.
    pub properties: Vec<Property>,
    /// What it must keep as a whole, in order.
    pub quality: Vec<Rule>,
    /// Where it stands.
    pub place: Place,
}

impl Object {
    /// All of its rules: those of the whole, then those of its properties with their property.
    pub fn rules(&self) -> impl Iterator<Item = (Option<&Property>, &Rule)> {
        let whole = self.quality.iter().map(|rule| (None, rule));
        let parts =
            self.properties.iter().flat_map(|property| property.quality.iter().map(move |rule| (Some(property), rule)));
        whole.chain(parts)
    }
}

/// What an object is, by its `physicalType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// A raster.
    Raster,
    /// A vector.
    Vector,
    /// A table without geometries.
    Table,
    /// The contract does not say.
    Unsaid,
}

/// A band or an attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// What it is called in the file, with `{period}`; its name where none is given.
    pub physical_name: Option<String>,
    /// Its type in ODCS's words, such as `integer`.
    pub logical_type: Option<String>,
    /// Its type in the file, such as `uint8`.
    pub physical_type: Option<String>,
    /// Whether it may not be null.
    pub required: bool,
    /// Whether no value stands twice.
    pub unique: bool,
    /// Whether it is the key.
    pub primary_key: bool,
    /// What its values must be.
    pub constraints: Constraints,
    /// What it must keep.
    pub quality: Vec<Rule>,
    /// Where it stands.
    pub place: Place,
}

/// Something that must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// A name for people.
    pub name: Option<String>,
    /// How bad it is if it does not hold.
    pub severity: Severity,
    /// What it is about, in ODCS's words.
    pub dimension: Option<String>,
    /// What must hold.
    pub quality: Quality,
    /// Where it stands.
    pub place: Place,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Quality {
    /// One of our checks.
    Check(Check),
    /// A metric of ODCS's library.
    Metric(Metric),
    /// Words for people, SQL, or the check of another engine: kept, and never judged here.
    Other {
        /// `text`, `sql`, or the engine.
        engine: String,
    },
}
