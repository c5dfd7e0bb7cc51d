//! Words that several checks of rasters use.

pub(super) use mutirao_core::words::thousands;
use mutirao_mosaic::measure::UNKNOWN;

use super::RasterFile;
use crate::report::Where;

/// A file's CRS held against the contract's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CrsHeld {
    /// It is the same by definition.
    Same,
    /// It is another one: its name.
    Other(String),
    /// The file states none.
    Missing,
    /// Nobody could say: what the file states, and why.
    Unknown(String, String),
    /// The contract's own is none that is known; why.
    Meaningless(String),
    /// The contract agrees on none.
    Unasked,
}

/// `a.tif`, `a.tif and b.tif`, `a.tif and 35 other files`.
pub(super) fn files(files: &[&RasterFile]) -> String {
    listed(&files.iter().map(|file| name(&file.path)).collect::<Vec<_>>(), "other files")
}

/// The last part of a path.
pub(super) fn name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}

/// One, two, or the first and how many more.
pub(super) fn listed(names: &[String], others: &str) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [first, rest @ ..] => format!("{first} and {} {others}", rest.len()),
    }
}

/// ` of 2019`; nothing where the delivery knows no periods.
pub(super) fn of(period: &str) -> String {
    if period.is_empty() { String::new() } else { format!(" of {period}") }
}

/// What a pixel holds that speaks.
pub(super) fn class(held: u32) -> String {
    match held {
        UNKNOWN => "a code on no line of the crosswalk".to_owned(),
        class => format!("class {class}"),
    }
}

/// That nobody says for which period a file or band speaks, and where that is.
pub(super) fn no_period(file: &RasterFile, band: Option<u16>) -> (String, Where) {
    let of_band = band.map(|band| format!("band {} of ", band + 1)).unwrap_or_default();
    let message = format!("nothing says for which period {of_band}{} speaks", name(&file.path));
    (message, Where { band: band.map(|band| band + 1), ..Where::file(&file.path) })
}

/// A verb for so many.
pub(super) fn verb(count: usize, one: &str, many: &str) -> String {
    if count == 1 { one.to_owned() } else { many.to_owned() }
}

/// `1 pixel`, `1,234 pixels`, `2 patches`.
pub(super) fn counted(count: u64, one: &str) -> String {
    let ending = match count {
        1 => "",
        _ if one.ends_with("ch") => "es",
        _ => "s",
    };
    format!("{} {one}{ending}", thousands(count))
}

/// A share of 1 in percent: two decimals, or three digits where it is less than one percent.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let decimals =
        if percent == 0.0 || percent >= 1.0 { 2 } else { (2 - percent.log10().floor() as i32).clamp(2, 12) as usize };
    format!("{percent:.decimals$} %")
}
