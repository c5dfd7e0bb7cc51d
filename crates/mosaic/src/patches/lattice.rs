//! The lattice at whose lines patches are cut.

use mutirao_core::grid::Window;

/// Pixels on a side of a cell of a release's lattice.
pub const SIDE: u32 = 4096;

/// Square cells from the upper left corner of the coverage; the last ones of a row or column may be smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lattice {
    size: [u32; 2],
    side: u32,
}

/// A side of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// Its first row.
    North,
    /// Its last row.
    South,
    /// Its first column.
    West,
    /// Its last column.
    East,
}

impl Side {
    /// All of them.
    pub const ALL: [Side; 4] = [Side::North, Side::South, Side::West, Side::East];

    /// The side that the neighbour on this side has in common with the cell.
    pub fn opposite(self) -> Side {
        match self {
            Side::North => Side::South,
            Side::South => Side::North,
            Side::West => Side::East,
            Side::East => Side::West,
        }
    }
}

impl Lattice {
    /// The lattice of a coverage of `size` columns and rows.
    ///
    /// # Panics
    /// Where the side is 0 or above 65,535: places in a cell are numbers of 16 bits.
    pub fn new(size: [u32; 2], side: u32) -> Self {
        assert!((1..=u32::from(u16::MAX)).contains(&side), "a lattice of {side} pixels");
        Lattice { size, side }
    }

    /// How many cells there are. They are numbered row by row.
    pub fn cells(&self) -> usize {
        self.across() * self.size[1].div_ceil(self.side) as usize
    }

    fn across(&self) -> usize {
        self.size[0].div_ceil(self.side) as usize
    }

    /// The pixels of a cell.
    pub fn window(&self, cell: usize) -> Window {
        let [col, row] = [cell % self.across(), cell / self.across()].map(|at| at as u32 * self.side);
        Window { col, row, width: self.side.min(self.size[0] - col), height: self.side.min(self.size[1] - row) }
    }

    /// The cell on the other side of one of a cell's sides; none at the coverage's edge.
    pub fn neighbour(&self, cell: usize, side: Side) -> Option<usize> {
        let col = cell % self.across();
        match side {
            Side::North => cell.checked_sub(self.across()),
            Side::South => Some(cell + self.across()).filter(|cell| *cell < self.cells()),
            Side::West => (col > 0).then(|| cell - 1),
            Side::East => (col + 1 < self.across()).then(|| cell + 1),
        }
    }
}
