//! The survey before a run: what its tiles will be made of, and which of them an earlier release has already.

use std::path::Path;
use std::sync::Arc;

use mutirao_core::{pipeline::Pipeline, raster::RasterSource, sink::TileEncoder};
use mutirao_mosaic::slot::SlotMeaning;

use super::{
    changes::{Cause, Changes},
    digest::Digest,
    frame::Frame,
    judging::{Rejudge, of_judging},
    keys::{Keys, block_count, block_digests},
    places::Places,
    record::{FileHead, Head, Identity, KindHead, LayerHead, Numbers, Record, write},
    recorder::Recorded,
    vocabulary::Vocabulary,
    zones,
};
use crate::{
    crew::on_threads,
    error::Result,
    judge::judges,
    plan::Plan,
    slots::{LayerSlots, assign},
    territories::{Kind, KindFrom},
};

/// What is surveyed.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// Its plan, with all of its periods.
    pub plan: &'a Plan,
    /// The opened rasters, by their place in the plan.
    pub sources: &'a [Arc<dyn RasterSource>],
    /// The kinds of territories, in the pipeline's order.
    pub kinds: &'a [Kind],
    /// Encodes tiles.
    pub encoder: &'a dyn TileEncoder,
    /// By file of the plan: what it is known by, if its own bytes are what its blocks are made of.
    pub identities: &'a [Option<Identity>],
    /// How many threads.
    pub threads: usize,
}

/// What a run will record besides its tiles, and which of the tiles it need not make.
#[derive(Debug)]
pub struct Survey {
    pub(crate) places: Places,
    head: Head,
    numbers: Numbers,
    made: Vec<bool>,
    changes: Changes,
    vocabulary: Option<Vocabulary>,
}

impl Survey {
    /// Looks at the stored blocks of all inputs but those that an earlier record knows already, and compares with it.
    ///
    /// # Errors
    /// Where an input cannot be read.
    pub fn of(subject: &Subject<'_>, record: Option<&Record>) -> Result<Self> {
        let slots = assign(subject.plan);
        let outputs = &subject.pipeline.outputs;
        let places = Places::new(&subject.plan.grid.window(), outputs.sheet, outputs.tile);
        let mut head = head(subject, places.len())?;
        let blocks: Vec<Vec<Digest>> =
            (0..head.files.len()).map(|file| known_or_new(subject, file, record)).collect::<Result<_>>()?;
        for (file, blocks) in head.files.iter_mut().zip(&blocks) {
            file.blocks = blocks.len();
        }
        let keys = Keys::new(subject, &slots, &blocks)?;
        let of_tiles = keys.of_tiles(&places)?;
        let compared = record.map(|record| {
            let new =
                Compared { subject, head: &head, places: &places, keys: &keys, of_tiles: &of_tiles, blocks: &blocks };
            new.with(record, &slots)
        });
        let Comparison { made, causes, vocabulary } = compared
            .transpose()?
            .unwrap_or_else(|| Comparison::all(places.len(), "there is no record of an earlier run"));
        let numbers = Numbers { blocks, keys: of_tiles, zones: Vec::new() };
        Ok(Survey { changes: changes(&made, causes), places, head, numbers, made, vocabulary })
    }

    /// What will be made again, and why.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Makes everything after all.
    pub fn make_all(&mut self, why: &str) {
        let Comparison { made, causes, vocabulary } = Comparison::all(self.places.len(), why);
        self.changes = changes(&made, causes);
        self.made = made;
        self.vocabulary = vocabulary;
    }

    /// Whether a tile of a sheet is made; else it is taken over.
    pub(crate) fn is_made(&self, sheet: usize, col: u32, row: u32) -> bool {
        self.made[self.places.place(sheet, col, row)]
    }

    /// From the numbers of the earlier record to this run's; none where nothing is taken over.
    pub(crate) fn vocabulary(&self) -> Option<&Vocabulary> {
        self.vocabulary.as_ref()
    }

    /// Writes the record of the run that was surveyed.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, recorded: &Recorded, path: &Path) -> Result<()> {
        write(path, &self.head, &self.numbers, recorded)
    }
}

