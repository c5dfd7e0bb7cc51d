//! Nodata on the left of a crosswalk: nothing is nothing before any line is asked.

use mutirao_core::{
    crosswalk::{CrosswalkLine, FromCode},
    finding::{Finding, Place},
    pipeline::{Layer, Member, NodataSpec, Pipeline},
};

use super::{class_of, named, who};

/// The line that makes a class of a member's nodata, `value`, which `whose` declares (`the pipeline`, `the contract`). Ranges may mean
/// what else is in them; and vectors have no nodata.
pub fn nodata_on_a_line(
    pipeline: &Pipeline,
    layer: &Layer,
    member: &Member,
    value: i32,
    whose: &str,
) -> Option<Finding> {
    let crosswalk = member.crosswalk.as_ref().filter(|_| member.attribute.is_none())?;
    let line = crosswalk.lines.iter().find(|line| is_of(line, value) && class_of(line).is_some())?;
    let message = format!(
        "{} makes {} of {value}, which {whose} declares to be the nodata of `{}`: it never reaches the crosswalk, and stays nothing",
        crosswalk.path,
        named(Some(&pipeline.legend), class_of(line)?),
        who(layer, member)
    );
    let mend = "take the line away; if the code is meant, agree on another nodata";
    let file = pipeline.folder.join(&crosswalk.path).display().to_string();
    let place = Place { file, line: line.line, column: line.column };
    Some(Finding::warning("crosswalk-nodata", message).with_layer(&layer.name).at(place).with_mend(mend))
}

/// The nodata that the pipeline itself gives a member.
pub fn own(member: &Member) -> Option<i32> {
    match member.nodata {
        NodataSpec::Value(value) if member.attribute.is_none() => Some(value),
        _ => None,
    }
}

/// Whether a line is of this code alone.
pub fn is_of(line: &CrosswalkLine, value: i32) -> bool {
    line.from == FromCode::Codes(value, value)
}
