//! The rasters of a release, and the bands that they are made of.

use mutirao_core::pipeline::{Outputs, Pipeline, Provenance};
use mutirao_mosaic::outcome::Outcome;

use crate::plan::Plan;

/// A raster of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Product {
    /// The class.
    Coverage,
    /// Source, rule, part.
    Provenance,
    /// How many layers speak, say the winning class, say one of the same top class.
    Agreement,
}

impl Product {
    /// The folder that it stands in.
    pub fn folder(self) -> &'static str {
        match self {
            Product::Coverage => "coverage",
            Product::Provenance => "provenance",
            Product::Agreement => "agreement",
        }
    }
}

/// What a band says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// The class, nodata for nothing.
    Class,
    /// The source.
    Source,
    /// The rule.
    Rule,
    /// The part of the rule.
    Part,
    /// Layers that speak.
    Speak,
    /// Layers that say the winning class.
    Same,
    /// Layers that say one of the same top class.
    SameTop,
}

/// A band of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// The raster that it is part of.
    pub product: Product,
    /// What it says.
    pub meaning: Meaning,
    /// Whether its samples have 16 bits.
    pub wide: bool,
    /// The value where there is nothing, and of padding.
    pub nodata: u16,
}

/// The value of agreement outside the coverage's area.
pub const AGREEMENT_OUTSIDE: u16 = 255;

impl Band {
    /// What the band says of an outcome.
    pub fn value(&self, outcome: &Outcome) -> u16 {
        let agreement = |count: u8| if outcome.inside { u16::from(count) } else { AGREEMENT_OUTSIDE };
        match self.meaning {
            Meaning::Class => outcome.class.unwrap_or(self.nodata),
            Meaning::Source => outcome.source,
            Meaning::Rule => outcome.rule,
            Meaning::Part => outcome.part,
            Meaning::Speak => agreement(outcome.agreement.speak),
            Meaning::Same => agreement(outcome.agreement.same),
            Meaning::SameTop => agreement(outcome.agreement.same_top),
        }
    }
}

/// The bands that a run writes; the class always first.
pub fn bands(pipeline: &Pipeline, plan: &Plan) -> Vec<Band> {
    let Outputs { nodata, agreement, provenance, .. } = pipeline.outputs;
    let wide = pipeline.legend.ids().chain([nodata]).any(|id| id > 255);
    let mut bands = vec![Band { product: Product::Coverage, meaning: Meaning::Class, wide, nodata }];
    let sources: usize = plan.layers.iter().map(|layer| layer.members.len()).sum();
    let parts = plan.table.rules.iter().map(|rule| rule.unless.len()).max().unwrap_or(0);
    let meanings: &[Meaning] = match provenance {
        Provenance::All => &[Meaning::Source, Meaning::Rule, Meaning::Part],
        Provenance::Source => &[Meaning::Source],
        Provenance::None => &[],
    };
    let wide = match provenance {
        Provenance::All => sources.max(plan.table.rules.len()).max(parts) > 255,
        Provenance::Source | Provenance::None => sources > 255,
    };
    bands.extend(meanings.iter().map(|meaning| Band {
        product: Product::Provenance,
        meaning: *meaning,
        wide,
        nodata: 0,
    }));
    if agreement {
        let meanings = [Meaning::Speak, Meaning::Same, Meaning::SameTop];
        bands.extend(meanings.map(|meaning| Band {
            product: Product::Agreement,
            meaning,
            wide: false,
            nodata: AGREEMENT_OUTSIDE,
        }));
    }
    bands
}
