//! The work behind `mutirao-door`, the only program that links GDAL (and PROJ, which GDAL brings along).
//!
//! It translates and measures; it decides nothing: what a layer may be is decided by who asked. Questions are answered one after
//! the other, so GDAL's messages belong to the one at hand; who asks lets no process open two files.
//! Unsafe code stands only in modules that call what the `gdal` crate lacks, each behind a safe function.

mod areas;
mod control;
mod files;
mod geokeys;
mod messages;
mod raster;
mod same;
mod setup;
mod srs;
mod staged;
mod transformation;
mod vector;

use mutirao_core::door::{Answer, Question, Refusal};

/// Told how far the work is: share done (0 to 1) and what is being done.
pub type OnProgress<'a> = &'a mut dyn FnMut(f64, &str);

/// Answers a question.
///
/// # Errors
/// A [`Refusal`] that says what is wrong, where, and how to mend it.
pub fn answer(question: &Question, progress: OnProgress<'_>) -> Result<Answer, Refusal> {
    setup::harden()?;
    messages::clear();
    match question {
        Question::Crs { crs } => srs::facts(&srs::parse(crs)?).map(|facts| Answer::Crs(Box::new(facts))),
        Question::SameCrs { a, b } => same::compare(&srs::parse(a)?, &srs::parse(b)?).map(Answer::SameCrs),
        Question::Areas(areas) => areas::answer(areas, progress).map(Answer::Areas),
        Question::ControlGrid(control) => control::answer(control, progress).map(Answer::ControlGrid),
        Question::Raster(raster) => raster::answer(raster, progress).map(Answer::Raster),
        Question::Vector(vector) => vector::polygons(vector, progress).map(Answer::Vector),
        Question::Points(points) => vector::points(points, progress).map(Answer::Points),
        Question::Features(features) => vector::features(features, progress).map(Answer::Features),
        Question::Outlines(outlines) => vector::outlines(outlines, progress).map(Answer::Outlines),
    }
}
