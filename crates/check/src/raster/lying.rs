//! What is odd about how files lie to one another, whatever the contract asks for.

use mutirao_contract::{
    Quality,
    checks::{Check, Element},
};
use mutirao_core::{finding::Severity, grid::align};

use super::{
    Overlap, RasterDelivery, RasterFile,
    places::in_file,
    words::{CrsHeld, counted, name, no_period, of},
};
use crate::{
    report::{CheckFinding, Where},
    rules::Asked,
};

/// Files that differ where they lie upon one another, files that could not be laid on the frame, and files of no period.
pub(super) fn findings(delivery: &RasterDelivery, rules: &[Asked]) -> Vec<CheckFinding> {
    let mut findings: Vec<CheckFinding> =
        delivery.overlaps.iter().map(|overlap| overlap_finding(delivery, overlap)).collect();
    let apart = delivery.files.iter().filter(|file| is_untold(delivery, file, rules));
    findings.extend(apart.map(|file| apart_finding(delivery, file)));
    let tells_periods = checks(rules).any(|check| matches!(check, Check::Periods(_)));
    let silent = delivery.matched.unmatched.iter().filter(|_| !tells_periods);
    findings.extend(silent.map(|(file, band)| silent_finding(&delivery.files[*file], *band)));
    findings.extend(super::period::contradictions(delivery));
    findings
}

fn checks(rules: &[Asked]) -> impl Iterator<Item = &Check> {
    rules.iter().filter_map(|asked| match &asked.rule.quality {
        Quality::Check(check) => Some(check),
        Quality::Metric(_) | Quality::Other { .. } => None,
    })
}

fn overlap_finding(delivery: &RasterDelivery, overlap: &Overlap) -> CheckFinding {
    let [first, second] = overlap.files.map(|file| &delivery.files[file]);
    let pixels = counted(overlap.count, "pixel") + &of(&delivery.periods[overlap.period]);
    let [one, other] = [name(&first.path), name(&second.path)];
    let (what, counting) = match overlap.files[0] == overlap.files[1] {
        true => {
            let bands = first.bands.iter().filter(|band| band.period == overlap.period);
            let bands: Vec<String> = bands.map(|band| (band.band + 1).to_string()).collect();
            let counting = format!("band {}", bands.first().map_or("", String::as_str));
            (format!("bands {} of {one} differ in {pixels}", bands.join(" and ")), counting)
        }
        false => (format!("{one} and {other} differ in {pixels} where they lie upon one another"), one),
    };
    let (severity, counts) = match delivery.is_ordered {
        true => (Severity::Info, format!("{counting} counts, as the network says")),
        false => (Severity::Error, "nobody says which of them counts".to_owned()),
    };
    let message = format!("{what}; {counts}");
    let finding = CheckFinding::new("overlap-differs", Element::Topological, severity, message);
    let places = in_file(delivery, second, overlap.period, overlap.places.first());
    finding.at_places(overlap.count, places).with_mend(
        "cut the files so that one of them speaks there; where the network's pipeline has an `overlap` for the layer, a check in its \
         folder, or with --network DIR, lets it count",
    )
}

/// Whether a file does not lie on the frame and no rule says so.
fn is_untold(delivery: &RasterDelivery, file: &RasterFile, rules: &[Asked]) -> bool {
    let is_told = |check: &Check| match check {
        Check::Crs(_) => matches!(file.crs, CrsHeld::Other(_)),
        Check::Grid(wanted) => match (&file.crs, &file.statement.transform) {
            (CrsHeld::Other(_), _) => false,
            (_, None) => true,
            (_, Some(transform)) => delivery
                .lattice
                .as_ref()
                .is_none_or(|lattice| align(lattice, transform, file.statement.size, wanted.tolerance, None).is_err()),
        },
        _ => false,
    };
    file.is_read && file.window.is_none() && !checks(rules).any(is_told)
}

/// Beside others that lie on a grid it is an error; alone, what needs a place could not be judged, and nothing asks for one.
fn apart_finding(delivery: &RasterDelivery, file: &RasterFile) -> CheckFinding {
    let has_place = file.statement.transform.is_some_and(|transform| transform.is_north_up());
    let (severity, with) = match (&delivery.frame, has_place) {
        (Some(_), _) => (Severity::Error, "one grid with the other files"),
        (None, true) => (Severity::Error, "the grid"),
        (None, false) => (Severity::Warning, "a grid, so nothing that needs a place could be judged"),
    };
    let name = name(&file.path);
    let why = match (&file.crs, &file.statement.transform) {
        (CrsHeld::Other(crs), _) => format!("it is in {crs}"),
        (_, None) => "it does not say where its pixels lie".to_owned(),
        (_, Some(t)) if !t.is_north_up() => "its rows and columns do not run along the axes of its CRS".to_owned(),
        (_, Some(t)) => {
            format!("its pixels are {} x {}, from ({}, {})", t.0[1].hypot(t.0[4]), t.0[2].hypot(t.0[5]), t.0[0], t.0[3])
        }
    };
    let message = format!("{name} cannot be laid on {with}: {why}");
    let finding = CheckFinding::new("apart", Element::Format, severity, message).at(Where::file(&file.path));
    finding.with_mend("bring it onto the grid of the others: `gdalwarp -t_srs CRS -tr X Y -te W S E N -r near IN OUT`")
}

fn silent_finding(file: &RasterFile, band: Option<u16>) -> CheckFinding {
    let (message, place) = no_period(file, band);
    let finding = CheckFinding::new("no-period", Element::Conceptual, Severity::Error, message).at(place);
    finding.with_mend(
        "name the file as the contract does (physicalName), describe its bands by their periods, or say --period",
    )
}
