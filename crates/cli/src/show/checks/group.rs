//! Findings of one rule and code, which are told once.

use std::collections::BTreeSet;

use mutirao_check::{CheckFinding, Where};
use mutirao_contract::waivers::Waiver;
use mutirao_core::finding::Severity;

use crate::show::findings::{BLUE, PLAIN, printable};

/// The others stand in about so many columns.
const WIDTH: usize = 96;
/// At most so many others are told by their messages.
const MESSAGES: usize = 4;

/// Findings of one rule, code and severity.
pub struct Group<'a> {
    /// The place of the worst among all findings.
    pub at: usize,
    /// That with the highest count; the first of equal ones.
    pub worst: &'a CheckFinding,
    /// The others, in their order.
    pub others: Vec<&'a CheckFinding>,
    /// The waiver that lets all of them pass.
    pub waiver: Option<&'a Waiver>,
}

/// Findings by rule, code, severity and the waiver that lets them pass, in the order of their first. Waivers are given by finding, or
/// none at all.
pub fn groups<'a>(findings: &'a [CheckFinding], waivers: &'a [Option<Waiver>]) -> Vec<Group<'a>> {
    let waiver = |at: usize| waivers.get(at).and_then(Option::as_ref);
    let mut groups: Vec<Vec<(usize, &CheckFinding)>> = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        // A finding without a rule says what happened to one file or area: each is told.
        let same = |group: &&mut Vec<(usize, &CheckFinding)>| {
            let (place, first) = group[0];
            finding.rule.is_some() && key(first) == key(finding) && waiver(place) == waiver(at)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push((at, finding)),
            None => groups.push(vec![(at, finding)]),
        }
    }
    groups.into_iter().map(|members| Group { waiver: waiver(members[0].0), ..group(members) }).collect()
}

fn key(finding: &CheckFinding) -> (Severity, &str, Option<(&str, u32, u32)>) {
    let place = finding.rule.as_ref().map(|rule| (&*rule.place.file, rule.place.line, rule.place.column));
    (finding.severity, &finding.code, place)
}

fn group(members: Vec<(usize, &CheckFinding)>) -> Group<'_> {
    // Of equal ones, `max_by_key` takes the last.
    let worst = members.iter().rev().max_by_key(|(_, finding)| finding.count).copied().unwrap_or(members[0]);
    let others = members.into_iter().filter(|(at, _)| *at != worst.0).map(|(_, finding)| finding).collect();
    Group { at: worst.0, worst: worst.1, others, waiver: None }
}

impl Group<'_> {
    /// The others: by period or file where these tell them apart, else by their messages.
    pub fn others(&self) -> String {
        if self.others.is_empty() {
            return String::new();
        }
        match labels(self.worst, &self.others) {
            Some(labels) => {
                let head = format!("{} more like it: ", self.others.len());
                format!("  {BLUE}={PLAIN} {}\n", printable(&fitted(&head, &labels)))
            }
            None => self.messages(),
        }
    }

    fn messages(&self) -> String {
        let messages = self.others.iter().take(MESSAGES).map(|finding| &*finding.message);
        let mut text: String =
            messages.map(|message| format!("  {BLUE}={PLAIN} also: {}\n", printable(message))).collect();
        if self.others.len() > MESSAGES {
            text.push_str(&format!("  {BLUE}={PLAIN} and {} more like it\n", self.others.len() - MESSAGES));
        }
        text
    }
}

