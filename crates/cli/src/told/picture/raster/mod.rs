//! Findings with pixels: the whole raster, and the pixels around the first place.

mod colours;
mod sample;
mod view;

use std::path::Path;

use mutirao_check::CheckFinding;
use mutirao_core::{grid::Window, raster::RasterSource};
use mutirao_engine::plan::{Opened, Opener};
use mutirao_geotiff::GeoTiff;

use self::{
    colours::Colours,
    sample::sample,
    view::{RasterMap, View, detail_scale},
};
use super::{
    Painter,
    page::{MAP, Page},
    places::Places,
    unread,
};
use crate::{
    check::Agreement,
    command::Failure,
    coverage::failure,
    draw::{Canvas, Fonts},
    network::Tools,
};

/// Pixels of the file on a side of the detail, at most.
const AROUND: u32 = 64;

/// Opens files, and remembers the last one: findings of one file often follow each other.
pub struct Files<'a> {
    agreement: &'a Agreement,
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

impl Painter for Files<'_> {
    fn picture(&mut self, finding: &CheckFinding, fonts: &Fonts) -> Result<Option<(Canvas, String)>, Failure> {
        let Some(places) = Places::of(finding, |place| place.pixel.is_some()) else { return Ok(None) };
        let agreement = self.agreement;
        let last = self.open(&places)?;
        let facts = last.opened.source.facts();
        let size = [facts.width, facts.height];
        let pixels = places.all.iter().filter_map(|place| place.pixel);
        let pixels: Vec<[u32; 2]> = pixels.filter(|pixel| pixel[0] < size[0] && pixel[1] < size[1]).collect();
        let detail = last.detail(&places, &pixels)?;
        let palette = facts.palette.clone().unwrap_or_default();
        let colours = &Colours::new(agreement.legend.as_ref(), agreement.crosswalk.as_ref(), palette);
        let pixels = pixels.as_slice();
        let map = |view, radius| RasterMap { view, pixels, colours, radius };
        let [overview, detail] = [map(&last.overview, 9.0), map(&detail, f64::from(detail.scale) * 0.75 + 5.0)];
        let whole = format!("the whole file: {} columns, {} rows", size[0], size[1]);
        let page = Page {
            finding,
            period: places.period,
            file: places.file,
            marked: pixels.len(),
            maps: [&overview, &detail],
            captions: [vec![whole], vec![part(&detail.view.window, pixels)]],
            entries: detail.entries(),
        };
        Ok(Some((page.draw(fonts), places.period.to_owned())))
    }
}

impl<'a> Files<'a> {
    /// Before the first file.
    pub fn new(agreement: &'a Agreement, tools: &'a Tools) -> Files<'a> {
        Files { agreement, tools, last: None }
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

impl Last {
    /// The pixels around the first place.
    fn detail(&self, places: &Places<'_>, pixels: &[[u32; 2]]) -> Result<View, Failure> {
        let source = &*self.opened.source;
        let facts = source.facts();
        let window = around(pixels.first().copied().unwrap_or([0, 0]), [facts.width, facts.height]);
        let values = sample(source, places.band, &window, [window.width, window.height])
            .map_err(|error| unread(places.file, &error.to_string()))?;
        let scale = detail_scale(&window);
        Ok(View { window, size: [window.width * scale, window.height * scale], scale, values })
    }
}

/// What the detail shows.
fn part(window: &Window, pixels: &[[u32; 2]]) -> String {
    let Window { col, row, width, height } = window;
    let around = pixels.first().map(|[col, row]| format!(" around column {col}, row {row}")).unwrap_or_default();
    format!("columns {col} to {}, rows {row} to {}{around}", col + width - 1, row + height - 1)
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

/// Columns and rows of the overview: at most [`MAP`] on a side; a small file has several pixels for each of its own.
fn fitted([width, height]: [u32; 2]) -> [u32; 2] {
    let most = width.max(height).max(1);
    if most <= MAP {
        let scale = MAP / most;
        return [width * scale, height * scale];
    }
    let side = |side: u32| ((u64::from(side) * u64::from(MAP)).div_ceil(u64::from(most)) as u32).max(1);
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
            assert!((1..=MAP).contains(&width) && (1..=MAP).contains(&height), "{size:?} {width} {height}");
        }
    }
}
