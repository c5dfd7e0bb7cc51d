//! The patches of a coverage.
//!
//! In two passes over the pixels: the first labels every cell of the lattice and joins what touches its lines, the second labels once
//! more and traces outlines. Nothing waits on disk, and between cells only the parts at lines are kept. Labelling, decoding
//! included, was measured at a tenth of the whole where patches are many and small, and at two fifths where they are few; a spill of the
//! parts at lines would write the largest outlines twice instead. A coverage of one cell needs no first pass.

use mutirao_core::{finding::Finding, geometry::Polygon, grid::Window, sink::Event, values::ValueSet};
use mutirao_mosaic::patches::{
    Border, Cell, Joined, Joiner, Labeller, Lattice, NOTHING, Outliner, Outlines, Part, Sums, Whole,
};

use super::{
    Finished, Means,
    order::{Gate, Pass, in_order},
};
use crate::{
    areas::AreaFactors,
    error::{EngineError, Result},
};

/// Parts, and points of their rings, that are handed on at once.
const BATCH: (usize, usize) = (2048, 1 << 16);

/// Memory that a cell of a common map takes on its way, in bytes: as many threads are at work as there is room for.
const CELL_BYTES: u64 = 64 << 20;

/// Memory for each run of a cell at most, in bytes: itself twice, while runs are sorted, and what labels it.
const RUN_BYTES: u64 = 24;

/// Which patches are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Patches of at least so many hectares in all.
    pub min_ha: f64,
    /// Of these classes; none is of all.
    pub classes: Option<ValueSet>,
    /// Pixels on a side of the lattice's cells.
    pub side: u32,
}

/// A part of a patch, as it stands in `coverage.parquet`.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchPart {
    /// The patch: the place of its first pixel, counted from 0 row by row and through all periods, so that it is no other patch's.
    pub patch: u64,
    /// Its number in the patch, from 0.
    pub part: u32,
    /// The period's place.
    pub period: usize,
    /// The class.
    pub class: u16,
    /// The source; 0 where it is not known.
    pub source: u16,
    /// Pixels of the part.
    pub pixels: u64,
    /// Their area, in units of the factors.
    pub area: u128,
    /// The area of the whole patch, in units of the factors.
    pub patch_area: u128,
    /// The pixels' outline in map coordinates: the exterior counter-clockwise, holes clockwise.
    pub polygon: Polygon,
}

/// Parts that are handed on at once, one after the other.
#[derive(Debug)]
pub struct Batch {
    /// With their numbers; their polygons are empty, and made when they are taken.
    parts: std::iter::Enumerate<std::vec::IntoIter<PatchPart>>,
    outlines: Outlines<[f64; 2]>,
}

impl Batch {
    fn new(parts: Vec<PatchPart>, outlines: Outlines<[f64; 2]>) -> Self {
        Batch { parts: parts.into_iter().enumerate(), outlines }
    }
}

impl Iterator for Batch {
    type Item = PatchPart;

    fn next(&mut self) -> Option<PatchPart> {
        let (at, part) = self.parts.next()?;
        let rings = self.outlines.rings(at).map(<[_]>::to_vec).collect();
        Some(PatchPart { polygon: Polygon { rings }, ..part })
    }
}

/// Finds the patches of a coverage and hands their parts on: by period, by cell of the lattice, by first pixel.
///
/// # Errors
/// Where pixels cannot be read, somebody asked to stop, or `take` fails.
pub fn patches(
    finished: &Finished<'_>,
    factors: &AreaFactors,
    wanted: &Wanted,
    means: Means<'_>,
    mut take: impl FnMut(Batch) -> Result<()>,
) -> Result<()> {
    let lattice = Lattice::new(finished.grid.size, wanted.side);
    let search = Search { finished, factors, wanted, means, lattice, gate: Gate::new(means.memory / 2) };
    let joined = if lattice.cells() > 1 { search.join()? } else { Vec::new() };
    search.in_order(
        "tracing patches",
        |unit, cell, give| search.trace(unit, cell, &joined, give),
        |_, parts| take(parts),
    )
}

