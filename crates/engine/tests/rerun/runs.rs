//! Runs of a network, fresh or with tiles taken over from an earlier one, and everything that comes of them.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use mutirao_core::sink::{EncodeError, TileEncoder, TileSamples, Unobserved};
use mutirao_engine::{
    EngineError,
    areas::Amount,
    count::{AgreementKey, AreaKey, HistogramKey, TransitionKey},
    levels,
    plan::{Built, build},
    rerun::{Changes, EarlierTiles, Record, Rerun, Subject, Survey},
    run::{Outcomes, Setting, run},
    spool::TileKey,
};
use mutirao_mosaic::plane::Plane;

use crate::world::{Network, World};

/// Bytes as they are.
struct Plain;

impl TileEncoder for Plain {
    fn encode(&self, samples: TileSamples<'_>) -> Result<Vec<u8>, EncodeError> {
        match samples {
            TileSamples::Uint8(samples) => Ok(samples.to_vec()),
            TileSamples::Uint16(_) => Err(EncodeError("16 bits".into())),
        }
    }
}

/// By sheet and tile, of all bands, periods and levels: the bytes. Sheets leave out what a release would have no file of.
type Tiles = BTreeMap<([u32; 2], [u32; 5]), Vec<u8>>;

/// Everything that came of a run.
#[derive(PartialEq)]
pub struct Came {
    pub tiles: Tiles,
    areas: Vec<(AreaKey, Amount)>,
    transitions: Vec<(TransitionKey, Amount)>,
    whole: HashMap<AreaKey, Amount>,
    agreement: HashMap<AgreementKey, Amount>,
    histograms: HashMap<HistogramKey, u64>,
}

fn numbers(key: &TileKey) -> [u32; 5] {
    [key.band.into(), key.period.into(), key.level.into(), key.col, key.row]
}

/// The tiles of an earlier run; of sheets without a file there are none, as in a release.
struct Release<'a>(&'a Tiles);

impl EarlierTiles for Release<'_> {
    fn encoded(&self, sheet: [u32; 2], key: &TileKey) -> Result<Option<Vec<u8>>, EngineError> {
        Ok(self.0.get(&(sheet, numbers(key))).cloned())
    }

    fn samples(&self, sheet: [u32; 2], key: &TileKey) -> Result<Option<Plane>, EngineError> {
        Ok(self.encoded(sheet, key)?.map(Plane::U8))
    }
}

/// Runs a network, with an earlier run's tiles and record if there are any, and writes its own record. What refuses it comes as words.
pub fn run_once(
    network: &Network,
    threads: usize,
    memory: u64,
    earlier: Option<(&Came, &Path)>,
    record: &Path,
) -> Result<(Came, Changes), String> {
    let world = World { network, scratch: tempfile::tempdir().unwrap() };
    let pipeline = &network.pipeline;
    let Built { plan, sources, findings } = build(pipeline, &world, &world);
    let mut plan = plan.ok_or_else(|| format!("{findings:?}"))?;
    mutirao_engine::plan::fit(pipeline, &mut plan, memory);
    let kinds = network.kinds();
    let identities = vec![None; plan.files.len()];
    let subject = Subject {
        pipeline,
        plan: &plan,
        sources: &sources,
        kinds: &kinds,
        encoder: &Plain,
        identities: &identities,
        threads,
    };
    let known = earlier.map(|(_, path)| Record::open(path).unwrap());
    let survey = Survey::of(&subject, known.as_ref()).unwrap();
    let release = earlier.map(|(came, _)| Release(&came.tiles));
    let tiles = release.as_ref().map(|release| release as &dyn EarlierTiles);
    let staging = tempfile::tempdir().unwrap();
    let setting = Setting {
        pipeline,
        plan: &plan,
        window: plan.grid.window(),
        sources: &sources,
        kinds: &kinds,
        encoder: &Plain,
        observer: &Unobserved,
        threads,
        memory,
        staging: staging.path(),
        rerun: Some(Rerun { survey: &survey, earlier: known.as_ref().zip(tiles) }),
    };
    let outcomes = run(&setting).map_err(|error| match error {
        EngineError::Findings(findings) => format!("{findings:?}"),
        other => other.to_string(),
    })?;
    survey.write(outcomes.recorded.as_ref().unwrap(), record).unwrap();
    Ok((came(network, &outcomes), survey.changes().clone()))
}

fn came(network: &Network, outcomes: &Outcomes) -> Came {
    let tally = &outcomes.tally;
    Came {
        tiles: tiles(network, outcomes),
        areas: tally.areas.sorted().unwrap().map(Result::unwrap).collect(),
        transitions: tally.transitions.sorted().unwrap().map(Result::unwrap).collect(),
        whole: tally.whole.clone(),
        agreement: tally.agreement.clone(),
        histograms: tally.histograms.clone(),
    }
}

fn tiles(network: &Network, outcomes: &Outcomes) -> Tiles {
    let side = network.pipeline.outputs.tile;
    let mut tiles = Tiles::new();
    for sheet in &outcomes.sheets {
        let [width, height] = [sheet.sheet.window.width, sheet.sheet.window.height];
        for (level, size) in levels(width, height, side).iter().enumerate() {
            let places = (0..size.height.div_ceil(side))
                .flat_map(|row| (0..size.width.div_ceil(side)).map(move |col| (col, row)));
            for (col, row) in places {
                for (band, of) in (0u16..).zip(&outcomes.bands) {
                    for period in 0..network.pipeline.periods.len() as u16 {
                        let key = TileKey { band, period, level: level as u8, col, row };
                        let stored = sheet.spool.find(&key).unwrap_or_else(|| panic!("{key:?} was never encoded"));
                        let is_single = outcomes.sheets.len() == 1;
                        if is_single || sheet.contents[usize::from(period)].has(of.product) {
                            let mut bytes = Vec::new();
                            sheet.spool.read(stored, &mut bytes).unwrap();
                            tiles.insert(([sheet.sheet.col, sheet.sheet.row], numbers(&key)), bytes);
                        }
                    }
                }
            }
        }
    }
    tiles
}

/// Says what differs between two runs, or nothing.
pub fn difference(one: &Came, other: &Came) -> Option<String> {
    let tile = one
        .tiles
        .iter()
        .find(|(key, bytes)| other.tiles.get(key) != Some(bytes))
        .map(|(key, _)| format!("tile {key:?}"));
    let parts = [
        (one.tiles.len() == other.tiles.len(), "number of tiles"),
        (one.areas == other.areas, "areas"),
        (one.transitions == other.transitions, "transitions"),
        (one.whole == other.whole, "areas of the whole"),
        (one.agreement == other.agreement, "agreement"),
        (one.histograms == other.histograms, "histograms"),
    ];
    tile.or_else(|| parts.iter().find(|(same, _)| !same).map(|(_, what)| (*what).to_owned()))
}
