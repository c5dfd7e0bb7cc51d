//! Which file and band speaks for which period.

use mutirao_contract::{
    Object,
    checks::{Element, PeriodsCheck},
};
use mutirao_core::{finding::Severity, statement::Statement};

use super::{
    RasterDelivery,
    words::{listed, name, no_period},
};
use crate::{
    report::{CheckFinding, Where},
    rules::{Asked, Judged},
};

/// More periods than this are not listed one by one.
const MOST: usize = 1000;

/// How files and bands were given to periods.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Match {
    /// The periods, in the order of time.
    pub periods: Vec<String>,
    /// By file: bands (from 0) and the places of their periods.
    pub bands: Vec<Vec<(u16, usize)>>,
    /// Files and bands (from 0) of which nobody says for which period they speak.
    pub unmatched: Vec<(usize, Option<u16>)>,
    /// The periods that were asked for, where not all that are agreed were.
    pub asked: Option<Vec<String>>,
    /// Files, and bands (from 0) of them, that were given to the period that was asked for though they say another, with that.
    pub contradicted: Vec<(usize, Option<u16>, String)>,
}

impl Match {
    /// As somebody knows it: by file, bands (from 0) with their periods.
    pub fn of(assigned: &[Vec<(u16, String)>]) -> Match {
        let mut periods: Vec<String> = assigned.iter().flatten().map(|(_, label)| label.clone()).collect();
        periods.sort_by_key(|label| (label.parse::<i64>().ok(), label.clone()));
        periods.dedup();
        let place = |label: &String| periods.iter().position(|known| known == label);
        let of_file = |bands: &Vec<(u16, String)>| {
            bands.iter().filter_map(|(band, label)| Some((*band, place(label)?))).collect()
        };
        let bands = assigned.iter().map(of_file).collect();
        Match { asked: Some(periods.clone()), periods, bands, ..Match::default() }
    }
}

/// Gives files and bands to periods: by the period that was asked for; by the names that the contract gives files (`physicalName` of
/// the object) and bands (of its property), where `{period}` stands for the label; by a band's description that is or ends in an agreed
/// label; by an agreed label in a file's name; and where only one period is agreed, to that. Never by order alone.
pub fn match_periods(object: &Object, files: &[(String, &Statement)], given: Option<&str>) -> Match {
    let agreed = object.terms.periods.as_ref().and_then(|periods| periods.labels(MOST)).unwrap_or_default();
    let mut found: Vec<Vec<(u16, String)>> = Vec::new();
    let (mut unmatched, mut contradicted) = (Vec::new(), Vec::new());
    for (at, (path, statement)) in files.iter().enumerate() {
        if let Some(given) = given {
            contradicted.extend(other(object, (path, statement), given, &agreed).map(|(band, own)| (at, band, own)));
        }
        let by_name = given.map(str::to_owned).or_else(|| by_name(object, &name(path), &agreed));
        let labels: Vec<(u16, Option<String>)> = match (statement.bands, by_name) {
            (1, Some(label)) => vec![(0, Some(label))],
            (1, None) => vec![(0, by_band(object, statement, 0, &agreed).or_else(|| only(&agreed)))],
            (bands, wanted) => {
                let own = |band: u16| by_band(object, statement, band, &agreed);
                let of = |band| (band, own(band).filter(|label| wanted.as_ref().is_none_or(|wanted| wanted == label)));
                (0..bands).map(of).collect()
            }
        };
        let none = labels.iter().all(|(_, label)| label.is_none());
        if none {
            unmatched.push((at, None));
        } else if given.is_none() {
            unmatched.extend(labels.iter().filter(|(_, label)| label.is_none()).map(|(band, _)| (at, Some(*band))));
        }
        found.push(labels.into_iter().filter_map(|(band, label)| Some((band, label?))).collect());
    }
    if agreed.is_empty() && found.iter().all(Vec::is_empty) {
        return timeless(files);
    }
    let mut periods: Vec<String> = found.iter().flatten().map(|(_, label)| label.clone()).collect();
    sort(&mut periods, &agreed);
    let place = |label: &String| periods.iter().position(|known| known == label);
    let bands = found
        .iter()
        .map(|bands| bands.iter().filter_map(|(band, label)| Some((*band, place(label)?))).collect())
        .collect();
    Match { periods, bands, unmatched, asked: given.map(|label| vec![label.to_owned()]), contradicted }
}

