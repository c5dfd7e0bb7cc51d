//! The CRS of a file held against the contract's: by the door, and without one by EPSG codes.

use mutirao_check::raster::CrsHeld;
use mutirao_core::{
    door::{Answer, CrsText, Question},
    statement::Statement,
};
use mutirao_engine::plan::Oracle;

use crate::door::Door;

/// Holds the CRS that a file states against the one wanted.
pub fn hold(statement: &Statement, wanted: Option<&str>, door: &Door) -> CrsHeld {
    let Some(wanted) = wanted else { return CrsHeld::Unasked };
    let Some(keys) = &statement.geo_keys else { return CrsHeld::Missing };
    let stated = CrsText::GeoKeys(keys.clone());
    let by_code = keys.epsg().map(|code| format!("EPSG:{code}"));
    // The same code is the same CRS: nobody need be asked, so a partner without GDAL can check a file.
    if by_code.as_deref() == Some(wanted) {
        return CrsHeld::Same;
    }
    let question = Question::SameCrs { a: CrsText::Text(wanted.to_owned()), b: stated.clone() };
    match door.ask(question) {
        Ok(Answer::SameCrs(facts)) if facts.same => CrsHeld::Same,
        Ok(_) => CrsHeld::Other(name(stated, door).or(by_code).unwrap_or_else(|| "another CRS".to_owned())),
        Err(refused) => match (why_none(wanted, door), by_code) {
            (Some(why), _) => CrsHeld::Meaningless(why),
            (None, Some(code)) => CrsHeld::Other(code),
            (None, None) if keys.directory.len() <= 4 => CrsHeld::Missing,
            (None, None) => CrsHeld::Unknown("a CRS without a code".to_owned(), refused.message),
        },
    }
}

/// Why a text is no CRS, if there is a door to say so.
fn why_none(text: &str, door: &Door) -> Option<String> {
    let refused = door.ask(Question::Crs { crs: CrsText::Text(text.to_owned()) }).err()?;
    refused.code.starts_with("crs-").then_some(refused.message)
}

/// The CRS of a file as text, where it states one that has a code or the door knows.
pub fn text(statement: &Statement, door: &Door) -> Option<String> {
    let keys = statement.geo_keys.as_ref()?;
    keys.epsg().map(|code| format!("EPSG:{code}")).or_else(|| {
        match door.ask(Question::Crs { crs: CrsText::GeoKeys(keys.clone()) }) {
            Ok(Answer::Crs(facts)) => Some(facts.authority.unwrap_or(facts.wkt)),
            _ => None,
        }
    })
}

/// What the CRS is called, with its code where it has one.
fn name(crs: CrsText, door: &Door) -> Option<String> {
    match door.ask(Question::Crs { crs }) {
        Ok(Answer::Crs(facts)) => Some(match facts.authority {
            Some(authority) => format!("{authority} ({})", facts.name),
            None => format!("{}, without a code", facts.name),
        }),
        _ => None,
    }
}
