//! Licences of inputs against the licence of what is made of them.
//!
//! A merged coverage is an adaptation of every layer that went into it, so the terms of each of them bind whoever publishes it.
//! Licences are SPDX ids and expressions of them with `AND` and `OR`. What the terms plainly forbid is a conflict; where this
//! table does not know a licence, that is said and nothing is guessed. It is no legal advice.
//!
//! Sources: the legal codes of Creative Commons (section 3(b) of the share-alike licences and 2(a) of those without derivatives),
//! Creative Commons' list of compatible licences (2025), ODbL 1.0 section 4.4, CDLA-Sharing 1.0 section 3.

mod expression;
mod terms;

pub use expression::alternatives;
use terms::{Terms, terms};

/// What the terms of an input say to the licence of the product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// Nothing stands in the way.
    Fits,
    /// The product's licence drops the condition to name the author.
    Unnamed {
        /// The input's licence that asks for it.
        input: String,
        /// The product's licence that does not.
        product: String,
    },
    /// A licence that is not known here stands on one side.
    Unknown {
        /// The licence.
        licence: String,
    },
    /// The product's licence allows what an input's forbids.
    Conflict {
        /// The input's licence.
        input: String,
        /// The product's licence.
        product: String,
        /// What is forbidden.
        why: Why,
    },
}

/// What an input's licence forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// To publish anything made of it.
    NoDerivatives,
    /// Commercial use.
    NonCommercial,
    /// Any licence but its own, and those that it names.
    ShareAlike,
}

/// Whether a product under one licence may be made of an input under another, both SPDX expressions: the worst of what is
/// found. Of an input's alternatives (`OR`) the kindest counts; all that it demands together (`AND`) counts; whoever takes the
/// product may choose among its alternatives, so each of them must fit.
pub fn judge(input: &str, product: &str) -> Judgement {
    let offers = alternatives(input);
    let choices = alternatives(product);
    let kindest = |choice: &Vec<String>| {
        let all = offers.iter().map(|offer| offer.iter().map(|id| judge_one(id, choice)).max());
        all.flatten().min().unwrap_or_else(|| Judgement::Unknown { licence: input.to_owned() })
    };
    let worst = choices.iter().map(kindest).max();
    worst.unwrap_or_else(|| Judgement::Unknown { licence: product.to_owned() })
}

/// One licence of an input against the licences of a product that hold together.
fn judge_one(input: &str, product: &[String]) -> Judgement {
    let Some(asked) = terms(input) else {
        // The same licence again asks for nothing new, unless it forbids adaptations; nobody knows that here.
        let same = product.iter().any(|id| id == input);
        return if same { Judgement::Fits } else { Judgement::Unknown { licence: input.to_owned() } };
    };
    let conflict = |why| Judgement::Conflict { input: input.to_owned(), product: product.join(" AND "), why };
    if asked.no_derivatives {
        return conflict(Why::NoDerivatives);
    }
    let known: Vec<Terms> = product.iter().filter_map(|id| terms(id)).collect();
    if asked.share_alike.is_some_and(|family| !known.iter().any(|terms| terms.continues(&asked, family))) {
        return unknown_or(product, conflict(Why::ShareAlike));
    }
    if asked.non_commercial && !known.iter().any(|terms| terms.non_commercial) {
        return unknown_or(product, conflict(Why::NonCommercial));
    }
    if asked.attribution && !known.iter().any(|terms| terms.attribution) {
        let unnamed = Judgement::Unnamed { input: input.to_owned(), product: product.join(" AND ") };
        return unknown_or(product, unnamed);
    }
    Judgement::Fits
}