fn changes(made: &[bool], causes: Vec<Cause>) -> Changes {
    let redone = made.iter().filter(|made| **made).count() as u64;
    let tiles = made.len() as u64;
    Changes { tiles, copied: tiles - redone, redone, causes }
}

fn head(subject: &Subject<'_>, tiles: usize) -> Result<Head> {
    let layers = subject.plan.layers.iter().map(|layer| LayerHead {
        name: layer.name.clone(),
        first_source: layer.members.first().map_or(1, |member| member.source),
        members: layer.members.len() as u16,
    });
    let kind = |kind: &Kind| match kind.from {
        KindFrom::Polygons => KindHead {
            digest: format!("{:032x}", zones::of_kind(kind)),
            keys: kind.territories.iter().map(|territory| territory.key.clone()).collect(),
        },
        KindFrom::Layer(_) | KindFrom::Crossing(_) => KindHead { digest: String::new(), keys: Vec::new() },
    };
    let files = subject.plan.files.iter().zip(subject.identities);
    Ok(Head {
        frame: Frame::of(subject)?,
        judging: format!("{:032x}", of_judging(subject)),
        layers: layers.collect(),
        kinds: subject.kinds.iter().map(kind).collect(),
        files: files
            .map(|(file, identity)| FileHead { path: file.path.clone(), identity: identity.clone(), blocks: 0 })
            .collect(),
        tiles,
    })
}

/// The digests of a file's blocks: those of the record, if it is the same file, else new ones.
fn known_or_new(subject: &Subject<'_>, file: usize, record: Option<&Record>) -> Result<Vec<Digest>> {
    let expected = block_count(subject.sources[file].facts());
    let known = subject.identities[file].as_ref().and_then(|identity| {
        let record = record?;
        // Without a hash it is the path that says which file it is.
        let is_told = |known: &FileHead| identity.sha256.is_some() || known.path == subject.plan.files[file].path;
        let same = |known: &FileHead| known.identity.as_ref().is_some_and(|known| identity.is(known));
        let is_it = |known: &FileHead| is_told(known) && same(known) && known.blocks == expected;
        let at = record.head.files.iter().position(is_it)?;
        Some(record.numbers.blocks[at].clone())
    });
    known.map_or_else(|| block_digests(subject, file), Ok)
}

/// What comes of comparing.
struct Comparison {
    made: Vec<bool>,
    causes: Vec<Cause>,
    vocabulary: Option<Vocabulary>,
}

impl Comparison {
    fn all(tiles: usize, why: &str) -> Self {
        let causes = vec![Cause::Everything { why: why.to_owned() }];
        Comparison { made: vec![true; tiles], causes, vocabulary: None }
    }
}

fn unrecorded(record: &Record, made: &mut [bool]) -> Option<Cause> {
    let mut tiles = 0;
    for (place, made) in made.iter_mut().enumerate() {
        if !record.has(place) {
            tiles += 1;
            *made = true;
        }
    }
    (tiles > 0).then_some(Cause::Unrecorded { tiles })
}

/// Today's side of a comparison.
struct Compared<'a> {
    subject: &'a Subject<'a>,
    head: &'a Head,
    places: &'a Places,
    keys: &'a Keys<'a>,
    of_tiles: &'a [Digest],
    blocks: &'a [Vec<Digest>],
}