/// The period that a file's name says, or the description of its only band, where that is another than the one that was asked for.
fn other(
    object: &Object,
    (path, statement): (&str, &Statement),
    given: &str,
    agreed: &[String],
) -> Option<(Option<u16>, String)> {
    let by_name = by_name(object, &name(path), agreed).map(|own| (None, own));
    // Of several bands, those of other periods are left alone.
    let described = || by_band(object, statement, 0, agreed).filter(|_| statement.bands == 1).map(|own| (Some(0), own));
    [by_name, described()].into_iter().flatten().find(|(_, own)| own != given)
}

/// Brings periods in the order of time: years by their numbers; others as they are agreed, and what is not agreed behind them.
fn sort(periods: &mut Vec<String>, agreed: &[String]) {
    let year = |label: &String| label.parse::<i64>().ok();
    if periods.iter().all(|label| year(label).is_some()) {
        periods.sort_by_key(|label| (year(label), label.clone()));
    } else {
        let place = |label: &String| agreed.iter().position(|known| known == label).unwrap_or(usize::MAX);
        periods.sort_by_key(|label| (place(label), label.clone()));
    }
    periods.dedup();
}

/// Without periods every band stands for itself; it is named by its description, or by its number. The only band of a file has no name:
/// programs describe it by the name of the file, and the sheets of a map are one map.
fn timeless(files: &[(String, &Statement)]) -> Match {
    let name = |statement: &Statement, band: u16| {
        if statement.bands == 1 {
            return String::new();
        }
        let described = statement.band_descriptions.get(usize::from(band)).cloned().flatten();
        described.unwrap_or_else(|| format!("band {}", band + 1))
    };
    let mut matched = Match::default();
    for (_, statement) in files {
        let mut bands = Vec::new();
        for band in 0..statement.bands {
            let label = name(statement, band);
            let place = matched.periods.iter().position(|known| *known == label).unwrap_or_else(|| {
                matched.periods.push(label);
                matched.periods.len() - 1
            });
            bands.push((band, place));
        }
        matched.bands.push(bands);
    }
    matched
}

/// The period that a file without bands is named after: by `physicalName` of the object, where `{period}` stands for the label, by an
/// agreed label in its name, or the only one that is agreed.
pub fn period_of(object: &Object, path: &str) -> Option<String> {
    let agreed = object.terms.periods.as_ref().and_then(|periods| periods.labels(MOST)).unwrap_or_default();
    by_name(object, &name(path), &agreed).or_else(|| only(&agreed))
}

fn only(agreed: &[String]) -> Option<String> {
    if let [only] = agreed { Some(only.clone()) } else { None }
}

fn by_name(object: &Object, file: &str, agreed: &[String]) -> Option<String> {
    let template = object.physical_name.as_deref().map(name);
    if let Some(label) = template.as_deref().and_then(|template| filled(template, file)) {
        return Some(label);
    }
    // A label among other signs, not part of a longer number or word; the last such one, if there is but one label.
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let stands = |label: &&String| {
        let is_free = |at: usize| {
            let edge = |sign: Option<char>| sign.is_none_or(|sign| !sign.is_alphanumeric());
            edge(stem[..at].chars().next_back()) && edge(stem[at + label.len()..].chars().next())
        };
        !label.is_empty() && stem.match_indices(label.as_str()).any(|(at, _)| is_free(at))
    };
    let mut labels = agreed.iter().filter(stands);
    labels.next().filter(|_| labels.next().is_none()).cloned()
}

fn by_band(object: &Object, statement: &Statement, band: u16, agreed: &[String]) -> Option<String> {
    let description = statement.band_descriptions.get(usize::from(band))?.as_deref()?;
    let templates = object.properties.iter().filter_map(|property| property.physical_name.as_deref());
    let by_template =
        templates.filter(|template| template.contains("{period}")).find_map(|template| filled(template, description));
    by_template.or_else(|| agreed.iter().find(|label| description == **label).cloned()).or_else(|| {
        let mut ends = agreed.iter().filter(|label| description.ends_with(label.as_str()));
        ends.next().filter(|_| ends.next().is_none()).cloned()
    })
}

/// What stands for `{period}` in a text, if the rest is as the template has it; `{version}` stands for any version, the shortest.
fn filled(template: &str, text: &str) -> Option<String> {
    let (before, after) = template.split_once("{period}")?;
    let label = without_start(text, before)?.strip_suffix(after);
    let label = label.or_else(|| {
        let (head, tail) = after.split_once("{version}")?;
        let rest = without_start(text, before)?.strip_suffix(tail)?;
        Some(rest.split_once(head).filter(|(_, version)| !version.is_empty() && !head.is_empty())?.0)
    })?;
    (!label.is_empty()).then(|| label.to_owned())
}

