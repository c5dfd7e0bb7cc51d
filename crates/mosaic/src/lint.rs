//! The rule linter: what a table of rules can never do, found before a pixel is read.
//!
//! Every layer is a variable that may hold any of its declared values or nothing, and any combination of them may occur; the
//! period is one more variable. A rule then matches a *box*: a product of one set of values a variable. That a rule never wins
//! means that the boxes of earlier rules cover its own, which [`lint`] decides exactly, by search and never by sampling (see
//! `cover`). Values that no set of the table tells apart are one elementary class, so the size of the numbers does not matter.
//!
//! The search is bounded by [`MAX_BOXES`] a question. Past it the linter says `undecided` for that part, never a guess.
//!
//! ```
//! use mutirao_core::{rule::{Role, Rule, RuleLayer, RuleTable}, values::ValueSet};
//! let base = RuleLayer { name: "base".into(), role: Role::Class, declared: Some(ValueSet::from_values([3, 4])) };
//! let take = |take| Rule { layer: 0, take, conditions: vec![], give: None, unless: vec![], periods: None };
//! let table = RuleTable {
//!     layers: vec![base],
//!     rules: vec![take(ValueSet::any()), take(ValueSet::of(4))],
//!     within: None,
//!     unclaimed: None,
//!     periods: vec!["2020".into()],
//! };
//! let findings = mutirao_mosaic::lint::lint(&table, &[], &[]);
//! assert_eq!((findings[0].code.as_str(), findings[0].rule, &findings[0].because), ("never-wins", Some(2), &vec![1]));
//! ```

mod areas;
mod causes;
mod classes;
mod cover;
mod exceptions;
mod rules;
mod space;
mod variable;
mod words;

#[cfg(test)]
mod tests;

pub use areas::lint_areas;

use mutirao_core::finding::Finding;
use mutirao_core::rule::{LayerId, RuleTable};

/// How many boxes one question (whether earlier rules take all of a part, and which of them) may visit before it counts as
/// undecided. The tables of real networks need a few dozen.
pub const MAX_BOXES: usize = 200_000;

/// How many values a finding lists one by one in `class`; a longer list is left to the message, which names ranges.
pub const MAX_LISTED: usize = 1_024;

/// What is wrong with a table of rules, or odd about it: first what concerns rules, in their order, then classes, then layers.
///
/// `legend_ids` are the ids that the coverage's legend holds, for `class-never-given`; empty asks nothing about them.
/// `used_elsewhere` are layers that serve something besides the rules, such as territories and areas of members, and so are
/// never `layer-unused`. The answer depends on nothing but the arguments.
///
/// # Panics
///
/// If the table names a layer that is not in `table.layers`.
pub fn lint(table: &RuleTable, legend_ids: &[u16], used_elsewhere: &[LayerId]) -> Vec<Finding> {
    lint_bounded(table, legend_ids, used_elsewhere, MAX_BOXES)
}

fn lint_bounded(table: &RuleTable, legend_ids: &[u16], used_elsewhere: &[LayerId], bound: usize) -> Vec<Finding> {
    let space = space::Space::new(table);
    let claims: Vec<_> = table.rules.iter().map(|rule| space.of_rule(rule)).collect();
    let mut findings = Vec::new();
    for (place, own) in claims.iter().enumerate() {
        let case = rules::Case { table, space: &space, place, own, earlier: &claims[..place], bound };
        if rules::judge(&case, &mut findings) {
            exceptions::judge(&case, &mut findings);
        }
    }
    findings.extend(classes::unclaimed(table, &space));
    findings.extend(classes::never_given(table, &space, legend_ids));
    findings.extend(classes::unused_layers(table, used_elsewhere));
    findings
}
