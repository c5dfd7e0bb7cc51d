//! `mutirao run`.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use jiff::Timestamp;
use mutirao_core::{
    grid::Window,
    pipeline::Pipeline,
    raster::DType,
    sink::{Event, Observer},
};
use mutirao_engine::{
    EngineError,
    areas::{Amount, AreaFactors},
    count::AreaKey,
    fingerprint::{Fingerprint, Stamp},
    plan::{Plan, fit, keep_periods},
    publish::{Lock, Staging},
    run::{Outcomes, Setting},
};
use serde::Serialize;

use crate::{
    args::RunArgs,
    command::{
        Failure,
        draft::{self, Cut},
        print_json, print_line,
    },
    encoder::EncoderPool,
    exit::{Exit, of_error},
    network::{Network, Tools, prepare},
    release::{
        self, Content,
        footprint::Footprint,
        listing::{self, Pending},
        manifest::Circumstances,
        manifest::Manifest,
        spec_of,
    },
    show::{
        findings::{count, tell},
        table::{hectares, share, table, thousands},
    },
};

#[derive(Serialize)]
struct Body<'a> {
    verdict: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    findings: &'a [mutirao_core::finding::Finding],
}

/// Checks, merges, exports, publishes.
pub fn run(args: &RunArgs, threads: usize, tools: &Tools, json: bool) -> Exit {
    let started = Timestamp::now();
    let mut network = prepare(&args.pipeline.path, tools);
    if !json {
        tell(&network.findings, &network.texts);
    }
    let (Some(mut pipeline), Some(mut plan)) = (network.pipeline.take(), network.plan.take()) else {
        if json {
            print_json("run", Body { verdict: "refused", release: None, error: None, findings: &network.findings });
        } else {
            anstream::eprintln!("{}: {}; nothing was run", args.pipeline.path.display(), count(&network.findings));
        }
        return Exit::Findings;
    };
    let window = match draft::cut(&args.draft, &plan, &network.kinds, pipeline.outputs.tile, tools) {
        Ok(Cut { window, periods }) => {
            keep_periods(&mut pipeline, &mut plan, &periods);
            window
        }
        Err(failure) => {
            let untold = if json { &network.findings[..] } else { &[] };
            return failure.tell("run", untold, &network.texts, json);
        }
    };
    // What waits between the rows of tiles of a small window is little.
    if window == plan.grid.window() {
        fit(&pipeline, &mut plan, args.memory);
    }
    let job = Job { args, pipeline: &pipeline, plan: &plan, window, network: &network, threads };
    match publish(&job, tools, started) {
        Ok(published) => {
            if json {
                let verdict = if published.is_draft { "drafted" } else { "published" };
                let release = Some(published.path);
                print_json("run", Body { verdict, release, error: None, findings: &network.findings });
            } else {
                print_line(&summary(&pipeline, &plan, &published));
            }
            Exit::Ok
        }
        Err(error) => fail(&error, &network, json),
    }
}

/// Tells why nothing was published; the findings so far stand in the object, since they were not told yet.
fn fail(error: &EngineError, network: &Network, json: bool) -> Exit {
    let EngineError::Findings(own) = error else {
        let findings = if json { &network.findings[..] } else { &[] };
        return Failure::of(error).tell("run", findings, &network.texts, json);
    };
    if json {
        let all: Vec<_> = network.findings.iter().chain(own).cloned().collect();
        print_json("run", Body { verdict: "failed", release: None, error: Some(error.to_string()), findings: &all });
    } else {
        tell(own, &network.texts);
        anstream::eprintln!("{}; nothing was published", count(own));
    }
    of_error(error)
}

/// A release, and the areas of its whole.
struct Published {
    path: PathBuf,
    is_draft: bool,
    whole: HashMap<AreaKey, Amount>,
    factors: AreaFactors,
}

/// The folder of drafts, in a version's place.
const DRAFT: &str = "draft";

/// What is run.
struct Job<'a> {
    args: &'a RunArgs,
    pipeline: &'a Pipeline,
    plan: &'a Plan,
    /// The pixels that are made.
    window: Window,
    network: &'a Network,
    threads: usize,
}

