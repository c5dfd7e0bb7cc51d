//! The estimates for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mutirao_accuracy::{ClassAccuracy, Measure};

use super::survey::{PeriodReport, Report};
use crate::show::table::{hectares, table, thousands};

/// Everything that is known, period by period.
pub fn words(report: &Report) -> String {
    let parts: Vec<String> = report.periods.iter().map(period).collect();
    parts.join("\n")
}

fn period(of: &PeriodReport) -> String {
    let own = &of.assessment;
    let mut text = format!(
        "{}: {} samples, {} strata ({}), {}{}, {} % intervals\n",
        of.period,
        thousands(own.samples as u64),
        own.strata.len(),
        of.strata_from,
        estimator(of),
        if own.finite_population { " with finite population correction" } else { "" },
        100.0 * own.confidence
    );
    let left_out = [
        (of.left_out.outside, "outside the coverage"),
        (of.left_out.nothing, "where it holds nothing"),
        (of.left_out.no_stratum, "in no stratum"),
    ];
    let left_out: Vec<String> =
        left_out.iter().filter(|(count, _)| *count > 0).map(|(count, why)| format!("{count} {why}")).collect();
    if !left_out.is_empty() {
        let _ = writeln!(text, "left out: {}", left_out.join(", "));
    }
    let _ = write!(text, "\noverall accuracy  {}\n\n{}\n{}", share(&own.overall), classes(of), matrix(of));
    let reasons = reasons(of);
    if !reasons.is_empty() {
        let _ = write!(text, "\nundefined, because:\n{reasons}");
    }
    text
}

fn estimator(of: &PeriodReport) -> &'static str {
    match of.assessment.estimator {
        mutirao_accuracy::Method::Olofsson2014 => "olofsson2014",
        mutirao_accuracy::Method::Stehman2014 => "stehman2014",
        mutirao_accuracy::Method::Weighted => "weighted",
    }
}

fn name(of: &PeriodReport, class: u16) -> String {
    of.names.get(&class).map_or_else(|| class.to_string(), |name| format!("{class} {name}"))
}

fn classes(of: &PeriodReport) -> String {
    let heads = ["class", "map", "reference", "user's", "producer's", "mapped ha", "area ha", "from", "to"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for own in &of.assessment.classes {
        let ClassAccuracy { class, map_samples, reference_samples, users, producers, area_ha, share: part, .. } = own;
        let mapped = of.mapped.get(class).map_or_else(|| "-".to_owned(), |extent| hectares(extent.area_ha));
        let area = area_ha.as_ref().unwrap_or(part);
        let written = |value: f64| if area_ha.is_some() { hectares(value) } else { format!("{value:.4}") };
        let known = |value: Option<f64>| value.map_or_else(|| "undefined".to_owned(), written);
        let ends = [0, 1].map(|end| known(area.interval.map(|interval| interval[end])));
        let [low, high] = ends;
        let cells = [name(of, *class), map_samples.to_string(), reference_samples.to_string()];
        rows.push([&cells[..], &[share(users), share(producers), mapped, known(area.estimate), low, high]].concat());
    }
    table(&rows, &[])
}

/// A share with half of its interval.
fn share(measure: &Measure) -> String {
    match (measure.estimate, measure.standard_error, measure.interval) {
        (Some(estimate), Some(_), Some([low, high])) => format!("{estimate:.3} ({low:.3} to {high:.3})"),
        (Some(estimate), ..) => format!("{estimate:.3} (error undefined)"),
        (None, ..) => "undefined".to_owned(),
    }
}

/// The confusion matrix in samples, then in per cent of the whole.
fn matrix(of: &PeriodReport) -> String {
    let matrix = &of.assessment.matrix;
    let samples = matrix.samples.iter().map(|row| row.iter().map(|count| thousands(*count)).collect());
    let mut text = square(of, "samples: map by reference", samples);
    if let Some(shares) = &matrix.shares {
        let per_cent = |share: &f64| if *share > 0.0 { format!("{:.2}", 100.0 * share) } else { "-".to_owned() };
        let shares = shares.iter().map(|row| row.iter().map(per_cent).collect());
        let _ = write!(text, "\n{}", square(of, "% of the whole", shares));
    }
    text
}

fn square(of: &PeriodReport, head: &str, lines: impl Iterator<Item = Vec<String>>) -> String {
    let classes = &of.assessment.matrix.classes;
    let mut rows = vec![[vec![head.to_owned()], classes.iter().map(u16::to_string).collect()].concat()];
    rows.extend(classes.iter().zip(lines).map(|(class, cells)| [vec![name(of, *class)], cells].concat()));
    table(&rows, &[])
}

/// Why measures are undefined, each reason once.
fn reasons(of: &PeriodReport) -> String {
    let of_class = |own: &ClassAccuracy| {
        let own_name = name(of, own.class);
        [("user's accuracy", &own.users), ("producer's accuracy", &own.producers), ("area", &own.share)]
            .map(|(what, measure)| (format!("{what} of {own_name}"), measure.undefined.clone()))
    };
    let overall = ("overall accuracy".to_owned(), of.assessment.overall.undefined.clone());
    let all = std::iter::once(overall).chain(of.assessment.classes.iter().flat_map(of_class));
    let mut by_reason: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (what, why) in all {
        if let Some(why) = why {
            by_reason.entry(why.to_string()).or_default().push(what);
        }
    }
    by_reason.iter().map(|(why, what)| format!("  {why}: {}\n", what.join(", "))).collect()
}
