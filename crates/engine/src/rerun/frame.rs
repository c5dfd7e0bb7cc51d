//! The frame: what concerns all tiles alike. Where any of it changed, all tiles are made again.

use mutirao_core::{
    pipeline::{Compression, ResampleMethod},
    sink::TileSamples,
};
use serde::{Deserialize, Serialize};

use super::{Subject, digest::Mixer};
use crate::{areas::AreaFactors, error::Result, product::bands, territories::KindFrom};

/// Raised whenever what is recorded, or how tiles are made of the same inputs, changes.
pub const FORMAT: u32 = 1;

/// What concerns all tiles: names and values, in an order of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame(Vec<(String, String)>);

impl Frame {
    /// Of a network.
    ///
    /// # Errors
    /// Where the true areas cannot be read, or the encoder fails.
    pub fn of(subject: &Subject<'_>) -> Result<Self> {
        let Subject { pipeline, plan, .. } = *subject;
        let outputs = &pipeline.outputs;
        let compression = match outputs.compression {
            Compression::Deflate(level) => format!("deflate {level}"),
            Compression::Zstd(level) => format!("zstd {level}"),
        };
        let overviews = match outputs.overviews {
            ResampleMethod::Mode => "mode",
            ResampleMethod::Nearest => "nearest",
        };
        let mut areas = Mixer::default();
        AreaFactors::of(plan)?.put(|number| {
            areas.bytes(&number.to_le_bytes());
        });
        let all = [
            ("mutirao itself", format!("{} {FORMAT}", env!("CARGO_PKG_VERSION"))),
            ("the grid", plan.grid.to_string() + &format!("{:?}", plan.grid)),
            ("the true areas of pixels", format!("{:032x}", areas.finish())),
            ("the periods", plan.periods.join("|")),
            ("outputs.tile", outputs.tile.to_string()),
            ("outputs.sheet", outputs.sheet.to_string()),
            ("outputs.compression", compression),
            ("outputs.overviews", overviews.to_owned()),
            ("the bands of the rasters", format!("{:?}", bands(pipeline, plan))),
            ("outputs.transitions", outputs.transitions.to_string()),
            ("the kinds of territories", kinds(subject)),
            (ENCODER, encoded(subject)?),
        ];
        Ok(Frame(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
    }

    /// What is not the same in another frame, in words; none where all is.
    pub fn differs(&self, other: &Frame) -> Option<String> {
        let same = |name: &(String, String)| other.0.contains(name);
        let mut differing: Vec<&str> =
            self.0.iter().filter(|name| !same(name)).map(|(name, _)| name.as_str()).collect();
        // Another tile or level gives other bytes: that is said already.
        if differing.len() > 1 {
            differing.retain(|name| *name != ENCODER);
        }
        match differing[..] {
            [] if self.0.len() == other.0.len() => None,
            [] => Some("the record is of another form".to_owned()),
            _ => Some(format!("{} changed", differing.join(", "))),
        }
    }
}

const ENCODER: &str = "the bytes that the compressor gives";

fn kinds(subject: &Subject<'_>) -> String {
    let Subject { plan, kinds, .. } = *subject;
    let from = |from: KindFrom| match from {
        KindFrom::Polygons => "polygons".to_owned(),
        KindFrom::Layer(layer) => format!("layer {:?}", plan.layers[layer].name),
        KindFrom::Crossing([first, second]) => format!("{:?} x {:?}", kinds[first].name, kinds[second].name),
    };
    let words: Vec<String> = kinds.iter().map(|kind| format!("{:?}: {}", kind.name, from(kind.from))).collect();
    words.join("|")
}

/// What the encoder makes of a tile of small patches: another version of the codec may write other bytes for the same samples.
fn encoded(subject: &Subject<'_>) -> Result<String> {
    let side = subject.pipeline.outputs.tile;
    let samples: Vec<u8> = (0..side * side).map(|at| patchwork(at % side, at / side)).collect();
    let mut mixer = Mixer::default();
    mixer.bytes(&subject.encoder.encode(TileSamples::Uint8(&samples))?);
    if bands(subject.pipeline, subject.plan).iter().any(|band| band.wide) {
        let wide: Vec<u16> = samples.iter().map(|sample| u16::from(*sample) * 257).collect();
        mixer.bytes(&subject.encoder.encode(TileSamples::Uint16(&wide))?);
    }
    Ok(format!("{:032x}", mixer.finish()))
}

fn patchwork(col: u32, row: u32) -> u8 {
    let patch = (col / 7).wrapping_mul(0x9E37_79B9) ^ (row / 5).wrapping_mul(0x85EB_CA6B);
    (patch.wrapping_mul(0xC2B2_AE35) >> 27) as u8
}
