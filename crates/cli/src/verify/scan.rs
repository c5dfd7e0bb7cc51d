//! One pass over the pixels: two rows of tiles at a time are counted and held against the overview above them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use mutirao_core::{
    finding::PixelPlaces,
    grid::Window,
    sink::{Event, Observer},
};
use mutirao_engine::{Result, areas::AreaFactors, product::AGREEMENT_OUTSIDE};
use mutirao_mosaic::plane::Plane;

use super::{
    Release,
    census::{Census, Place, Reading, Side, TilePlanes},
    kinds::{Kind, Rows, rows},
    overviews::{Below, Differences, compare},
    periods::{PRODUCTS, Periods, Said, Sheet},
    report::{RESTORE, Report},
    stop_if_asked,
};

/// What came of the pass.
pub struct Scan {
    /// What was counted.
    pub census: Census,
    /// By period: why not everything was counted, if so.
    pub incomplete: Vec<Option<String>>,
    /// By kind and period: why its zones are not known, if so.
    pub blind: BTreeMap<(usize, usize), String>,
}

/// Two rows of tiles of one level, or rows of the grid without a sheet.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Tiles { period: usize, sheet: usize, level: usize, row: u32 },
    LeftOut { period: usize, window: Window },
}

/// Which overview: period, sheet, its level, the product.
type OverviewKey = (usize, usize, usize, usize);

#[derive(Default)]
struct Done {
    census: Census,
    /// By overview and band.
    differences: BTreeMap<(OverviewKey, u16), Differences>,
    /// By period and message.
    unreadable: BTreeMap<(usize, String), ()>,
    blind: BTreeMap<(usize, usize), String>,
    pixels: u64,
    overview_pixels: u64,
}

struct Work<'a> {
    release: &'a Release<'a>,
    periods: &'a Periods,
    kinds: &'a [Kind],
    factors: Option<&'a AreaFactors>,
}

