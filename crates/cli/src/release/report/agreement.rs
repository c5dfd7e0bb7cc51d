//! How much of the area how many layers speak for, and whether they agree.

use mutirao_engine::{areas::Amount, count::AgreementKey};

use super::{
    super::Content,
    charts::{Piece, stack},
    words::{hectares, percent},
};

/// What may be said of a pixel, with the colour that stands for it.
pub const CASES: [(&str, &str); 5] = [
    ("several layers, all say this class", "#1b7837"),
    ("several layers, all of the same top class", "#7fbf7b"),
    ("several layers that differ", "#e08214"),
    ("one layer alone", "#b8b8b8"),
    ("no layer: a gap", "#2b2b2b"),
];

/// Width of a bar.
const BAR: f64 = 240.0;

/// A period.
pub struct AgreementRow {
    /// The period.
    pub period: String,
    /// The cases as a bar.
    pub pieces: Vec<Piece>,
    /// The share of each case.
    pub shares: Vec<String>,
    /// Hectares of gaps.
    pub gap: String,
}

fn case(key: &AgreementKey) -> usize {
    match key.speak {
        0 => 4,
        1 => 3,
        several if key.same == several => 0,
        several if key.same_top == several => 1,
        _ => 2,
    }
}

/// All periods.
pub fn rows(content: &Content<'_>) -> Vec<AgreementRow> {
    let mut counted = vec![[Amount::default(); CASES.len()]; content.plan.periods.len()];
    for (key, amount) in &content.outcomes.tally.agreement {
        counted[usize::from(key.period)][case(key)] += *amount;
    }
    let row = |(period, amounts): (&String, &[Amount; CASES.len()])| {
        let areas = amounts.map(|amount| content.outcomes.factors.hectares(amount.area));
        let whole: f64 = areas.iter().sum();
        let parts =
            CASES.iter().zip(areas).map(|((says, color), area)| ((*color).to_owned(), area, (*says).to_owned()));
        AgreementRow {
            period: period.clone(),
            pieces: stack(parts, BAR),
            shares: areas.iter().map(|area| percent(*area, whole)).collect(),
            gap: hectares(areas[4]),
        }
    };
    content.plan.periods.iter().zip(&counted).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_is_one_case() {
        let of = |speak, same, same_top| CASES[case(&AgreementKey { period: 0, speak, same, same_top })].0;
        assert_eq!(of(0, 0, 0), "no layer: a gap");
        assert_eq!(of(1, 1, 1), "one layer alone");
        assert_eq!(of(3, 3, 3), "several layers, all say this class");
        assert_eq!(of(3, 2, 3), "several layers, all of the same top class");
        assert_eq!(of(3, 1, 2), "several layers that differ");
    }
}
