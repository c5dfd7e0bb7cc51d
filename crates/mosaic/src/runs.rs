//! Runs: what a tile holds, as stretches of its rows.

/// A stretch of one row that holds the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The first pixel, counted row by row from the tile's upper left.
    pub start: u32,
    /// Pixels.
    pub len: u32,
    /// What they hold: an index into a list that stands beside the runs.
    pub of: u32,
}

/// The runs of a tile, row by row and from left to right. A row need not be covered.
#[derive(Debug)]
pub struct Runs {
    width: usize,
    runs: Vec<Run>,
    row_starts: Vec<usize>,
}

impl Runs {
    /// No rows yet, of a tile of `width` columns.
    pub fn new(width: usize) -> Self {
        Runs { width, runs: Vec::new(), row_starts: vec![0] }
    }

    /// As [`Runs::new`], with room for as many rows and runs as are expected.
    pub fn with_room(width: usize, rows: usize, runs: usize) -> Self {
        let mut row_starts = Vec::with_capacity(rows + 1);
        row_starts.push(0);
        Runs { width, runs: Vec::with_capacity(runs), row_starts }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.runs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Adds a run to the row at hand. One that goes on where the last one of the row ends, and holds the same, becomes part of it.
    pub fn push(&mut self, run: Run) {
        let row = self.row_starts[self.row_starts.len() - 1];
        match self.runs[row..].last_mut() {
            Some(last) if last.of == run.of && last.start + last.len == run.start => last.len += run.len,
            _ => self.runs.push(run),
        }
    }

    /// Adds a run that is known to hold something else than the one before it in the row.
    pub fn push_apart(&mut self, run: Run) {
        self.runs.push(run);
    }

    /// Ends the row at hand.
    pub fn end_row(&mut self) {
        self.row_starts.push(self.runs.len());
    }

    /// How many pixels they hold in all.
    pub fn pixels(&self) -> u64 {
        self.runs.iter().map(|run| u64::from(run.len)).sum()
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows that were ended.
    pub fn height(&self) -> usize {
        self.row_starts.len() - 1
    }

    /// The runs of one row, from left to right.
    pub fn row(&self, row: usize) -> &[Run] {
        &self.runs[self.row_starts[row]..self.row_starts[row + 1]]
    }
}
