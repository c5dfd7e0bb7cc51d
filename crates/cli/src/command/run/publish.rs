//! From a plan to a release: read, merge, write, and appear in one step.

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Timestamp;
use mutirao_core::{
    grid::Window,
    pipeline::Pipeline,
    raster::DType,
    sink::{Event, Observer},
};
use mutirao_engine::{
    EngineError, Result,
    areas::{Amount, AreaFactors},
    count::AreaKey,
    fingerprint::{Fingerprint, Stamp, sha256_of},
    plan::Plan,
    publish::{Lock, Staging},
    run::{Outcomes, Setting},
};
use tracing::debug_span;

use crate::{
    args::RunArgs,
    encoder::EncoderPool,
    gate::Gate,
    network::{Network, Tools},
    release::{
        self, Content,
        footprint::Footprint,
        hashes::Hashes,
        listing::{self, Pending},
        manifest::{Circumstances, Manifest},
        spec_of,
    },
    rerun::{Prospect, Records, Told, Wanted, not_kept},
    timings::Timings,
};

/// The folder of drafts, in a version's place.
const DRAFT: &str = "draft";

/// What is run.
pub struct Job<'a> {
    /// What was asked for.
    pub args: &'a RunArgs,
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// Its plan.
    pub plan: &'a Plan,
    /// The pixels that are made.
    pub window: Window,
    /// The opened inputs.
    pub network: &'a Network,
    /// What the contracts of the layers said.
    pub gate: &'a Gate,
    /// How many threads.
    pub threads: usize,
    /// What measures where the time goes, if it is asked for.
    pub timings: Option<&'a Timings>,
}

/// A release, and the areas of its whole.
pub struct Published {
    /// Its folder.
    pub path: PathBuf,
    /// Whether it is a draft.
    pub is_draft: bool,
    /// Areas by period, class, source and rule.
    pub whole: HashMap<AreaKey, Amount>,
    /// What they are weighed by.
    pub factors: AreaFactors,
    /// What was copied from an earlier release; none of a draft.
    pub rerun: Option<Told>,
}

impl Job<'_> {
    fn is_draft(&self) -> bool {
        self.args.draft.draft
    }

    /// The folder of the network's releases.
    fn folder(&self) -> PathBuf {
        self.args.out.join(&self.pipeline.id)
    }
}

/// Runs a job and publishes what comes of it.
///
/// # Errors
/// What stopped it; nothing is published then.
pub fn publish(job: &Job<'_>, tools: &Tools, started: Timestamp) -> Result<Published> {
    let is_draft = job.is_draft();
    let target = job.folder().join(if is_draft { DRAFT } else { &job.pipeline.version });
    let _lock = Lock::take(&target)?;
    if !is_draft {
        // Known before the run, not after hours.
        listing::read(&job.folder(), &job.pipeline.id)?;
    }
    let staging = Staging::begin(&target, job.args.overwrite || is_draft)?;
    let observer: &dyn Observer = &*tools.progress;
    let inputs = debug_span!("hash").in_scope(|| inputs(job, observer))?;
    let footprint = footprint(job, tools, observer);
    let prospect = prospect(job, tools, &inputs, observer)?;
    let mut outcomes = merge(job, prospect.as_ref(), &staging, observer)?;
    inputs.iter().try_for_each(Fingerprint::check)?;
    prospect.as_ref().map_or(Ok(()), Prospect::check)?;
    let note = |text: &str| observer.event(Event::Note(text));
    let kept = Records::of(tools.cache(), &job.folder(), &job.pipeline.id);
    let staged = prospect.as_ref().and_then(|one| one.stage(&mut outcomes, &kept, &job.pipeline.version, &note));
    observer.event(Event::Begin { what: "writing", units: None });
    let content = Content {
        pipeline: job.pipeline,
        plan: job.plan,
        window: job.window,
        is_draft,
        outcomes: &outcomes,
        kinds: &job.network.kinds,
        inputs: &inputs,
        texts: &job.network.texts,
        findings: &job.network.findings,
        gate: job.gate,
        footprint: footprint.as_ref(),
        // To the second: nobody needs to know more of it.
        started: &format!("{started:.0}"),
        threads: job.threads,
        memory: job.args.memory,
        taken_over: prospect.as_ref().and_then(Prospect::taken_over),
    };
    let hashes = debug_span!("release").in_scope(|| release::write(&content, &staging, observer))?;
    let manifest = debug_span!("hash").in_scope(|| manifest(job, &content, &staging, hashes, started))?;
    let Outcomes { sheets, tally, factors, .. } = outcomes;
    // What lies on disk beside the release goes before that is synced.
    drop(sheets);
    let whole = tally.into_whole();
    staging.write("manifest.json", &manifest)?;
    let path = appear(job, staging)?;
    if let Some(staged) = staged {
        let listing = listing::read(&job.folder(), &job.pipeline.id)?;
        let kept = sha256_of(&path.join("manifest.json")).and_then(|manifest| kept.finish(staged, &manifest, &listing));
        // The release is out; what is missing costs time only.
        let _ = kept.map_err(|error| note(&not_kept(&error)));
    }
    observer.event(Event::End);
    Ok(Published { path, is_draft, whole, factors, rerun: prospect.map(|one| one.told()) })
}

