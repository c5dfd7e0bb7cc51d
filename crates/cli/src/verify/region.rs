//! A region layer whose values are territories, read again from the recorded inputs.

use std::collections::BTreeSet;
use std::path::Path;

use mutirao_core::{finding::Severity, grid::Window, pipeline::Pipeline, rule::LayerId};
use mutirao_engine::{fingerprint::sha256_of, plan::build, reader::LayerReader};
use mutirao_mosaic::zones::{NO_ZONE, ZoneRun};

use super::Release;
use crate::network::Tools;

/// A region layer, with a plan of its own.
pub struct RegionLayer {
    name: String,
    reader: LayerReader,
}

impl RegionLayer {
    /// Opens a layer of the pipeline, if all of its inputs are still what the release was made of.
    ///
    /// # Errors
    /// Why it cannot be read as it was.
    pub fn open(release: &Release<'_>, pipeline: &Pipeline, layer: LayerId, tools: &Tools) -> Result<Self, String> {
        let name = pipeline.layers[layer].name.clone();
        let (pipeline, layer) = alone(pipeline, layer);
        let built = build(&pipeline, &tools.files(), &tools.door);
        let Some(plan) = built.plan else {
            let first = built.findings.into_iter().find(|finding| finding.severity == Severity::Error);
            return Err(format!("{name}: {}", first.map_or_else(String::new, |finding| finding.message)));
        };
        if plan.grid.size != release.grid().size
            || plan.grid.origin != release.grid().origin
            || plan.grid.crs != release.grid().crs
        {
            return Err(format!("the grid of the pipeline is no longer that of the release, but {}", plan.grid));
        }
        for path in plan.files.iter().map(|file| &file.path).collect::<BTreeSet<_>>() {
            unchanged(release, path)?;
        }
        let reader = LayerReader::new(plan, &built.sources, layer).map_err(|error| format!("{name}: {error}"))?;
        Ok(RegionLayer { name, reader })
    }

    /// The runs of each row of a window; columns count from the grid's first.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn runs(&self, period: usize, window: &Window) -> Result<Vec<Vec<ZoneRun>>, String> {
        let mut rows: Vec<Vec<ZoneRun>> = vec![Vec::new(); window.height as usize];
        let add = |tile: &Window, values: &[Option<i32>]| {
            let first = (tile.row - window.row) as usize;
            for (row, line) in rows[first..].iter_mut().zip(values.chunks_exact(tile.width as usize)) {
                add_line(row, tile.col, line);
            }
        };
        self.reader.read(period, window, add).map_err(|error| format!("{}: {error}", self.name))?;
        Ok(rows)
    }
}

/// Adds the values of the next columns, from `col`, to the runs of a row.
fn add_line(row: &mut Vec<ZoneRun>, mut col: u32, line: &[Option<i32>]) {
    for run in line.chunk_by(|a, b| a == b) {
        let (start, end) = (col, col + run.len() as u32);
        let zone = run[0].map_or(NO_ZONE, i32::cast_unsigned);
        match row.last_mut() {
            Some(last) if last.zone == zone => last.end = end,
            _ => row.push(ZoneRun { start, end, zone }),
        }
        col = end;
    }
}

/// A pipeline of this layer and those that its areas name, and nothing else; and where the layer stands in it.
fn alone(pipeline: &Pipeline, layer: LayerId) -> (Pipeline, LayerId) {
    let members = &pipeline.layers[layer].members;
    let mut kept: BTreeSet<LayerId> = members.iter().filter_map(|member| Some(member.area.as_ref()?.layer)).collect();
    kept.insert(layer);
    let place = |layer: LayerId| kept.range(..layer).count();
    let mut alone = pipeline.clone();
    alone.layers = kept.iter().map(|layer| pipeline.layers[*layer].clone()).collect();
    for area in alone.layers.iter_mut().flat_map(|layer| &mut layer.members).filter_map(|member| member.area.as_mut()) {
        area.layer = place(area.layer);
    }
    alone.coverage.within = None;
    alone.coverage.order.clear();
    alone.coverage.rules.clear();
    alone.coverage.rule_places.clear();
    alone.territories.clear();
    alone.named_values.clear();
    (alone, place(layer))
}

/// Whether a file is still the input that the manifest recorded.
fn unchanged(release: &Release<'_>, path: &Path) -> Result<(), String> {
    let shown = path.display();
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let Some(found) = real(path) else { return Err(format!("{shown} is not there any more")) };
    let recorded = release.manifest.inputs.iter().find(|input| real(&input.path).as_ref() == Some(&found));
    let Some(recorded) = recorded else { return Err(format!("{shown} is not among the inputs of the manifest")) };
    match sha256_of(path) {
        Ok(sha256) if sha256 == recorded.sha256 => Ok(()),
        Ok(_) => Err(format!("{shown} is no longer what the release was made of")),
        Err(error) => Err(error.to_string()),
    }
}
