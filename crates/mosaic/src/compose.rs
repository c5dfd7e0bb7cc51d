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
    marks: Vec<u8>,
    buckets: Vec<u32>,
    /// How many runs the last tile had.
    runs: usize,
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

    let mut combinations = Combinations::new(layers, &varying, &mut scratch.buckets);
    // Neighbouring tiles are alike.
    let mut runs = Runs::with_room(width, height, scratch.runs);
    for row in 0..height {
        let first = row * width;
        mark_changes(&varying, first, width, &mut scratch.marks);
        let mut start = 0;
        // Where a layer changes the combination does, so runs never join.
        each_mark(&scratch.marks, |end| {
            let (at, len) = (first + start, end - start);
            let of = combinations.find(at, &judge);
            combinations.pixels[of as usize] += len as u64;
            runs.push_apart(Run { start: at as u32, len: len as u32, of });
            start = end;
        });
        runs.end_row();
    }
    let Combinations { slots, outcomes, pixels, .. } = combinations;
    scratch.runs = runs.len();
    Composed { layers: layers.len(), slots, outcomes, pixels, runs }
}

/// Marks (with 1) the end of every run of a row: `marks[col]` where a layer differs between the columns `col - 1` and `col`, and at the end
/// of the row.
fn mark_changes<S: Slot>(varying: &[(usize, &[S])], first: usize, width: usize, marks: &mut Vec<u8>) {
    marks.clear();
    marks.resize(width + 1, 0);
    for (_, slots) in varying {
        let line = &slots[first..first + width];
        for (mark, pair) in marks[1..].iter_mut().zip(line.windows(2)) {
            *mark |= u8::from(pair[0] != pair[1]);
        }
    }
    marks[width] = 1;
}

/// Calls `at` for the place of every mark. Eight places are looked at at once, since most of them have none.
fn each_mark(marks: &[u8], mut at: impl FnMut(usize)) {
    let (eights, rest) = marks.as_chunks::<8>();
    for (index, eight) in eights.iter().enumerate() {
        let mut left = u64::from_le_bytes(*eight);
        while left != 0 {
            at(index * 8 + left.trailing_zeros() as usize / 8);
            left &= left - 1;
        }
    }
    let seen = eights.len() * 8;
    rest.iter().enumerate().filter(|(_, mark)| **mark != 0).for_each(|(place, _)| at(seen + place));
}

/// The combinations met so far, found by hash.
struct Combinations<'a, S> {
    varying: &'a [(usize, &'a [S])],
    /// The slots of the combination at hand; the constant ones stand already.
    at_hand: Vec<usize>,
    /// The varying slots of the pixel at hand, packed into words.
    key: Vec<u64>,
    buckets: &'a mut Vec<u32>,
    /// By combination: its packed slots.
    keys: Vec<u64>,
    slots: Vec<usize>,
    outcomes: Vec<Outcome>,
    pixels: Vec<u64>,
}

const FREE: u32 = u32::MAX;

impl<'a, S: Slot> Combinations<'a, S> {
    /// Slots in a word.
    const PER_WORD: usize = (u64::BITS / S::BITS) as usize;

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
            key: vec![0; varying.len().div_ceil(Self::PER_WORD)],
            buckets,
            keys: Vec::new(),
            slots: Vec::new(),
            outcomes: Vec::new(),
            pixels: Vec::new(),
        }
    }

    /// The combination at a pixel; a new one is judged.
    fn find(&mut self, pixel: usize, judge: &impl Fn(&[usize]) -> Outcome) -> u32 {
        for (word, layers) in self.key.iter_mut().zip(self.varying.chunks(Self::PER_WORD)) {
            *word = layers.iter().fold(0, |word, (_, slots)| word << S::BITS | slots[pixel].index() as u64);
        }
        let words = self.key.len();
        let mut bucket = hash(&self.key) as usize & (self.buckets.len() - 1);
        loop {
            match self.buckets[bucket] {
                FREE => break,
                found if same(&self.keys[found as usize * words..][..words], &self.key) => return found,
                _ => bucket = (bucket + 1) & (self.buckets.len() - 1),
            }
        }
        self.add(bucket, pixel, judge)
    }

    fn add(&mut self, bucket: usize, pixel: usize, judge: &impl Fn(&[usize]) -> Outcome) -> u32 {
        for (layer, slots) in self.varying {
            self.at_hand[*layer] = slots[pixel].index();
        }
        let new = self.outcomes.len() as u32;
        self.buckets[bucket] = new;
        self.keys.extend_from_slice(&self.key);
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
        // Without a layer that varies there is one combination, and nothing grows.
        for (index, key) in self.keys.chunks_exact(self.key.len().max(1)).enumerate() {
            let mut bucket = hash(key) as usize & (size - 1);
            while self.buckets[bucket] != FREE {
                bucket = (bucket + 1) & (size - 1);
            }
            self.buckets[bucket] = index as u32;
        }
    }
}

/// Whether two keys of one or two words, as most are, are equal; a call to compare memory would cost more than that.
#[inline]
fn same(one: &[u64], other: &[u64]) -> bool {
    one.iter().zip(other).all(|(a, b)| a == b)
}

/// A multiplicative hash (Fibonacci hashing), whose low bits depend on all of the key.
#[inline]
fn hash(key: &[u64]) -> u64 {
    key.iter().fold(0, |hash, word| {
        let product = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        product ^ (product >> 32)
    })
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