struct Search<'a> {
    finished: &'a Finished<'a>,
    factors: &'a AreaFactors,
    wanted: &'a Wanted,
    means: Means<'a>,
    lattice: Lattice,
    gate: Gate,
}

/// A cell of the lattice in one period.
#[derive(Clone, Copy)]
struct Unit {
    period: usize,
    cell: usize,
    window: Window,
}

impl Search<'_> {
    /// Labels the cells of all periods on all threads; what is made of them comes in their order.
    fn in_order<T: Send>(
        &self,
        what: &str,
        work: impl Fn(Unit, &Cell, &dyn Fn(T) -> bool) + Sync,
        mut take: impl FnMut(Unit, T) -> Result<()>,
    ) -> Result<()> {
        let Means { threads, memory, observer } = self.means;
        let units = self.lattice.cells() * self.finished.periods.len();
        observer.event(Event::Begin { what, units: Some(units as u64) });
        let threads = threads.min((memory / CELL_BYTES) as usize);
        let label = |at: usize, give: &dyn Fn(T) -> bool| {
            let mut pass = self.gate.begin(at);
            let unit = self.unit(at);
            let cell = self.label(&unit, &mut pass)?.finish();
            work(unit, &cell, give);
            observer.event(Event::Advance(1));
            self.stop_if_asked()
        };
        let done = in_order(threads, units, label, |at, result| take(self.unit(at), result));
        observer.event(Event::End);
        done
    }

    fn unit(&self, at: usize) -> Unit {
        let cell = at % self.lattice.cells();
        Unit { period: at / self.lattice.cells(), cell, window: self.lattice.window(cell) }
    }

    fn stop_if_asked(&self) -> Result<()> {
        if self.means.observer.is_cancelled() { Err(EngineError::Cancelled) } else { Ok(()) }
    }

    /// By period: the patches that reach lines of the lattice.
    fn join(&self) -> Result<Vec<Joined>> {
        let mut joiners: Vec<Joiner> = self.finished.periods.iter().map(|_| Joiner::new(self.lattice)).collect();
        let border = |unit: Unit, cell: &Cell, give: &dyn Fn((Border, Vec<Sums>)) -> bool| {
            let border = Border::of(cell, &self.lattice, unit.cell);
            let parts = border.parts();
            give((border, parts.iter().map(|part| self.sums(&unit, &cell.part(*part as usize))).collect()));
        };
        self.in_order("joining patches", border, |unit, (border, sums)| {
            joiners[unit.period].add(border, &sums);
            Ok(())
        })?;
        Ok(joiners.into_iter().map(Joiner::finish).collect())
    }

    /// Reads a cell and labels it, as far as memory goes.
    fn label(&self, unit: &Unit, pass: &mut Pass<'_>) -> Result<Labeller> {
        let Unit { period, window, .. } = *unit;
        let of = &self.finished.periods[period];
        let mut labeller = Labeller::new(window.width as u16);
        let [mut values, mut sources] = [Vec::new(), Vec::new()];
        let mut row = window.row;
        while row < window.row_end() {
            self.stop_if_asked()?;
            let end = of.class.stop_after(row, window.row_end());
            let rows = Window { row, height: end - row, ..window };
            values.resize(rows.pixels(), NOTHING);
            of.class.read(&rows, &mut values)?;
            if let Some(source) = &of.source {
                sources.resize(rows.pixels(), NOTHING);
                source.read(&rows, &mut sources)?;
            }
            self.combine(&mut values, &sources)?;
            let before = labeller.runs();
            values.chunks_exact(window.width as usize).for_each(|row| labeller.row(row));
            pass.take((labeller.runs() - before) as u64 * RUN_BYTES);
            row = end;
        }
        Ok(labeller)
    }

    /// Makes values of classes and sources: the class in the upper half. Classes that are not wanted become nothing.
    fn combine(&self, classes: &mut [u32], sources: &[u32]) -> Result<()> {
        if let Some(wanted) = &self.wanted.classes {
            keep(classes, |class| wanted.contains(class as i32));
        }
        let mut is_wrong = false;
        let mut combine = |class: &mut u32, source: u32| {
            let value = *class << 16 | source;
            is_wrong |= *class != NOTHING && value == NOTHING;
            *class = if *class == NOTHING { NOTHING } else { value };
        };
        if sources.is_empty() {
            classes.iter_mut().for_each(|class| combine(class, 0));
        } else {
            let sources = sources.iter().map(|source| if *source == NOTHING { 0 } else { *source });
            classes.iter_mut().zip(sources).for_each(|(class, source)| combine(class, source));
        }
        if is_wrong {
            let message = "class 65535 of source 65535 cannot be told from nothing";
            return Err(EngineError::Findings(vec![Finding::error("unknown-class", message)]));
        }
        Ok(())
    }

    fn sums(&self, unit: &Unit, part: &Part<'_>) -> Sums {
        let Window { col, row, .. } = unit.window;
        let first = part.runs.first().map_or([row, col], |run| [row + u32::from(run.row), col + u32::from(run.start)]);
        part.runs.iter().fold(Sums { first, pixels: 0, area: 0 }, |sums, run| {
            let [start, end] = [run.start, run.end].map(|at| col + u32::from(at));
            let amount = self.factors.weigh(row + u32::from(run.row), start, end);
            Sums { pixels: sums.pixels + amount.pixels, area: sums.area + amount.area, ..sums }
        })
    }

    /// Hands on the parts of a cell.
    fn trace(&self, unit: Unit, cell: &Cell, joined: &[Joined], give: &dyn Fn(Batch) -> bool) {
        let transform = self.finished.grid.transform();
        let Window { col, row, .. } = unit.window;
        let corner = |[x, y]: [u16; 2]| transform.to_map(f64::from(col + u32::from(x)), f64::from(row + u32::from(y)));
        let mut outliner = Outliner::default();
        let (mut parts, mut outlines) = (Vec::new(), Outlines::default());
        for at in 0..cell.len() {
            let part = cell.part(at);
            let own = self.sums(&unit, &part);
            let joined = joined.get(unit.period).and_then(|joined| joined.whole(unit.cell, at as u32));
            let whole = joined.copied().unwrap_or(Whole { sums: own, number: 0 });
            if self.factors.hectares(whole.sums.area) < self.wanted.min_ha {
                continue;
            }
            parts.push(self.part(&unit, part.value, own, &whole));
            outliner.trace(part.runs, corner, &mut outlines);
            if parts.len() >= BATCH.0 || outlines.points() >= BATCH.1 {
                let full = Batch::new(std::mem::take(&mut parts), std::mem::take(&mut outlines));
                if !give(full) {
                    return;
                }
            }
        }
        give(Batch::new(parts, outlines));
    }

    /// A part without its outline.
    fn part(&self, unit: &Unit, value: u32, own: Sums, whole: &Whole) -> PatchPart {
        let grid = &self.finished.grid;
        let [first_row, first_col] = whole.sums.first.map(u64::from);
        PatchPart {
            patch: unit.period as u64 * grid.pixels() + first_row * u64::from(grid.width()) + first_col,
            part: whole.number,
            period: unit.period,
            class: (value >> 16) as u16,
            source: value as u16,
            pixels: own.pixels,
            area: own.area,
            patch_area: whole.sums.area,
            polygon: Polygon::default(),
        }
    }
}

/// Makes nothing of what is not wanted. What is asked of a value goes for all that follow and equal it.
fn keep(classes: &mut [u32], is_wanted: impl Fn(u32) -> bool) {
    let mut known = (NOTHING, false);
    for class in classes {
        if *class != known.0 {
            known = (*class, is_wanted(*class));
        }
        if !known.1 {
            *class = NOTHING;
        }
    }
}
