//! What tokens cost in sixteenths of a bit, as far as it is known before the code is made.

use super::symbols::{Counts, DISTANCES, END, LONGEST, distance, length};

#[derive(Debug, Clone)]
pub(super) struct Costs {
    literals: [u16; 256],
    lengths: [u16; LONGEST + 1],
    distances: [u16; DISTANCES],
    pub(super) edge: i32,
    pub(super) byte: i32,
}

impl Default for Costs {
    fn default() -> Self {
        let mut costs = Costs {
            literals: [5 * 16; 256],
            lengths: [0; LONGEST + 1],
            distances: [0; DISTANCES],
            edge: 7 * 16,
            byte: 16,
        };
        for len in 3..=LONGEST {
            let part = length(len);
            costs.lengths[len] = 16 * (4 + part.extra as u16);
        }
        for (symbol, cost) in costs.distances.iter_mut().enumerate() {
            *cost = 16 * (4 + (symbol as u16 / 2).saturating_sub(1));
        }
        costs.distances[0] = 32;
        costs
    }
}

impl Costs {
    #[inline]
    pub(super) fn literal(&self, byte: u8) -> i32 {
        i32::from(self.literals[usize::from(byte)])
    }

    #[inline]
    pub(super) fn copy(&self, len: usize, far: usize) -> i32 {
        i32::from(self.lengths[len]) + i32::from(self.distances[distance(far).symbol])
    }

    /// What it is worth to be past so many edges and bytes.
    #[inline]
    pub(super) fn worth(&self, edges: usize, bytes: usize) -> i32 {
        edges as i32 * self.edge + (bytes as i32 * self.byte) / 16
    }

    pub(super) fn learn(&mut self, counts: &Counts, tokens: usize) {
        let all = log2(tokens as u32 * 4);
        let far = log2(counts.distances.iter().sum::<u32>() * 4 + 4);
        for (cost, n) in self.literals.iter_mut().zip(&counts.litlen) {
            *cost = all - log2(n * 4 + 1).min(all);
        }
        for len in 3..=LONGEST {
            let part = length(len);
            self.lengths[len] = all - log2(counts.litlen[END + 1 + part.symbol] * 4 + 1).min(all) + 16 * part.extra as u16;
        }
        for (symbol, cost) in self.distances.iter_mut().enumerate() {
            *cost = far - log2(counts.distances[symbol] * 4 + 1).min(far) + 16 * (symbol as u16 / 2).saturating_sub(1);
        }
    }
}

/// The binary logarithm in sixteenths, straight lines between powers of two: the same on every machine.
fn log2(n: u32) -> u16 {
    let top = n.ilog2();
    (top * 16 + (((u64::from(n) << 4) >> top) as u32 - 16)) as u16
}
