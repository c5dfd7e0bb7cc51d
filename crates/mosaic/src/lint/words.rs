//! The words of findings about rules.

use mutirao_core::finding::{Finding, Severity};
use mutirao_core::rule::{Condition, Exception, Rule, RuleTable};
use mutirao_core::values::ValueSet;

use super::MAX_LISTED;
use super::variable::{list, named};

/// A rule's number as people count, from 1.
pub(super) fn number(rule: usize) -> u16 {
    u16::try_from(rule + 1).unwrap_or(u16::MAX)
}

/// `a, b and c`.
pub(super) fn series(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// `rule 50`, or `rules 3, 4 and 7 together`.
pub(super) fn rules(places: &[usize]) -> String {
    let numbers: Vec<String> = places.iter().map(|&rule| number(rule).to_string()).collect();
    match numbers.len() {
        1 => format!("rule {}", numbers[0]),
        _ => format!("rules {} together", series(&numbers, "and")),
    }
}

/// `3, 4 or 50..100`; a pair of neighbours is written as two, what was surely written as `not`, as that, and what was written by
/// name, as that with what it means: `14+ (14, 15)`.
pub(super) fn values(set: &ValueSet) -> String {
    if set.written().is_some() {
        return set.to_string();
    }
    let ends = set.ranges().first().zip(set.ranges().last()).map(|(first, last)| (first.0, last.1));
    if set.contains_nothing() && set.ranges().len() > 1 && ends == Some((i32::MIN, i32::MAX)) {
        return format!("not {}", values(&set.complement()));
    }
    let mut words = Vec::new();
    for &(from, to) in set.ranges() {
        match (from, to) {
            (i32::MIN, i32::MAX) => words.push("any".to_owned()),
            (i32::MIN, to) => words.push(format!("..{to}")),
            (from, i32::MAX) => words.push(format!("{from}..")),
            (from, to) if i64::from(to) - i64::from(from) > 1 => words.push(format!("{from}..{to}")),
            (from, to) => words.extend((from..=to).map(|value| value.to_string())),
        }
    }
    if set.contains_nothing() {
        words.push("nothing".to_owned());
    }
    if words.is_empty() { "no value".to_owned() } else { series(&words, "or") }
}

/// `rule 51 (`base` 11 where `biomes` is 3)`.
pub(super) fn rule(table: &RuleTable, place: usize) -> String {
    let rule = &table.rules[place];
    let taken = format!("`{}` {}", table.layers[rule.layer].name, values(&rule.take.clone().with_nothing(false)));
    let asked = conditions(table, &rule.conditions);
    match asked.as_str() {
        "" => format!("rule {} ({taken})", number(place)),
        _ => format!("rule {} ({taken} where {asked})", number(place)),
    }
}

/// `exception 1 of rule 61 (when `base` is 3)`.
pub(super) fn exception(table: &RuleTable, place: usize, nth: usize, exception: &Exception) -> String {
    let asked = conditions(table, &exception.when);
    match asked.as_str() {
        "" => format!("exception {} of rule {}", nth + 1, number(place)),
        _ => format!("exception {} of rule {} (when {asked})", nth + 1, number(place)),
    }
}

fn conditions(table: &RuleTable, conditions: &[Condition]) -> String {
    let words: Vec<String> = conditions
        .iter()
        .map(|condition| format!("`{}` is {}", table.layers[condition.layer].name, values(&condition.values)))
        .collect();
    series(&words, "and")
}

/// The name of a part: `rule`, or `unless:<n>` with n from 1.
pub(super) fn part(exception: Option<usize>) -> String {
    exception.map_or_else(|| "rule".to_owned(), |nth| format!("unless:{}", nth + 1))
}

/// What a finding about a part of a rule starts from: the rule, its layer, the classes that it names, the part and the causes.
pub(super) struct About<'a> {
    pub(super) table: &'a RuleTable,
    pub(super) rule: usize,
    pub(super) exception: Option<usize>,
}

impl About<'_> {
    /// The finding, with the classes that the rule names.
    pub(super) fn finding(&self, code: &str, severity: Severity, because: &[usize], message: String) -> Finding {
        let rule: &Rule = &self.table.rules[self.rule];
        let mut finding = Finding::new(code, severity, message)
            .with_layer(self.table.layers[rule.layer].name.clone())
            .with_rule(number(self.rule));
        finding.class = list(&named(&rule.take), MAX_LISTED).unwrap_or_default();
        finding.part = Some(part(self.exception));
        finding.because = because.iter().map(|&rule| number(rule)).collect();
        finding
    }

    /// The part in words.
    pub(super) fn words(&self) -> String {
        let unless = &self.table.rules[self.rule].unless;
        match self.exception.and_then(|nth| Some((nth, unless.get(nth)?))) {
            Some((nth, entry)) => exception(self.table, self.rule, nth, entry),
            None => rule(self.table, self.rule),
        }
    }

    /// A question that passed the bound.
    pub(super) fn undecided(&self, question: &str, bound: usize) -> Finding {
        let message = format!("{}: {question} is not decided within the bound of {bound} boxes", self.words());
        self.finding("undecided", Severity::Info, &[], message)
            .with_mend("use fewer layers or fewer distinct sets in the conditions of this rule and of those before it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_said_as_they_were_written() {
        let said = |set: ValueSet| values(&set);
        assert_eq!(said(ValueSet::from_values([3, 4, 7])), "3, 4 or 7");
        assert_eq!(said(ValueSet::range(50, 100).union(&ValueSet::nothing())), "50..100 or nothing");
        assert_eq!(said(ValueSet::from_values([1, 5]).complement()), "not 1 or 5");
        assert_eq!(said(ValueSet::any()), "any");
        assert_eq!(said(ValueSet::any().with_nothing(true)), "any or nothing");
        assert_eq!(said(ValueSet::range(14, i32::MAX)), "14..");
        assert_eq!(said(ValueSet::empty()), "no value");
        assert_eq!(said(ValueSet::from_values([14, 15]).written_as("14+")), "14+ (14, 15)");
    }
}
