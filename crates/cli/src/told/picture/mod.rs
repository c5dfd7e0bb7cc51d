//! `--preview`: a picture of every finding that has a place in a raster, for people who ask where that is.
//!
//! On the left the whole file, on the right the pixels around the first place; every place that the finding names is ringed in both.

mod colours;
mod page;
mod sample;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mutirao_check::{CheckFinding, Report, Where};
use mutirao_core::{grid::Window, raster::RasterSource};
use mutirao_engine::{
    EngineError,
    plan::{Opened, Opener},
};
use mutirao_geotiff::GeoTiff;

use self::{
    colours::Colours,
    page::{OVERVIEW, Page, View, detail_scale},
    sample::sample,
};
use crate::{
    check::Agreement, command::Failure, coverage::failure, draw::Fonts, exit::Exit, network::Tools,
    show::progress::is_cancelled,
};

/// Pictures that were drawn, by the place of their finding in the report.
pub type Drawn = BTreeMap<usize, PathBuf>;

/// Pixels of the file on a side of the detail, at most.
const AROUND: u32 = 64;

/// Draws all findings that have a pixel into a folder, which is made. Other files in it stay.
///
/// # Errors
/// Where a file can no longer be read, or a picture cannot be written.
pub fn draw(report: &Report, agreement: &Agreement, folder: &Path, tools: &Tools) -> Result<Drawn, Failure> {
    std::fs::create_dir_all(folder).map_err(EngineError::io("create", folder)).map_err(|error| Failure::of(&error))?;
    let fonts = Fonts::new();
    let digits = report.findings.len().to_string().len().max(2);
    let mut files = Files { tools, last: None };
    let mut drawn = Drawn::new();
    for (at, finding) in report.findings.iter().enumerate() {
        if is_cancelled() {
            return Err(Failure::of(&EngineError::Cancelled));
        }
        let Some(places) = Places::of(finding) else { continue };
        let path = folder.join(format!("{:0digits$}-{}.png", at + 1, stem(finding, &places)));
        let page = files.page(finding, &places, agreement)?;
        page.draw(&fonts).save(&path).map_err(EngineError::io("write", &path)).map_err(|error| Failure::of(&error))?;
        drawn.insert(at, path);
    }
    Ok(drawn)
}

/// The places of a finding that one picture can show: those in the file and band of the first.
struct Places<'a> {
    file: &'a str,
    period: &'a str,
    /// From 0.
    band: u16,
    pixels: Vec<[u32; 2]>,
}

impl<'a> Places<'a> {
    fn of(finding: &'a CheckFinding) -> Option<Places<'a>> {
        let all = if finding.first.is_empty() { finding.place.as_slice() } else { &finding.first };
        let first = all.iter().find(|place| place.pixel.is_some() && place.file.is_some())?;
        let is_same = |place: &&Where| (&place.file, place.band) == (&first.file, first.band);
        let pixels = all.iter().filter(is_same).filter_map(|place| place.pixel).collect();
        let period = first.period.as_deref().unwrap_or_default();
        Some(Places {
            file: first.file.as_deref()?,
            period,
            band: first.band.map_or(0, |band| band.max(1) - 1),
            pixels,
        })
    }
}

/// `<code>-<period>`, of letters that every file system takes.
fn stem(finding: &CheckFinding, places: &Places<'_>) -> String {
    let name =
        if places.period.is_empty() { finding.code.clone() } else { format!("{}-{}", finding.code, places.period) };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    name.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect()
}

/// Opens files, and remembers the last one: findings of one file often follow each other.
struct Files<'a> {
    tools: &'a Tools,
    last: Option<Last>,
}

struct Last {
    file: String,
    band: u16,
    opened: Opened,
    /// The whole file made small.
    overview: View,
}

