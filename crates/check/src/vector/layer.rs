//! What every judge has at hand: the features, names of attributes, and how places and findings are written.

use std::cell::OnceCell;
use std::collections::HashSet;

use mutirao_contract::checks::Check;
use mutirao_contract::{Object, Property, Quality};
use mutirao_core::features::{Features, Texts};

use super::{File, Inputs};
use crate::{
    report::{CheckFinding, Where},
    rules::Heading,
};

/// So many places are told.
pub const FIRST: usize = 10;
/// So many values are told in a message.
const SHOWN: usize = 5;
/// Texts are cut at so many letters in messages.
const LETTERS: usize = 40;

/// Rows that something holds of: how many, and the first of them.
#[derive(Default)]
pub struct Rows {
    pub count: u64,
    pub first: Vec<usize>,
}

impl Rows {
    /// Counts one more.
    pub fn add(&mut self, row: usize) {
        self.count += 1;
        if self.first.len() < FIRST {
            self.first.push(row);
        }
    }
}

impl FromIterator<usize> for Rows {
    fn from_iter<I: IntoIterator<Item = usize>>(rows: I) -> Rows {
        let mut found = Rows::default();
        rows.into_iter().for_each(|row| found.add(row));
        found
    }
}

/// The features of one file or several, and what the contract says of them.
pub struct Layer<'a> {
    pub features: &'a Features,
    /// The files, in the order of their features.
    pub files: &'a [File<'a>],
    /// At which row each file begins.
    begins: Vec<usize>,
    pub object: &'a Object,
    pub inputs: &'a Inputs<'a>,
    key: Option<&'a Texts>,
    repeated: OnceCell<HashSet<&'a str>>,
}

impl<'a> Layer<'a> {
    pub fn new(features: &'a Features, files: &'a [File<'a>], object: &'a Object, inputs: &'a Inputs<'a>) -> Layer<'a> {
        let begin = |next: &mut usize, file: &File<'_>| {
            let begin = *next;
            *next += file.features.shapes.len();
            Some(begin)
        };
        let begins = files.iter().scan(0, begin).collect();
        let mut layer = Layer { features, files, begins, object, inputs, key: None, repeated: OnceCell::new() };
        // A part of a key does not say which feature it is.
        let mut primary = object.properties.iter().filter(|property| property.primary_key);
        let primary = primary.next().filter(|_| primary.next().is_none()).map(|property| layer.file_name(property));
        let checked = object.rules().find_map(|(_, rule)| match &rule.quality {
            Quality::Check(Check::Key(check)) => Some(layer.with_period(&check.attribute)),
            _ => None,
        });
        layer.key = primary.or(checked).and_then(|name| layer.column(&name));
        layer
    }

    /// How many features there are.
    pub fn len(&self) -> u64 {
        self.features.shapes.len() as u64
    }

    /// What a property is called in the file.
    pub fn file_name(&self, property: &Property) -> String {
        self.with_period(property.physical_name.as_deref().unwrap_or(&property.name))
    }

    /// A name in which the period stands for `{period}`.
    pub fn with_period(&self, name: &str) -> String {
        self.inputs.period.map_or_else(|| name.to_owned(), |period| name.replace("{period}", period))
    }

    /// The place of an attribute among the fields.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.features.facts.fields.iter().position(|field| field.name == name)
    }

    /// The values of an attribute.
    pub fn column(&self, name: &str) -> Option<&'a Texts> {
        self.features.attributes.get(self.field(name)?)
    }

    /// The CRS that is agreed: by a check, else by the grid.
    pub fn agreed_crs(&self) -> Option<&'a str> {
        let by_rule = self.object.rules().find_map(|(_, rule)| match &rule.quality {
            Quality::Check(Check::Crs(check)) => Some(check.crs.as_str()),
            _ => None,
        });
        by_rule.or_else(|| Some(self.object.terms.grid.as_ref()?.crs.as_str()))
    }

    /// The file of a feature, and its number there from 1.
    pub fn numbered(&self, row: usize) -> (&'a File<'a>, usize) {
        let at = self.begins.partition_point(|begin| *begin <= row).saturating_sub(1);
        (&self.files[at], row - self.begins[at] + 1)
    }

    /// Where a feature is: the file, and its key there, else its number.
    pub fn place(&self, row: usize) -> Where {
        let xy = self.features.shapes.get(row).and_then(|shape| shape.at);
        let key = self.key.and_then(|key| key.get(row)).filter(|key| !key.trim().is_empty());
        let (file, number) = self.numbered(row);
        let feature = key.map_or_else(|| number.to_string(), str::to_owned);
        let is_told = file.features.facts.spatial || key.is_some_and(|key| !self.repeated().contains(key));
        let row = (!is_told).then_some(number as u64);
        Where { xy, feature: Some(feature), row, ..self.at(file) }
    }

    /// The keys that stand more than once.
    fn repeated(&self) -> &HashSet<&'a str> {
        self.repeated.get_or_init(|| {
            let mut seen = HashSet::new();
            let keys = self.key.into_iter().flat_map(|key| key.iter().flatten());
            keys.filter(|key| !seen.insert(*key)).collect()
        })
    }

    /// A file as a whole, in the period that is judged.
    pub fn at(&self, file: &File<'_>) -> Where {
        Where { period: self.inputs.period.map(str::to_owned), ..Where::file(file.name) }
    }

    /// A finding about the whole: of one file, there.
    pub fn finding(&self, heading: &Heading, message: impl Into<String>) -> CheckFinding {
        let place = if let [file] = self.files { Some(self.at(file)) } else { None };
        CheckFinding { place, ..heading.finding(message) }
    }

    /// A finding about some features.
    pub fn finding_at(&self, heading: &Heading, rows: &Rows, message: impl Into<String>) -> CheckFinding {
        let places = rows.first.iter().map(|row| self.place(*row)).collect();
        CheckFinding { place: None, ..self.finding(heading, message) }.at_places(rows.count, places)
    }
}

