//! A vector file as a raster on the grid, drawn block by block as it is asked for.

use std::collections::{BTreeMap, HashSet};

use mutirao_core::{
    crosswalk::Target,
    grid::Grid,
    pipeline::{Member, Overlap},
    raster::{Block, BlockContent, BlockIndex, DType, Interleave, RasterFacts, RasterSource, ReadError, Samples},
};
use mutirao_mosaic::zones::{NO_ZONE, Zones};

use crate::plan::Feature;

/// Pixels on a side of a block.
const BLOCK: u32 = 512;

/// Polygons with a value, as a raster of uint16.
pub struct VectorSource {
    facts: RasterFacts,
    zones: Zones,
    /// By zone.
    values: Vec<u16>,
    /// The value of pixels in no polygon; no polygon has it.
    nothing: u16,
    overlap: Overlap,
}

impl VectorSource {
    /// Draws features whose first attribute gives the value, through the member's crosswalk if it has one.
    ///
    /// # Errors
    /// A text that is on no line of the crosswalk, or no whole number where there is none; how many features hold it.
    pub fn new(grid: &Grid, features: &[Feature], member: &Member, file_bytes: u64) -> Result<Self, String> {
        let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
        let mut values = Vec::new();
        let mut polygons = Vec::new();
        for feature in features {
            let text = feature.attributes.first().and_then(Option::as_deref).unwrap_or("");
            match value_of(text, member) {
                Some(Target::Nothing) => {}
                Some(Target::Class(value)) => {
                    polygons.push((values.len() as u32, &feature.geometry));
                    values.push(value);
                }
                None => *unknown.entry(text.to_owned()).or_default() += 1,
            }
        }
        if !unknown.is_empty() {
            let list: Vec<String> =
                unknown.iter().map(|(text, count)| format!("\"{text}\" ({count} features)")).collect();
            return Err(format!("values that are no class: {}", list.join(", ")));
        }
        let used: HashSet<u16> = values.iter().copied().collect();
        let nothing =
            (0..=u16::MAX).rev().find(|value| !used.contains(value)).ok_or("every value of uint16 is in use")?;
        let facts = RasterFacts {
            width: grid.width(),
            height: grid.height(),
            bands: 1,
            dtype: DType::Uint16,
            block_width: BLOCK,
            block_height: BLOCK,
            interleave: Interleave::Chunky,
            compression: "none".into(),
            nodata: Some(i32::from(nothing)),
            mask: false,
            transform: Some(grid.transform()),
            geo_keys: None,
            band_descriptions: vec![None],
            palette: None,
            file_bytes,
        };
        Ok(VectorSource { facts, zones: Zones::new(grid, BLOCK, polygons), values, nothing, overlap: member.overlap })
    }

    fn draw(&self, index: BlockIndex) -> Result<Vec<u16>, ReadError> {
        let side = BLOCK as usize;
        let [left, top] = [index.col * BLOCK, index.row * BLOCK];
        let bottom = (top + BLOCK).min(self.facts.height);
        let rows = self.zones.rows(top, bottom);
        let mut samples = vec![self.nothing; side * side];
        for row in top..bottom {
            let line = &mut samples[(row - top) as usize * side..][..side];
            let mut runs: Vec<_> = rows.row(row).iter().filter(|run| run.zone != NO_ZONE).collect();
            // Zones are numbered as the features stand in the file, which decides where polygons overlap.
            runs.sort_by_key(|run| run.zone);
            for run in runs {
                let value = self.values[run.zone as usize];
                for col in run.start.max(left)..run.end.min(left + BLOCK) {
                    let pixel = &mut line[(col - left) as usize];
                    if *pixel == self.nothing || self.overlap == Overlap::Last {
                        *pixel = value;
                    } else if *pixel != value && self.overlap == Overlap::Error {
                        let what = format!(
                            "polygons of the values {} and {value} overlap at column {col}, row {row} of the grid; say `overlap: first` or `last` on the layer",
                            *pixel
                        );
                        return Err(ReadError::Corrupt { index, what });
                    }
                }
            }
        }
        Ok(samples)
    }
}

fn value_of(text: &str, member: &Member) -> Option<Target> {
    match &member.crosswalk {
        Some(crosswalk) => crosswalk.text(text),
        None => text.trim().parse().ok().map(Target::Class),
    }
}

impl RasterSource for VectorSource {
    fn facts(&self) -> &RasterFacts {
        &self.facts
    }

    fn read_block(&self, index: BlockIndex) -> Result<Block, ReadError> {
        Ok(Block {
            width: BLOCK,
            height: BLOCK,
            samples_per_pixel: 1,
            content: BlockContent::Samples(Samples::Uint16(self.draw(index)?)),
            valid: None,
        })
    }
}