/// What tells findings like the worst apart, with their counts: the period of each, or the file; none where two have the same, the worst
/// among them, or where not all expect the same.
fn labels(worst: &CheckFinding, findings: &[&CheckFinding]) -> Option<Vec<String>> {
    if findings.iter().any(|finding| finding.expected != worst.expected) {
        return None;
    }
    let by = |part: fn(&Where) -> Option<String>| {
        let own = worst.place.as_ref().and_then(part);
        let labels: Option<Vec<String>> =
            findings.iter().map(|finding| finding.place.as_ref().and_then(part)).collect();
        labels.filter(|labels| labels.iter().chain(&own).collect::<BTreeSet<_>>().len() > labels.len())
    };
    let name = |place: &Where| {
        let file = place.file.as_deref().filter(|_| place.line.is_none())?;
        Some(file.rsplit(['/', '\\']).next().unwrap_or(file).to_owned())
    };
    let labels = by(|place| place.period.clone().filter(|period| !period.is_empty())).or_else(|| by(name))?;
    let counted = labels.into_iter().zip(findings).map(|(label, finding)| match finding.count {
        Some(count) => format!("{label} ({count})"),
        None => label,
    });
    Some(counted.collect())
}

/// As many labels as have room behind a head, and the last.
fn fitted(head: &str, labels: &[String]) -> String {
    let whole = format!("{head}{}", labels.join(", "));
    let Some((last, begin)) = labels.split_last().filter(|_| whole.chars().count() > WIDTH) else { return whole };
    let mut text = head.to_owned();
    for (at, label) in begin.iter().enumerate() {
        if at > 0 && text.chars().count() + label.chars().count() + last.chars().count() + 9 > WIDTH {
            break;
        }
        text.push_str(&format!("{label}, "));
    }
    text.push_str(&format!("..., {last}"));
    text
}

#[cfg(test)]
mod tests {
    use mutirao_check::RulePlace;
    use mutirao_contract::checks::Element;
    use mutirao_core::finding::Place;

    use super::*;

    fn finding(line: u32, period: &str, count: u64) -> CheckFinding {
        let mut finding = CheckFinding::new("flicker", Element::Domain, Severity::Error, format!("{period} flickers"));
        finding.rule = Some(RulePlace { name: None, place: Place { file: "c.yaml".into(), line, column: 1 } });
        finding.count = Some(count);
        finding.at(Where { period: Some(period.to_owned()), ..Where::default() })
    }

    #[test]
    fn the_worst_of_a_rule_is_told_and_the_others_in_a_line() {
        let findings: Vec<CheckFinding> = (0..36u64)
            .map(|at| finding(3, &(1985 + at).to_string(), 100 + at % 7))
            .chain([finding(9, "1985", 1)])
            .collect();
        let groups = groups(&findings, &[]);
        assert_eq!(groups.iter().map(|group| (group.at, group.others.len())).collect::<Vec<_>>(), [(6, 35), (36, 0)]);
        let told = groups[0].others();
        assert!(
            told.contains("35 more like it: 1985 (100), 1986 (101), ") && told.ends_with(", ..., 2020 (100)\n"),
            "{told}"
        );
        assert!(told.replace(BLUE, "").replace(PLAIN, "").chars().count() <= WIDTH + 6, "{told}");
    }

    #[test]
    fn what_neither_period_nor_file_tells_apart_is_told_in_words() {
        let findings: Vec<CheckFinding> = (0..8).map(|_| finding(3, "2019", 5)).collect();
        let groups = groups(&findings, &[]);
        let told = groups[0].others();
        assert_eq!(told.matches("also: 2019 flickers").count(), MESSAGES);
        assert!(told.ends_with("and 3 more like it\n"), "{told}");
    }

    #[test]
    fn another_class_of_the_same_period_or_with_another_limit_is_told_in_words() {
        let of = |class: u32, period: &str, limit: u64| {
            let mut finding = finding(3, period, 5).but(limit, 7u64);
            finding.message = format!("class {class} of {period}");
            finding
        };
        for other in [of(4, "2019", 1), of(4, "2020", 2)] {
            let findings = [of(3, "2019", 1), other.clone()];
            let told = groups(&findings, &[])[0].others();
            assert!(told.ends_with(&format!("also: {}\n", other.message)), "{told}");
        }
    }

    #[test]
    fn findings_without_a_rule_are_all_told() {
        let mut findings = vec![finding(3, "2019", 5), finding(3, "2020", 5)];
        findings.iter_mut().for_each(|finding| finding.rule = None);
        assert_eq!(groups(&findings, &[]).len(), 2);
    }
}
