//! Reruns in proportion to change: tiles of which nothing changed are taken over from an earlier release, bit for bit.
//!
//! A run leaves a [`Record`]: of every input block a digest, of every tile a key of what it was made of, what its pixels held in every
//! period, what became of it, and what was counted. A [`Survey`] before the next run says which tiles must be made again, and why:
//!
//! - what concerns all tiles (grid, periods, bands, compression: the frame) is the same, or all are made again;
//! - a tile whose layers have other blocks, or give them another meaning, is made again; so is one whose territories lie elsewhere;
//! - where the rules are others, what the tile holds is judged again: only where an outcome differs is the tile made again.
//!
//! Nothing here decides by time or name alone: a record that cannot be trusted only means that everything is made anew.

mod bytes;
mod changes;
mod digest;
mod frame;
mod judging;
mod kept;
mod keys;
mod places;
mod record;
mod recorder;
mod survey;
mod tile;
mod vocabulary;
mod zones;

pub use changes::{Cause, Changes};
pub use digest::{Digest, digest};
pub use kept::{EarlierTiles, Kept};
pub use record::{Broken, Identity, Record};
pub use recorder::{Recorded, Recorder};
pub use survey::{Subject, Survey};
pub(crate) use tile::{HeldSoFar, TileRecord};
pub(crate) use zones::ZoneKeys;

/// What a run needs for taking over and for recording.
#[derive(Clone, Copy)]
pub struct Rerun<'a> {
    /// The survey of the very plan that is run.
    pub survey: &'a Survey,
    /// The record that was surveyed with and the release that it is of; none where all tiles are made.
    pub earlier: Option<(&'a Record, &'a dyn EarlierTiles)>,
}
