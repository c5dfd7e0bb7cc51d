//! What is nothing in a file.

use mutirao_contract::checks::NodataCheck;

use super::{
    RasterDelivery, RasterFile,
    words::{counted, name},
};
use crate::{
    report::{CheckFinding, Where},
    rules::{Asked, Judged},
};

pub(super) fn nodata(delivery: &RasterDelivery, asked: &Asked, wanted: &NodataCheck) -> Judged {
    let expected = match (wanted.value, wanted.declared) {
        (None, _) => "none: every pixel speaks".to_owned(),
        (Some(value), true) => format!("{value}, declared in the file"),
        (Some(value), false) => value.to_string(),
    };
    let findings = delivery.files.iter().filter_map(|file| {
        let (message, measured, mend) = wrong(file, wanted)?;
        let finding = asked.broken(message).but(expected.as_str(), measured);
        Some(finding.at(Where::file(&file.path)).with_mend(mend))
    });
    let findings = together(findings.collect(), delivery.files.len());
    Judged::by(findings, delivery.files.first().map(|file| declared(file).into()))
}

fn declared(file: &RasterFile) -> String {
    file.statement.nodata.clone().unwrap_or_else(|| "none declared".to_owned())
}

/// What is wrong with a file: message, what it has, and how to mend it.
fn wrong(file: &RasterFile, wanted: &NodataCheck) -> Option<(String, String, String)> {
    let name = name(&file.path);
    let stated = file.statement.nodata.as_deref();
    let number = stated.and_then(|text| text.trim().parse::<f64>().ok());
    let edit = |value: i32| format!("`gdal_edit.py -a_nodata {value} {name}` declares it; the pixels stay as they are");
    match (wanted.value, stated) {
        (Some(value), Some(text)) if number != Some(f64::from(value)) => {
            let message = format!("{name} declares {text} as nodata, and {value} is agreed");
            let mend =
                format!("write nothing as {value}: `gdalwarp -srcnodata {text} -dstnodata {value} -r near IN OUT`");
            Some((message, text.to_owned(), mend))
        }
        (Some(value), None) if wanted.declared => {
            let used: u64 = count(file, value);
            let used = if used > 0 { format!("; {} hold it", counted(used, "pixel")) } else { String::new() };
            let message = format!("{name} declares no nodata, and {value} is agreed{used}");
            Some((message, "none declared".to_owned(), edit(value)))
        }
        (None, _) => {
            let nothing: u64 = file.bands.iter().map(|band| silent(file, &band.tally)).sum();
            (nothing > 0).then(|| {
                let message =
                    format!("{name} has {} that hold nothing, and every pixel must speak", counted(nothing, "pixel"));
                (message, declared(file), "fill them with their class".to_owned())
            })
        }
        _ => None,
    }
}

/// How many pixels hold a value; one that the type cannot hold is held by none.
fn count(file: &RasterFile, value: i32) -> u64 {
    let range = if file.signed { i32::from(i16::MIN)..=i32::from(i16::MAX) } else { 0..=i32::from(u16::MAX) };
    if !range.contains(&value) {
        return 0;
    }
    let bits = value as u16;
    let counts = file.bands.iter().flat_map(|band| &band.tally.values).flat_map(|counts| counts.iter());
    counts.filter(|(known, _)| *known == bits).map(|(_, count)| count).sum()
}

fn silent(file: &RasterFile, tally: &mutirao_mosaic::tally::BandTally) -> u64 {
    let nothing = mutirao_mosaic::measure::NOTHING;
    let counts = tally.values.iter().flat_map(|counts| counts.iter());
    let by_value: u64 =
        counts.filter(|(bits, _)| file.classes[usize::from(*bits)] == nothing).map(|(_, count)| count).sum();
    by_value + tally.masked.iter().sum::<u64>()
}

/// The same of many files is told once.
fn together(findings: Vec<CheckFinding>, files: usize) -> Vec<CheckFinding> {
    let mut groups: Vec<(CheckFinding, Vec<Where>)> = Vec::new();
    for finding in findings {
        let place = finding.place.clone().unwrap_or_default();
        match groups.iter_mut().find(|(known, _)| known.measured == finding.measured) {
            Some((_, places)) => places.push(place),
            None => groups.push((finding, vec![place])),
        }
    }
    let tell = |(mut finding, places): (CheckFinding, Vec<Where>)| {
        let count = places.len();
        if count > 1 {
            finding.message = format!("{} (and so it is in {count} of {files} files)", finding.message);
        }
        finding.at_places(count as u64, places.into_iter().take(super::places::FIRST).collect())
    };
    groups.into_iter().map(tell).collect()
}
