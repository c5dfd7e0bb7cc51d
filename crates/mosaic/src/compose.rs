//! Composing a tile: the pixels of all layers become runs of equal combinations, and every combination is judged once.
//!
//! A run is a stretch of one row in which no layer changes. A tile of real land cover has few combinations and long runs, so
//! everything after this step (painting, counting, histograms) costs by the run and not by the pixel.

use crate::{
    outcome::Outcome,
    runs::{Run, Runs},
    slot::{LayerTile, Slot},
};

/// A composed tile.
#[derive(Debug)]
pub struct Composed {
    layers: usize,
    /// Combinations, `layers` slots each.
    slots: Vec<usize>,
    outcomes: Vec<Outcome>,
    pixels: Vec<u64>,
    runs: Runs,
}

impl Composed {
    /// What became of every combination.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The slots of a combination, one a layer.
    pub fn slots(&self, combination: usize) -> &[usize] {
        &self.slots[combination * self.layers..][..self.layers]
    }

    /// How many pixels hold a combination.
    pub fn pixels(&self, combination: usize) -> u64 {
        self.pixels[combination]
    }

    /// The runs, which cover every row; each holds a combination, as an index into [`Composed::outcomes`].
    pub fn runs(&self) -> &Runs {
        &self.runs
    }
}

/// What [`compose`] needs again and again: kept by a worker from tile to tile.
#[derive(Debug, Default)]
pub struct Scratch {
    changes: Vec<u8>,
    buckets: Vec<u32>,
}

/// Composes a tile of `width` x `height` pixels. `judge` gets the slots of a combination, one a layer, and is asked once for each.
///
/// # Panics
/// Where a layer's slots are not `width * height`: a bug of the caller.
pub fn compose<S: Slot>(
    width: usize,
    height: usize,
    layers: &[LayerTile<'_, S>],
    scratch: &mut Scratch,
    judge: impl Fn(&[usize]) -> Outcome,
) -> Composed {
    let varying: Vec<(usize, &[S])> = layers
        .iter()
        .enumerate()
        .filter_map(|(layer, tile)| match tile {
            LayerTile::Pixels(slots) => Some((layer, *slots)),
            LayerTile::Constant(_) => None,
        })
        .collect();
    assert!(varying.iter().all(|(_, slots)| slots.len() == width * height), "a layer's tile has another size");
    mark_changes(width, height, &varying, &mut scratch.changes);

    let mut combinations = Combinations::new(layers, &varying, &mut scratch.buckets);
    let mut runs = Runs::new(width);
    for row in 0..height {
        let first = row * width;
        let changes = &scratch.changes[first..first + width];
        let mut at = 0;
        while at < width {
            let len = 1 + changes[at + 1..].iter().position(|change| *change != 0).unwrap_or(width - at - 1);
            let combination = combinations.find(first + at, &judge);
            combinations.pixels[combination as usize] += len as u64;
            runs.push(Run { start: (first + at) as u32, len: len as u32, of: combination });
            at += len;
        }
        runs.end_row();
    }
    let Combinations { slots, outcomes, pixels, .. } = combinations;
    Composed { layers: layers.len(), slots, outcomes, pixels, runs }
}

/// Marks every pixel at which a layer differs from its left neighbour. The first pixel of a row needs no mark.
fn mark_changes<S: Slot>(width: usize, height: usize, varying: &[(usize, &[S])], changes: &mut Vec<u8>) {
    changes.clear();
    changes.resize(width * height, 0);
    for (_, slots) in varying {
        for (change, pair) in changes[1..].iter_mut().zip(slots.windows(2)) {
            *change |= u8::from(pair[0] != pair[1]);
        }
    }
}

/// The combinations met so far, found by hash.
struct Combinations<'a, S> {
    varying: &'a [(usize, &'a [S])],
    /// The slots of the combination at hand; the constant ones stand already.
    at_hand: Vec<usize>,
    buckets: &'a mut Vec<u32>,
    slots: Vec<usize>,
    outcomes: Vec<Outcome>,
    pixels: Vec<u64>,
}

const FREE: u32 = u32::MAX;

