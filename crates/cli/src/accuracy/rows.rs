//! The estimates as a long table: one number a row.

use std::io::Write;

use mutirao_accuracy::{Measure, Undefined};
use serde::Serialize;

use super::survey::{PeriodReport, Report};

/// One number.
#[derive(Debug, Clone, Default, Serialize)]
struct Row<'a> {
    period: &'a str,
    measure: &'static str,
    class: Option<u16>,
    reference: Option<u16>,
    estimate: Option<f64>,
    standard_error: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    undefined: Option<&'a Undefined>,
}

/// Writes all estimates.
pub fn csv_into(report: &Report, out: impl Write) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for period in &report.periods {
        rows(period).iter().try_for_each(|row| writer.serialize(row).map_err(std::io::Error::other))?;
    }
    writer.flush()
}

fn rows(of: &PeriodReport) -> Vec<Row<'_>> {
    let assessment = &of.assessment;
    let mut rows = vec![row(of, "overall", None, &assessment.overall)];
    for own in &assessment.classes {
        let class = Some(own.class);
        rows.push(row(of, "users", class, &own.users));
        rows.push(row(of, "producers", class, &own.producers));
        rows.push(row(of, "share", class, &own.share));
        rows.extend(own.area_ha.as_ref().map(|area| row(of, "area_ha", class, area)));
        if let Some(mapped) = of.mapped.get(&own.class) {
            rows.push(number(of, "mapped_pixels", [class, None], mapped.pixels as f64));
            rows.push(number(of, "mapped_area_ha", [class, None], mapped.area_ha));
        }
    }
    let matrix = &assessment.matrix;
    for (i, map) in matrix.classes.iter().enumerate() {
        for (j, reference) in matrix.classes.iter().enumerate() {
            let place = [Some(*map), Some(*reference)];
            rows.push(number(of, "matrix_samples", place, matrix.samples[i][j] as f64));
            rows.extend(matrix.shares.as_ref().map(|shares| number(of, "matrix_share", place, shares[i][j])));
        }
    }
    rows
}

fn row<'a>(of: &'a PeriodReport, measure: &'static str, class: Option<u16>, value: &'a Measure) -> Row<'a> {
    Row {
        period: &of.period,
        measure,
        class,
        reference: None,
        estimate: value.estimate,
        standard_error: value.standard_error,
        low: value.interval.map(|[low, _]| low),
        high: value.interval.map(|[_, high]| high),
        undefined: value.undefined.as_ref(),
    }
}

fn number<'a>(of: &'a PeriodReport, measure: &'static str, place: [Option<u16>; 2], value: f64) -> Row<'a> {
    let [class, reference] = place;
    Row { period: &of.period, measure, class, reference, estimate: Some(value), ..Row::default() }
}
