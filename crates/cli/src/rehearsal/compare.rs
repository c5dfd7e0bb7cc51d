//! Two drafts laid over one another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mutirao_engine::{
    areas::AreaFactors,
    finished::{Area, Finished, FinishedKey, FinishedPeriod, Means, areas},
    territories::{Kind, KindFrom, NO_ZONE},
};
use mutirao_mosaic::zones::Zones;

use super::{ClassChange, PeriodChange, Rehearsal, TerritoryChange, Uncounted};
use crate::{
    command::{Failure, Stopped},
    coverage::Rasters,
    exit::Exit,
    finished::MEMORY,
    network::Tools,
    verify::factors,
};

/// Rows of the grid that are counted at once.
const BAND: u32 = 512;

/// Compares the drafts in two folders, period by period. Kinds of territories that are no polygons are not counted, and named.
pub fn compare(folders: [&Path; 2], kinds: &[Kind], threads: usize, tools: &Tools) -> Result<Rehearsal, Stopped> {
    let mut all = Rehearsal { uncounted: uncounted(kinds), ..Rehearsal::default() };
    for (label, [before, after]) in pairs(folders)? {
        let before = Rasters::open(&before, None, tools)?;
        let after = Rasters::open(&after, None, tools)?;
        let both = both(&label, &before, &after)?;
        let factors = factors::of(&both.grid, &tools.door).map_err(|error| Failure {
            error,
            help: None,
            exit: Exit::Findings,
        })?;
        let count = |kind: Option<&Kind>| {
            let polygons = kind.iter().flat_map(|kind| kind.territories.iter().zip(0..));
            let polygons = polygons.filter_map(|(territory, zone)| Some((zone, territory.geometry.as_ref()?)));
            let zones = Zones::new(&both.grid, BAND, polygons);
            let means = Means { threads, memory: MEMORY, observer: &*tools.progress };
            areas(&both, &factors, &zones, BAND, means)
        };
        let polygons: Vec<&Kind> = kinds.iter().filter(|kind| kind.from == KindFrom::Polygons).collect();
        for kind in polygons.iter().copied().map(Some).chain(polygons.is_empty().then_some(None)) {
            let counted = count(kind)?;
            // The whole is the same whatever the kind.
            if all.periods.last().is_none_or(|last| last.period != label) {
                let pixels = u64::from(both.grid.width()) * u64::from(both.grid.height());
                whole(&mut all, &label, pixels, &factors, &counted);
            }
            if let Some(kind) = kind {
                territories(&mut all, &label, kind, &factors, &counted);
            }
        }
    }
    all.classes.sort_by(|a, b| b.pixels.cmp(&a.pixels).then((&a.period, a.from, a.to).cmp(&(&b.period, b.from, b.to))));
    all.territories.sort_by(|a, b| {
        b.changed.cmp(&a.changed).then((&a.kind, &a.territory, &a.period).cmp(&(&b.kind, &b.territory, &b.period)))
    });
    Ok(all)
}

/// The kinds of territories that two drafts say nothing of, since these have the map alone, and why.
fn uncounted(kinds: &[Kind]) -> Vec<Uncounted> {
    let of = |kind: &Kind| {
        let because = match kind.from {
            KindFrom::Polygons => return None,
            KindFrom::Layer(_) => format!("its territories are {}, no polygons", kind.treatment),
            KindFrom::Crossing(_) => format!("its territories are {}, without polygons of their own", kind.treatment),
        };
        Some(Uncounted { kind: kind.name.clone(), because })
    };
    kinds.iter().filter_map(of).collect()
}

/// The coverages of both drafts by period.
fn pairs([before, after]: [&Path; 2]) -> Result<BTreeMap<String, [PathBuf; 2]>, Failure> {
    let folder = after.join("coverage");
    let entries = std::fs::read_dir(&folder).map_err(|error| Failure {
        error: format!("{}: {error}", folder.display()),
        help: None,
        exit: Exit::Environment,
    })?;
    let rasters = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "tif" || ending == "vrt"));
    let mut pairs = BTreeMap::new();
    for path in rasters {
        let label = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = path.file_name().unwrap_or_default().to_owned();
        pairs.insert(label, [before.join("coverage").join(name), path]);
    }
    Ok(pairs)
}

/// One coverage whose class is what would be and whose source is what is, so that counting areas counts what becomes of what.
fn both<'a>(label: &str, before: &'a Rasters, after: &'a Rasters) -> Result<Finished<'a>, Failure> {
    let (mut before, mut after) = (before.finished(), after.finished());
    let (Some(was), Some(is)) = (before.periods.pop(), after.periods.pop()) else {
        return Err(Failure { error: format!("the draft of {label} has no band"), help: None, exit: Exit::Internal });
    };
    let period = FinishedPeriod {
        label: label.to_owned(),
        class: is.class,
        source: Some(was.class),
        rule: None,
        area: Area::Whole,
    };
    Ok(Finished { grid: after.grid, periods: vec![period] })
}

type Counted = std::collections::HashMap<FinishedKey, mutirao_engine::areas::Amount>;

/// What was, and what would be.
fn turn(key: &FinishedKey) -> (Option<u16>, Option<u16>) {
    (key.source, key.class)
}

fn whole(all: &mut Rehearsal, label: &str, pixels: u64, factors: &AreaFactors, counted: &Counted) {
    let mut period = PeriodChange { period: label.to_owned(), pixels, changed: 0, changed_ha: 0.0 };
    let changes = counted.iter().filter(|(key, _)| key.zone.is_none()).filter(|(key, _)| turn(key).0 != turn(key).1);
    let mut area = 0u128;
    for (key, amount) in changes {
        let (from, to) = turn(key);
        let area_ha = factors.hectares(amount.area);
        all.classes.push(ClassChange { period: label.to_owned(), from, to, pixels: amount.pixels, area_ha });
        period.changed += amount.pixels;
        area += amount.area;
    }
    period.changed_ha = factors.hectares(area);
    all.periods.push(period);
}

fn territories(all: &mut Rehearsal, label: &str, kind: &Kind, factors: &AreaFactors, counted: &Counted) {
    let mut by_zone: BTreeMap<u32, (u64, u64, u128)> = BTreeMap::new();
    for (key, amount) in counted {
        let Some(zone) = key.zone else { continue };
        let (from, to) = turn(key);
        let own = by_zone.entry(zone).or_default();
        own.0 += amount.pixels;
        if from != to {
            own.1 += amount.pixels;
            own.2 += amount.area;
        }
    }
    for (zone, (pixels, changed, area)) in by_zone.into_iter().filter(|(_, (_, changed, _))| *changed > 0) {
        let known = (zone != NO_ZONE).then(|| kind.territories.get(zone as usize)).flatten();
        all.territories.push(TerritoryChange {
            period: label.to_owned(),
            kind: kind.name.clone(),
            territory: known.map(|territory| territory.key.clone()).unwrap_or_default(),
            name: known.map(|territory| territory.name.clone()).unwrap_or_default(),
            changed,
            changed_ha: factors.hectares(area),
            pixels,
        });
    }
}
