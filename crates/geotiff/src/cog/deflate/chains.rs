//! Edges that look alike, nearest first.

const BITS: u32 = 13;

/// Chains of edges by class before, class after, length of the run after, and the class behind that.
#[derive(Debug, Default)]
pub(super) struct Chains {
    heads: Vec<u32>,
    before: Vec<u32>,
}

impl Chains {
    pub(super) fn clear(&mut self, edges: usize) {
        self.heads.clear();
        self.heads.resize(1 << BITS, 0);
        self.before.resize(edges, 0);
    }

    /// The edge before with the same key, 0 where there is none.
    #[inline]
    pub(super) fn before(&self, edge: u32) -> u32 {
        self.before[edge as usize]
    }

    #[inline]
    pub(super) fn first(&self, data: &[u8], sample: usize, list: &[u32], edge: usize) -> u32 {
        key(data, sample, list, edge).map_or(0, |key| self.heads[key])
    }

    #[inline]
    pub(super) fn insert(&mut self, data: &[u8], sample: usize, list: &[u32], edge: usize) {
        if let Some(key) = key(data, sample, list, edge) {
            self.before[edge] = self.heads[key];
            self.heads[key] = edge as u32;
        }
    }
}

#[inline]
fn key(data: &[u8], sample: usize, list: &[u32], edge: usize) -> Option<usize> {
    let (this, then) = (list[edge] as usize, list[edge + 1] as usize);
    let around: [u8; 2] = [data[this - sample], *data.get(this)?];
    let behind = *data.get(then)?;
    let all = u32::from_le_bytes([around[0], around[1], behind, 0]) | ((then - this) as u32) << 24;
    Some((all.wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize)
}
