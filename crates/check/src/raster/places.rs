//! From places in the frame to places in files.

use mutirao_core::grid::Window;

use super::{RasterBand, RasterDelivery, RasterFile};
use crate::report::Where;

/// At most so many places stand in a finding.
pub(super) const FIRST: usize = 10;

/// A pixel of the frame as a place in a file.
pub(super) fn pixel(delivery: &RasterDelivery, file: &RasterFile, band: &RasterBand, place: [u32; 2]) -> Where {
    let origin = file.window.map_or([0, 0], |window| [window.col, window.row]);
    let own = [place[0].saturating_sub(origin[0]), place[1].saturating_sub(origin[1])];
    Where {
        band: (file.statement.bands > 1).then_some(band.band + 1),
        pixel: Some(own),
        xy: file.statement.transform.map(|t| t.to_map(f64::from(own[0]) + 0.5, f64::from(own[1]) + 0.5)),
        ..Where::file(&file.path).in_period(&delivery.periods[band.period])
    }
}

/// Places of the frame in a period, all in one file.
pub(super) fn in_file(
    delivery: &RasterDelivery,
    file: &RasterFile,
    period: usize,
    places: impl Iterator<Item = [u32; 2]>,
) -> Vec<Where> {
    let Some(band) = file.bands.iter().find(|band| band.period == period) else { return Vec::new() };
    places.map(|place| pixel(delivery, file, band, place)).collect()
}

/// Places of the frame in a period, each in the file that holds it.
pub(super) fn in_period(
    delivery: &RasterDelivery,
    period: usize,
    places: impl Iterator<Item = [u32; 2]>,
) -> Vec<Where> {
    let holds = |window: &Window, [col, row]: [u32; 2]| {
        (window.col..window.col_end()).contains(&col) && (window.row..window.row_end()).contains(&row)
    };
    let found = |place: [u32; 2]| {
        let files = delivery.files.iter().filter(|file| file.window.is_some_and(|window| holds(&window, place)));
        let mut bands = files.flat_map(|file| file.bands.iter().map(move |band| (file, band)));
        let (file, band) = bands.find(|(_, band)| band.period == period)?;
        Some(pixel(delivery, file, band, place))
    };
    places.filter_map(found).collect()
}
