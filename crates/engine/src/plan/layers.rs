//! Which bands speak for which layer in which period.

use mutirao_core::{
    finding::Finding,
    pipeline::{BandSpec, Layer, Member, Missing, NodataSpec, PeriodInput, Pipeline},
    raster::{BlockContent, BlockIndex, RasterFacts, RasterSource},
    rule::Role,
};

use super::{Carried, Part, PlannedLayer, PlannedMember, Refused, bands::find_band, files::Files, files::misses_grid};

/// Plans one layer; what is wrong with it goes to `findings`.
pub(super) fn plan_layer(
    pipeline: &Pipeline,
    layer: &Layer,
    first_source: u16,
    files: &mut Files<'_>,
    findings: &mut Vec<Finding>,
) -> PlannedLayer {
    let members = layer.members.iter().enumerate().map(|(index, member)| PlannedMember {
        source: first_source + index as u16,
        // The crosswalk of a vector was applied when it was drawn.
        crosswalk: member.crosswalk.clone().filter(|_| member.attribute.is_none()),
        declared: member.declared(layer.role, &pipeline.legend),
        area: member.area.clone(),
        overlap: member.overlap,
    });
    let mut planned = PlannedLayer {
        name: layer.name.clone(),
        role: layer.role,
        members: members.collect(),
        fallback: layer.fallback.clone(),
        input_sets: Vec::new(),
        by_period: Vec::new(),
        carried: Vec::new(),
    };
    let mut by_period: Vec<Vec<Part>> = vec![Vec::new(); pipeline.periods.len()];
    for (index, member) in layer.members.iter().enumerate() {
        let mut work = MemberPlan { pipeline, layer, member, index, files, findings };
        work.check_static();
        for (period, speaking) in work.speaking().into_iter().enumerate() {
            by_period[period].extend(speaking.parts);
            planned.carried.extend(speaking.from.map(|from| Carried { period, member: index, from }));
        }
    }
    for parts in by_period {
        let set = match planned.input_sets.iter().position(|known| *known == parts) {
            _ if parts.is_empty() => None,
            Some(known) => Some(known),
            None => {
                planned.input_sets.push(parts);
                Some(planned.input_sets.len() - 1)
            }
        };
        planned.by_period.push(set);
    }
    check_meets_grid(layer, &planned, files, findings);
    planned
}

struct MemberPlan<'w, 'f> {
    pipeline: &'w Pipeline,
    layer: &'w Layer,
    member: &'w Member,
    index: usize,
    files: &'w mut Files<'f>,
    findings: &'w mut Vec<Finding>,
}

/// What speaks for a member in a period.
#[derive(Debug, Clone, Default)]
struct Speaking {
    parts: Vec<Part>,
    /// The period that they are of, if they were carried forward.
    from: Option<usize>,
}

impl Speaking {
    /// The same for a later period; `of` is the period that these speak for.
    fn carried(&self, of: usize) -> Speaking {
        Speaking { parts: self.parts.clone(), from: self.from.or(Some(of)) }
    }
}