fn publish(job: &Job<'_>, tools: &Tools, started: Timestamp) -> mutirao_engine::Result<Published> {
    let Job { args, pipeline, plan, window, network, threads } = *job;
    let is_draft = args.draft.draft;
    let target = args.out.join(&pipeline.id).join(if is_draft { DRAFT } else { &pipeline.version });
    let _lock = Lock::take(&target)?;
    let folder = args.out.join(&pipeline.id);
    if !is_draft {
        // Known before the run, not after hours.
        listing::read(&folder, &pipeline.id)?;
    }
    let staging = Staging::begin(&target, args.overwrite || is_draft)?;
    let observer: &dyn Observer = &*tools.progress;
    let inputs = match is_draft {
        true => network.stamps.iter().map(Fingerprint::unread).collect(),
        false => fingerprints(&network.stamps, observer)?,
    };
    let footprint = if is_draft { None } else { Footprint::of(&plan.grid, &tools.door) };
    if footprint.is_none() && !is_draft {
        observer.event(Event::Note("where on the earth the grid lies is not known: the STAC items will not say it"));
    }
    // To the second: nobody needs to know more of it.
    let created = format!("{started:.0}");
    let encoder = EncoderPool::new(
        spec_of(pipeline, plan, &window, 1, DType::Uint8),
        spec_of(pipeline, plan, &window, 1, DType::Uint16),
    );
    let outcomes = mutirao_engine::run::run(&Setting {
        pipeline,
        plan,
        window,
        sources: &network.sources,
        kinds: &network.kinds,
        encoder: &encoder,
        observer,
        threads,
        memory: args.memory,
        staging: staging.folder(),
    })?;
    inputs.iter().try_for_each(Fingerprint::check)?;
    let content = Content {
        pipeline,
        plan,
        window,
        is_draft,
        outcomes: &outcomes,
        kinds: &network.kinds,
        inputs: &inputs,
        texts: &network.texts,
        findings: &network.findings,
        footprint: footprint.as_ref(),
        started: &created,
        threads,
        memory: args.memory,
    };
    observer.event(Event::Begin { what: "writing", units: None });
    let mut hashes = release::write(&content, &staging, observer)?;
    let files: Vec<String> = staging.files()?.into_iter().filter(|name| !is_spool(name)).collect();
    let circumstances = Circumstances {
        command: std::env::args().collect(),
        started: started.to_string(),
        finished: Timestamp::now().to_string(),
    };
    let manifest = Manifest::of(&content, &mut hashes, &files, circumstances)?;
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|error| EngineError::Malformed { path: target.clone(), what: error.to_string() })?;
    let Outcomes { sheets, tally, factors, .. } = outcomes;
    // What lies on disk beside the release goes before that is synced.
    drop(sheets);
    let whole = tally.into_whole();
    staging.write("manifest.json", &text)?;
    let manifest = staging.folder().join("manifest.json");
    let now = Timestamp::now();
    let listed =
        (!is_draft).then(|| listing::prepare(&folder, &pipeline.id, &pipeline.version, &manifest, now)).transpose()?;
    let published = staging.publish()?;
    listed.map_or(Ok(()), Pending::finish)?;
    observer.event(Event::End);
    Ok(Published { path: published, is_draft, whole, factors })
}

fn is_spool(name: &str) -> bool {
    name.starts_with('.')
}

/// The inputs as they are before a pixel of them is read, each once.
fn fingerprints(stamps: &[Stamp], observer: &dyn Observer) -> mutirao_engine::Result<Vec<Fingerprint>> {
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

/// The release, and what is in it: classes with areas, and who won how much.
fn summary(pipeline: &Pipeline, plan: &Plan, published: &Published) -> String {
    let mut by_class: BTreeMap<(u16, Option<u16>), u128> = BTreeMap::new();
    let mut by_source: HashMap<u16, u64> = HashMap::new();
    let mut total = 0u64;
    for (key, amount) in &published.whole {
        *by_class.entry((key.period, key.class)).or_default() += amount.area;
        *by_source.entry(key.source).or_default() += amount.pixels;
        total += amount.pixels;
    }
    let shown: Vec<u16> = match plan.periods.len() {
        0 => Vec::new(),
        1 => vec![0],
        periods => vec![0, periods as u16 - 1],
    };
    let mut header = vec!["class".to_owned(), "name".to_owned()];
    header.extend(shown.iter().map(|period| format!("{} ha", plan.periods[usize::from(*period)])));
    let mut rows = vec![header];
    let classes: std::collections::BTreeSet<Option<u16>> = by_class.keys().map(|(_, class)| *class).collect();
    for class in classes {
        let name = match class {
            None => "(nothing)".to_owned(),
            Some(class) => pipeline.legend.get(class).map_or(String::new(), |class| class.name.clone()),
        };
        let mut row = vec![class.map_or("-".to_owned(), |class| class.to_string()), name];
        row.extend(shown.iter().map(|period| {
            let area = by_class.get(&(*period, class)).copied().unwrap_or(0);
            hectares(published.factors.hectares(area))
        }));
        rows.push(row);
    }
    let mut text = table(&rows, &[1]);
    text.push('\n');
    let mut won = vec![["source", "partner", "pixels", "share"].map(str::to_owned).to_vec()];
    for (layer, planned) in pipeline.layers.iter().zip(&plan.layers) {
        for (member, facts) in layer.members.iter().zip(&planned.members) {
            let Some(pixels) = by_source.get(&facts.source) else { continue };
            let name = member.name.as_ref().map_or(layer.name.clone(), |name| format!("{} / {name}", layer.name));
            let partner = member.partner.map(|at| pipeline.partners[at].name.clone()).unwrap_or_default();
            won.push(vec![name, partner, thousands(*pixels), share(*pixels, total)]);
        }
    }
    if let Some(gaps) = by_source.get(&0) {
        won.push(vec!["(nobody)".to_owned(), String::new(), thousands(*gaps), share(*gaps, total)]);
    }
    text.push_str(&table(&won, &[1]));
    let what = if published.is_draft { "draft, no release" } else { "release" };
    text.push_str(&format!("\n{what}: {}", published.path.display()));
    text
}