impl<'a, S: Slot> Combinations<'a, S> {
    fn new(layers: &[LayerTile<'_, S>], varying: &'a [(usize, &'a [S])], buckets: &'a mut Vec<u32>) -> Self {
        let constant = |tile: &LayerTile<'_, S>| match tile {
            LayerTile::Constant(slot) => slot.index(),
            LayerTile::Pixels(_) => 0,
        };
        buckets.clear();
        buckets.resize(256, FREE);
        Combinations {
            varying,
            at_hand: layers.iter().map(constant).collect(),
            buckets,
            slots: Vec::new(),
            outcomes: Vec::new(),
            pixels: Vec::new(),
        }
    }

    /// The combination at a pixel; a new one is judged.
    fn find(&mut self, pixel: usize, judge: &impl Fn(&[usize]) -> Outcome) -> u32 {
        let mut hash = 0u64;
        for (layer, slots) in self.varying {
            let slot = slots[pixel].index();
            self.at_hand[*layer] = slot;
            hash = mix(hash, slot);
        }
        let layers = self.at_hand.len();
        let mut bucket = hash as usize & (self.buckets.len() - 1);
        loop {
            match self.buckets[bucket] {
                FREE => break,
                found if self.slots[found as usize * layers..][..layers] == self.at_hand[..] => return found,
                _ => bucket = (bucket + 1) & (self.buckets.len() - 1),
            }
        }
        let new = self.outcomes.len() as u32;
        self.buckets[bucket] = new;
        self.slots.extend_from_slice(&self.at_hand);
        self.outcomes.push(judge(&self.at_hand));
        self.pixels.push(0);
        if self.outcomes.len() * 2 > self.buckets.len() {
            self.grow();
        }
        new
    }

    fn grow(&mut self) {
        let size = self.buckets.len() * 4;
        self.buckets.clear();
        self.buckets.resize(size, FREE);
        let layers = self.at_hand.len();
        for (index, slots) in self.slots.chunks_exact(layers).enumerate() {
            let hash = self.varying.iter().fold(0, |hash, (layer, _)| mix(hash, slots[*layer]));
            let mut bucket = hash as usize & (size - 1);
            while self.buckets[bucket] != FREE {
                bucket = (bucket + 1) & (size - 1);
            }
            self.buckets[bucket] = index as u32;
        }
    }
}

/// One step of a multiplicative hash: the high bits, where products mix best, are folded down.
fn mix(hash: u64, slot: usize) -> u64 {
    let product = (hash ^ slot as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ (product >> 29)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judge(slots: &[usize]) -> Outcome {
        let class = slots.iter().fold(7u16, |sum, slot| sum.wrapping_mul(31).wrapping_add(*slot as u16));
        Outcome { inside: true, class: Some(class), ..Outcome::OUTSIDE }
    }

    proptest! {
        #[test]
        fn every_pixel_gets_the_outcome_of_its_own_combination(
            width in 1usize..20, height in 1usize..8, layers in 1usize..5, seed in any::<u64>(), spread in 1u64..40,
        ) {
            let mut state = seed | 1;
            let mut next = || { state ^= state << 13; state ^= state >> 7; state ^= state << 17; state };
            let tiles: Vec<Vec<u8>> =
                (0..layers).map(|_| (0..width * height).map(|_| (next() % spread / 3) as u8).collect()).collect();
            let views: Vec<LayerTile<'_, u8>> = tiles
                .iter()
                .map(|tile| if tile.iter().all(|slot| *slot == tile[0]) { LayerTile::Constant(tile[0]) } else { LayerTile::Pixels(tile) })
                .collect();
            let composed = compose(width, height, &views, &mut Scratch::default(), judge);

            let mut seen = 0;
            for row in 0..height {
                for run in composed.runs().row(row) {
                    prop_assert_eq!(run.start as usize, seen);
                    prop_assert_eq!(run.start as usize / width, row);
                    for pixel in seen..seen + run.len as usize {
                        let slots: Vec<usize> = tiles.iter().map(|tile| usize::from(tile[pixel])).collect();
                        prop_assert_eq!(composed.slots(run.of as usize), &slots[..]);
                        prop_assert_eq!(composed.outcomes()[run.of as usize], judge(&slots));
                    }
                    seen += run.len as usize;
                }
            }
            prop_assert_eq!(seen, width * height);
            let counted: u64 = (0..composed.outcomes().len()).map(|combination| composed.pixels(combination)).sum();
            prop_assert_eq!(counted as usize, width * height);
        }
    }
}
