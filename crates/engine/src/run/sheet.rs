//! One sheet of a run: its tiles are taken over from an earlier release, or made, by all threads.

use mutirao_core::{pipeline::ResampleMethod, sink::Event};
use mutirao_mosaic::{overview::Reduce, slot::Slot};

use super::{Setting, SheetDone};
use crate::{
    contents::Contents,
    count::Tally,
    crew::share_out,
    error::{EngineError, Result},
    plan::waiting_share,
    pyramid::{Pyramid, levels},
    rerun::{Kept, Rerun},
    sheet::{Sheet, Tile, tiles},
    spool::Spool,
    worker::{AtWork, Shared, Worker},
};

/// The work on a sheet.
pub struct SheetWork {
    sheet: Sheet,
    /// The tiles that are made, in the order in which they are.
    pub tiles: Vec<Tile>,
    /// By tile, row by row: whether it is made.
    pub made: Vec<bool>,
    /// The place of its first tile among all tiles.
    first_place: usize,
    tiles_across: u32,
}

impl SheetWork {
    /// On a sheet, the `index`-th of all.
    pub fn new(index: usize, sheet: Sheet, side: u32, superblock: u32, rerun: Option<Rerun<'_>>) -> Self {
        let survey = rerun.map(|rerun| rerun.survey);
        let is_made = |tile: &Tile| survey.is_none_or(|survey| survey.is_made(index, tile.col, tile.row));
        SheetWork {
            tiles: tiles(&sheet, side, superblock).into_iter().filter(is_made).collect(),
            made: tiles(&sheet, side, 1).iter().map(is_made).collect(),
            first_place: survey.map_or(0, |survey| survey.places.place(index, 0, 0)),
            tiles_across: sheet.window.width.div_ceil(side),
            sheet,
        }
    }

    /// By row of tiles: how many of them are made.
    fn made_across(&self) -> Vec<u32> {
        let count = |row: &[bool]| row.iter().filter(|made| **made).count() as u32;
        self.made.chunks(self.tiles_across as usize).map(count).collect()
    }
}

/// Does a sheet.
pub fn run_sheet<S: Slot>(
    setting: &Setting<'_>,
    shared: &Shared<'_>,
    work: &SheetWork,
    new_tally: &(dyn Fn() -> Tally + Sync),
) -> Result<(SheetDone, Tally)> {
    let Setting { pipeline, encoder, observer, .. } = *setting;
    let side = pipeline.outputs.tile;
    let sheet = &work.sheet;
    let overviews = match pipeline.outputs.overviews {
        ResampleMethod::Mode => Reduce::Mode,
        ResampleMethod::Nearest => Reduce::Nearest,
    };
    let spool = Spool::create(&setting.staging.join(format!(".tiles-{}-{}", sheet.col, sheet.row)))?;
    let size = [sheet.window.width, sheet.window.height];
    let share = waiting_share(setting.memory) as usize;
    let mut pyramid = Pyramid::new(size, side, shared.bands, overviews, share, encoder, &spool);
    let mut tally = new_tally();
    if let Some(earlier) = setting.rerun.and_then(|rerun| rerun.earlier) {
        let levels = levels(size[0], size[1], side);
        let kept = Kept::new(earlier.1, [sheet.col, sheet.row], &levels, side, work.made.clone());
        let taken_over = kept.taken_over();
        pyramid = pyramid.keeping(kept);
        for counted in take_over(setting, shared, work, &pyramid, &taken_over, new_tally)? {
            tally.merge(counted)?;
        }
    }
    let made_across = work.made_across();
    let at_work = AtWork {
        pyramid: &pyramid,
        made_across: &made_across,
        first_place: work.first_place,
        tiles_across: work.tiles_across,
        side,
    };
    let make = |worker: &mut Worker<'_, S>, at: usize| {
        if observer.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        worker.tile(&work.tiles[at], &at_work)?;
        observer.event(Event::Advance(1));
        Ok(())
    };
    let workers = share_out(setting.threads, work.tiles.len(), || Worker::<S>::new(shared, new_tally()), make)?;
    workers.into_iter().try_for_each(|worker| tally.merge(worker.tally))?;
    drop(pyramid);
    let contents = Contents::by_period(&tally.whole, pipeline.periods.len());
    Ok((SheetDone { sheet: *sheet, spool, contents }, tally))
}

/// Takes tiles over from an earlier release: their bytes, and of those of full resolution what was counted in them.
fn take_over(
    setting: &Setting<'_>,
    shared: &Shared<'_>,
    work: &SheetWork,
    pyramid: &Pyramid<'_>,
    tiles: &[(u8, u32, u32)],
    new_tally: &(dyn Fn() -> Tally + Sync),
) -> Result<Vec<Tally>> {
    let take = |tally: &mut Tally, at: usize| {
        if setting.observer.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        let (level, col, row) = tiles[at];
        pyramid.take_over(tiles[at], setting.plan.periods.len() as u16)?;
        if level == 0 {
            let place = work.first_place + (row * work.tiles_across + col) as usize;
            count_again(setting, shared, place, tally)?;
            setting.observer.event(Event::Advance(1));
        }
        Ok(())
    };
    share_out(setting.threads, tiles.len(), new_tally, take)
}

/// Counts a tile as it was recorded, and records it again.
fn count_again(setting: &Setting<'_>, shared: &Shared<'_>, place: usize, tally: &mut Tally) -> Result<()> {
    let Some(Rerun { survey, earlier: Some((record, _)) }) = setting.rerun else { return Ok(()) };
    let Some(vocabulary) = survey.vocabulary() else { return Ok(()) };
    let packed = record.packed_tile(place)?;
    // The survey takes no tile over that has no numbers of today.
    let tile = vocabulary.translate(record.unpacked(&packed)?).ok_or_else(|| record.malformed())?;
    if let Some((recorder, _)) = shared.recorder {
        let zones = record.zones_of(place).to_vec();
        match vocabulary.is_same {
            true => recorder.note_packed(place, &packed, zones)?,
            false => recorder.note(place, &tile, zones)?,
        }
    }
    tally.add(tile.counts())
}
