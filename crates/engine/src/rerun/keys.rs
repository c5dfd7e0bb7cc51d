//! Keys of tiles: by layer, a digest of every block that a tile sees of it in any period, and of what these are taken for.

use mutirao_core::{
    crosswalk::FromCode,
    grid::Window,
    raster::{BlockIndex, Interleave, RasterFacts},
    rule::Role,
};

use super::{
    Subject,
    digest::{Digest, Mixer, digest},
    places::Places,
};
use crate::{
    cache::blocks_of,
    crew::on_threads,
    error::{EngineError, Result},
    file::OpenFile,
    plan::{Part, Placement, PlannedFile, PlannedLayer},
    slots::LayerSlots,
};

/// The digest of a block of which nothing is stored.
pub const EMPTY: Digest = 0;

/// The digest of every stored block of a raster: by band (of planar ones), row and column.
pub fn block_digests(subject: &Subject<'_>, file: usize) -> Result<Vec<Digest>> {
    let source = &subject.sources[file];
    let facts = source.facts();
    let planes = planes(facts);
    let [across, down] = [facts.blocks_across(), facts.blocks_down()];
    let line = |line: usize| {
        let (band, row) = ((line / down as usize) as u16, (line % down as usize) as u32);
        let mut bytes = Vec::new();
        let mut digests = Vec::with_capacity(across as usize);
        for col in 0..across {
            bytes.clear();
            let is_stored = source
                .stored_block(BlockIndex { band, col, row }, &mut bytes)
                .map_err(|source| EngineError::Input { path: subject.plan.files[file].path.clone(), source })?;
            digests.push(if is_stored { digest(&bytes) } else { EMPTY });
        }
        Ok(digests)
    };
    Ok(on_threads(subject.threads, usize::from(planes) * down as usize, line)?.concat())
}

/// How many digests a raster has.
pub fn block_count(facts: &RasterFacts) -> usize {
    usize::from(planes(facts)) * facts.blocks_across() as usize * facts.blocks_down() as usize
}

fn planes(facts: &RasterFacts) -> u16 {
    match facts.interleave {
        Interleave::Chunky => 1,
        Interleave::Planar => facts.bands,
    }
}

/// The blocks of a band that share pixels with a window, as places among a raster's digests.
pub fn places_of(facts: &RasterFacts, band: u16, window: &Window) -> impl Iterator<Item = usize> + use<> {
    let band = if facts.interleave == Interleave::Planar { usize::from(band) } else { 0 };
    let [across, down] = [facts.blocks_across() as usize, facts.blocks_down() as usize];
    blocks_of(facts, window).map(move |(col, row)| (band * down + row as usize) * across + col as usize)
}

/// What makes keys.
pub struct Keys<'a> {
    subject: &'a Subject<'a>,
    /// The files, opened to know where tiles look.
    files: Vec<OpenFile>,
    /// By file: the digests of its blocks.
    digests: &'a [Vec<Digest>],
    /// By layer: what concerns all its members.
    structures: Vec<Digest>,
    /// By layer, set and part.
    parts: Vec<Vec<Vec<Digest>>>,
}

impl<'a> Keys<'a> {
    /// For a network whose blocks have these digests.
    ///
    /// # Errors
    /// Where a control grid cannot be read.
    pub fn new(subject: &'a Subject<'a>, slots: &[LayerSlots], digests: &'a [Vec<Digest>]) -> Result<Self> {
        let plan = subject.plan;
        let open = |(planned, source)| OpenFile::new(planned, std::sync::Arc::clone(source), &[]);
        let of_files: Vec<Digest> = plan.files.iter().map(of_file).collect::<Result<_>>()?;
        let structures = plan.layers.iter().zip(slots).map(|(layer, slots)| of_layer(subject, layer, slots)).collect();
        let of_part = |layer: &PlannedLayer, part: &Part| {
            let mut mixer = Mixer::default();
            mixer.digest(of_files[part.file]).digest(of_crosswalk(layer, part.member));
            mixer.number(part.member as i64).number(part.band).value(&part.nodata);
            mixer.finish()
        };
        let of_set = |layer: &PlannedLayer, set: &[Part]| set.iter().map(|part| of_part(layer, part)).collect();
        let of_sets =
            |layer: &PlannedLayer| layer.input_sets.iter().map(|set| of_set(layer, set)).collect::<Vec<Vec<Digest>>>();
        Ok(Keys {
            subject,
            files: plan.files.iter().zip(subject.sources).map(open).collect::<Result<_>>()?,
            digests,
            structures,
            parts: plan.layers.iter().map(of_sets).collect(),
        })
    }

    /// The keys of all tiles, layer by layer for each; 0 where nothing of a layer is stored.
    ///
    /// # Errors
    /// None of its own.
    pub fn of_tiles(&self, places: &Places) -> Result<Vec<Digest>> {
        let keys = |place: usize| {
            let needs = self.needs(&places.window(place));
            Ok((0..self.parts.len()).map(|layer| self.of_layer(layer, &needs)).collect::<Vec<Digest>>())
        };
        Ok(on_threads(self.subject.threads, places.len(), keys)?.concat())
    }

