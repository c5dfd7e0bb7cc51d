//! Reruns: the record of the last release is found, tiles are taken over from its COGs, and a new record is kept.

mod keep;
mod tiles;

use std::path::{Path, PathBuf};

use mutirao_core::{pipeline::Pipeline, raster::DType};
use mutirao_engine::{
    EngineError, Result,
    fingerprint::{Fingerprint, Stamp, sha256_of},
    plan::{Plan, PlannedFile},
    rerun::{Cause, Changes, Identity, Record, Subject, Survey},
    run::Outcomes,
};
use serde::Serialize;

pub use self::{keep::Records, tiles::Cogs};
use crate::{
    encoder::EncoderPool,
    network::{Network, Tools},
    release::{
        listing,
        manifest::{Manifest, TakenOver},
        spec_of,
    },
};

/// An earlier release whose tiles may be taken over.
pub struct Earlier {
    /// Its version.
    pub version: String,
    /// The sha256 of its manifest.
    pub manifest: String,
    folder: PathBuf,
    record: Record,
}

/// What a rerun does, for people and programs.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// The earlier release that was compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(flatten)]
    changes: Changes,
}

/// What is known before the run of what it will do.
pub struct Prospect {
    /// The survey.
    pub survey: Survey,
    earlier: Option<Earlier>,
    cogs: Option<Cogs>,
}

/// What is to be run.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// Its plan.
    pub plan: &'a Plan,
    /// The opened inputs.
    pub network: &'a Network,
    /// The folder of the network's releases.
    pub releases: &'a Path,
    /// How many threads.
    pub threads: usize,
}

impl Wanted<'_> {
    /// Compares with the latest release that has a record, unless all is to be made anew. Inputs are known by `hashes`, or, where there
    /// are none, by length and time.
    ///
    /// # Errors
    /// Where an input cannot be read.
    pub fn prospect(
        &self,
        tools: &Tools,
        fresh: bool,
        hashes: Option<&[Fingerprint]>,
        tell: &dyn Fn(&str),
    ) -> Result<Prospect> {
        let Wanted { pipeline, plan, network, threads, .. } = *self;
        let earlier = if fresh { None } else { self.earlier(tools, tell) };
        let spec = |dtype| spec_of(pipeline, plan, &plan.grid.window(), 1, dtype);
        let encoder = EncoderPool::new(spec(DType::Uint8), spec(DType::Uint16));
        let identities: Vec<Option<Identity>> =
            plan.files.iter().map(|file| self.identity(file, &network.stamps, hashes)).collect();
        let subject = Subject {
            pipeline,
            plan,
            sources: &network.sources,
            kinds: &network.kinds,
            encoder: &encoder,
            identities: &identities,
            threads,
        };
        let mut survey = Survey::of(&subject, earlier.as_ref().map(|earlier| &earlier.record))?;
        if fresh {
            survey.make_all("--fresh asks for it");
        }
        Ok(Prospect { survey, earlier, cogs: None })
    }

    /// Whether any release has a record.
    pub fn has_earlier(&self, tools: &Tools) -> bool {
        let kept = Records::of(tools.cache(), self.releases, &self.pipeline.id);
        listing::read(self.releases, &self.pipeline.id)
            .is_ok_and(|listing| listing.latest().any(|(_, manifest)| kept.record(manifest).is_file()))
    }

    /// The latest release whose manifest is what it was and whose record can be read.
    fn earlier(&self, tools: &Tools, tell: &dyn Fn(&str)) -> Option<Earlier> {
        let listing = listing::read(self.releases, &self.pipeline.id).ok()?;
        let kept = Records::of(tools.cache(), self.releases, &self.pipeline.id);
        listing.latest().find_map(|(version, manifest)| {
            let record = kept.record(manifest);
            let folder = self.releases.join(version);
            if !record.is_file() || !folder.is_dir() {
                return None;
            }
            if sha256_of(&folder.join("manifest.json")).ok()? != manifest {
                tell(&format!("nothing is taken over from {version}: its manifest is not the one that was published"));
                return None;
            }
            let opened = Record::open(&record);
            let told =
                |broken| tell(&format!("nothing is taken over from {version}, its record cannot be used: {broken}"));
            let record = opened.map_err(told).ok()?;
            Some(Earlier { version: version.to_owned(), manifest: manifest.to_owned(), folder, record })
        })
    }

    /// What a file is known by, if its own bytes are what is read: not those of translations and vectors.
    fn identity(&self, file: &PlannedFile, stamps: &[Stamp], hashes: Option<&[Fingerprint]>) -> Option<Identity> {
        let members = || self.pipeline.layers.iter().flat_map(|layer| &layer.members);
        let files = |vector: bool| {
            members().filter(move |member| member.attribute.is_some() == vector).flat_map(|member| &member.inputs)
        };
        let is_vector = files(true).flat_map(|input| &input.files).any(|path| *path == file.path);
        if is_vector || file.opened != file.path {
            return None;
        }
        let stamp = stamps.iter().find(|stamp| stamp.path == file.path)?;
        let (bytes, modified) = stamp.length_and_time();
        let sha256 = match hashes {
            Some(hashes) => Some(hashes.iter().find(|input| input.path == file.path)?.sha256.clone()),
            None => None,
        };
        Some(Identity { bytes, modified, sha256 })
    }
}