/// Reads all pixels.
///
/// # Errors
/// Somebody's wish to stop.
pub fn scan(
    release: &Release<'_>,
    periods: &Periods,
    kinds: &[Kind],
    factors: Option<&AreaFactors>,
    threads: usize,
    observer: &dyn Observer,
    report: &mut Report,
) -> Result<Scan> {
    let work = Work { release, periods, kinds, factors };
    let units = work.units();
    observer.event(Event::Begin { what: "verifying", units: Some(units.len() as u64) });
    let next = AtomicUsize::new(0);
    let take_units = || {
        let mut done = Done::default();
        while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
            if observer.is_cancelled() {
                break;
            }
            work.unit(unit, &mut done);
            observer.event(Event::Advance(1));
        }
        done
    };
    let mut all = Done::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(take_units)).collect();
        for worker in workers {
            all.merge(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
    observer.event(Event::End);
    stop_if_asked(observer)?;
    report.figures.pixels += all.pixels;
    report.figures.overview_pixels += all.overview_pixels;
    let mut incomplete: Vec<Option<String>> = periods.periods.iter().map(|period| period.broken.clone()).collect();
    for ((period, what), ()) in all.unreadable {
        incomplete[period].get_or_insert_with(|| what.clone());
        report.find("verify-file-unreadable", what, RESTORE);
    }
    work.tell_differences(&all.differences, report);
    Ok(Scan { census: all.census, incomplete, blind: all.blind })
}

impl Done {
    fn merge(&mut self, other: Done) {
        self.census.merge(other.census);
        for (key, differences) in other.differences {
            self.differences.entry(key).or_default().merge(differences);
        }
        self.unreadable.extend(other.unreadable);
        for (key, why) in other.blind {
            // Of several reasons the same one is told each time.
            let known = self.blind.entry(key).or_insert_with(|| why.clone());
            *known = why.min(known.clone());
        }
        self.pixels += other.pixels;
        self.overview_pixels += other.overview_pixels;
    }
}

impl Work<'_> {
    fn units(&self) -> Vec<Unit> {
        let mut units = Vec::new();
        for (period, of) in self.periods.periods.iter().enumerate() {
            for (index, sheet) in of.sheets.iter().enumerate() {
                for level in 0..sheet.levels.len() {
                    let down = sheet.levels[level][1].div_ceil(sheet.side);
                    units.extend((0..down).step_by(2).map(|row| Unit::Tiles { period, sheet: index, level, row }));
                }
            }
            let side = of.sheets.first().map_or(1024, |sheet| sheet.side * 2);
            // With agreement, what is left out lies outside.
            for window in of.left_out.iter().filter(|_| !self.periods.said.agreement) {
                let rows = (window.row..window.row_end()).step_by(side as usize);
                let cut = rows.map(|row| Window { row, height: side.min(window.row_end() - row), ..*window });
                units.extend(cut.map(|window| Unit::LeftOut { period, window }));
            }
        }
        units
    }

    fn unit(&self, unit: &Unit, done: &mut Done) {
        match *unit {
            Unit::LeftOut { period, window } => {
                let kinds = self.zones(period, &window, done);
                let place = Place { period: period as u16, window, stride: 0, kinds: &kinds, factors: self.factors };
                let side = if self.is_boundless() { Side::Inside } else { Side::Unknown };
                done.census.blank(&place, self.periods.said.nodata, side);
            }
            Unit::Tiles { period, sheet, level, row } => {
                let result = self.rows(period, sheet, level, row, done);
                if let Err(what) = result {
                    done.unreadable.insert((period, what), ());
                }
            }
        }
    }

    fn zones(&self, period: usize, window: &Window, done: &mut Done) -> Vec<Rows> {
        let known = |(index, rows): (usize, std::result::Result<Rows, String>)| {
            rows.unwrap_or_else(|why| {
                done.blind.entry((index, period)).or_insert(why);
                Rows::Unknown
            })
        };
        rows(self.kinds, period, window).into_iter().enumerate().map(known).collect()
    }

    fn rows(
        &self,
        period: usize,
        index: usize,
        level: usize,
        row: u32,
        done: &mut Done,
    ) -> std::result::Result<(), String> {
        let sheet = &self.periods.periods[period].sheets[index];
        let side = sheet.side;
        let [width, height] = sheet.levels[level];
        let [across, down] = [width.div_ceil(side), height.div_ceil(side)];
        let last = (row + 2).min(down);
        let kinds = if level == 0 {
            let top = row * side;
            let window =
                Window { row: sheet.window.row + top, height: (last * side).min(height) - top, ..sheet.window };
            self.zones(period, &window, done)
        } else {
            Vec::new()
        };
        let how = self.periods.reduce.filter(|_| level + 1 < sheet.levels.len());
        for above in (0..across).step_by(2) {
            let over = how
                .map(|how| Ok::<_, String>((how, read(sheet, self.periods.said, level + 1, above / 2, row / 2)?)))
                .transpose()?;
            // A level without one above it is looked at only to be counted.
            if over.is_none() && level > 0 {
                continue;
            }
            for (col, row) in (row..last).flat_map(|row| (above..(above + 2).min(across)).map(move |col| (col, row))) {
                let planes = read(sheet, self.periods.said, level, col, row)?;
                let size = [(width - col * side).min(side), (height - row * side).min(side)];
                if level == 0 {
                    let window = Window {
                        col: sheet.window.col + col * side,
                        row: sheet.window.row + row * side,
                        width: size[0],
                        height: size[1],
                    };
                    self.count(&planes, period, window, side, &kinds, done);
                }
                if let Some((how, over)) = &over {
                    let below = Below { planes: &planes, size: size.map(|side| side as usize), tile: [col, row] };
                    let differences = compare(&below, over, side as usize, *how);
                    done.overview_pixels += u64::from(size[0].div_ceil(2)) * u64::from(size[1].div_ceil(2));
                    note(self.periods.said, (period, index, level + 1), differences, done);
                }
            }
        }
        Ok(())
    }

    /// Whether the coverage has no edge but the grid's.
    fn is_boundless(&self) -> bool {
        self.release.pipeline.as_ref().is_ok_and(|pipeline| pipeline.coverage.within.is_none())
    }

    fn count(&self, planes: &[Plane], period: usize, window: Window, stride: u32, kinds: &[Rows], done: &mut Done) {
        let said = self.periods.said;
        let provenance = usize::from(said.provenance);
        let of_provenance = |band: usize| (band < provenance).then(|| &planes[1 + band]);
        let tile = TilePlanes {
            class: &planes[0],
            source: of_provenance(0),
            rule: of_provenance(1),
            part: of_provenance(2),
            speak: said.agreement.then(|| &planes[1 + provenance]),
        };
        let reading = Reading { nodata: said.nodata, outside: AGREEMENT_OUTSIDE, boundless: self.is_boundless() };
        let (period, stride, factors) = (period as u16, stride as usize, self.factors);
        done.census.tile(&tile, reading, &Place { period, window, stride, kinds, factors });
        done.pixels += window.pixels() as u64;
    }

    fn tell_differences(&self, all: &BTreeMap<(OverviewKey, u16), Differences>, report: &mut Report) {
        for (((period, sheet, level, product), band), differences) in all {
            let Some(first) = differences.first.first() else { continue };
            let period = &self.periods.periods[*period];
            let file = format!("{}/{}", PRODUCTS[*product], period.sheets[*sheet].name);
            let message = format!(
                "{file}, overview {level}, band {}: {} pixels are not what the level below makes of them; the first, column {}, row {} of the overview, holds {} where {} is expected",
                band + 1,
                differences.count,
                first.col,
                first.row,
                first.found,
                first.expected
            );
            let pixels = differences.first.iter().map(|pixel| [pixel.col, pixel.row]).collect();
            let places = PixelPlaces { file, period: Some(period.label.clone()), count: differences.count, pixels };
            report.find_pixels("verify-overview", message, places);
        }
    }
}

/// All bands of a tile of a sheet: class, provenance, agreement.
fn read(sheet: &Sheet, said: Said, level: usize, col: u32, row: u32) -> std::result::Result<Vec<Plane>, String> {
    let mut planes = Vec::new();
    for ((raster, bands), blank) in sheet.rasters.iter().zip(said.bands()).zip(said.blanks()) {
        for band in 0..bands {
            planes.push(match raster {
                Some(raster) if band < raster.bands() => raster.plane(level, band, col, row)?,
                Some(raster) => {
                    return Err(format!("{}: it has {} bands, others {bands}", raster.name, raster.bands()));
                }
                None => Plane::filled(blank > 255, (sheet.side * sheet.side) as usize, blank),
            });
        }
    }
    Ok(planes)
}

/// Puts the differences of all bands to the products that they are of.
fn note(said: Said, (period, index, level): (usize, usize, usize), differences: Vec<Differences>, done: &mut Done) {
    let bands = said.bands().into_iter().enumerate().flat_map(|(at, bands)| (0..bands).map(move |band| (at, band)));
    for ((product, band), mut found) in bands.zip(differences).filter(|(_, found)| found.count > 0) {
        found.first.iter_mut().for_each(|pixel| pixel.band = band);
        done.differences.entry(((period, index, level, product), band)).or_default().merge(found);
    }
}