    /// By file: the pixels of it that a tile needs.
    pub fn needs(&self, tile: &Window) -> Vec<Option<Window>> {
        self.files.iter().map(|file| file.needs(tile)).collect()
    }

    /// The files of a layer of which a tile sees other blocks than earlier, or that were not there; `earlier` says what a file held.
    pub fn changed_files<'r>(
        &self,
        layer: usize,
        needs: &[Option<Window>],
        earlier: impl Fn(usize) -> Option<&'r [Digest]>,
    ) -> Vec<usize> {
        let parts = self.subject.plan.layers[layer].input_sets.iter().flatten();
        let differs = |part: &&Part| {
            let Some(window) = &needs[part.file] else { return false };
            let facts = &self.subject.plan.files[part.file].facts;
            earlier(part.file).is_none_or(|earlier| {
                places_of(facts, part.band, window).any(|block| self.digests[part.file][block] != earlier[block])
            })
        };
        let mut files: Vec<usize> = parts.filter(differs).map(|part| part.file).collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    fn of_layer(&self, layer: usize, needs: &[Option<Window>]) -> Digest {
        let planned = &self.subject.plan.layers[layer];
        let sets: Vec<Digest> = (0..planned.input_sets.len()).map(|set| self.of_set(layer, set, needs)).collect();
        let by_period = || planned.by_period.iter().map(|set| set.map_or(EMPTY, |set| sets[set]));
        if by_period().all(|set| set == EMPTY) {
            return EMPTY;
        }
        let mut mixer = Mixer::default();
        mixer.digest(self.structures[layer]);
        by_period().for_each(|set| {
            mixer.digest(set);
        });
        mixer.finish()
    }

    fn of_set(&self, layer: usize, set: usize, needs: &[Option<Window>]) -> Digest {
        let parts = &self.subject.plan.layers[layer].input_sets[set];
        let mut mixer = Mixer::default();
        let mut is_empty = true;
        for (part, own) in parts.iter().zip(&self.parts[layer][set]) {
            let Some(window) = &needs[part.file] else { continue };
            let facts = &self.subject.plan.files[part.file].facts;
            let blocks: Vec<Digest> =
                places_of(facts, part.band, window).map(|block| self.digests[part.file][block]).collect();
            // As reading has it: sparse blocks hold nothing where what they stand for is the nodata of the part.
            if part.nodata == Some(facts.nodata.unwrap_or(0)) && blocks.iter().all(|block| *block == EMPTY) {
                continue;
            }
            is_empty = false;
            mixer.digest(*own).number(blocks.len() as i64);
            blocks.into_iter().for_each(|block| {
                mixer.digest(block);
            });
        }
        if is_empty { EMPTY } else { mixer.finish() }
    }
}

/// How a file lies on the grid and how its blocks become pixels.
fn of_file(file: &PlannedFile) -> Result<Digest> {
    let facts = &file.facts;
    let mut mixer = Mixer::default();
    for number in [facts.width, facts.height, facts.block_width, facts.block_height, facts.bands.into()] {
        mixer.number(number);
    }
    mixer.value(&(facts.dtype, facts.interleave, facts.nodata, facts.mask));
    match &file.placement {
        Placement::OnGrid(offset) => mixer.number(offset.col).number(offset.row),
        Placement::Warped { control, numbers, method, ignore_nodata } => {
            let bytes = std::fs::read(numbers).map_err(EngineError::io("read", numbers))?;
            mixer.value(&(control, method, ignore_nodata)).digest(digest(&bytes))
        }
    };
    Ok(mixer.finish())
}

fn of_crosswalk(layer: &PlannedLayer, member: usize) -> Digest {
    let mut mixer = Mixer::default();
    if let Some(crosswalk) = &layer.members[member].crosswalk {
        mixer.number(1);
        for line in &crosswalk.lines {
            // Texts are of vectors, which are drawn with their classes.
            if let FromCode::Codes(first, last) = line.from {
                mixer.number(first).number(last).value(&line.to);
            }
        }
    }
    mixer.finish()
}

/// What concerns all members of a layer: who is responsible where, who fills in, and which numbers are told apart.
fn of_layer(subject: &Subject<'_>, layer: &PlannedLayer, slots: &LayerSlots) -> Digest {
    let mut mixer = Mixer::default();
    mixer.value(&(layer.role, &layer.fallback));
    for member in &layer.members {
        let area = member.area.as_ref().map(|area| (&subject.plan.layers[area.layer].name, &area.values));
        mixer.value(&(member.overlap, area));
    }
    if layer.role == Role::Value {
        slots.put_grouping(|number| {
            mixer.number(number);
        });
    }
    mixer.finish()
}
