//! What a sheet holds: which of its rasters are worth a file, and what their statistics are.

use std::collections::BTreeMap;

use crate::{areas::Amount, count::AreaKey, product::Product};

/// What a sheet holds in one period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Pixels by class; those that are nothing are left out.
    pub classes: BTreeMap<u16, u64>,
    /// Whether a source or a rule stands anywhere.
    pub has_provenance: bool,
    /// Whether any pixel lies inside the coverage's area.
    pub has_inside: bool,
}

impl Contents {
    /// From the areas of a whole sheet, by period.
    pub fn by_period<'a>(whole: impl IntoIterator<Item = (&'a AreaKey, &'a Amount)>, periods: usize) -> Vec<Self> {
        let mut contents = vec![Self::default(); periods];
        for (key, amount) in whole {
            let own = &mut contents[usize::from(key.period)];
            own.has_inside = true;
            own.has_provenance |= key.source != 0 || key.rule != 0;
            if let Some(class) = key.class {
                *own.classes.entry(class).or_default() += amount.pixels;
            }
        }
        contents
    }

    /// Whether the sheet has a file of a product. A sheet of classes has all; one without may still hold rules that give nothing,
    /// or gaps, which are not what lies outside.
    pub fn has(&self, product: Product) -> bool {
        let has_class = !self.classes.is_empty();
        match product {
            Product::Coverage => has_class,
            Product::Provenance => has_class || self.has_provenance,
            Product::Agreement => has_class || self.has_inside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::TerritoryId;

    fn key(class: Option<u16>, source: u16, rule: u16) -> AreaKey {
        AreaKey { period: 1, kind: 0, territory: TerritoryId::NONE, class, source, rule }
    }

    fn contents(keys: &[AreaKey]) -> Contents {
        let amount = Amount { pixels: 5, ..Amount::default() };
        Contents::by_period(keys.iter().map(|key| (key, &amount)), 2).remove(1)
    }

    fn files(contents: &Contents) -> [bool; 3] {
        [Product::Coverage, Product::Provenance, Product::Agreement].map(|product| contents.has(product))
    }

    #[test]
    fn a_sheet_has_files_of_what_it_holds() {
        assert_eq!(files(&contents(&[])), [false, false, false], "all lies outside");
        assert_eq!(files(&contents(&[key(None, 0, 0)])), [false, false, true], "a gap");
        assert_eq!(files(&contents(&[key(None, 1, 2)])), [false, true, true], "nothing, by rule 2");
        assert_eq!(files(&contents(&[key(Some(7), 0, 0)])), [true, true, true], "what no rule claims has a class");
    }

    #[test]
    fn classes_are_summed_over_sources_and_rules() {
        let contents = contents(&[key(Some(3), 1, 1), key(Some(3), 2, 1), key(Some(4), 2, 2)]);
        assert_eq!(contents.classes, BTreeMap::from([(3, 10), (4, 5)]));
    }
}