/// What the run will make, and what it takes over. Drafts do neither: they are thrown away.
fn prospect(job: &Job<'_>, tools: &Tools, inputs: &[Fingerprint], observer: &dyn Observer) -> Result<Option<Prospect>> {
    if job.is_draft() {
        return Ok(None);
    }
    let Job { args, pipeline, plan, network, threads, .. } = *job;
    let tell = |text: &str| observer.event(Event::Note(text));
    observer.event(Event::Begin { what: "comparing", units: None });
    let wanted = Wanted { pipeline, plan, network, releases: &job.folder(), threads };
    let mut prospect = wanted.prospect(tools, args.fresh, Some(inputs), &tell)?;
    prospect.open(plan, pipeline, &tell);
    observer.event(Event::End);
    Ok(Some(prospect))
}

/// The inputs as they are before a pixel of them is read. Those of a draft are not hashed.
fn inputs(job: &Job<'_>, observer: &dyn Observer) -> Result<Vec<Fingerprint>> {
    match job.is_draft() {
        true => Ok(job.network.stamps.iter().map(Fingerprint::unread).collect()),
        false => fingerprints(&job.network.stamps, observer),
    }
}

/// Where on the earth a release lies. A draft need not know.
fn footprint(job: &Job<'_>, tools: &Tools, observer: &dyn Observer) -> Option<Footprint> {
    if job.is_draft() {
        return None;
    }
    let footprint = Footprint::of(&job.plan.grid, &tools.door);
    if footprint.is_none() {
        observer.event(Event::Note("where on the earth the grid lies is not known: the STAC items will not say it"));
    }
    footprint
}

fn merge(job: &Job<'_>, prospect: Option<&Prospect>, staging: &Staging, observer: &dyn Observer) -> Result<Outcomes> {
    let Job { args, pipeline, plan, window, network, threads, .. } = *job;
    let spec = |dtype| spec_of(pipeline, plan, &window, 1, dtype);
    mutirao_engine::run::run(&Setting {
        pipeline,
        plan,
        window,
        sources: &network.sources,
        kinds: &network.kinds,
        encoder: &EncoderPool::new(spec(DType::Uint8), spec(DType::Uint16)),
        observer,
        threads,
        memory: args.memory,
        staging: staging.folder(),
        rerun: prospect.map(Prospect::rerun),
    })
}

/// The text of the manifest of what is staged.
fn manifest(
    job: &Job<'_>,
    content: &Content<'_>,
    staging: &Staging,
    mut hashes: Hashes,
    started: Timestamp,
) -> Result<String> {
    let files: Vec<String> = staging.files()?.into_iter().filter(|name| !is_spool(name)).collect();
    let circumstances = Circumstances {
        timings: job.timings.map(Timings::report),
        command: std::env::args().collect(),
        started: started.to_string(),
        finished: Timestamp::now().to_string(),
    };
    let manifest = Manifest::of(content, &mut hashes, &files, circumstances)?;
    serde_json::to_string_pretty(&manifest)
        .map_err(|error| EngineError::Malformed { path: staging.folder().to_owned(), what: error.to_string() })
}

fn is_spool(name: &str) -> bool {
    name.starts_with('.')
}

/// Lets what is staged appear, a release in the list of releases too.
fn appear(job: &Job<'_>, staging: Staging) -> Result<PathBuf> {
    let Pipeline { id, version, .. } = job.pipeline;
    let manifest = staging.folder().join("manifest.json");
    let list = || listing::prepare(&job.folder(), id, version, &manifest, Timestamp::now());
    let listed = (!job.is_draft()).then(list).transpose()?;
    let path = staging.publish()?;
    listed.map_or(Ok(()), Pending::finish)?;
    Ok(path)
}

/// The inputs as they are before a pixel of them is read, each once.
fn fingerprints(stamps: &[Stamp], observer: &dyn Observer) -> Result<Vec<Fingerprint>> {
    observer.event(Event::Begin { what: "hashing", units: Some(stamps.len() as u64) });
    let taken = stamps.iter().map(|stamp| {
        let taken = if observer.is_cancelled() { Err(EngineError::Cancelled) } else { Fingerprint::take(stamp) };
        observer.event(Event::Advance(1));
        taken
    });
    let taken = taken.collect();
    observer.event(Event::End);
    taken
}