impl Files<'_> {
    fn page<'p>(
        &mut self,
        finding: &'p CheckFinding,
        places: &Places<'p>,
        agreement: &'p Agreement,
    ) -> Result<Page<'p>, Failure> {
        let last = self.open(places)?;
        let source = &*last.opened.source;
        let facts = source.facts();
        let size = [facts.width, facts.height];
        let pixels: Vec<[u32; 2]> =
            places.pixels.iter().copied().filter(|pixel| pixel[0] < size[0] && pixel[1] < size[1]).collect();
        let window = around(pixels.first().copied().unwrap_or([0, 0]), size);
        let values = sample(source, places.band, &window, [window.width, window.height])
            .map_err(|error| unread(places.file, &error.to_string()))?;
        let scale = detail_scale(&window);
        let detail = View { window, size: [window.width * scale, window.height * scale], scale, values };
        let palette = facts.palette.clone().unwrap_or_default();
        let colours = Colours::new(agreement.legend.as_ref(), agreement.crosswalk.as_ref(), palette);
        let file = places.file;
        Ok(Page {
            finding,
            period: places.period,
            file,
            size,
            pixels,
            overview: last.overview.clone(),
            detail,
            colours,
        })
    }

    fn open(&mut self, places: &Places<'_>) -> Result<&Last, Failure> {
        let is_it = |last: &Last| last.file == places.file && last.band == places.band;
        if !self.last.as_ref().is_some_and(is_it) {
            let path = Path::new(places.file);
            let opened = self.tools.files().open(path).map_err(|refused| failure(&refused))?;
            let overview = overview(&opened, places.band).map_err(|error| unread(places.file, &error))?;
            self.last = Some(Last { file: places.file.to_owned(), band: places.band, opened, overview });
        }
        Ok(self.last.as_ref().expect("it was put there"))
    }
}

fn unread(file: &str, what: &str) -> Failure {
    Failure { error: format!("{file} could not be drawn: {what}"), help: None, exit: Exit::Findings }
}

/// A file made small enough: out of the smallest of its overviews that has a pixel for each of the picture.
fn overview(opened: &Opened, band: u16) -> Result<View, String> {
    let facts = opened.source.facts();
    let (width, height) = (facts.width, facts.height);
    let size = fitted([width, height]);
    let whole = Window { col: 0, row: 0, width, height };
    let level = match GeoTiff::open(&opened.path) {
        Ok(file) => smallest(&file, size),
        Err(_) => None,
    };
    let source: &dyn RasterSource = match &level {
        Some(level) => level,
        None => &*opened.source,
    };
    let facts = source.facts();
    let all = Window { col: 0, row: 0, width: facts.width, height: facts.height };
    let values = sample(source, band, &all, size).map_err(|error| error.to_string())?;
    Ok(View { window: whole, size, scale: 1, values })
}

/// An overview that the file cannot read is none: the pixels themselves are there.
fn smallest(file: &GeoTiff, [width, height]: [u32; 2]) -> Option<GeoTiff> {
    let levels = (0..file.overviews()).rev().filter_map(|at| file.level(at).ok());
    levels.into_iter().find(|level| level.facts().width >= width && level.facts().height >= height)
}

/// Columns and rows of the overview: at most [`OVERVIEW`] on a side; a small file has several pixels for each of its own.
fn fitted([width, height]: [u32; 2]) -> [u32; 2] {
    let most = width.max(height).max(1);
    if most <= OVERVIEW {
        let scale = OVERVIEW / most;
        return [width * scale, height * scale];
    }
    let side = |side: u32| ((u64::from(side) * u64::from(OVERVIEW)).div_ceil(u64::from(most)) as u32).max(1);
    [side(width), side(height)]
}

/// The pixels around one, within a file of this size.
fn around([col, row]: [u32; 2], [width, height]: [u32; 2]) -> Window {
    let start = |at: u32, length: u32, whole: u32| at.saturating_sub(length / 2).min(whole - length);
    let (across, down) = (width.min(AROUND), height.min(AROUND));
    Window { col: start(col, across, width), row: start(row, down, height), width: across, height: down }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_detail_holds_its_place_and_stays_in_the_file() {
        for size in [[1, 1], [7, 300], [5000, 65], [64, 64]] {
            for pixel in [[0, 0], [size[0] - 1, size[1] - 1], [size[0] / 2, size[1] / 3]] {
                let window = around(pixel, size);
                assert!(
                    (window.col..window.col_end()).contains(&pixel[0]) && window.col_end() <= size[0],
                    "{window:?}"
                );
                assert!(
                    (window.row..window.row_end()).contains(&pixel[1]) && window.row_end() <= size[1],
                    "{window:?}"
                );
                assert_eq!([window.width, window.height], size.map(|side| side.min(AROUND)));
            }
        }
    }

    #[test]
    fn overviews_have_bounds() {
        for size in [[1, 1], [3, 511], [512, 512], [513, 2], [1 << 31, 1], [150_000, 158_459]] {
            let [width, height] = fitted(size);
            assert!((1..=OVERVIEW).contains(&width) && (1..=OVERVIEW).contains(&height), "{size:?} {width} {height}");
        }
    }
}
