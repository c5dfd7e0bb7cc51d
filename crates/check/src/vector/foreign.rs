//! Keys of another table.

use std::collections::HashSet;

/// The keys of a table: texts, and, where it is a crosswalk, ranges of codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForeignKeys {
    texts: HashSet<String>,
    /// Whole numbers from the first to the second, both inclusive.
    ranges: Vec<(i64, i64)>,
}

impl ForeignKeys {
    /// Keys as they are written.
    pub fn of_texts(texts: impl IntoIterator<Item = String>) -> ForeignKeys {
        ForeignKeys { texts: texts.into_iter().collect(), ranges: Vec::new() }
    }

    /// Left sides of a crosswalk: codes, ranges of them (`10..19`), and texts.
    pub fn of_crosswalk(from: impl IntoIterator<Item = String>) -> ForeignKeys {
        let mut keys = ForeignKeys::default();
        for text in from {
            let end = |text: &str| text.trim().parse().ok();
            match text.split_once("..").and_then(|(first, last)| end(first).zip(end(last))) {
                Some(range) => keys.ranges.push(range),
                None => drop(keys.texts.insert(text)),
            }
        }
        keys
    }

    /// Whether a value is one of them; in a range only as a whole number.
    pub fn contains(&self, value: &str) -> bool {
        let code = || value.trim().parse::<i64>().ok();
        let in_range = |code: i64| self.ranges.iter().any(|(first, last)| *first <= code && code <= *last);
        self.texts.contains(value) || (!self.ranges.is_empty() && code().is_some_and(in_range))
    }

    /// How many texts and ranges there are.
    pub fn len(&self) -> usize {
        self.texts.len() + self.ranges.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crosswalk_has_codes_ranges_and_texts() {
        let from = ["3", "10..19", "a..b", "Soja"].map(str::to_owned);
        let keys = ForeignKeys::of_crosswalk(from.clone());
        for value in ["3", "10", "15", " 19", "a..b", "Soja"] {
            assert!(keys.contains(value), "{value}");
        }
        for value in ["9", "20", "10..19", "15.0", "", "soja", "a"] {
            assert!(!keys.contains(value), "{value}");
        }
        let texts = ForeignKeys::of_texts(from);
        assert!(texts.contains("10..19") && !texts.contains("15"));
        assert_eq!((keys.len(), texts.len(), keys.is_empty()), (4, 4, false));
    }
}