/// `1 feature`, `2 features`.
pub fn features(count: u64) -> String {
    format!("{count} feature{}", if count == 1 { "" } else { "s" })
}

/// `1 feature has`, `2 features have`: a verb in its two forms behind them.
pub fn with_verb(count: u64, one: &str, several: &str) -> String {
    format!("{} {}", features(count), if count == 1 { one } else { several })
}

/// `1 of 7 features has`, `2 of 7 features have`.
pub fn of_all(count: u64, all: u64, one: &str, several: &str) -> String {
    format!("{count} of {} {}", features(all), if count == 1 { one } else { several })
}

/// A number without digits that are only rounding: six behind the point, zeros left out.
pub fn plain(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number for a message: of more than 15 digits with an exponent, unless they are those of a fraction that is shorter without.
pub fn digits(number: f64) -> String {
    let (plain, short) = (format!("{number}"), format!("{number:e}"));
    let many = plain.bytes().filter(u8::is_ascii_digit).count() > 15;
    if many && (number.abs() >= 1e15 || short.len() < plain.len()) { short } else { plain }
}

/// `no feature`, `at most 2 features`.
pub fn at_most(limit: u64) -> String {
    if limit == 0 { "no feature".to_owned() } else { format!("at most {}", features(limit)) }
}

/// A value of the file for a message: in quotes, what cannot be shown escaped, long ones cut.
pub fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(LETTERS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("\"{}\"", short.escape_debug())
}

/// Values with how often they stand, most frequent first: `"a" (3), "b" (1) and 4 more`.
pub fn most_frequent<'a>(values: impl Iterator<Item = &'a str>) -> String {
    most_frequent_or_null(values.map(Some))
}

/// The same where values may be missing: `"a" (3), null (1)`.
pub fn most_frequent_or_null<'a>(values: impl Iterator<Item = Option<&'a str>>) -> String {
    let mut counts: std::collections::HashMap<Option<&str>, u64> = std::collections::HashMap::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    let mut counts: Vec<(Option<&str>, u64)> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let word = |value: &Option<&str>| value.map_or_else(|| "null".to_owned(), quoted);
    let shown = counts.iter().take(SHOWN).map(|(value, count)| format!("{} ({count})", word(value)));
    with_rest(shown.collect(), counts.len())
}

/// A list of the first of so many: `a, b and 4 more`.
pub fn with_rest(shown: Vec<String>, all: usize) -> String {
    let rest = all.saturating_sub(shown.len());
    let list = shown.join(", ");
    if rest == 0 { list } else { format!("{list} and {rest} more") }
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn long_numbers_have_an_exponent() {
        for (number, told) in [
            (1e308, "1e308"),
            (-1e15, "-1e15"),
            (123456789012345.0, "123456789012345"),
            (1234567890123456.0, "1.234567890123456e15"),
            (1e-20, "1e-20"),
            (0.30000000000000004, "0.30000000000000004"),
            (0.0, "0"),
        ] {
            assert_eq!(digits(number), told);
        }
    }
}
