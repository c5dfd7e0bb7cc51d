//! The rows of transitions.parquet against the pixels: a pass of its own over the coverage, tile by tile in all periods.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

use mutirao_core::{
    grid::Window,
    sink::{Event, Observer},
};
use mutirao_engine::{
    Result,
    areas::{Amount, AreaFactors},
    product::AGREEMENT_OUTSIDE,
};
use mutirao_mosaic::{plane::Plane, zones::NO_ZONE};
use mutirao_parquet::TransitionRow;

use super::{
    areas::TOLERANCE,
    kinds::{Kind, Place, Rows, rows},
    periods::Periods,
    report::{RESTORE, Report},
    stop_if_asked,
};

/// What rows are compared with.
pub struct Compared<'a> {
    /// The rasters.
    pub periods: &'a Periods,
    /// The kinds, from 1.
    pub kinds: &'a [Kind],
    /// True areas.
    pub factors: Option<&'a AreaFactors>,
    /// Whether the coverage has no edge but the grid's.
    pub boundless: bool,
}

/// Earlier and later period, kind (0 the whole), zone, class that was and class that is.
type Key = (usize, usize, usize, u32, u16, u16);

/// An earlier and a later period.
type Pair = (usize, usize);

/// Where a sheet lies, and the side of its tiles.
#[derive(Debug, Clone, Copy)]
struct SheetPlace {
    window: Window,
    side: u32,
}

/// Checks all rows.
///
/// # Errors
/// Somebody's wish to stop.
pub fn check(
    compared: &Compared<'_>,
    rows: &[TransitionRow],
    threads: usize,
    observer: &dyn Observer,
    report: &mut Report,
) -> Result<()> {
    if !compared.boundless && !compared.periods.said.agreement {
        report.note("transitions were not checked, because without agreement nobody says where the area ends".into());
        return Ok(());
    }
    let pairs = pairs(compared.periods.periods.len());
    let counted = match compared.count(&pairs, threads, observer) {
        Ok(counted) => counted,
        Err(why) => {
            stop_if_asked(observer)?;
            report.note(format!("transitions were not checked, because {why}"));
            return Ok(());
        }
    };
    stop_if_asked(observer)?;
    let mut due: BTreeMap<Key, Amount> = counted.into_iter().collect();
    let mut seen = BTreeSet::new();
    for (row, number) in rows.iter().zip(1..) {
        if compared.is_blind(&row.territory_kind, report) {
            continue;
        }
        let wrong = match compared.key(row) {
            None => Some("there is no such pair of periods, kind or territory".to_owned()),
            Some(key) if !seen.insert(key) => Some("it stands twice".to_owned()),
            Some(key) => compared.wrong(row, due.remove(&key).unwrap_or_default()),
        };
        report.figures.rows += 1;
        if let Some(wrong) = wrong {
            report.find(
                "verify-transition-row",
                format!("transitions.parquet, {}: {wrong}", words(row, number)),
                RESTORE,
            );
        }
    }
    for ((from, to, kind, _, class_from, class_to), amount) in due {
        let labels = [from, to].map(|period| compared.periods.periods[period].label.as_str());
        let kind = kind.checked_sub(1).map_or("coverage", |at| &compared.kinds[at].name);
        let message = format!(
            "transitions.parquet, {} to {}, {kind}: the row of class {class_from} to {class_to} is missing; {} pixels were counted",
            labels[0], labels[1], amount.pixels
        );
        report.find("verify-transition-row", message, RESTORE);
    }
    Ok(())
}

/// Consecutive periods, and the first with the last.
fn pairs(periods: usize) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = (1..periods).map(|later| (later - 1, later)).collect();
    if periods > 2 {
        pairs.push((0, periods - 1));
    }
    pairs
}

fn words(row: &TransitionRow, number: usize) -> String {
    let TransitionRow { period_from, period_to, territory_kind, territory, class_from, class_to, .. } = row;
    format!(
        "row {number}, {period_from} to {period_to}, {territory_kind} {territory}, class {class_from} to {class_to}"
    )
}

