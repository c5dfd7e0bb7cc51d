//! Prevalence as data: the ordered table of rules, resolved to layers and values.
//!
//! A rule matches a pixel where its layer holds one of the values it takes and every condition of `conditions` holds. The first
//! rule that matches wins. Its output is `give`, by default the class taken; the first exception that holds replaces it. See
//! formats, section 2, "Prevalence, exactly".

use serde::{Deserialize, Serialize};

use crate::values::ValueSet;

/// A layer, by its place in the pipeline's list of layers, from 0.
pub type LayerId = usize;

/// One condition: a layer holds one of the values.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Condition {
    /// The layer asked.
    pub layer: LayerId,
    /// What it must hold; nothing is a value like any other here.
    pub values: ValueSet,
}

/// What a rule or an exception gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Give {
    /// Nothing, on purpose.
    Nothing,
    /// This class.
    Class(u16),
    /// The class that this layer holds there. Where it holds nothing, an exception does not hold, and a rule does not match.
    Layer(LayerId),
}

/// An `unless` entry: where all of `when` holds, `give` replaces the rule's output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// A conjunction.
    pub when: Vec<Condition>,
    /// The output instead.
    pub give: Give,
}

/// One rule of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The layer taken.
    pub layer: LayerId,
    /// The values taken. Nothing is never taken, whatever the set says.
    pub take: ValueSet,
    /// `where`: every one must hold. At most one a layer.
    pub conditions: Vec<Condition>,
    /// The output; none is the class taken.
    pub give: Option<Give>,
    /// Tried in order; the first that holds replaces the output.
    pub unless: Vec<Exception>,
    /// The periods in which the rule is in force, by their place in the pipeline's list, ascending; none is all of them.
    pub periods: Option<Vec<usize>>,
}

/// What kind of layer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Classes of the map.
    Class,
    /// Regions, for conditions, `within` and territories; never a class of the map.
    Region,
    /// Numbers for conditions.
    Value,
}

/// What rules and the linter know of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleLayer {
    /// Its name in the pipeline.
    pub name: String,
    /// Its kind.
    pub role: Role,
    /// The values that it may hold besides nothing: of its crosswalk, its `classes` or the legend; none for region and value
    /// layers that declare no `classes` and so may hold any number.
    pub declared: Option<ValueSet>,
}

/// The whole table with what it needs to be judged and compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTable {
    /// All layers of the pipeline, in its order.
    pub layers: Vec<RuleLayer>,
    /// The rules in their order; rule numbers that people see count from 1.
    pub rules: Vec<Rule>,
    /// Where this region layer is nothing, the coverage is nothing.
    pub within: Option<LayerId>,
    /// The class where no rule matches inside the area; none is nothing.
    pub unclaimed: Option<u16>,
    /// The labels of the pipeline's periods, in order.
    pub periods: Vec<String>,
}
