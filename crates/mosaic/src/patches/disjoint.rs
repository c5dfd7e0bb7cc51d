//! Sets of numbers that grow together.

/// Disjoint sets of 0, 1, 2 and so on. A set is known by its smallest number.
#[derive(Debug, Default)]
pub(crate) struct Disjoint {
    parent: Vec<u32>,
}

impl Disjoint {
    /// A further number, in a set of its own.
    pub(crate) fn add(&mut self) -> u32 {
        let new = self.parent.len() as u32;
        self.parent.push(new);
        new
    }

    /// The smallest number of the set that holds `at`. Paths are halved on the way.
    pub(crate) fn find(&mut self, mut at: u32) -> u32 {
        while self.parent[at as usize] != at {
            let above = self.parent[at as usize];
            self.parent[at as usize] = self.parent[above as usize];
            at = self.parent[at as usize];
        }
        at
    }

    /// Makes one set of two and gives its smallest number.
    pub(crate) fn union(&mut self, a: u32, b: u32) -> u32 {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b) as usize] = a.min(b);
        a.min(b)
    }

    /// The sets, numbered by their smallest numbers: for each number that of its set.
    pub(crate) fn into_sets(mut self) -> Vec<u32> {
        let mut sets = 0;
        for at in 0..self.parent.len() {
            // A parent is smaller, so it bears the number of the set already.
            let parent = self.parent[at] as usize;
            self.parent[at] = if parent == at { sets } else { self.parent[parent] };
            sets += u32::from(parent == at);
        }
        self.parent
    }
}