/// What comes behind a beginning that may hold a version.
fn without_start<'a>(text: &'a str, begin: &str) -> Option<&'a str> {
    let Some((head, tail)) = begin.split_once("{version}") else { return text.strip_prefix(begin) };
    let rest = text.strip_prefix(head)?;
    if tail.is_empty() {
        return None;
    }
    rest.split_once(tail).filter(|(version, _)| !version.is_empty()).map(|(_, rest)| rest)
}

pub(super) fn periods(delivery: &RasterDelivery, asked: &Asked, wanted: &PeriodsCheck) -> Judged {
    let Match { periods, unmatched, asked: only, .. } = &delivery.matched;
    let mut findings: Vec<CheckFinding> = Vec::new();
    let labels = wanted.periods.labels(MOST);
    let is_due = |label: &&String| only.as_ref().is_none_or(|only| only.contains(label));
    let missing: Vec<String> =
        labels.iter().flatten().filter(is_due).filter(|label| !periods.contains(label)).cloned().collect();
    if !missing.is_empty() {
        let message = format!("no file and no band speaks for {}", listed(&missing, "other periods"));
        let finding = asked.broken(message).but(wanted.periods.to_string(), listed(periods, "other periods"));
        let place = |label: &String| Where { period: Some(label.clone()), ..Where::default() };
        let first = missing.iter().take(super::places::FIRST).map(place).collect();
        let mend = "deliver them too; if a file is there, name it as the contract does (physicalName), or say --period";
        findings.push(finding.at_places(missing.len() as u64, first).with_mend(mend));
    }
    for (file, band) in unmatched {
        findings.push(unmatched_finding(delivery, asked, *file, *band));
    }
    let further: Vec<String> = periods.iter().filter(|label| !wanted.periods.contains(label)).cloned().collect();
    if !further.is_empty() && !wanted.further {
        let message = format!("{} is not agreed, and nothing further may be there", listed(&further, "other periods"));
        let finding = asked.broken(message).but(wanted.periods.to_string(), further.join(", "));
        findings.push(finding.with_mend("leave it out, or agree on it"));
    }
    Judged::by(findings, Some(listed(periods, "other periods").into()))
}

fn unmatched_finding(delivery: &RasterDelivery, asked: &Asked, file: usize, band: Option<u16>) -> CheckFinding {
    let (message, place) = no_period(&delivery.files[file], band);
    asked.broken(message).at(place).with_mend(
        "say --period, name the file as the contract does (physicalName), or describe the bands by their periods",
    )
}

/// Files that say another period than the one that was asked for.
pub(super) fn contradictions(delivery: &RasterDelivery) -> Vec<CheckFinding> {
    let Match { contradicted, asked, .. } = &delivery.matched;
    let given = asked.iter().flatten().next().map_or("", String::as_str);
    let finding = |(file, band, own): &(usize, Option<u16>, String)| {
        let path = &delivery.files[*file].path;
        let what = match band {
            Some(band) => format!("the description of band {} of {}", band + 1, name(path)),
            None => format!("the name of {}", name(path)),
        };
        let message = format!("--period says {given}, and {what} says {own}");
        let place = Where { band: band.map(|band| band + 1), ..Where::file(path).in_period(given) };
        CheckFinding::new("period-differs", Element::Conceptual, Severity::Warning, message)
            .at(place)
            .but(given, own.as_str())
            .with_mend("see that the right file was taken; leave --period out, and the file speaks for what it says")
    };
    contradicted.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_stand_in_the_order_of_time() {
        let sorted = |labels: &[&str], agreed: &[&str]| {
            let strings = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
            let mut periods = strings(labels);
            sort(&mut periods, &strings(agreed));
            periods
        };
        assert_eq!(sorted(&["2021", "2019", "2020", "2019"], &["2019", "2020"]), ["2019", "2020", "2021"]);
        assert_eq!(sorted(&["2018", "2019"], &["2019"]), ["2018", "2019"], "what is not agreed is no later for that");
        assert_eq!(sorted(&["wet", "other", "dry"], &["wet", "dry"]), ["wet", "dry", "other"]);
    }

    #[test]
    fn a_template_gives_the_label() {
        assert_eq!(filled("mining_{period}.tif", "mining_2019.tif").as_deref(), Some("2019"));
        assert_eq!(filled("mining_{period}.tif", "mining_.tif"), None);
        assert_eq!(filled("mining.tif", "mining.tif"), None);
        assert_eq!(filled("{period}", "1985-2000").as_deref(), Some("1985-2000"));
    }
}