impl MemberPlan<'_, '_> {
    fn refuse(&mut self, refused: Refused) {
        let finding = Finding::error(&refused.code, refused.message)
            .with_layer(&self.layer.name)
            .at(self.member.source_place.clone())
            .with_mend(refused.mend);
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// One band that speaks for several periods must be said to be static, but for regions and values.
    fn check_static(&mut self) {
        let member = self.member;
        let own: Vec<&PeriodInput> = member.inputs.iter().filter(|input| input.carried_from.is_none()).collect();
        let shared = own.windows(2).any(|pair| pair[0].files == pair[1].files);
        if !shared || member.is_static || self.layer.role != Role::Class || member.band != BandSpec::Auto {
            return;
        }
        let Some(file) = own.first().and_then(|input| input.files.first()) else { return };
        if let Ok(opened) = self.files.open(file)
            && opened.source.facts().bands == 1
        {
            self.refuse(Refused {
                code: "static-needed".into(),
                message: format!("{} has one band and would speak for {} periods", file.display(), own.len()),
                mend: "say `static: true` if it holds in all of them, `periods:` for those it speaks for, or put {period} into `source`".into(),
            });
        }
    }

    /// By period of the pipeline: what speaks.
    fn speaking(&mut self) -> Vec<Speaking> {
        let mut by_period: Vec<Speaking> = vec![Speaking::default(); self.pipeline.periods.len()];
        let member = self.member;
        for input in &member.inputs {
            by_period[input.period] = match input.carried_from {
                Some(from) if by_period[from].parts.is_empty() => Speaking::default(),
                Some(from) => by_period[from].carried(from),
                None => match self.parts_of(input) {
                    Ok(parts) => Speaking { parts, from: None },
                    Err(no_bands) => self.without_band(input.period, no_bands, &by_period),
                },
            };
        }
        by_period
    }

    /// What speaks for a period of which no file has a band, for these reasons.
    fn without_band(&mut self, period: usize, no_bands: Vec<String>, by_period: &[Speaking]) -> Speaking {
        let before = by_period[..period].iter().rposition(|earlier| !earlier.parts.is_empty());
        let (more, mend) = match (self.member.missing, before) {
            (Missing::Nothing, _) => return Speaking::default(),
            (Missing::Previous, Some(of)) => return by_period[of].carried(of),
            (Missing::Previous, None) => (
                "; no earlier period has one to carry forward",
                "say `band:` or `bands:`, let `periods:` begin with the first that it has, or say `missing: nothing`",
            ),
            (Missing::Error, _) => {
                ("", "say `band:` or `bands:`, leave the period out of `periods:`, or say `missing: nothing`")
            }
        };
        for message in no_bands {
            let message = format!("{message}{more}");
            self.refuse(Refused { code: "missing-period".into(), message, mend: mend.into() });
        }
        Speaking::default()
    }

    /// The parts of a period with files of its own; where none of them has a band, why.
    fn parts_of(&mut self, input: &PeriodInput) -> Result<Vec<Part>, Vec<String>> {
        let label = &self.pipeline.periods[input.period].label;
        let mut parts = Vec::with_capacity(input.files.len());
        let mut no_bands = Vec::new();
        for path in &input.files {
            let file = match self.files.place(path, self.member) {
                Ok(file) => file,
                Err(refused) => {
                    self.refuse(refused);
                    continue;
                }
            };
            let facts = self.files.planned[file].facts.clone();
            match find_band(&self.member.band, &facts, input.period, label) {
                Ok(band) => {
                    let nodata = self.nodata(path, file, band, &facts);
                    parts.push(Part { member: self.index, file, band, nodata });
                }
                Err(no_band) => no_bands.push(format!("{} has no band for {label}: {}", path.display(), no_band.0)),
            }
        }
        if parts.is_empty() && !no_bands.is_empty() {
            return Err(no_bands);
        }
        for no_band in no_bands {
            self.refuse(Refused {
                code: "missing-period".into(),
                message: format!("{no_band}; other files of the layer have one"),
                mend: "put the band into the file: a part of a period is never left out silently".into(),
            });
        }
        Ok(parts)
    }

    fn nodata(&mut self, path: &std::path::Path, file: usize, band: u16, facts: &RasterFacts) -> Option<i32> {
        match self.member.nodata {
            _ if self.member.attribute.is_some() => facts.nodata,
            NodataSpec::None => None,
            NodataSpec::Value(value) => Some(value),
            NodataSpec::File if facts.nodata.is_some() || facts.mask => facts.nodata,
            NodataSpec::File => {
                let present = values_present(self.files.sources[file].as_ref(), band);
                self.refuse(Refused {
                    code: "nodata-missing".into(),
                    message: format!("{} declares no nodata; it holds {present}", path.display()),
                    mend: "say `nodata:` on the layer: the value that means nothing, or `none` if every pixel speaks"
                        .into(),
                });
                None
            }
        }
    }
}

/// The values that a band holds, for a message; read from at most 64 blocks.
fn values_present(source: &dyn RasterSource, band: u16) -> String {
    let facts = source.facts();
    let chunky = facts.interleave == mutirao_core::raster::Interleave::Chunky;
    let mut values = std::collections::BTreeSet::new();
    let blocks = (0..facts.blocks_down()).flat_map(|row| (0..facts.blocks_across()).map(move |col| (col, row)));
    let total = u64::from(facts.blocks_across()) * u64::from(facts.blocks_down());
    for (col, row) in blocks.take(64) {
        let index = BlockIndex { band: if chunky { 0 } else { band }, col, row };
        let Ok(block) = source.read_block(index) else { continue };
        if block.content == BlockContent::Empty {
            continue;
        }
        let samples = block.samples(facts);
        let [across, per_pixel] = [block.width as usize, usize::from(block.samples_per_pixel)];
        // What lies beyond the edges is padding.
        let there = (facts.width - col * facts.block_width).min(block.width) as usize;
        let down = (facts.height - row * facts.block_height).min(block.height) as usize;
        for y in 0..down {
            let offset = if chunky { usize::from(band) } else { 0 };
            values.extend((0..there).map(|x| samples.get((y * across + x) * per_pixel + offset)));
        }
    }
    let shown: Vec<String> = values.iter().take(12).map(i32::to_string).collect();
    let more = if values.len() > 12 { format!(", ... {}", values.last().unwrap_or(&0)) } else { String::new() };
    let scope = if total > 64 { " (in its first 64 blocks)" } else { "" };
    format!("{} values: {}{more}{scope}", values.len(), shown.join(", "))
}

fn check_meets_grid(layer: &Layer, planned: &PlannedLayer, files: &Files<'_>, findings: &mut Vec<Finding>) {
    let mut parts = planned.input_sets.iter().flatten().peekable();
    if parts.peek().is_some() && parts.all(|part| misses_grid(&files.planned[part.file], files.grid)) {
        let finding =
            Finding::error("misses-grid", format!("no file of the layer {} shares a pixel with the grid", layer.name));
        findings.push(
            finding
                .with_layer(&layer.name)
                .at(layer.place.clone())
                .with_mend("check `grid.origin` ([east, north] of the upper left corner) against the layer's extent"),
        );
    }
}