impl Compared<'_> {
    fn with(&self, record: &Record, slots: &[LayerSlots]) -> Result<Comparison> {
        if let Some(why) = self.head.frame.differs(&record.head.frame) {
            return Ok(Comparison::all(self.places.len(), &why));
        }
        if record.head.tiles != self.places.len() || record.head.kinds.len() != self.head.kinds.len() {
            return Ok(Comparison::all(self.places.len(), "the record is of another form"));
        }
        let kinds = self.subject.kinds.iter().map(|kind| kind.from).collect();
        let vocabulary = Vocabulary::new(&record.head, self.head, kinds);
        let mut made = vec![false; self.places.len()];
        let mut causes = self.layers(record, &vocabulary, &mut made);
        causes.extend(unrecorded(record, &mut made));
        causes.extend(self.territories(record, &mut made));
        causes.extend(self.rules(record, &vocabulary, slots, &mut made)?);
        Ok(Comparison { made, causes, vocabulary: Some(vocabulary) })
    }

    /// Tiles that see other blocks of a layer, or take them for something else.
    fn layers(&self, record: &Record, vocabulary: &Vocabulary, made: &mut [bool]) -> Vec<Cause> {
        let [today, earlier] = [self.head.layers.len(), record.head.layers.len()];
        let mut causes = super::changes::Tallied::default();
        for (place, made) in made.iter_mut().enumerate() {
            let [own, known] =
                [&self.of_tiles[place * today..][..today], &record.numbers.keys[place * earlier..][..earlier]];
            let differs = |layer: usize| own[layer] != vocabulary.layers[layer].map_or(0, |layer| known[layer]);
            let differing: Vec<usize> = (0..today).filter(|layer| differs(*layer)).collect();
            let gone = (0..earlier).filter(|layer| !vocabulary.is_kept[*layer] && known[*layer] != 0);
            for layer in gone {
                *made = true;
                causes.layer(&record.head.layers[layer].name);
            }
            if differing.is_empty() {
                continue;
            }
            *made = true;
            let needs = self.keys.needs(&self.places.window(place));
            for layer in differing {
                let name = &self.head.layers[layer].name;
                let files = self.keys.changed_files(layer, &needs, |file| self.earlier_blocks(file, record));
                files.iter().for_each(|file| causes.file(name, &self.subject.plan.files[*file].path));
                if files.is_empty() {
                    causes.layer(name);
                }
            }
        }
        causes.into_causes()
    }

    /// The earlier digests of a file's blocks, by its path; none where it was not there, or was of another form.
    fn earlier_blocks<'r>(&self, file: usize, record: &'r Record) -> Option<&'r [Digest]> {
        let path = &self.subject.plan.files[file].path;
        let same = |known: &FileHead| known.path == *path && known.blocks == self.blocks[file].len();
        record.head.files.iter().position(same).map(|at| &record.numbers.blocks[at][..])
    }

    fn territories(&self, record: &Record, made: &mut [bool]) -> Vec<Cause> {
        let mut causes = Vec::new();
        for (at, kind) in self.subject.kinds.iter().enumerate() {
            if self.head.kinds[at].digest == record.head.kinds[at].digest {
                continue;
            }
            let today = zones::of_tiles(self.subject.plan, kind, self.places, self.subject.pipeline.outputs.tile);
            let differing = (0..made.len()).filter(|place| today[*place] != record.zones_of(*place)[at]);
            let differing: Vec<usize> = differing.collect();
            differing.iter().for_each(|place| made[*place] = true);
            if !differing.is_empty() {
                causes.push(Cause::Territories { kind: kind.name.clone(), tiles: differing.len() as u64 });
            }
        }
        causes
    }

    /// Tiles that hold what they held, of which something else becomes now.
    fn rules(
        &self,
        record: &Record,
        vocabulary: &Vocabulary,
        slots: &[LayerSlots],
        made: &mut [bool],
    ) -> Result<Option<Cause>> {
        if self.head.judging == record.head.judging && vocabulary.is_same {
            return Ok(None);
        }
        let meanings: Vec<Vec<SlotMeaning>> = slots.iter().map(|layer| layer.meanings.clone()).collect();
        let judges = judges(self.subject.pipeline, &self.subject.plan.table, &meanings);
        let rejudge = Rejudge::new(&judges, slots);
        let due: Vec<usize> = (0..made.len()).filter(|place| !made[*place]).collect();
        let is_same = |at: usize| {
            let tile = record.unpacked(&record.packed_tile(due[at])?)?;
            Ok(vocabulary.translate(tile).is_some_and(|tile| rejudge.is_same(&tile)))
        };
        let same = on_threads(self.subject.threads, due.len(), is_same)?;
        let tiles = same.iter().filter(|same| !**same).count() as u64;
        due.iter().zip(same).for_each(|(place, same)| made[*place] = !same);
        Ok((tiles > 0).then_some(Cause::Rules { tiles }))
    }
}