/// A licence of the product that is not known may be all that is asked for.
fn unknown_or(product: &[String], judgement: Judgement) -> Judgement {
    let unknown = product.iter().find(|id| terms(id).is_none());
    unknown.map_or(judgement, |licence| Judgement::Unknown { licence: licence.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(input: &str, product: &str) -> Option<Why> {
        match judge(input, product) {
            Judgement::Conflict { why, .. } => Some(why),
            _ => None,
        }
    }

    #[test]
    fn what_may_be_made_of_what() {
        for (input, product) in [
            ("CC0-1.0", "CC0-1.0"),
            ("CC0-1.0", "CC-BY-4.0"),
            ("PDDL-1.0", "ODbL-1.0"),
            ("CC-BY-4.0", "CC-BY-4.0"),
            ("CC-BY-3.0-BR", "CC-BY-4.0"),
            ("CC-BY-4.0", "CC-BY-SA-4.0"),
            ("CC-BY-4.0", "CC-BY-NC-4.0"),
            ("ODC-By-1.0", "CC-BY-4.0"),
            ("OGL-UK-3.0", "CC-BY-4.0"),
            ("etalab-2.0", "ODbL-1.0"),
            ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0"),
            ("CC-BY-SA-3.0", "CC-BY-SA-4.0"),
            ("CC-BY-SA-3.0-IGO", "CC-BY-SA-4.0"),
            ("CC-BY-SA-4.0", "CC-BY-SA-4.0"),
            ("CC-BY-SA-4.0", "GPL-3.0-only"),
            ("ODbL-1.0", "ODbL-1.0"),
            ("CC-BY-NC-SA-4.0", "CC-BY-NC-SA-4.0"),
            ("CC-BY-NC-4.0 OR CC-BY-4.0", "CC-BY-4.0"),
            ("ODbL-1.0 OR CC-BY-SA-4.0", "ODbL-1.0 OR CC-BY-SA-4.0"),
            ("ODbL-1.0", "CC-BY-4.0 AND ODbL-1.0"),
            ("LicenseRef-ours", "LicenseRef-ours"),
        ] {
            assert_eq!(judge(input, product), Judgement::Fits, "{input} in {product}");
        }
    }

    #[test]
    fn what_may_not() {
        for (input, product, due) in [
            ("CC-BY-NC-4.0", "CC-BY-4.0", Why::NonCommercial),
            ("CC-BY-NC-4.0", "CC0-1.0", Why::NonCommercial),
            ("CC-BY-NC-4.0", "ODbL-1.0", Why::NonCommercial),
            ("CC-BY-SA-4.0", "CC-BY-4.0", Why::ShareAlike),
            ("CC-BY-SA-4.0", "CC-BY-SA-3.0", Why::ShareAlike),
            ("CC-BY-SA-4.0", "CC-BY-NC-SA-4.0", Why::ShareAlike),
            ("CC-BY-SA-1.0", "CC-BY-SA-4.0", Why::ShareAlike),
            ("CC-BY-NC-SA-4.0", "CC-BY-SA-4.0", Why::ShareAlike),
            ("ODbL-1.0", "CC-BY-SA-4.0", Why::ShareAlike),
            ("ODbL-1.0", "CC-BY-4.0", Why::ShareAlike),
            ("CC-BY-ND-4.0", "CC-BY-ND-4.0", Why::NoDerivatives),
            ("CC-BY-NC-ND-4.0", "CC-BY-4.0", Why::NoDerivatives),
            ("CC-BY-4.0 AND CC-BY-NC-4.0", "CC-BY-4.0", Why::NonCommercial),
            ("ODbL-1.0", "ODbL-1.0 OR CC-BY-4.0", Why::ShareAlike),
        ] {
            assert_eq!(why(input, product), Some(due), "{input} in {product}");
        }
    }

    #[test]
    fn what_nobody_knows_is_said() {
        let unknown = |licence: &str| Judgement::Unknown { licence: licence.to_owned() };
        assert_eq!(judge("LicenseRef-theirs", "CC-BY-4.0"), unknown("LicenseRef-theirs"));
        assert_eq!(judge("CC-BY-SA-4.0", "LicenseRef-ours"), unknown("LicenseRef-ours"));
        assert_eq!(judge("CC-BY-4", "CC-BY-4.0"), unknown("CC-BY-4"));
        assert_eq!(judge("(CC-BY-4.0", "CC-BY-4.0"), unknown("(CC-BY-4.0"));
        assert_eq!(judge("CC0-1.0", "LicenseRef-ours"), Judgement::Fits);
    }

    #[test]
    fn names_are_not_dropped_without_a_word() {
        assert!(matches!(judge("CC-BY-4.0", "CC0-1.0"), Judgement::Unnamed { .. }));
    }
}
