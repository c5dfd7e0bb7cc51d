//! What ODCS says of values at a property of a raster.

use mutirao_contract::{Constraints, Object, Property};
use mutirao_core::finding::Severity;

use crate::report::{Outcome, RuleOutcome, RulePlace};

/// What is said of the values of a property is for attributes; of pixels, `classes` says it. So it is told and not judged.
pub fn unjudged(object: &Object) -> Vec<RuleOutcome> {
    // That a class is an integer, every raster that can be read keeps.
    let says_more =
        |property: &&Property| Constraints { kind: None, ..property.constraints.clone() } != Constraints::default();
    let outcome = |property: &Property| RuleOutcome {
        check: "logical-type-options".to_owned(),
        outcome: Outcome::Unjudged,
        severity: Severity::Error,
        measured: None,
        because: Some(
            "what ODCS says of the values of a property is not judged of pixels; agree on `classes`".to_owned(),
        ),
        rule: Some(RulePlace { name: Some(property.name.clone()), place: object.place.clone() }),
    };
    object.properties.iter().filter(says_more).map(outcome).collect()
}
