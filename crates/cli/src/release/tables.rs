//! The tables of a release.

use std::collections::BTreeSet;
use std::path::Path;

use mutirao_core::{
    grid::Grid,
    pipeline::{Member, Pipeline},
};
use mutirao_engine::{Result, count::TerritoryId, plan::PlannedFile, territories::KindFrom};
use mutirao_parquet::{
    AreaWriter, InputRow, RowWriter, SourceRow, TerritoryRow, TransitionWriter, write_inputs, write_qa, write_sources,
    write_territories,
};

use crate::finished::failed as write_failed;

use super::{
    Content,
    rows::{AreaRows, territories, transition_rows, words},
};

/// Writes sources, inputs, territories, areas and transitions.
pub(super) fn write(content: &Content<'_>, folder: &Path) -> Result<()> {
    let failed = |name: &str| {
        let path = folder.join(name);
        move |error: mutirao_parquet::Error| write_failed(&path, error)
    };
    write_sources(&folder.join("sources.parquet"), &source_rows(content)).map_err(failed("sources.parquet"))?;
    write_inputs(&folder.join("inputs.parquet"), &input_rows(content)).map_err(failed("inputs.parquet"))?;
    if !content.gate.layers.is_empty() {
        let rows = crate::gate::rows(content.gate, &content.pipeline.folder);
        write_qa(&folder.join("qa.parquet"), &rows).map_err(failed("qa.parquet"))?;
    }
    let territories = territories(content)?;
    let rows = territory_rows(content, &territories);
    write_territories(&folder.join("territories.parquet"), &content.plan.crs.projjson, &rows)
        .map_err(failed("territories.parquet"))?;
    write_rows(AreaWriter::new, AreaRows::new(content, &territories)?, &folder.join("areas.parquet"))?;
    if content.pipeline.outputs.transitions && content.plan.periods.len() > 1 {
        write_rows(TransitionWriter::new, transition_rows(content)?, &folder.join("transitions.parquet"))?;
    }
    Ok(())
}

/// Writes rows as they come, so that memory holds some thousands of them.
fn write_rows<R: mutirao_parquet::Row + Clone>(
    create: impl FnOnce(&Path) -> mutirao_parquet::Result<RowWriter<R>>,
    rows: impl Iterator<Item = Result<R>>,
    path: &Path,
) -> Result<()> {
    let failed = |error| write_failed(path, error);
    let mut writer = create(path).map_err(failed)?;
    for row in rows {
        writer.push(&[row?]).map_err(failed)?;
    }
    writer.finish().map_err(failed).map(|_| ())
}

fn source_rows(content: &Content<'_>) -> Vec<SourceRow> {
    let pipeline = content.pipeline;
    let mut rows = Vec::new();
    for (layer, planned) in pipeline.layers.iter().zip(&content.plan.layers) {
        for (member, facts) in layer.members.iter().zip(&planned.members) {
            rows.push(source_row(pipeline, &layer.name, member, facts.source));
        }
    }
    rows
}

fn source_row(pipeline: &Pipeline, layer: &str, member: &Member, source: u16) -> SourceRow {
    let partner = member.partner.map(|at| &pipeline.partners[at]);
    SourceRow {
        source,
        layer: layer.to_owned(),
        member: member.name.clone(),
        partner: partner.map(|partner| partner.id.clone()),
        partner_name: partner.map(|partner| partner.name.clone()),
        version: member.version.clone(),
        contract: member.contract.as_ref().map(|path| contract(pipeline, path)),
        licence: member.license.clone().or_else(|| partner?.license.clone()),
        attribution: partner.and_then(|partner| partner.attribution.clone()),
    }
}

/// A contract's file as the pipeline names it.
fn contract(pipeline: &Pipeline, path: &Path) -> String {
    path.strip_prefix(&pipeline.folder).unwrap_or(path).display().to_string()
}

fn input_rows(content: &Content<'_>) -> Vec<InputRow> {
    let mut rows = Vec::new();
    for layer in &content.plan.layers {
        for (period, set) in layer.by_period.iter().enumerate() {
            for part in set.iter().flat_map(|set| &layer.input_sets[*set]) {
                let file = &content.plan.files[part.file];
                let fingerprint = content.inputs.iter().find(|input| input.path == file.path);
                rows.push(InputRow {
                    source: layer.members[part.member].source,
                    period: content.plan.periods[period].clone(),
                    path: file.path.display().to_string(),
                    band: part.band + 1,
                    bytes: fingerprint.map_or(0, |input| input.bytes as i64),
                    sha256: fingerprint.map(|input| input.sha256.clone()).unwrap_or_default(),
                    grid: grid_words(file, &content.plan.grid),
                    treatment: treatment(content, file, layer.carried_from(period, part.member)),
                });
            }
        }
    }
    rows
}

/// What was done to a file, and from which period it was carried forward.
fn treatment(content: &Content<'_>, file: &PlannedFile, carried_from: Option<usize>) -> String {
    match carried_from {
        Some(from) => format!("{}, carried from {}", file.treatment, content.plan.periods[from]),
        None => file.treatment.clone(),
    }
}

fn grid_words(file: &PlannedFile, grid: &Grid) -> String {
    let facts = &file.facts;
    let crs = match facts.geo_keys.as_ref().and_then(|keys| keys.epsg()) {
        Some(code) => format!("EPSG:{code}"),
        None => grid.crs.clone(),
    };
    let resolution = facts.transform.map_or(0.0, |transform| transform.0[1]);
    format!("{crs} {}x{} pixels of {resolution}", facts.width, facts.height)
}

fn territory_rows(content: &Content<'_>, territories: &[BTreeSet<TerritoryId>]) -> Vec<TerritoryRow> {
    let mut rows = Vec::new();
    for ((kind, territories), number) in content.kinds.iter().zip(territories).zip(1u16..) {
        for territory in territories.iter().copied() {
            let (key, name) = words(content, number, territory);
            // Values of region layers and crossings have no polygons of their own.
            let geometry = match kind.from {
                KindFrom::Polygons => kind.territories[territory.place() as usize].geometry.clone(),
                KindFrom::Layer(_) | KindFrom::Crossing(_) => None,
            };
            rows.push(TerritoryRow { kind: kind.name.clone(), key, name, geometry });
        }
    }
    rows
}
