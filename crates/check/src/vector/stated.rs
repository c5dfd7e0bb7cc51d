//! What a file states of itself: its CRS, where it reaches, its licence.

use mutirao_contract::checks::{CrsCheck, Extent, ExtentCheck, LicenceCheck};
use mutirao_core::door::StatedCrs;

use super::{
    File,
    layer::{Layer, plain},
    together::is_of_one_crs,
};
use crate::{
    licence::is_licence,
    rules::{Heading, Judged},
};

/// How far a box may miss, in parts of its size: rounding, not land.
const ROUNDING: f64 = 1e-9;

/// `crs`.
pub fn crs(layer: &Layer<'_>, check: &CrsCheck, heading: &Heading) -> Judged {
    let facts = &layer.features.facts;
    if !facts.spatial {
        return Judged::Undefined("a table has no CRS".to_owned());
    }
    let wanted = check.crs.as_str();
    let broken = |message: String, found: String, mend: String| {
        let finding = layer.finding(heading, message).but(wanted, found.as_str()).with_mend(mend);
        Judged::of(vec![finding], found)
    };
    let Some(stated) = &facts.crs else {
        let mend = format!(
            "write it into the file (QGIS: Assign projection; ogr2ogr -a_srs {wanted}), if that is what it is in"
        );
        return broken("the file states no CRS".to_owned(), "none".to_owned(), mend);
    };
    let mend =
        format!("reproject it (QGIS: Reproject layer; ogr2ogr -t_srs {wanted}); do not just give it another name");
    if let StatedCrs::Other { name, why } = stated {
        return broken(why.clone(), name.clone(), mend);
    }
    match layer.files.first().map_or_else(|| Err("there is no file".to_owned()), |file| (file.same_crs)(wanted)) {
        Err(why) => Judged::Unjudged(why),
        Ok(answer) if answer.same => Judged::of(Vec::new(), stated.shown()),
        Ok(answer) => broken(format!("the file is in another CRS: {}", answer.why), stated.shown(), mend),
    }
}

/// `extent`.
pub fn extent(layer: &Layer<'_>, check: &ExtentCheck, heading: &Heading) -> Judged {
    let (wanted, what) = match check.covers {
        Extent::Box(wanted) => (Some(wanted), "the agreed box"),
        Extent::Area => (layer.inputs.area, "the area"),
        Extent::Grid => (layer.inputs.grid, "the network's grid"),
    };
    let Some(wanted) = wanted else { return Judged::Unjudged(format!("{what} was not given")) };
    if let Some(crs) = layer.agreed_crs().filter(|crs| layer.files.iter().any(|file| is_in_another(file, crs))) {
        return Judged::Unjudged(format!("the features are not in {crs}, as agreed, so {what} cannot be compared"));
    }
    if !is_of_one_crs(layer) {
        return Judged::Unjudged("the files are not in one CRS, so their boxes cannot be joined".to_owned());
    }
    let Some(found) = layer.features.facts.bounds else {
        return Judged::Undefined("there are no geometries".to_owned());
    };
    let shown =
        |b: [f64; 4]| format!("{} to {} east, {} to {} north", plain(b[0]), plain(b[2]), plain(b[1]), plain(b[3]));
    let size = [wanted[2] - wanted[0], wanted[3] - wanted[1]];
    let lacks = [
        ("west", found[0] - wanted[0], size[0]),
        ("south", found[1] - wanted[1], size[1]),
        ("east", wanted[2] - found[2], size[0]),
        ("north", wanted[3] - found[3], size[1]),
    ];
    let lacks = lacks.iter().filter(|(_, lack, size)| *lack > ROUNDING * size.abs());
    let lacks: Vec<String> = lacks.map(|(side, lack, _)| format!("{} in the {side}", plain(*lack))).collect();
    if lacks.is_empty() {
        return Judged::of(Vec::new(), shown(found));
    }
    let message =
        format!("the features do not reach all of {what}: they lack {}, in units of the CRS", lacks.join(", "));
    let finding = layer.finding(heading, message).but(shown(wanted), shown(found));
    Judged::of(vec![finding.with_mend("deliver the features of the whole area")], shown(found))
}

/// Whether a file is known to be in another CRS.
fn is_in_another(file: &File<'_>, crs: &str) -> bool {
    match &file.features.facts.crs {
        None => false,
        Some(StatedCrs::Other { .. }) => true,
        Some(StatedCrs::Plane(_)) => (file.same_crs)(crs).is_ok_and(|answer| !answer.same),
    }
}

/// `licence`.
pub fn licence(layer: &Layer<'_>, check: &LicenceCheck, heading: &Heading) -> Judged {
    let agreed = check.allowed.join(" or ");
    let found = layer.inputs.licence.unwrap_or("none");
    let message = match layer.inputs.licence {
        None if !check.declared => return Judged::of(Vec::new(), found),
        None => format!("the delivery states no licence; agreed is {agreed}"),
        Some(stated) if check.allowed.iter().any(|allowed| is_licence(stated, allowed)) => {
            return Judged::of(Vec::new(), found);
        }
        Some(stated) => format!("the delivery states the licence {stated}; agreed is {agreed}"),
    };
    let finding = layer.finding(heading, message).but(agreed, found);
    Judged::of(vec![finding.with_mend("state the agreed licence in the file's metadata, or agree on another")], found)
}
