//! Points whose class is known, and accuracy from a sample.

use mutirao_contract::checks::{AcceptancePointsCheck, AccuracyCheck, Measure};
use mutirao_core::finding::Severity;

use super::words::{class, counted, of, percent};
use crate::{
    report::{CheckFinding, Sure, Value, Where},
    rules::{Asked, Judged},
};

/// A place whose class is known for certain.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// What it is called, or its number.
    pub name: String,
    /// Where it is, in the delivery's CRS.
    pub place: Where,
    /// The class that it must be.
    pub class: u16,
    /// What the pixel there holds; none for nothing, or where no file reaches.
    pub holds: Option<u32>,
    /// Whether a pixel as near as agreed holds the class.
    pub is_right: bool,
}

/// An accuracy, estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    /// The estimate, of 1; none where the samples cannot tell it.
    pub estimate: Option<f64>,
    /// The lower end of its interval; none where the samples cannot tell it.
    pub lower: Option<f64>,
    /// How many samples.
    pub samples: u64,
}

pub(super) fn acceptance(asked: &Asked, wanted: &AcceptancePointsCheck, found: &[Point]) -> Judged {
    if found.is_empty() {
        return Judged::Undefined("there is no point".to_owned());
    }
    let wrong: Vec<&Point> = found.iter().filter(|point| !point.is_right).collect();
    // Right ones by all, so that what is exactly the limit is not rounded below it.
    let share = (found.len() - wrong.len()) as f64 / found.len() as f64;
    if share >= wanted.min_share {
        return Judged::Kept(Some(share.into()));
    }
    let words = |point: &Point| {
        let holds = point.holds.map_or_else(|| "nothing".to_owned(), class);
        format!("{} must be class {} and is {holds}", point.name, point.class)
    };
    let mut message = format!(
        "{} of {} {} wrong; at least {} must be right",
        wrong.len(),
        counted(found.len() as u64, "acceptance point"),
        if wrong.len() == 1 { "is" } else { "are" },
        percent(wanted.min_share)
    );
    let mut finding = asked.broken("");
    if !wanted.withheld {
        message = format!("{message}: {}", words(wrong[0]));
        let first = wrong.iter().take(super::places::FIRST).map(|point| point.place.clone()).collect();
        finding = finding.at_places(wrong.len() as u64, first);
    }
    finding.message = message;
    finding.count = Some(wrong.len() as u64);
    let finding = finding
        .but(wanted.min_share, share)
        .with_mend("look at these places; the points were checked on the ground or in images");
    Judged::Broken(vec![told(finding, wanted.withheld)], Some(share.into()))
}

/// Of points that partners must not tune to, no place is told.
fn told(mut finding: CheckFinding, withheld: bool) -> CheckFinding {
    if withheld {
        // The period is no place.
        let period = finding.place.take().and_then(|place| place.period);
        finding.place = period.map(|period| Where { period: Some(period), ..Where::default() });
        finding.first = Vec::new();
        finding.mend = Some("ask the network which classes to look at; the places stay with it".to_owned());
    }
    finding
}

pub(super) fn accuracy(
    periods: &[String],
    asked: &Asked,
    wanted: &AccuracyCheck,
    found: &[(usize, Accuracy)],
) -> Judged {
    let what = match wanted.measure {
        Measure::Overall => "the overall accuracy".to_owned(),
        Measure::Users(class) => format!("the user's accuracy of class {class}"),
        Measure::Producers(class) => format!("the producer's accuracy of class {class}"),
    };
    let (mut findings, mut untold) = (Vec::new(), Vec::new());
    let mut least: Option<f64> = None;
    for (period, found) in found {
        let (label, of) = (&periods[*period], of(&periods[*period]));
        let Some(estimate) = found.estimate else {
            untold.push((label, format!("the samples{of} are too few to tell {what}")));
            continue;
        };
        least = Some(least.map_or(estimate, |least| least.min(estimate)));
        let interval = format!("{} % interval", wanted.confidence * 100.0);
        let by_estimate = wanted.min.filter(|min| estimate < *min);
        let broken = match (by_estimate, wanted.min_lower, found.lower) {
            (Some(min), _, _) => {
                Some((format!("{what}{of} is {estimate:.4}, and at least {min} is agreed"), min, estimate))
            }
            (None, Some(_), None) => {
                untold.push((label, format!("the {interval} of {what}{of} cannot be told from so few samples")));
                None
            }
            (None, Some(min), Some(lower)) if lower < min => {
                let head = format!("{what}{of} is {estimate:.4}, the lower end of its {interval} {lower:.4}");
                Some((format!("{head}, and at least {min} is agreed there"), min, lower))
            }
            _ => None,
        };
        if let Some((message, expected, measured)) = broken {
            let mut finding = asked.broken(format!("{message} ({})", counted(found.samples, "sample")));
            finding.sure = Sure::Estimated;
            finding.place = Some(Where { period: Some(label.clone()), ..Where::default() });
            let mend = "improve the map where the confusion matrix says so: `mutirao accuracy`";
            findings.push(told(finding.but(expected, measured).with_mend(mend), wanted.withheld));
        }
    }
    match untold.into_iter().next() {
        // What a period breaks is not undone by another that cannot be told.
        Some((label, message)) if !findings.is_empty() => {
            let mut note = asked.broken(format!("{message}; that period is not judged"));
            note.severity = Severity::Info;
            note.place = Some(Where { period: Some(label.clone()), ..Where::default() });
            findings.push(note);
            Judged::Broken(findings, least.map(Value::Number))
        }
        Some((_, message)) => Judged::Undefined(message),
        None => Judged::by(findings, least.map(Value::Number)),
    }
}