impl Prospect {
    /// What will be done again, and why.
    pub fn told(&self) -> Told {
        let from = self.earlier.as_ref().map(|earlier| earlier.version.clone());
        Told { from, changes: self.survey.changes().clone() }
    }

    /// Opens the rasters of the earlier release, if any of their tiles are taken over; all is made where they are not what its manifest
    /// says they are.
    pub fn open(&mut self, plan: &Plan, pipeline: &Pipeline, tell: &dyn Fn(&str)) {
        let Some(earlier) = self.earlier.as_ref().filter(|_| self.survey.changes().copied > 0) else { return };
        let opened =
            Manifest::read(&earlier.folder).and_then(|manifest| Cogs::open(&earlier.folder, &manifest, plan, pipeline));
        match opened {
            Ok(cogs) => self.cogs = Some(cogs),
            Err(error) => {
                tell(&format!("nothing is taken over from {}: {error}", earlier.version));
                self.survey.make_all(&format!("the release {} is not whole", earlier.version));
            }
        }
    }

    /// What the engine needs of it.
    pub fn rerun(&self) -> mutirao_engine::rerun::Rerun<'_> {
        let tiles = |cogs| -> &dyn mutirao_engine::rerun::EarlierTiles { cogs };
        let earlier = self.earlier.as_ref().zip(self.cogs.as_ref());
        let earlier = earlier.map(|(earlier, cogs)| (&earlier.record, tiles(cogs)));
        mutirao_engine::rerun::Rerun { survey: &self.survey, earlier }
    }

    /// Whether the rasters that tiles were taken from are still what they were.
    ///
    /// # Errors
    /// [`EngineError::InputChanged`].
    pub fn check(&self) -> Result<()> {
        self.cogs.as_ref().map_or(Ok(()), Cogs::check)
    }

    /// What the manifest says of it.
    pub fn taken_over(&self) -> Option<TakenOver> {
        let Changes { tiles, copied, .. } = *self.survey.changes();
        let earlier = self.earlier.as_ref().filter(|_| copied > 0)?;
        Some(TakenOver { version: earlier.version.clone(), manifest: earlier.manifest.clone(), tiles, copied })
    }

    /// Writes the record of the run beside the others, still without its name; what goes wrong is told and stops nothing.
    pub fn stage(
        &self,
        outcomes: &mut Outcomes,
        kept: &Records,
        version: &str,
        tell: &dyn Fn(&str),
    ) -> Option<keep::Staged> {
        let recorded = outcomes.recorded.take()?;
        let staged = kept.stage(version, |path| self.survey.write(&recorded, path));
        staged.map_err(|error| tell(&not_kept(&error))).ok()
    }
}

/// That the next run will have to do everything.
pub fn not_kept(error: &EngineError) -> String {
    format!("no record of the tiles is kept, so the next run will make them all: {error}")
}

impl Told {
    /// How many tiles are copied and how many made, and why; nothing where there is nothing to compare with. `done` says when.
    pub fn words(&self, done: bool) -> Option<String> {
        let from = self.from.as_ref()?;
        let Changes { tiles, copied, redone, causes } = &self.changes;
        let tense = if done { "" } else { "will be " };
        let mut words = match (copied, redone) {
            (0, _) => format!("{tiles} of {tiles} {tense}made, none copied from {from}"),
            (_, redone) => format!("{copied} of {tiles} {tense}copied from {from}, {redone} {tense}made"),
        };
        for cause in causes {
            words.push_str(&format!("\n         {}", Cause::words(cause)));
        }
        Some(words)
    }
}
