//! How often every value of at most 16 bits occurs.

use super::pages::{PAGE, Pages, told};

/// Counts by the bits of a value (an int16 by its two's complement).
#[derive(Debug, Clone, Default)]
pub struct Counts {
    pages: Pages<[u64; PAGE]>,
}

impl Counts {
    /// All values that occur, by their bits ascending, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (u16, u64)> {
        self.pages.iter().flat_map(|(upper, page)| told(upper, *page))
    }

    /// How many pixels in all.
    pub fn total(&self) -> u64 {
        self.iter().map(|(_, count)| count).sum()
    }

    /// Adds what another counted.
    pub fn merge(&mut self, other: &Counts) {
        for (upper, page) in other.pages.iter() {
            let own = self.pages.page(upper, &[0; PAGE]);
            own.iter_mut().zip(page).for_each(|(own, other)| *own += other);
        }
    }

    /// Adds a value so many times.
    pub fn add(&mut self, bits: u16, times: u64) {
        let [upper, lower] = bits.to_be_bytes();
        self.pages.page(upper, &[0; PAGE])[usize::from(lower)] += times;
    }
}

impl PartialEq for Counts {
    fn eq(&self, other: &Counts) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Counts {}
