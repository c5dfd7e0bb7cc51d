//! From a pipeline to a plan.

use std::sync::Arc;

use mutirao_core::{
    door::{Answer, AreasQuestion, CrsFacts, CrsText, Question},
    finding::{Finding, Place},
    grid::Grid,
    pipeline::{GridSpec, NamedValue, Pipeline},
    raster::RasterSource,
    rule::{LayerId, Rule, RuleTable},
};

use super::{
    AreasFrom, Opener, Oracle, Plan, PlannedLayer, Refused,
    files::{Files, crs_of, unexpected},
    layers::plan_layer,
};

/// Pixels on a side of the cells by which true areas on projected grids are weighed.
pub const AREA_CELL: u32 = 64;

/// What came of building a plan.
pub struct Built {
    /// The plan, if nothing stands in its way.
    pub plan: Option<Plan>,
    /// The opened rasters, by their place in [`Plan::files`].
    pub sources: Vec<Arc<dyn RasterSource>>,
    /// What was found, errors first stopping the plan.
    pub findings: Vec<Finding>,
}

/// Joins a pipeline with the facts of its files. Reads headers, and pixels only to show the values of a file that declares no nodata.
pub fn build(pipeline: &Pipeline, opener: &dyn Opener, oracle: &dyn Oracle) -> Built {
    let mut findings = Vec::new();
    let (grid, crs) = match grid_of(pipeline, opener, oracle) {
        Ok(found) => found,
        Err(finding) => return Built { plan: None, sources: Vec::new(), findings: vec![*finding] },
    };
    let mut files = Files::new(opener, oracle, &grid, &crs, pipeline.tolerance);
    let mut layers = Vec::with_capacity(pipeline.layers.len());
    let mut source = 1;
    for layer in &pipeline.layers {
        layers.push(plan_layer(pipeline, layer, source, &mut files, &mut findings));
        source += layer.members.len() as u16;
    }
    let mut table = pipeline.rule_table();
    let nodata: Vec<Option<i32>> = layers.iter().map(common_nodata).collect();
    apply_nodata(&mut table, &nodata);
    findings.extend(pipeline.named_values.iter().filter_map(|named| check_named(pipeline, named, &nodata)));
    let Files { planned, sources, .. } = files;
    let areas = areas_of(&grid, &crs, oracle).unwrap_or_else(|refused| {
        findings.push(finding_of(refused, place_of(pipeline)));
        AreasFrom::Rows
    });
    let failed = findings.iter().any(|finding| finding.severity == mutirao_core::finding::Severity::Error);
    let plan = Plan {
        grid,
        crs,
        periods: pipeline.periods.iter().map(|period| period.label.clone()).collect(),
        files: planned,
        layers,
        table,
        areas,
    };
    Built { plan: (!failed).then_some(plan), sources, findings }
}

fn place_of(pipeline: &Pipeline) -> Place {
    Place { file: pipeline.path.display().to_string(), line: 1, column: 1 }
}

fn finding_of(refused: Refused, place: Place) -> Finding {
    Finding::error(&refused.code, refused.message).at(place).with_mend(refused.mend)
}

fn grid_of(pipeline: &Pipeline, opener: &dyn Opener, oracle: &dyn Oracle) -> Result<(Grid, CrsFacts), Box<Finding>> {
    let place = match &pipeline.grid {
        GridSpec::Given(_) => place_of(pipeline),
        GridSpec::Like { place, .. } => place.clone(),
    };
    grid_and_crs(pipeline, opener, oracle).map_err(|refused| Box::new(finding_of(refused, place)))
}

fn grid_and_crs(pipeline: &Pipeline, opener: &dyn Opener, oracle: &dyn Oracle) -> Result<(Grid, CrsFacts), Refused> {
    let ask = |crs: CrsText| match oracle.ask(Question::Crs { crs })? {
        Answer::Crs(facts) => Ok(*facts),
        other => Err(unexpected(&other)),
    };
    match &pipeline.grid {
        GridSpec::Given(grid) => Ok((grid.clone(), ask(CrsText::Text(grid.crs.clone()))?)),
        GridSpec::Like { file, crs, .. } => {
            let opened = opener.open(file)?;
            let facts = opened.source.facts();
            let refused = |code: &str, what: &str| Refused {
                code: code.into(),
                message: format!("{} cannot give the grid: {what}", file.display()),
                mend: "give `grid: { crs, origin, resolution, size }` instead".into(),
            };
            let text = crs_of(crs.as_deref(), facts).ok_or_else(|| refused("crs-missing", "it states no CRS"))?;
            let transform = facts
                .transform
                .filter(|transform| transform.is_north_up())
                .ok_or_else(|| refused("off-grid", "it is not north-up, or not georeferenced"))?;
            let crs = ask(text)?;
            let t = transform.0;
            let name = crs.authority.clone().unwrap_or_else(|| crs.wkt.clone());
            let grid =
                Grid { crs: name, origin: [t[0], t[3]], resolution: [t[1], -t[5]], size: [facts.width, facts.height] };
            Ok((grid, crs))
        }
    }
}

/// The nodata value that all parts of a layer share.
fn common_nodata(layer: &PlannedLayer) -> Option<i32> {
    let mut parts = layer.input_sets.iter().flatten();
    let first = parts.next()?.nodata;
    parts.all(|part| part.nodata == first).then_some(first).flatten()
}

/// A number in a rule that is the layer's own nodata means nothing too.
fn apply_nodata(table: &mut RuleTable, nodata: &[Option<i32>]) {
    for rule in &mut table.rules {
        let Rule { conditions, unless, .. } = rule;
        for condition in conditions.iter_mut().chain(unless.iter_mut().flat_map(|exception| &mut exception.when)) {
            condition.values = std::mem::take(&mut condition.values).with_nodata(nodata[condition.layer]);
        }
    }
}

fn check_named(pipeline: &Pipeline, named: &NamedValue, nodata: &[Option<i32>]) -> Option<Finding> {
    let layer: LayerId = named.layer;
    if nodata[layer] == Some(named.value) {
        return None;
    }
    let name = &pipeline.layers[layer].name;
    let own = nodata[layer].map_or("it has none".to_owned(), |value| format!("that is {value}"));
    let message = format!("{} is no class of {name}, nor its nodata ({own})", named.value);
    let mend = match pipeline.declared(layer) {
        Some(declared) => format!("{name} holds {declared}; write `none` for nothing"),
        None => "write `none` for nothing".to_owned(),
    };
    let mut finding = Finding::error("unknown-class", message).with_layer(name).with_rule(named.rule).with_mend(mend);
    finding.part = Some(named.part.clone());
    Some(finding.at(named.place.clone()))
}

fn areas_of(grid: &Grid, crs: &CrsFacts, oracle: &dyn Oracle) -> Result<AreasFrom, Refused> {
    if crs.geographic {
        return Ok(AreasFrom::Rows);
    }
    let numbers = oracle.scratch("areas.bin");
    let question = Question::Areas(AreasQuestion { grid: grid.clone(), cell: AREA_CELL, out: numbers.clone() });
    match oracle.ask(question)? {
        Answer::Areas(facts) => Ok(AreasFrom::Cells { numbers, across: facts.cells_across }),
        other => Err(unexpected(&other)),
    }
}
