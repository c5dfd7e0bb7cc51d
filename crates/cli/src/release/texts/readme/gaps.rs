//! What is not there, and what was found while the release was made.

use std::path::Path;

use mutirao_core::{
    finding::{Finding, Severity, Where},
    pipeline::Method,
    rule::Role,
};

use super::{Readme, area, counted, percent};
use crate::{
    release::texts::{
        deliveries::Delivery,
        markdown::{code, plain, table},
        totals::{Extent, PeriodTotals},
    },
    show::table::thousands,
};

/// Findings that are told in full; the rest are counted.
const TOLD: usize = 40;

impl Readme<'_> {
    pub(super) fn gaps(&self) -> String {
        let periods = &self.content.plan.periods;
        let totals: Vec<(&str, PeriodTotals)> =
            periods.iter().map(|period| (period.as_str(), self.totals.of(period))).collect();
        let by_rules = self.content.pipeline.coverage.method == Method::Prevalence;
        let silent = if by_rules { ", or no rule takes what the layers say" } else { "" };
        let mut text = "## Known gaps\n\n".to_owned();
        text.push_str(&extents(
            &format!("Inside the map's area and without a class, since no layer speaks there{silent}:"),
            "Every pixel inside the map's area has somebody's word.",
            &totals,
            |totals| totals.gaps,
        ));
        if totals.iter().any(|(_, totals)| totals.emptied.pixels > 0) {
            let lead = "\nWithout a class on purpose, since a rule gives nothing:";
            text.push_str(&extents(lead, "", &totals, |totals| totals.emptied));
        }
        if let Some(class) = self.content.pipeline.coverage.unclaimed {
            let lead = format!("\nClass {class} stands where nobody's word does (`unclaimed`):");
            text.push_str(&extents(&lead, "\nNo pixel is unclaimed.", &totals, |totals| totals.unclaimed));
        }
        text.push_str(&self.missing_periods());
        text
    }

    /// The layers that do not speak in all periods, or with another period's files.
    fn missing_periods(&self) -> String {
        let lines: Vec<String> = self
            .deliveries
            .iter()
            .filter(|delivery| delivery.role == Role::Class)
            .filter_map(|one| self.missing(one))
            .collect();
        match lines.is_empty() {
            true => "\nEvery layer of classes speaks for every period.\n".to_owned(),
            false => format!("\nLayers of classes that do not speak for every period:\n\n{}", lines.concat()),
        }
    }

    fn missing(&self, delivery: &Delivery<'_>) -> Option<String> {
        let label = |period: usize| self.content.plan.periods.get(period).map_or("", String::as_str);
        let inputs = &delivery.member.inputs;
        let silent: Vec<String> = (0..self.content.plan.periods.len())
            .filter(|period| inputs.iter().all(|input| input.period != *period))
            .map(|period| plain(label(period)))
            .collect();
        let carried: Vec<String> = inputs
            .iter()
            .filter_map(|input| {
                Some(format!("{} (as in {})", plain(label(input.period)), plain(label(input.carried_from?))))
            })
            .collect();
        let mut words = Vec::new();
        if !silent.is_empty() {
            words.push(format!("nothing in {}", silent.join(", ")));
        }
        if !carried.is_empty() {
            words.push(format!("carried forward in {}", carried.join(", ")));
        }
        (!words.is_empty()).then(|| format!("- {}: {}\n", plain(&delivery.name), words.join("; ")))
    }

    /// The findings of the run; errors cannot be among them.
    pub(super) fn warnings(&self) -> String {
        let findings = self.content.findings;
        let of = |severity| findings.iter().filter(move |finding| finding.severity == severity);
        let warnings: Vec<&Finding> = of(Severity::Warning).collect();
        let notes = of(Severity::Info).count();
        let mut text = "## Warnings of the run\n\n".to_owned();
        if warnings.is_empty() {
            text.push_str("None.");
        } else {
            text.extend(warnings.iter().take(TOLD).map(|finding| told(finding)));
            if warnings.len() > TOLD {
                text.push_str(&format!("- and {} more\n", warnings.len() - TOLD));
            }
        }
        if notes > 0 {
            text.push_str(&format!(
                "{}{}: `mutirao lint` tells them.",
                if warnings.is_empty() { " " } else { "\n" },
                counted(notes, "note")
            ));
        }
        format!("{}\n", text.trim_end())
    }
}

fn told(finding: &Finding) -> String {
    let place = match &finding.place {
        Some(Where::File(place)) => {
            let file = Path::new(&place.file).file_name().unwrap_or_default().to_string_lossy();
            format!(" ({}, line {})", code(&file), place.line)
        }
        _ => String::new(),
    };
    format!("- {}: {}{place}\n", code(&finding.code), plain(&finding.message))
}

/// A table of what lies where by period, or what is to be said if nothing does.
fn extents(lead: &str, none: &str, totals: &[(&str, PeriodTotals)], of: impl Fn(&PeriodTotals) -> Extent) -> String {
    let mut rows = vec![["period", "pixels", "ha", "share"].map(str::to_owned).to_vec()];
    for (period, totals) in totals {
        let Extent { pixels, hectares } = of(totals);
        if pixels > 0 {
            let share = percent(hectares, totals.whole.hectares);
            rows.push(vec![plain(period), thousands(pixels.unsigned_abs()), area(hectares), share]);
        }
    }
    if rows.len() == 1 { format!("{none}\n") } else { format!("{lead}\n\n{}", table(&rows, 1)) }
}
