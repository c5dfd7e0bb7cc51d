//! The estimates for people.

use std::collections::BTreeSet;
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

fn matrix(of: &PeriodReport) -> String {
    let matrix = &of.assessment.matrix;
    let heads = matrix.classes.iter().map(u16::to_string);
    let mut rows = vec![std::iter::once("samples: map by reference".to_owned()).chain(heads).collect::<Vec<_>>()];
    for (class, counts) in matrix.classes.iter().zip(&matrix.samples) {
        let cells = counts.iter().map(|count| thousands(*count));
        rows.push(std::iter::once(name(of, *class)).chain(cells).collect());
    }
    table(&rows, &[])
}

fn reasons(of: &PeriodReport) -> String {
    let overall = ("overall accuracy".to_owned(), &of.assessment.overall);
    let of_class = |own: &'_ ClassAccuracy| -> Vec<(String, Measure)> {
        [("user's accuracy", &own.users), ("producer's accuracy", &own.producers), ("area", &own.share)]
            .map(|(what, measure)| (format!("{what} of {}", name(of, own.class)), measure.clone()))
            .to_vec()
    };
    let all = std::iter::once((overall.0, overall.1.clone())).chain(of.assessment.classes.iter().flat_map(of_class));
    let mut by_reason: Vec<(String, Vec<String>)> = Vec::new();
    for (what, measure) in all {
        let Some(why) = measure.undefined.map(|why| why.to_string()) else { continue };
        match by_reason.iter_mut().find(|(known, _)| *known == why) {
            Some((_, list)) => list.push(what),
            None => by_reason.push((why, vec![what])),
        }
    }
    let mut text = String::new();
    for (why, what) in by_reason {
        let what: BTreeSet<String> = what.into_iter().collect();
        let what: Vec<String> = what.into_iter().collect();
        let _ = writeln!(text, "  {why}: {}", what.join(", "));
    }
    text
}
