//! What a rehearsal finds: how much of the network's coverage would change.

use serde::Serialize;

/// How the network's coverage would change.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Rehearsal {
    /// The layer of the network, or `layer/member`.
    pub layer: String,
    /// Whether the layer speaks in the network's coverage already; else it is compared with the coverage without it.
    pub replaces: bool,
    /// By period.
    pub periods: Vec<PeriodChange>,
    /// What would become of which class, the largest first; none stands for nothing.
    pub classes: Vec<ClassChange>,
    /// Where, by kind and territory: those in which anything would change, the largest change first.
    pub territories: Vec<TerritoryChange>,
    /// The kinds of territories that are not counted: they are no polygons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<Uncounted>,
}

/// A period.
#[derive(Debug, Clone, Serialize)]
pub struct PeriodChange {
    /// Its label.
    pub period: String,
    /// Pixels of the part of the coverage that was merged: the tiles that the layer touches.
    pub pixels: u64,
    /// Those whose class would change.
    pub changed: u64,
    /// Their true area.
    pub changed_ha: f64,
}

/// What would become of a class.
#[derive(Debug, Clone, Serialize)]
pub struct ClassChange {
    /// The period.
    pub period: String,
    /// The class as it is.
    pub from: Option<u16>,
    /// The class as it would be.
    pub to: Option<u16>,
    /// Pixels.
    pub pixels: u64,
    /// Their true area.
    pub area_ha: f64,
}

/// What would change in a territory.
#[derive(Debug, Clone, Serialize)]
pub struct TerritoryChange {
    /// The period.
    pub period: String,
    /// The kind.
    pub kind: String,
    /// The key; empty for what lies in none.
    pub territory: String,
    /// The name.
    pub name: String,
    /// Pixels whose class would change.
    pub changed: u64,
    /// Their true area.
    pub changed_ha: f64,
    /// Pixels of the territory in the part that was merged.
    pub pixels: u64,
}

/// A kind of territories by which changes are not counted.
#[derive(Debug, Clone, Serialize)]
pub struct Uncounted {
    /// The kind.
    pub kind: String,
    /// Why.
    pub because: String,
}