impl Compared<'_> {
    /// Whether nobody can say any more where the territories of a kind lie.
    fn is_blind(&self, kind: &str, report: &mut Report) -> bool {
        let place = self.kinds.iter().find(|known| known.name == kind).map(|kind| &kind.place);
        let Some(Place::Unknown { why, .. }) = place else { return false };
        report.note(format!("the transitions of {kind} were not checked, because {why}"));
        true
    }

    fn key(&self, row: &TransitionRow) -> Option<Key> {
        let period = |label: &str| self.periods.periods.iter().position(|period| period.label == label);
        let pair = (period(&row.period_from)?, period(&row.period_to)?);
        let (kind, zone) = match row.territory_kind.as_str() {
            "coverage" => (0, NO_ZONE),
            name => {
                let at = self.kinds.iter().position(|kind| kind.name == name)?;
                (at + 1, self.kinds[at].zone(&row.territory)?)
            }
        };
        pairs(self.periods.periods.len()).contains(&pair).then_some((
            pair.0,
            pair.1,
            kind,
            zone,
            row.class_from,
            row.class_to,
        ))
    }

    fn wrong(&self, row: &TransitionRow, due: Amount) -> Option<String> {
        if row.pixels < 1 || row.pixels as u64 != due.pixels {
            return Some(format!("it says {} pixels, {} were counted", row.pixels, due.pixels));
        }
        let area = self.factors?.hectares(due.area);
        let near = (row.area_ha - area).abs() <= TOLERANCE * area;
        (!near).then(|| format!("it says {} ha, its pixels have {area} ha", row.area_ha))
    }

    /// Counts all pairs of periods, row of tiles by row of tiles.
    fn count(
        &self,
        pairs: &[Pair],
        threads: usize,
        observer: &dyn Observer,
    ) -> std::result::Result<HashMap<Key, Amount>, String> {
        if let Some(broken) = self.periods.periods.iter().find_map(|period| period.broken.clone()) {
            return Err(broken);
        }
        let units = self.units();
        observer.event(Event::Begin { what: "verifying transitions", units: Some(units.len() as u64) });
        let next = AtomicUsize::new(0);
        let take_units = || {
            let mut counted = HashMap::new();
            while let Some((sheet, row)) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
                if observer.is_cancelled() {
                    return Err("interrupted".to_owned());
                }
                self.row_of_tiles(pairs, sheet, *row, &mut counted)?;
                observer.event(Event::Advance(1));
            }
            Ok(counted)
        };
        let parts: Vec<std::result::Result<HashMap<Key, Amount>, String>> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(take_units)).collect();
            workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        });
        observer.event(Event::End);
        let mut all: HashMap<Key, Amount> = HashMap::new();
        for part in parts {
            part?.into_iter().for_each(|(key, amount)| *all.entry(key).or_default() += amount);
        }
        Ok(all)
    }

    /// Rows of tiles of all sheets, also of those that are left out because they hold nothing: the sheet's window and side, the row.
    fn units(&self) -> Vec<(SheetPlace, u32)> {
        let periods = &self.periods.periods;
        let side = periods.iter().flat_map(|period| &period.sheets).map(|sheet| sheet.side).next().unwrap_or(512);
        let windows = periods
            .iter()
            .flat_map(|period| period.sheets.iter().map(|sheet| sheet.window).chain(period.left_out.iter().copied()));
        let places: BTreeMap<(u32, u32), SheetPlace> =
            windows.map(|window| ((window.row, window.col), SheetPlace { window, side })).collect();
        let rows = |place: SheetPlace| (0..place.window.height.div_ceil(side)).map(move |row| (place, row));
        places.into_values().flat_map(rows).collect()
    }

    fn row_of_tiles(
        &self,
        pairs: &[Pair],
        like: &SheetPlace,
        row: u32,
        counted: &mut HashMap<Key, Amount>,
    ) -> std::result::Result<(), String> {
        let top = row * like.side;
        let height = like.side.min(like.window.height - top);
        let band = Window { row: like.window.row + top, height, ..like.window };
        let zones: Vec<Vec<Rows>> = (0..self.periods.periods.len())
            .map(|period| rows(self.kinds, period, &band).into_iter().collect())
            .collect::<std::result::Result<_, _>>()?;
        for col in 0..like.window.width.div_ceil(like.side) {
            let left = col * like.side;
            let width = like.side.min(like.window.width - left);
            let window = Window { col: like.window.col + left, width, ..band };
            let tiles: Vec<Vec<Option<u16>>> = (0..self.periods.periods.len())
                .map(|period| self.classes(period, like, [col, row]))
                .collect::<std::result::Result<_, _>>()?;
            for pair in pairs {
                self.tile(*pair, &window, like.side as usize, &tiles, &zones[pair.1], counted);
            }
        }
        Ok(())
    }

    /// The classes of a tile in one period, none outside the coverage's area.
    fn classes(
        &self,
        period: usize,
        like: &SheetPlace,
        [col, row]: [u32; 2],
    ) -> std::result::Result<Vec<Option<u16>>, String> {
        let said = self.periods.said;
        let sheet = self.periods.periods[period].sheets.iter().find(|sheet| sheet.window == like.window);
        let plane = |product: usize| {
            sheet
                .and_then(|sheet| sheet.rasters[product].as_ref())
                .map(|raster| raster.plane(0, 0, col, row))
                .transpose()
        };
        let pixels = (like.side * like.side) as usize;
        let samples = |plane: Option<Plane>, blank: u16| match plane {
            Some(Plane::U8(samples)) => samples.into_iter().map(u16::from).collect(),
            Some(Plane::U16(samples)) => samples,
            None => vec![blank; pixels],
        };
        let classes = samples(plane(0)?, said.nodata);
        if !said.agreement {
            return Ok(classes.into_iter().map(Some).collect());
        }
        let speak = samples(plane(2)?, AGREEMENT_OUTSIDE);
        Ok(classes.into_iter().zip(speak).map(|(class, speak)| (speak != AGREEMENT_OUTSIDE).then_some(class)).collect())
    }

    fn tile(
        &self,
        (from, to): Pair,
        window: &Window,
        side: usize,
        tiles: &[Vec<Option<u16>>],
        zones: &[Rows],
        counted: &mut HashMap<Key, Amount>,
    ) {
        for y in 0..window.height {
            let line = y as usize * side;
            let [was, is] = [from, to].map(|period| &tiles[period][line..line + window.width as usize]);
            let mut start = 0;
            while start < was.len() {
                let here = (was[start], is[start]);
                let len = was[start..].iter().zip(&is[start..]).take_while(|(was, is)| (**was, **is) == here).count();
                if let (Some(was), Some(is)) = here {
                    let run = [window.col + start as u32, window.col + (start + len) as u32];
                    self.add(run, window.row + y, zones, |kind, zone, amount| {
                        *counted.entry((from, to, kind, zone, was, is)).or_default() += amount;
                    });
                }
                start += len;
            }
        }
    }

    /// Weighs a stretch of a row in the whole and in every zone.
    fn add(&self, [start, end]: [u32; 2], row: u32, zones: &[Rows], mut add: impl FnMut(usize, u32, Amount)) {
        let weigh = |start: u32, end: u32| match self.factors {
            Some(factors) => factors.weigh(row, start, end),
            None => Amount { pixels: u64::from(end - start), area: 0 },
        };
        add(0, NO_ZONE, weigh(start, end));
        for (rows, kind) in zones.iter().zip(1..) {
            for zone in rows.row(row) {
                let [from, to] = [zone.start.max(start), zone.end.min(end)];
                if from < to {
                    add(kind, zone.zone, weigh(from, to));
                }
            }
        }
    }
}
