//! A pipeline planned for a draft, and the part of it that is merged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mutirao_core::{grid::Window, pipeline::Pipeline};
use mutirao_engine::plan::{Placement, Plan};

use super::given::Given;
use crate::{
    args::{ChoiceArgs, DraftArgs, PipelineArg, RunArgs},
    command::of_tiles,
    finished::MEMORY,
    network::{Network, Tools, prepare_editing},
};

/// A pipeline, ready to be merged.
pub(super) struct Ready {
    /// What was read of it.
    pub network: Network,
    /// The pipeline.
    pub pipeline: Pipeline,
    /// Its plan.
    pub plan: Plan,
}

/// Plans a pipeline, with nothing written that is not compared.
pub(super) fn ready(
    path: &Path,
    tools: &Tools,
    edit: impl FnOnce(&mut Pipeline) -> Vec<(usize, usize)>,
) -> Result<Ready, Box<Network>> {
    let mut network = prepare_editing(path, BTreeMap::new(), tools, |pipeline| {
        pipeline.outputs.agreement = false;
        pipeline.outputs.transitions = false;
        edit(pipeline)
    });
    match (network.pipeline.take(), network.plan.take()) {
        (Some(pipeline), Some(plan)) => Ok(Ready { network, pipeline, plan }),
        _ => Err(Box::new(network)),
    }
}

/// The tiles that the layer touches, in either coverage: elsewhere nothing can change. All, where it is warped or takes part in areas.
pub(super) fn window(given: &Given, both: &[&Ready]) -> Window {
    let whole = both[0].plan.grid.window();
    let mut span: Option<[i64; 4]> = None;
    for ready in both {
        let layer = &ready.plan.layers[given.layer];
        let sets = layer.by_period.iter().flatten().map(|set| &layer.input_sets[*set]);
        for part in sets.flatten().filter(|part| part.member == given.member) {
            let file = &ready.plan.files[part.file];
            let Placement::OnGrid(offset) = &file.placement else { return whole };
            let own = [
                offset.col,
                offset.row,
                offset.col + i64::from(file.facts.width),
                offset.row + i64::from(file.facts.height),
            ];
            let join = |a: [i64; 4]| [a[0].min(own[0]), a[1].min(own[1]), a[2].max(own[2]), a[3].max(own[3])];
            span = Some(span.map_or(own, join));
        }
    }
    let Some([left, top, right, bottom]) = span else { return whole };
    let clip = |at: i64, most: u32| at.clamp(0, i64::from(most)) as u32;
    let [col, row] = [clip(left, whole.width), clip(top, whole.height)];
    let [col_end, row_end] = [clip(right, whole.width), clip(bottom, whole.height)];
    if col >= col_end || row >= row_end {
        return whole;
    }
    let window = Window { col, row, width: col_end - col, height: row_end - row };
    of_tiles(window, both[0].pipeline.outputs.tile, whole)
}

/// What a run of it would have been called with.
pub(super) fn run_args(path: &Path, out: PathBuf) -> RunArgs {
    RunArgs {
        pipeline: PipelineArg { path: path.to_owned() },
        out,
        threads: None,
        memory: MEMORY,
        overwrite: true,
        timings: false,
        flame: None,
        fresh: false,
        choice: ChoiceArgs::default(),
        draft: DraftArgs { draft: true, bbox: None, territory: None, period: Vec::new() },
    }
}
