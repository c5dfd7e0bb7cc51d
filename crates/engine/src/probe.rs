//! One place: what every layer holds there, and what becomes of it, by the very code that makes a tile.

use std::sync::Arc;

use mutirao_core::{grid::Window, pipeline::Pipeline, raster::RasterSource, rule::Role};
use mutirao_mosaic::{
    outcome::Outcome,
    reason::{WhyNot, why_not},
    slot::{Held, SlotMeaning},
};

use crate::{
    buffer::LayerBuffer,
    error::Result,
    file::OpenFile,
    fill::{Inputs, order},
    judge::judges,
    plan::Plan,
    slots::{LayerSlots, assign},
};

/// What a place holds in one period.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The period's place.
    pub period: usize,
    /// By layer: what it holds, and who says so.
    pub layers: Vec<SlotMeaning>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// For prevalence: by rule, why it does not match; none where it does.
    pub rules: Vec<Option<WhyNot>>,
}

/// Looks at one pixel of the grid in every period.
///
/// # Errors
/// Where an input cannot be read.
pub fn probe(
    pipeline: &Pipeline,
    plan: &Plan,
    sources: &[Arc<dyn RasterSource>],
    [col, row]: [u32; 2],
) -> Result<Vec<Probe>> {
    let pixel = Window { col, row, width: 1, height: 1 };
    let files: Vec<OpenFile> = plan
        .files
        .iter()
        .zip(sources)
        .map(|(planned, source)| OpenFile::new(planned, Arc::clone(source), &[pixel]))
        .collect::<Result<_>>()?;
    let slots = assign(plan);
    let meanings: Vec<Vec<SlotMeaning>> = slots.iter().map(|layer| layer.meanings.clone()).collect();
    let judges = judges(pipeline, &plan.table, &meanings);
    let at = At { inputs: Inputs { plan, files: &files, slots: &slots }, files: &files, slots: &slots, pixel };
    let mut probes = Vec::with_capacity(plan.periods.len());
    for (period, judge) in judges.iter().enumerate() {
        let held = at.slots_in(period)?;
        let mut layers: Vec<SlotMeaning> = held.iter().zip(&meanings).map(|(slot, meanings)| meanings[*slot]).collect();
        let outcome = judge.judge(&held);
        let values: Vec<Option<i32>> = layers.iter().map(|meaning| meaning.held.value()).collect();
        let rules =
            (0..plan.table.rules.len()).map(|rule| why_not(&plan.table, rule, period, |layer| values[layer])).collect();
        at.true_numbers(period, &mut layers)?;
        probes.push(Probe { period, layers, outcome, rules });
    }
    Ok(probes)
}

struct At<'a> {
    inputs: Inputs<'a>,
    files: &'a [OpenFile],
    slots: &'a [LayerSlots],
    pixel: Window,
}

impl At<'_> {
    /// The slot of every layer.
    fn slots_in(&self, period: usize) -> Result<Vec<usize>> {
        let plan = self.inputs.plan;
        let mut buffers: Vec<Option<LayerBuffer<u16>>> = vec![None; plan.layers.len()];
        let nothing = LayerBuffer::Constant(0);
        for layer in order(plan) {
            let region = |layer: usize| buffers[layer].as_ref().unwrap_or(&nothing);
            let filled = self.inputs.fill(layer, plan.layers[layer].by_period[period], &self.pixel, region)?;
            buffers[layer] = Some(filled.buffer);
        }
        let slot = |(layer, buffer): (usize, Option<LayerBuffer<u16>>)| {
            buffer.map_or(self.slots[layer].nothing, |buffer| buffer.get(0))
        };
        Ok(buffers.into_iter().enumerate().map(slot).collect())
    }

    /// Value layers share slots between numbers that rules do not tell apart; people want the number itself.
    fn true_numbers(&self, period: usize, layers: &mut [SlotMeaning]) -> Result<()> {
        let plan = self.inputs.plan;
        for (layer, meaning) in layers.iter_mut().enumerate() {
            let Some(set) = plan.layers[layer].by_period[period] else { continue };
            if plan.layers[layer].role != Role::Value || meaning.held == Held::Nothing {
                continue;
            }
            for part in &plan.layers[layer].input_sets[set] {
                if let Some(pixels) = self.files[part.file].read(part, &self.pixel)?
                    && let Some(value) = (!pixels.samples.is_empty()).then(|| pixels.samples.get(0))
                    && part.nodata != Some(value)
                {
                    meaning.held = Held::Value(value);
                    break;
                }
            }
        }
        Ok(())
    }
}
